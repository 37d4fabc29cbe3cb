"""A month declared without names: hours and a headcount, where the clause accepts it.

Reserved contracts, ESAT and detention declare so. These hours count as the others; the people
behind them are in no count of beneficiaries, since nobody can tell whether they are distinct.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coclause.clauses.choices import HoursKind
from coclause.clauses.models import Award, Clause
from coclause.clauses.permissions import is_referent
from coclause.clauses.states import ClauseState
from coclause.core.journal import record_act
from coclause.core.refusals import Refused
from coclause.hours.choices import LineState
from coclause.hours.drafts import LONGEST_MONTH, TYPED, Sending
from coclause.hours.models import Declaration, Statement, StatementLine
from coclause.hours.opening import (
    locked_statement,
    must_be_as_read,
    must_be_open,
    next_version,
    sent_already,
    sent_as,
)
from coclause.hours.parties import Party, party_of
from coclause.organisations.scopes import Scope
from coclause.render import numbers

MOST_PEOPLE = 9_999
ZERO = Decimal(0)


class CollectiveRefused(Refused):
    """Nothing was written; `about_headcount` says which of the two numbers to correct."""

    def __init__(self, sentence: str, *, about_headcount: bool = False) -> None:
        super().__init__(sentence)
        self.about_headcount = about_headcount


def accepts_collective(award: Award) -> bool:
    """Whether a clause committed on the award accepts it; without any, one of its lot."""
    return award.pk in accepting([award])


def accepting(awards: Collection[Award]) -> set[int]:
    """Those of these awards that accept it. Two queries."""
    kept = Clause.objects.filter(lot__in={award.lot_id for award in awards})
    kept = kept.exclude(state=ClauseState.DROPPED).order_by()
    of_lot: dict[int, set[bool]] = defaultdict(set)
    for lot, collective in kept.values_list("lot_id", "collective"):
        of_lot[lot].add(collective)
    committed: dict[int, set[bool]] = defaultdict(set)
    rows = kept.filter(commitments__award__in=awards)
    for award_id, collective in rows.values_list("commitments__award_id", "collective"):
        committed[award_id].add(collective)
    return {one.pk for one in awards if True in (committed[one.pk] or of_lot[one.lot_id])}


def may_declare_collective(award: Award, scope: Scope, party: Party | None) -> bool:
    """The company that answers for the award that month, or the referent host for it.

    Hours without names are in nobody's share: an associated host does not type them.
    """
    if party is None:
        return False
    if party.is_host:
        return is_referent(award.lot.contract.operation, scope)
    return party.whole


@dataclass(frozen=True)
class _Said:
    """What is declared: hours by kind, of that many people."""

    hours: Mapping[str, Decimal]
    headcount: int

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), ZERO)

    def people(self, kind: str) -> int:
        """Nobody is behind a kind at zero."""
        return self.headcount if self.hours[kind] else 0

    def is_in(self, latest: Mapping[str, StatementLine]) -> bool:
        """Whether the lines there are say the same."""
        return all(
            (hours, self.people(kind)) == (line.hours, line.headcount)
            if (line := latest.get(kind))
            else not hours
            for kind, hours in self.hours.items()
        )


@transaction.atomic
def declare_collective(
    scope: Scope,
    award: Award,
    month: date,
    hours: Mapping[str, Decimal],
    headcount: int,
    *,
    version: int,
    sending: Sending = TYPED,
    at: datetime | None = None,
) -> Statement:
    """Send a month's hours by kind and the people who worked them, without names.

    `version` is that of the statement as it was read (0: there was none). Kinds not named stay as
    they are. No hour and nobody is a month at zero. Raises PermissionDenied, `CollectiveRefused`,
    `Refused` or `Conflict`; in each case nothing is written.
    """
    party = party_of(award, scope, month)
    if party is None or scope.user is None or not may_declare_collective(award, scope, party):
        raise PermissionDenied
    must_be_open(award, month, scope.day)
    statement = locked_statement(award, month, scope.day)
    latest, said = _latest(statement), _Said(dict(hours), headcount)
    # What was once declared can be corrected, even when the clause no longer accepts it.
    if not latest and not accepts_collective(award):
        raise Refused(
            "Cette clause demande des heures par personne : déclarez-les sous chaque nom, ou"
            " demandez au facilitateur d’y accepter la déclaration collective."
        )
    if problem := _problem(said, latest):
        raise problem
    if said.is_in(latest) and sent_already(statement, version, scope, latest.values()):
        return statement
    must_be_as_read(statement, version)
    next_version(statement, scope.day)
    moment = at or timezone.now()
    company = party.organisation_id
    sent = sent_as(statement, [company], sending, scope, moment)
    _write(statement, said, latest, sent[company], moment)
    record_act(
        scope.user,
        "month.declared_collective",
        _told(month, said.total),
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        day=scope.day,
    )
    return statement


def headcount_of(awards: Collection[int]) -> int:
    """People declared without names: by award, the most in one month, added up.

    Not a number of distinct persons: nobody knows whether they are the same from month to month.
    """
    lines = StatementLine.objects.declared().collective().filter(statement__award__in=awards)
    by_award = lines.order_by().values("statement__award").annotate(most=Max("headcount"))
    return sum(most or 0 for most in by_award.values_list("most", flat=True))


def _latest(statement: Statement) -> dict[str, StatementLine]:
    rows = statement.lines.collective().filter(corrected_at__isnull=True)
    return {line.kind: line for line in rows}


def _problem(said: _Said, latest: Mapping[str, StatementLine]) -> CollectiveRefused | None:
    """The first reason to refuse, or None."""
    if unknown := [kind for kind in said.hours if kind not in HoursKind.values]:
        return CollectiveRefused(f"Nature d’heures inconnue : {unknown[0]}.")
    if any(not value.is_finite() or value < 0 for value in said.hours.values()):
        return CollectiveRefused("Les heures ne peuvent pas être négatives.")
    if not 0 <= said.headcount <= MOST_PEOPLE:
        return CollectiveRefused(
            f"L’effectif est un nombre de 0 à {numbers.integer(MOST_PEOPLE)} : vérifiez-le.",
            about_headcount=True,
        )
    unsaid = (line.hours for kind, line in latest.items() if kind not in said.hours)
    return _disagreement(said, said.total + sum(unsaid, ZERO))


def _disagreement(said: _Said, total: Decimal) -> CollectiveRefused | None:
    """Why these people and the month's hours, kinds not named included, do not go together."""
    if said.total and not said.headcount:
        return CollectiveRefused(
            "Écrivez combien de personnes ont fait ces heures.", about_headcount=True
        )
    if said.headcount and not total:
        return CollectiveRefused(
            "Écrivez les heures de ces personnes, ou un effectif de 0 si aucune n’a travaillé.",
            about_headcount=True,
        )
    most = LONGEST_MONTH * said.headcount
    if said.total and total > most:
        people = f"{said.headcount} personne{'s' * (said.headcount > 1)}"
        return CollectiveRefused(
            f"{numbers.hours(total)} pour {people} : un mois compte au plus 744 heures par"
            f" personne, soit {numbers.hours(most)}. Vérifiez les heures ou l’effectif."
        )
    return None


def _write(
    statement: Statement,
    said: _Said,
    latest: Mapping[str, StatementLine],
    declaration: Declaration,
    at: datetime,
) -> None:
    """One more revision of each kind whose hours or people changed."""
    new: list[StatementLine] = []
    for kind, hours in said.hours.items():
        old = latest.get(kind)
        if old is None and not hours:
            continue
        if old is not None:
            same = (old.hours, old.headcount) == (hours, said.people(kind))
            if same and old.state != LineState.RETURNED:
                continue
            StatementLine.objects.filter(pk=old.pk).update(corrected_at=at)
        line = StatementLine(
            statement=statement,
            declaration=declaration,
            kind=kind,
            revision=old.revision + 1 if old else 1,
            hours=hours,
            headcount=said.people(kind),
            declared_at=at,
            declared_by=declaration.declared_by,
        )
        new.append(line)
    StatementLine.objects.bulk_create(new)


def _told(month: date, total: Decimal) -> str:
    name = numbers.month_fr(month).capitalize()
    if not total:
        return f"{name}, déclaration collective : néant."
    return f"{name}, déclaration collective : {numbers.hours(total)}."
