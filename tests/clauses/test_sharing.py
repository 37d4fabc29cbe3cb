"""Who follows an operation: what a handing over gives, what it takes, and who may decide it."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from tests import builders
from tests.builders import DAY
from tests.clauses import sharing_worlds
from tests.clauses.sharing_worlds import Region, associated

from coclause.clauses.choices import HostRole
from coclause.clauses.models import OperationHost
from coclause.clauses.permissions import handles, is_referent
from coclause.clauses.sharing import associate_host, end_association, hand_over, referents_seen
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours.models import Assignment, Employment
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import scope_of
from coclause.people.models import Person

LATER = date(2026, 12, 15)
EVE = DAY - timedelta(days=1)
OPENED = date(2026, 1, 5)


@pytest.fixture
def region(db: None) -> Region:
    return sharing_worlds.build()


def give(region: Region, *, on: date = DAY, by: User | None = None, **more: Any) -> OperationHost:
    """To the other host, by its facilitator or whoever is said."""
    user = by or region.here.facilitator
    with acting_as(user, day=DAY):
        return hand_over(
            scope_of(user, DAY),
            region.here.operation,
            region.other,
            region.user,
            on=on,
            reason="Départ en retraite",
            **more,
        )


def take(user: User, region: Region, host: Any, facilitator: User, **more: Any) -> OperationHost:
    with acting_as(user, day=DAY):
        return hand_over(
            scope_of(user, DAY),
            region.here.operation,
            host,
            facilitator,
            **{"on": DAY, "reason": "Congé", **more},
        )


def periods(region: Region) -> list[tuple[str, str, date, date | None]]:
    rows = region.here.operation.hosts.select_related("host").order_by("starts_on", "role")
    names = {region.here.host: "here", region.other: "other"}
    return [(names.get(r.host, str(r.host)), r.role, r.starts_on, r.ends_on) for r in rows]


def named(user: User, day: date = DAY) -> set[str]:
    """Family names of all the persons the database shows to that user, that day."""
    with acting_as(user, day=day):
        return set(Person.objects.values_list("birth_name", flat=True))


def shared(user: User, day: date = DAY) -> int:
    """Assignments that the database puts in the share of the user's hosts that day."""
    with acting_as(user, day=day), connection.cursor() as cursor:
        hosts = sorted(scope_of(user, day).hosts)
        cursor.execute("SELECT count(*) FROM coclause_shares(%s, %s)", [hosts, day])
        found: int = cursor.fetchone()[0]
        return found


def test_handing_over_gives_the_operation_and_its_persons_to_the_new_host(region: Region) -> None:
    here = region.here
    assert named(region.user) == set()
    give(region)
    assert periods(region) == [
        ("here", "referente", OPENED, EVE),
        ("other", "referente", DAY, None),
    ]
    assert named(region.user) == {"Inventée"}
    assert shared(region.user) == 1
    assert not handles(here.operation, here.scope)
    assert shared(here.facilitator) == 0
    assert named(here.facilitator) == {"Inventée"}, "a host keeps its own records"


def test_a_planned_handing_over_opens_and_closes_on_its_day(region: Region) -> None:
    here = region.here
    give(region, on=LATER)
    for day in (DAY, LATER - timedelta(days=1)):
        assert (shared(here.facilitator, day), shared(region.user, day)) == (1, 0)
        assert named(region.user, day) == set()
        assert is_referent(here.operation, scope_of(here.facilitator, day))
    assert (shared(here.facilitator, LATER), shared(region.user, LATER)) == (0, 1)
    assert named(region.user, LATER) == {"Inventée"}
    assert not handles(here.operation, scope_of(here.facilitator, LATER))


def test_a_host_that_stays_associated_keeps_its_share(region: Region) -> None:
    give(region, stays=True)
    assert periods(region) == [
        ("here", "referente", OPENED, EVE),
        ("here", "associee", DAY, None),
        ("other", "referente", DAY, None),
    ]
    assert (shared(region.here.facilitator), shared(region.user)) == (1, 0)
    assert named(region.user) == set()


def test_persons_who_had_left_before_are_not_named_to_the_new_host(region: Region) -> None:
    here = region.here
    with acting_as(here.facilitator, day=DAY):
        gone = builders.person(here.host, "Partie", "Rose")
        builders.employment(gone, here.company, here.award, ends=date(2026, 9, 30))
        last = builders.person(here.host, "Dernière", "Lise")
        builders.employment(last, here.company, here.award, ends=DAY)
    give(region)
    assert named(region.user) == {"Inventée", "Dernière"}
    take(region.user, region, region.other, region.colleague, on=LATER)
    assert named(region.colleague, LATER) == {"Inventée", "Dernière"}, "within the host, no loss"


