"""Whom a company tells that somebody who works there is not listed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.core.periods import on_day
from coclause.render.numbers import month_fr


@dataclass(frozen=True)
class Referent:
    """Who follows the operation: its facilitator, else its host."""

    name: str
    email: str = ""
    link: str = ""
    """Opens a message about the award and the month."""


def referents_of(awards: Collection[Any], month: date, day: date) -> dict[int, Referent]:
    """By award, who follows it that day; awards that nobody follows are left out. One query."""
    operations = {award.lot.contract.operation_id for award in awards}
    rows = OperationHost.objects.filter(
        on_day(day), operation__in=operations, role=HostRole.REFERENT
    ).select_related("host", "facilitator")
    by_operation = {row.operation_id: row for row in rows}
    return {
        award.pk: _referent(award, month, row)
        for award in awards
        if (row := by_operation.get(award.lot.contract.operation_id)) is not None
    }


def _referent(award: Any, month: date, row: OperationHost) -> Referent:
    who = row.facilitator
    if who is None or not who.is_active:
        return Referent(row.host.name)
    where = f"{award.lot.contract.operation}, lot {award.lot.number}, {month_fr(month)}"
    subject = quote(f"Une personne manque : {where}")
    return Referent(str(who), who.email, f"mailto:{quote(who.email, safe='@')}?subject={subject}")
