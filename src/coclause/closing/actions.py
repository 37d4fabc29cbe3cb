"""Closing a year: its figures are frozen as they are, and nothing stops the work that follows."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from coclause.closing.freezing import frozen_rows, plain_number
from coclause.closing.models import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_NOTE,
    FrozenFigure,
    YearClosure,
)
from coclause.closing.permissions import may_close
from coclause.closing.queries import HOURS, hosts_not_closed
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.indicators.figures import Figure, figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.reference.models import Region
from coclause.render.numbers import date_fr, hours

LOCKS = (
    "LOCK TABLE closing_yearclosure IN SHARE ROW EXCLUSIVE MODE",
    "LOCK TABLE hours_statementline IN SHARE MODE",
)
"""One closing at a time; and no line moves while the figures are read, so that they agree with each
other and with what "as known at that moment" answers later."""


@transaction.atomic
def close_year(
    scope: Scope,
    region: Region,
    year: int,
    host: Organisation | None = None,
    *,
    note: str = "",
    at: datetime | None = None,
) -> YearClosure:
    """Freeze the whole catalogue for a host's year or, without host, for the region's.

    `note` says why the region closes while hosts have not; it is kept only then. `at` is the
    moment of the closing, now by default. Raises PermissionDenied, Refused, or Conflict when the
    year is already closed: of two people at once, one closes and the other is told.
    """
    if scope.user is None or not may_close(scope, region.pk, host):
        raise PermissionDenied
    _must_be_over(year, scope)
    _lock()
    _must_be_open(region.pk, year, host)
    note = "" if host else _reason(region, year, note)
    closure = YearClosure.objects.create(
        region=region,
        year=year,
        host=host,
        closed_at=at or timezone.now(),
        closed_by=scope.user,
        note=note,
    )
    perimeter = Perimeter(region.pk, host=host.pk if host else None)
    found = figures(perimeter, Period.year(year), closure.closed_at)
    FrozenFigure.objects.bulk_create(frozen_rows(closure, found))
    about = host or region
    told = _sentence(closure, found)
    record_act(
        scope.user,
        "year.closed",
        told,
        closure,
        about,
        day=scope.day,
        at=closure.closed_at,
    )
    return closure


def check_closable(scope: Scope, region: str, year: int, host: Organisation | None) -> None:
    """Raises Refused, with what to do, where a year can be closed no more, or not yet."""
    _must_be_over(year, scope)
    _must_be_open(region, year, host)


def _must_be_over(year: int, scope: Scope) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(f"L’année va de {FIRST_YEAR} à {LAST_YEAR} : choisissez-en une autre.")
    if scope.day <= Period.year(year).last:
        raise Refused(
            f"{year} n’est pas finie : vous pourrez la clore à partir du 01/01/{year + 1}."
        )


def _lock() -> None:
    with connection.cursor() as cursor:
        for statement in LOCKS:
            cursor.execute(statement)


def _must_be_open(region: str, year: int, host: Organisation | None) -> None:
    closed = {
        row.host_id: row
        for row in YearClosure.objects.filter(region=region, year=year).select_related("closed_by")
    }
    own = closed.get(host.pk if host else None)
    if own is not None:
        raise Conflict(
            f"{year} est déjà close : {own.closed_by} l’a fait le {date_fr(own.closed_on)}."
            " Les corrections faites depuis se lisent à côté des chiffres clos."
        )
    if host is not None and None in closed:
        raise Refused(
            f"La région a clos {year} le {date_fr(closed[None].closed_on)} : une structure ne peut"
            " plus la clore après elle. Vos corrections restent possibles, et se lisent à côté."
        )


def _reason(region: Region, year: int, note: str) -> str:
    """Why the region does not wait for its hosts; nothing when they have all closed."""
    missing = hosts_not_closed(region.pk, year)
    if not missing:
        return ""
    note = note.strip()
    if not note:
        raise Refused(
            f"{len(missing)} structure{'s' * (len(missing) > 1)} n’{_have(missing)} pas clos {year}"
            " : attendez, ou dites pourquoi vous closez d’office."
        )
    if len(note) > LONGEST_NOTE:
        raise Refused(f"Ce motif est trop long : {LONGEST_NOTE} caractères au plus.")
    return note


def _have(missing: set[int]) -> str:
    return "ont" if len(missing) > 1 else "a"


def _sentence(closure: YearClosure, found: dict[str, Figure]) -> str:
    who = "par la structure" if closure.host_id else "par la région"
    ahead = ", d’office" if closure.note else ""
    validated = hours(plain_number(found[HOURS].value))
    return f"Année {closure.year} close {who}{ahead} : {validated} validées."
