"""Companies that no message moves: whom a facilitator calls, and who has no contact at all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from coclause.clauses.contacts import contacts_by_company, reached
from coclause.clauses.due import DueItem, followed
from coclause.clauses.models import Award
from coclause.clauses.states import Turn
from coclause.core.models import Mail, MailState
from coclause.core.months import shift
from coclause.hours.owing import Owed, owed, running
from coclause.hours.parties import Months
from coclause.hours.reminders import KIND, Calendar, Step
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import month_fr

MANY = 3
"""Operations named on a line."""


def contacts_silent(
    scope: Scope, rows: Iterable[tuple[Any, Months]] | None = None
) -> list[DueItem]:
    """For who follows the awards: the companies to call, because every contact was written to, or
    because there is none. `rows` are those of `owing.owed` for the awards followed, when they are
    at hand: then seven queries, none when nothing is owed.
    """
    if not scope.hosts:
        return []
    if rows is None:
        mine = Award.objects.filter(followed("lot__contract__operation", scope))
        rows = owed(running(mine), scope.day)
    by_company: dict[int, list[Owed]] = defaultdict(list)
    for award, missing in rows:
        for pk, months in missing.items():
            if pk:
                by_company[pk].append(Owed(award, months))
    if not by_company:
        return []
    calendar = Calendar.of(scope.day)
    contacts = contacts_by_company(list(by_company), scope.day)
    tried = _tried(by_company)
    items: list[DueItem | None] = []
    for company in Organisation.objects.filter(pk__in=by_company).order_by("name_key", "pk"):
        own = by_company[company.pk]
        if reached(contacts.get(company.pk, ()), scope.day):
            items.append(_silent(company, own, calendar, scope.day, tried))
        else:
            items.append(_without_contact(company, own))
    return [item for item in items if item]


def _silent(
    company: Organisation,
    rows: list[Owed],
    calendar: Calendar,
    day: date,
    tried: dict[tuple[int, date], int],
) -> DueItem | None:
    late = sorted({m for row in rows for m in row.months if calendar.step(m, day) == Step.CALL})
    if not late:
        return None
    count = sum(tried.get((company.pk, month), 0) for month in late)
    written = f", {count} message{'s' * (count > 1)} sans réponse" if count else ""
    return DueItem(
        kind="silent",
        what=f"Appeler {company} : {_undeclared(late)}{written}",
        about=_about(rows),
        url_name="company-contacts",
        url_args=(company.pk,),
        action="Voir les contacts",
        turn=Turn.FACILITATOR,
        since=calendar.calls(late[0]),
    )


def _without_contact(company: Organisation, rows: list[Owed]) -> DueItem:
    months = sorted({month for row in rows for month in row.months})
    return DueItem(
        kind="silent",
        what=f"Donner un contact à {company} : personne n’y reçoit les rappels",
        about=f"{_about(rows)} · {_undeclared(months)}",
        url_name="company-contacts",
        url_args=(company.pk,),
        action="Ajouter un contact",
        turn=Turn.FACILITATOR,
        since=shift(months[0], 1),
    )


def _tried(by_company: dict[int, list[Owed]]) -> dict[tuple[int, date], int]:
    """How many messages left, by company and month. One query."""
    months = {
        f"{KIND}:{pk}:{month:%Y-%m}": (pk, month)
        for pk, rows in by_company.items()
        for row in rows
        for month in row.months
    }
    about = [f"organisation:{pk}" for pk in by_company]
    keys = Mail.objects.filter(
        Q(kind=KIND, about__overlap=about), ~Q(state=MailState.ABANDONED)
    ).values_list("key", flat=True)
    found: dict[tuple[int, date], int] = defaultdict(int)
    for key in keys:
        of = months.get(key.rsplit(":", 2)[0])
        if of:
            found[of] += 1
    return found


def _about(rows: list[Owed]) -> str:
    names = sorted({str(row.award.lot.contract.operation) for row in rows})
    more = f" et {len(names) - MANY} autres" if len(names) > MANY else ""
    return ", ".join(names[:MANY]) + more


def _undeclared(months: list[date]) -> str:
    """ "octobre 2026 n’est pas déclaré", "3 mois depuis août 2026 ne sont pas déclarés"."""
    if len(months) == 1:
        return f"{month_fr(months[0])} n’est pas déclaré"
    return f"{len(months)} mois depuis {month_fr(months[0])} ne sont pas déclarés"
