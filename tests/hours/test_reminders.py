"""Reminders: the right person, on a worked day, once; nothing for what was declared."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.choices import MarketType
from coclause.core.actor import acting_as
from coclause.core.models import Mail, MailState, User
from coclause.core.months import between
from coclause.hours import tasks
from coclause.hours.messages import tell_returned
from coclause.hours.models import Declaration, EmploymentMonth, Statement, StatementLine
from coclause.hours.reminders import Calendar, Step, remind, reminders
from coclause.hours.silence import contacts_silent
from coclause.organisations.choices import MemberRole

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)
OPENING = date(2026, 11, 2)
"""The first of November is a Sunday, and a holiday."""


def back_in(statement: Statement) -> list[int]:
    """The lines of that month sent back."""
    return list(statement.lines.returned().values_list("pk", flat=True))


@pytest.fixture
def world() -> World:
    return builders.world()


@pytest.fixture
def contacts(world: World) -> list[User]:
    """Two contacts of the company, in the order in which they are warned."""
    return contacts_in(world)


def contacts_in(world: World, count: int = 2) -> list[User]:
    with acting_as("test", day=DAY):
        users = [builders.member(world.company, MemberRole.COMPANY) for _ in range(count)]
        for rank, user in enumerate(users, start=1):
            user.memberships.update(rank=rank)
    return users


def on(day: date) -> list[tuple[str, str]]:
    """Step and recipient of what that day writes, run twice."""
    before = set(Mail.objects.values_list("pk", flat=True))
    with acting_as("remind-companies", day=day):
        count = remind(day)
        assert remind(day) == 0, "a second run wrote again"
    written = Mail.objects.exclude(pk__in=before).order_by("pk")
    assert len(written) == count
    return [(mail.key.split(":")[3], mail.recipient) for mail in written]


def declare(world: World, last: date = OCTOBER) -> None:
    """The host typed every month, up to that one."""
    with acting_as("test", day=DAY):
        for month in between(world.award.starts_on, last):
            statement, _ = Statement.objects.get_or_create(
                award=world.award, month=month, defaults={"declared_on": DAY}
            )
            Declaration.objects.create(statement=statement, version=1, declared_at=at(DAY))


def test_a_month_has_its_calendar_of_worked_days() -> None:
    """Nobody is reminded on a Sunday or a holiday, nor before they could answer."""
    calendar = Calendar.of(DAY)
    steps = {
        date(2026, 11, 1): None,
        OPENING: Step.OPEN,
        date(2026, 11, 5): Step.OPEN,
        date(2026, 11, 6): None,
        date(2026, 11, 9): Step.LATE,
        date(2026, 11, 12): Step.LATE,
        date(2026, 11, 13): Step.SECOND,
        date(2026, 11, 19): Step.SECOND,
        date(2026, 11, 20): Step.CALL,
        DAY: Step.CALL,
    }
    assert {day: calendar.step(OCTOBER, day) for day in steps} == steps
    april = date(2026, 4, 1)
    assert calendar.step(april, date(2026, 5, 1)) is None, "a holiday"
    assert calendar.step(april, date(2026, 5, 4)) == Step.OPEN


def test_a_silent_company_gets_four_messages_then_a_call(
    world: World, contacts: list[User]
) -> None:
    """Run every morning of November, twice: nobody gets two, and machines stop."""
    first, second = (user.email for user in contacts)
    told = {day: on(day) for day in (date(2026, 11, number) for number in range(1, 31))}
    assert {day: written for day, written in told.items() if written} == {
        OPENING: [("open", first)],
        date(2026, 11, 9): [("late", first)],
        date(2026, 11, 13): [("second", second), ("told", first)],
    }
    (item,) = contacts_silent(world.scope)
    assert item.kind == "silent"
    assert "Appeler Toitures du Val-Imaginé" in item.what
    assert "4 messages sans réponse" in item.what
    assert (item.url_name, item.url_args) == ("company-contacts", (world.company.pk,))


def test_one_message_speaks_of_everything_owed(world: World, contacts: list[User]) -> None:
    """A company with four contracts must not receive four messages."""
    declare(world, date(2026, 9, 1))
    with acting_as("test", day=DAY):
        other = builders.operation("Lycée des Songes", world.buyer, world.host, world.facilitator)
        lot = builders.lot(other, market_type=MarketType.SERVICES, number=2)
        builders.clause(lot)
        award = builders.award(lot, world.company, starts=date(2026, 9, 1))
    assert len(on(OPENING)) == 1
    mail = Mail.objects.get()
    assert mail.subject == "Octobre 2026 est à déclarer avant le 05/11/2026"
    assert "- Médiathèque de Val-Imaginé, lot 3 : octobre 2026" in mail.body
    assert "- Lycée des Songes, lot 2 : septembre 2026, octobre 2026" in mail.body
    assert "/entrer/" in mail.body
    assert "next=%2Fmon-mois%2F2026-10%2F" in mail.body
    assert set(mail.about) == {
        f"organisation:{world.company.pk}",
        f"award:{world.award.pk}",
        f"award:{award.pk}",
        f"operation:{world.operation.pk}",
        f"operation:{other.pk}",
    }
    assert "Inventée" not in mail.body, "a person is named"


@pytest.mark.usefixtures("contacts")
def test_what_was_declared_meanwhile_is_not_asked_for(world: World) -> None:
    """A reminder for a month sent the day before makes people stop reading them."""
    assert len(on(OPENING)) == 1
    declare(world)
    assert on(date(2026, 11, 9)) == on(date(2026, 11, 13)) == []
    assert contacts_silent(world.scope) == []


@pytest.mark.usefixtures("contacts")
def test_a_suspended_contract_is_left_alone(world: World) -> None:
    with acting_as("test", day=DAY):
        builders.calendar(
            world.award,
            world.award.starts_on,
            world.award.ends_on,
            suspended_on=date(2026, 10, 12),
        )
    assert on(OPENING) == []


def test_an_address_that_is_dead_is_not_waited_for(world: World, contacts: list[User]) -> None:
    """Half of the contacts have changed: the second one is warned as soon as the month is late."""
    first, second = (user.email for user in contacts)
    on(OPENING)
    with acting_as("test", day=DAY):
        Mail.objects.update(state=MailState.ABANDONED)
    assert on(date(2026, 11, 9)) == [("second", second), ("told", first)]
    assert on(date(2026, 11, 13)) == []


def test_a_contact_alone_is_told_that_somebody_will_call(world: World) -> None:
    (only,) = contacts_in(world, 1)
    declare(world, date(2026, 9, 1))
    for day in (OPENING, date(2026, 11, 9), date(2026, 11, 13)):
        assert [to for _, to in on(day)] == [only.email]
    body = Mail.objects.get(key__contains=":told:").body
    assert "le 20/11/2026, votre facilitateur vous appellera" in body
    assert "seul contact" in body


def test_a_company_without_any_contact_is_shown_to_who_follows_it(world: World) -> None:
    """Waiting for somebody who does not exist is how a year is lost."""
    assert on(OPENING) == []
    (item,) = contacts_silent(world.scope)
    assert item.what.startswith("Donner un contact à Toitures du Val-Imaginé")
    assert item.action == "Ajouter un contact"


def test_who_left_or_hands_over_today_is_not_written_to(world: World, contacts: list[User]) -> None:
    first, second = contacts
    with acting_as("test", day=DAY):
        first.memberships.update(ends_on=OPENING, rank=None)
    assert on(OPENING) == [("open", second.email)]


@pytest.mark.usefixtures("contacts")
def test_another_host_is_not_told_whom_to_call(world: World) -> None:
    with acting_as("test", day=DAY):
        neighbour = builders.world("Mont-Rêvé")
    assert contacts_silent(world.scope)
    named = " ".join(item.what for item in contacts_silent(neighbour.scope))
    assert "Val-Imaginé" not in named


@pytest.mark.usefixtures("contacts")
def test_reading_takes_as_many_queries_for_three_companies_as_for_one(world: World) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            reminders(OPENING, calendar)
        return len(found)

    calendar = Calendar.of(OPENING)
    one = queries()
    for name in ("Mont-Rêvé", "Pays-Supposé"):
        contacts_in(builders.world(name))
    with acting_as("remind-companies", day=OPENING):
        assert len(reminders(OPENING, calendar)) == 3
    assert queries() == one <= 14


@pytest.mark.usefixtures("contacts")
def test_the_morning_task_does_it_on_its_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [OPENING - timedelta(days=1), OPENING, OPENING]

    def today(*args: Any) -> date:
        return days[0]

    monkeypatch.setattr(timezone, "localdate", today)
    counts = []
    while days:
        tasks.remind_companies(timestamp=0)
        counts.append(Mail.objects.count())
        days.pop(0)
    assert counts == [0, 1, 1]


def returned(world: World, sender: User | None) -> Statement:
    """October, sent by the company, one line of which is sent back."""
    with acting_as(world.facilitator, day=DAY):
        statement = Statement.objects.create(award=world.award, month=OCTOBER, declared_on=DAY)
        sending = Declaration.objects.create(
            statement=statement,
            organisation=world.company if sender else None,
            version=1,
            declared_at=at(DAY),
            declared_by=sender,
        )
        month = EmploymentMonth.objects.create(
            employment=world.employment, month=OCTOBER, hours_worked=35
        )
        StatementLine.objects.create(
            statement=statement,
            employment_month=month,
            declaration=sending,
            kind="travail",
            hours=35,
            declared_at=at(DAY),
            declared_by=sender or world.facilitator,
            state="renvoyee",
            returned_at=at(DAY),
            return_reason="Nadia Inventée était absente",
        )
    return statement


def test_a_month_sent_back_is_told_once_to_who_sent_it(world: World, contacts: list[User]) -> None:
    """The one who typed the line mends it; no person is named in a mailbox."""
    statement = returned(world, contacts[1])
    with acting_as(world.facilitator, day=DAY):
        for _ in range(2):
            (mail,) = tell_returned(statement, back_in(statement), DAY)
        assert Mail.objects.get() == mail
        assert mail.recipient == contacts[1].email
        assert mail.subject == "Octobre 2026 : des heures sont à corriger"
        assert "Inventée" not in mail.body
        assert "absente" not in mail.body
        statement.version += 1
        tell_returned(statement, back_in(statement), DAY)
    assert Mail.objects.count() == 2, "corrected, then sent back again"


def test_a_month_typed_by_the_host_is_told_to_the_first_contact(
    world: World, contacts: list[User]
) -> None:
    statement = returned(world, None)
    with acting_as(world.facilitator, day=DAY):
        (mail,) = tell_returned(statement, back_in(statement), DAY)
    assert mail.recipient == contacts[0].email


def test_a_month_sent_back_to_nobody_writes_nothing(world: World) -> None:
    statement = returned(world, None)
    with acting_as(world.facilitator, day=DAY):
        assert tell_returned(statement, back_in(statement), DAY) == []
