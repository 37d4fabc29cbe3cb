"""The grid of a month, filled with what a file proposes."""

from collections.abc import Mapping
from typing import Any

from coclause.hours.sheets.proposed import Proposal, Proposed
from coclause.web.months.sections import MonthPage


def filled(page: MonthPage, proposal: Proposal) -> MonthPage:
    """The page as it is now, the proposed figures over it; what the file does not say stays."""
    page.read()
    lines = {(line.award_id, line.employment_id): line for line in proposal.lines}
    for section in page.sections:
        for person in section.at_hand.people:
            _fill(person, lines, section.award.pk)
        section.form = page.form_of(section.award, section.at_hand, None)
    return page


def _fill(person: Any, lines: Mapping[tuple[int, int], Proposed], award: int) -> None:
    line = lines.get((award, person.employment_id))
    if line is None:
        return
    person.kinds = {**person.kinds, **line.hours}
    if line.worked is not None:
        person.worked = line.worked
    person.notes = [*person.notes, *line.notes]