def test_only_the_persons_of_that_operation_pass(region: Region) -> None:
    here = region.here
    with acting_as("test", day=DAY):
        second = builders.operation("École", here.buyer, here.host, here.facilitator)
        award = builders.award(builders.lot(second), here.company)
    with acting_as(here.facilitator, day=DAY):
        kept = builders.person(here.host, "Restée", "Ida")
        builders.employment(kept, here.company, award)
    give(region)
    assert named(region.user) == {"Inventée"}
    with acting_as(region.user, day=DAY):
        assert Employment.objects.count() == 1


def test_another_facilitator_of_the_same_host_takes_over(region: Region) -> None:
    here = region.here
    with acting_as("test", day=DAY):
        colleague = builders.member(here.host, MemberRole.FACILITATOR)
    row = take(here.facilitator, region, here.host, colleague, stays=True)
    # Again the same day: the period that began today is replaced, not cut.
    again = take(here.facilitator, region, here.host, here.facilitator)
    assert again.pk == row.pk
    assert periods(region) == [
        ("here", "referente", OPENED, EVE),
        ("here", "referente", DAY, None),
    ]
    assert shared(here.facilitator) == 1


@pytest.mark.parametrize("stays", [False, True])
def test_a_referent_named_today_may_hand_over_today(region: Region, stays: bool) -> None:
    here = region.here
    give(region)
    take(region.user, region, here.host, here.facilitator, stays=stays)
    assert periods(region) == [
        ("here", "referente", OPENED, EVE),
        *([("other", "associee", DAY, None)] if stays else []),
        ("here", "referente", DAY, None),
    ]
    assert shared(here.facilitator) == 1


def test_an_associated_host_that_becomes_referent_is_no_longer_associated(region: Region) -> None:
    associated(region)
    give(region, stays=True)
    assert periods(region) == [
        ("here", "referente", OPENED, EVE),
        ("other", "associee", sharing_worlds.JUNE, EVE),
        ("here", "associee", DAY, None),
        ("other", "referente", DAY, None),
    ]
    assert (shared(region.here.facilitator), shared(region.user)) == (1, 1)


def test_a_new_decision_replaces_the_one_planned_for_that_day(region: Region) -> None:
    here = region.here
    give(region, on=LATER)
    with acting_as("test", day=DAY):
        colleague = builders.member(here.host, MemberRole.FACILITATOR)
    take(here.facilitator, region, here.host, colleague, on=LATER)
    assert periods(region) == [
        ("here", "referente", OPENED, LATER - timedelta(days=1)),
        ("here", "referente", LATER, None),
    ]


def test_the_coordination_names_a_referent_when_nobody_follows(region: Region) -> None:
    with acting_as("test", day=DAY):
        OperationHost.objects.update(ends_on=date(2026, 10, 31))
    with pytest.raises(PermissionDenied):
        give(region)
    give(region, by=region.coordinator)
    assert periods(region)[-1] == ("other", "referente", DAY, None)
    assert named(region.user) == {"Inventée"}
    assert named(region.coordinator) == set()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"on": EVE}, "aujourd’hui ou plus tard"),
        ({"reason": " "}, "motif"),
        ({"who": "stranger"}, "ne travaille pas"),
        ({"who": "ended"}, "ne travaille pas"),
        ({"host": "far"}, "pas une structure porteuse"),
        ({"host": "company"}, "pas une structure porteuse"),
        ({"host": "same", "who": "same"}, "qui suit"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    region: Region, change: dict[str, Any], why: str
) -> None:
    here = region.here
    with acting_as("test", day=DAY):
        far = builders.organisation("Maison du Lointain", Role.HOST, of=builders.region("84", "X"))
        ended = builders.member(region.other, MemberRole.FACILITATOR)
        ended.memberships.update(ends_on=EVE)
    people = {"stranger": here.facilitator, "ended": ended, "same": here.facilitator}
    hosts = {"far": far, "company": here.company, "same": here.host}
    said = dict(change)
    host = hosts.get(said.pop("host", ""), region.other)
    who = people.get(said.pop("who", ""), region.user)
    before, told = periods(region), JournalEntry.objects.count()
    with pytest.raises(Refused, match=why):
        take(here.facilitator, region, host, who, **said)
    assert (periods(region), JournalEntry.objects.count()) == (before, told)


