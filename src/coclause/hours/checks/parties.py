"""Who says the hours: the employer's place in the award, and what another company contests."""

from collections.abc import Iterator

from coclause.core.months import last_day
from coclause.hours.checks.facts import Facts
from coclause.hours.checks.table import CONTESTED, EMPLOYER_NOT_IN_AWARD, Remark
from coclause.hours.models import Contest, EmploymentFact, Statement
from coclause.render import numbers


def on_employment(facts: Facts, statement: Statement, fact: EmploymentFact) -> Iterator[Remark]:
    month, members = statement.month, facts.members.get(statement.award_id)
    if members and not any(
        company == fact.employer_id
        and starts <= last_day(month)
        and (ends is None or ends >= month)
        for company, starts, ends in members
    ):
        yield EMPLOYER_NOT_IN_AWARD.on(
            fact.pk,
            f"Son employeur, {fact.employer}, n’est pas parmi les entreprises de ce marché ce"
            " mois-ci : le facilitateur peut l’y ajouter.",
        )
    for contest in facts.contests.get((statement.pk, fact.pk), ()):
        yield CONTESTED.on(fact.pk, said(contest), f"Motif : {contest.reason}")


def said(contest: Contest) -> str:
    """Both figures; the reason apart, for it may speak of a person."""
    told = numbers.hours(contest.line.hours)
    kind = contest.line.get_kind_display().lower()
    if contest.hours is None:
        return f"{contest.organisation} conteste ces heures de {kind} ({told} déclarées)."
    other = numbers.hours(contest.hours)
    return f"{contest.organisation} dit {other} de {kind}, et {told} sont déclarées."
