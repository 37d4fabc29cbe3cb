"""What looks wrong in a month, marked for the facilitator; nothing is decided here.

Each check is a row of `CHECKS` and has a module by family. What is not known is no doubt.
"""

from collections.abc import Collection
from datetime import date

from coclause.hours.checks import amounts, dates, kinds, parties, people, twice
from coclause.hours.checks.facts import facts_of
from coclause.hours.checks.table import CHECKS, DOUBT, SEVERE, Check, Remark
from coclause.hours.models import Statement

__all__ = ["CHECKS", "DOUBT", "SEVERE", "Check", "Remark", "doubts", "remarks"]

ON_EMPLOYMENTS = (dates, amounts, twice, people, parties, kinds)
ON_MONTHS = (dates, amounts, kinds)


def remarks(statements: Collection[Statement], *, day: date) -> dict[int, list[Remark]]:
    """Remarks by statement. Seventeen queries at most, whatever the number of statements and lines.

    `day` dates the values in force. Hours validated as they are were seen, and are not remarked
    again. A statement without a remark is not in the answer.
    """
    facts = facts_of(statements, day)
    if facts is None:
        return {}
    found: dict[int, list[Remark]] = {}
    for statement in statements:
        held = facts.held.get(statement.pk)
        if held is None:
            continue
        notes = [note for family in ON_MONTHS for note in family.on_month(facts, statement)]
        for pk in held.employments:
            fact = facts.employments[pk]
            for family in ON_EMPLOYMENTS:
                notes += family.on_employment(facts, statement, fact)
        if notes:
            found[statement.pk] = notes
    return found


def doubts(statements: Collection[Statement], *, day: date) -> dict[int, list[Remark]]:
    """The remarks that who declares can answer: what is asked before sending."""
    asked = {
        pk: [note for note in notes if CHECKS[note.code].asked]
        for pk, notes in remarks(statements, day=day).items()
    }
    return {pk: notes for pk, notes in asked.items() if notes}