@pytest.mark.parametrize(
    "role", ["associated", "neighbour", "buyer", "company", "observer", "far_coordinator"]
)
def test_others_decide_nothing(region: Region, role: str) -> None:
    here = region.here
    row, _ = associated(region)
    with acting_as("test", day=DAY):
        away = builders.region("84", "X")
        far = builders.organisation("Coordination lointaine", Role.COORDINATION, of=away)
        watcher = builders.organisation("Observatoire Inventé", Role.OBSERVER)
        neighbour = builders.organisation("Maison voisine", Role.HOST)
        users = {
            "associated": region.user,
            "neighbour": builders.member(neighbour, MemberRole.HOST_MANAGER),
            "buyer": builders.member(here.buyer, MemberRole.BUYER),
            "company": builders.member(here.company, MemberRole.COMPANY),
            "observer": builders.member(watcher, MemberRole.OBSERVER),
            "far_coordinator": builders.member(far, MemberRole.COORDINATOR),
        }
    user = users[role]
    scope, before = scope_of(user, DAY), periods(region)
    acts: list[Callable[[], object]] = [
        lambda: take(user, region, region.other, region.user),
        lambda: associate_host(scope, here.operation, neighbour, None, starts_on=DAY),
        lambda: end_association(scope, row, last_day=DAY),
    ]
    for act in acts:
        with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
            act()
    assert periods(region) == before


def test_the_database_itself_keeps_others_from_following(region: Region) -> None:
    here = region.here
    with acting_as(region.user, day=DAY):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            OperationHost.objects.create(
                operation=here.operation,
                host=region.other,
                role=HostRole.ASSOCIATED,
                starts_on=DAY,
            )
        assert OperationHost.objects.update(host=region.other) == 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM clauses_operationhost")
            assert cursor.rowcount == 0


def test_a_host_that_handed_over_no_longer_changes_the_assignments(region: Region) -> None:
    give(region)
    with acting_as(region.here.facilitator, day=DAY):
        assert Assignment.objects.update(ends_on=DAY) == 0
    with acting_as(region.user, day=DAY):
        assert Assignment.objects.update(ends_on=LATER) == 1
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Assignment.objects.update(host=region.here.company)


def test_the_journal_tells_it_without_naming_a_person_followed(region: Region) -> None:
    give(region)
    told = JournalEntry.objects.get(verb="operation.handed_over")
    assert "Plie des Brumes" in told.sentence
    assert "Départ en retraite" in told.sentence
    assert "Inventée" not in told.sentence
    assert f"operation:{region.here.operation.pk}" in told.subjects


def test_an_association_has_its_period_and_its_own_persons(region: Region) -> None:
    here = region.here
    row, _ = associated(region)
    assert named(region.user) == {"Supposé"}
    assert named(here.facilitator) == {"Inventée"}
    with acting_as(here.facilitator, day=DAY):
        with pytest.raises(Refused, match="suit déjà"):
            associate_host(here.scope, here.operation, region.other, None, starts_on=LATER)
        end_association(here.scope, row, last_day=EVE)
        with pytest.raises(Conflict, match="déjà terminée"):
            end_association(here.scope, row, last_day=LATER)
    assert shared(region.user) == 0
    assert named(here.facilitator) == {"Inventée", "Supposé"}, "the referent follows who is left"


def test_an_association_that_has_not_begun_may_be_withdrawn(region: Region) -> None:
    here = region.here
    before = periods(region)
    with acting_as(here.facilitator, day=DAY):
        row = associate_host(here.scope, here.operation, region.other, None, starts_on=LATER)
        end_association(here.scope, row, last_day=LATER - timedelta(days=1))
        with pytest.raises(Conflict, match="déjà terminée"):
            end_association(here.scope, row, last_day=LATER)
    assert periods(region) == before


def test_the_referent_does_not_leave_by_ending_an_association(region: Region) -> None:
    here = region.here
    with acting_as(here.facilitator, day=DAY), pytest.raises(Conflict):
        end_association(here.scope, here.operation.hosts.get(), last_day=DAY)


@pytest.mark.usefixtures("committed_db")
def test_of_two_people_handing_over_at_once_one_is_told() -> None:
    region = sharing_worlds.build()
    operation = region.here.operation
    seen = referents_seen(operation, DAY)
    start = threading.Barrier(2)
    answers: list[str] = []

    def act(successor: User) -> None:
        try:
            start.wait(timeout=20)
            take(region.coordinator, region, region.other, successor, seen=seen)
            answers.append("done")
        except Conflict:
            answers.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[u]) for u in (region.user, region.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == ["done", "told"]
    assert len(periods(region)) == 2
