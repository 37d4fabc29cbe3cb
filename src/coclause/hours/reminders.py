"""Reminding companies of the months they owe: to whom, when, once.

By month, counted in working days: the first contact when the month opens, then again once it is
late; then the second contact, and the first is told so; then no machine writes any more, and the
facilitator is asked to call (`hours/silence.py`). One message speaks of everything a company owes.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from django.urls import reverse

from coclause.clauses.contacts import contacts_by_company, reached
from coclause.core.models import Mail, MailState
from coclause.core.months import shift
from coclause.core.outbox import SIGNATURE, post
from coclause.core.parameters import parameters
from coclause.core.refusals import Refused
from coclause.core.working_days import add_working_days, working_days_between
from coclause.hours.owing import Owed, declare_by, owed_by_companies
from coclause.organisations.entering import enter_address
from coclause.organisations.models import Membership, Organisation
from coclause.render.numbers import date_fr, month_fr

KIND = "month.reminder"


class Step(StrEnum):
    """Where a month that is owed stands, and what a contact is told then."""

    OPEN = "open"
    LATE = "late"
    SECOND = "second"
    TOLD = "told"
    """To the first contact, the day the second one is warned."""
    CALL = "call"
    """Nothing more by mail: somebody calls."""


@dataclass(frozen=True)
class Calendar:
    """The dates of the reminders of a month; delays: working days after the last day to declare."""

    due_day: Decimal
    again: int
    second: int
    call: int

    @classmethod
    def of(cls, day: date) -> "Calendar":
        """That of the parameters in force on that day. One query."""
        codes = ("reminder_again_days", "reminder_second_days", "reminder_call_days")
        found = parameters(("statement_due_day", *codes), day)
        return cls(found["statement_due_day"], *(int(found[code]) for code in codes))

    def by(self, month: date) -> date:
        return _dates(self, month).by

    def calls(self, month: date) -> date:
        return _dates(self, month).call

    def step(self, month: date, day: date) -> Step | None:
        """Where that month stands on that day; None between two steps."""
        dates = _dates(self, month)
        if day >= dates.call:
            return Step.CALL
        if day >= dates.second:
            return Step.SECOND
        if day >= dates.again:
            return Step.LATE
        return Step.OPEN if dates.opens <= day <= dates.by else None


@dataclass(frozen=True)
class _Dates:
    """The first day of each step of a month. `opens` is the first working day of the next one."""

    opens: date
    by: date
    again: date
    second: date
    call: date


@lru_cache(maxsize=600)
def _dates(calendar: Calendar, month: date) -> _Dates:
    """Holidays are long to work out, and the same for every company."""
    by = declare_by(month, calendar.due_day)
    return _Dates(
        opens=add_working_days(shift(month, 1) - timedelta(days=1), 1),
        by=by,
        again=add_working_days(by, calendar.again),
        second=add_working_days(by, calendar.second),
        call=add_working_days(by, calendar.call),
    )


@dataclass(frozen=True)
class Reminder:
    """One message to write: to whom, of what, at which step of the last month owed."""

    company: Organisation
    to: Membership
    step: Step
    month: date
    owed: list[Owed]
    first: Membership
    alone: bool
    """No second contact can be warned."""

    @property
    def key(self) -> str:
        return f"{KIND}:{self.company.pk}:{self.month:%Y-%m}:{self.step}:{self.to.user_id}"


def remind(day: date) -> int:
    """Write the messages of that day that were not yet. Returns how many; run twice, writes once.

    On a day that is not worked, nothing. The last month owed says the step: older ones had theirs.
    """
    calendar = Calendar.of(day)
    wanted = reminders(day, calendar)
    written = set(
        Mail.objects.filter(key__in=[one.key for one in wanted]).values_list("key", flat=True)
    )
    left = [one for one in wanted if one.key not in written]
    return sum(_write(one, calendar, day) for one in left)


def reminders(day: date, calendar: Calendar) -> list[Reminder]:
    """Every message that the day calls for, written already or not."""
    if not working_days_between(day - timedelta(days=1), day):
        return []
    owed = owed_by_companies(day)
    stands = {company: calendar.step(_last(rows), day) for company, rows in owed.items()}
    asked = [pk for pk, step in stands.items() if step not in (None, Step.CALL)]
    contacts = contacts_by_company(asked, day)
    cases = [
        _Case(company, people, owed[company.pk])
        for company in Organisation.objects.filter(pk__in=asked).order_by("pk")
        if (people := reached(contacts.get(company.pk, ()), day))
    ]
    lost = _lost(cases)
    found: list[Reminder] = []
    for case in cases:
        found += case.reminders(stands[case.company.pk], lost)
    return found


@dataclass(frozen=True)
class _Case:
    """A company that owes months, and those of its contacts that can be written to."""

    company: Organisation
    people: list[Membership]
    owed: list[Owed]

    def reminders(self, step: Step | None, lost: Collection[str]) -> list[Reminder]:
        first, others = self.people[0], self.people[1:2]
        if step is None:
            return []
        if step == Step.LATE and others and self.to(first, Step.OPEN).key in lost:
            # The first one cannot be written to: waiting for an answer is time lost.
            step = Step.SECOND
        if step != Step.SECOND:
            return [self.to(first, step)]
        return [*(self.to(one, step) for one in others), self.to(first, Step.TOLD)]

    def to(self, member: Membership, step: Step) -> Reminder:
        first, alone = self.people[0], len(self.people) == 1
        return Reminder(self.company, member, step, _last(self.owed), self.owed, first, alone)


def _lost(cases: Iterable[_Case]) -> set[str]:
    """Keys of the opening messages that never left: their address is wrong. One query."""
    opened = [case.to(case.people[0], Step.OPEN).key for case in cases]
    dead = Mail.objects.filter(key__in=opened, state=MailState.ABANDONED)
    return set(dead.values_list("key", flat=True))


def _write(reminder: Reminder, calendar: Calendar, day: date) -> bool:
    """Whether the message was written: an address that is none is seen on the contacts' page."""
    awards = [row.award for row in reminder.owed]
    operations = {award.lot.contract.operation for award in awards}
    ordered = sorted(operations, key=lambda operation: operation.pk)
    try:
        post(
            to=reminder.to.user.email,
            subject=_subject(reminder, calendar),
            body=_body(reminder, calendar, day),
            kind=KIND,
            key=reminder.key,
            about=[reminder.company, *awards, *ordered],
            day=day,
        )
    except Refused:
        return False
    return True


