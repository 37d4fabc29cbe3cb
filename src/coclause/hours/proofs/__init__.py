"""Documents that prove hours: gathered, frozen, numbered, kept, verified by anybody.

    issue(scope, ProofKind.INTERIM, clause, award, until=date(2026, 10, 31))

`asking` says what a document is about, `gathering` its figures, `wording` its words, `issuing` the
act, `changes` whether its hours changed since, `verifying` what a stranger is told.
"""