def _subject(reminder: Reminder, calendar: Calendar) -> str:
    month, by = month_fr(reminder.month).capitalize(), date_fr(calendar.by(reminder.month))
    if reminder.step == Step.OPEN:
        return f"{month} est à déclarer avant le {by}"
    if reminder.step == Step.SECOND:
        return f"{month} n’est pas déclaré, et le premier contact n’a pas répondu"
    return f"{month} n’est pas encore déclaré"


def _body(reminder: Reminder, calendar: Calendar, day: date) -> str:
    path = reverse("company-month", args=[reminder.month])
    user = reminder.to.user
    return (
        f"Bonjour,\n\n{_why(reminder, calendar)}\n\n{_list(reminder.owed)}\n\n"
        "Comptez deux minutes. Aucune heure ce mois-là ? Dites-le aussi, en un clic.\n\n"
        f"Pour déclarer :\n{enter_address(user, path)}\n\n"
        "Vous n’êtes plus la bonne personne ? Passez la main à un collègue :\n"
        f"{enter_address(user, reverse('contacts'))}{SIGNATURE}"
    )


def _why(reminder: Reminder, calendar: Calendar) -> str:
    company, by = reminder.company, date_fr(calendar.by(reminder.month))
    calls = date_fr(calendar.calls(reminder.month))
    if reminder.step == Step.OPEN:
        return f"Pour {company}, des heures d’insertion sont à déclarer avant le {by} :"
    late = f"Pour {company}, des heures d’insertion étaient à déclarer avant le {by}."
    if reminder.step == Step.LATE:
        return f"{late} Il manque :"
    if reminder.step == Step.SECOND:
        return (
            f"{late} {reminder.first.user.email} est prévenu d’abord et n’a pas répondu : vous"
            f" êtes le contact suivant. Sans déclaration le {calls}, votre facilitateur"
            " vous appellera. Il manque :"
        )
    if reminder.alone:
        return (
            f"{late} Sans déclaration le {calls}, votre facilitateur vous appellera. Vous êtes le"
            " seul contact : ajoutez un collègue, qui sera prévenu en votre absence. Il manque :"
        )
    return (
        f"{late} Le contact suivant de votre entreprise vient d’être prévenu. Sans déclaration le"
        f" {calls}, votre facilitateur vous appellera. Il manque :"
    )


def _list(owed: Iterable[Owed]) -> str:
    """One line an award: what it is, and its months."""
    return "\n".join(
        f"- {row.award.lot.contract.operation}, lot {row.award.lot.number} :"
        f" {', '.join(month_fr(month) for month in row.months)}"
        for row in owed
    )


def _last(owed: Iterable[Owed]) -> date:
    return max(month for row in owed for month in row.months)
