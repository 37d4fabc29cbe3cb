"""Handing an operation over: whoever gave it away must lose it at once, whoever took it must not
wait. Lost if this fails: a former host still reads persons, or the new one works blind.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import HostRole
from coclause.clauses.engaging import amend
from coclause.clauses.models import Objective, OperationHost
from coclause.clauses.sharing import associate_host, end_association, hand_over
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, MonthRefused, declare_month
from coclause.hours.models import Employment, Statement, StatementLine
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import scope_of
from coclause.people.models import Person

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def here() -> World:
    return builders.world("Val-Imaginé")


@pytest.fixture
def there() -> World:
    """Another host of the region, with a facilitator."""
    return builders.world("Mont-Rêvé")


def give(here: World, to: World, *, stays: bool = False, on: date = DAY) -> OperationHost:
    with acting_as(here.facilitator, day=DAY):
        return hand_over(
            here.scope, here.operation, to.host, to.facilitator, on=on, reason="Essai", stays=stays
        )


def declare(world: World, by: User, month: date = OCTOBER, *, version: int = 0) -> Statement:
    with acting_as(by, day=DAY):
        entry = Entry(world.employment.pk, {"travail": Decimal("70.00")})
        return declare_month(scope_of(by, DAY), world.award, month, [entry], version=version)


def test_an_open_session_loses_the_operation_at_once(
    here: World, there: World, signed_in: SignedIn
) -> None:
    old, new = signed_in(here.facilitator), signed_in(there.facilitator)
    declare(here, here.facilitator)
    people = f"/clauses/{here.clause.pk}/?onglet=personnes"
    assert "Inventée" in old.get(people).text
    assert "Inventée" not in new.get(people).text
    objective = Objective.objects.get(commitment__clause=here.clause)
    give(here, there)
    assert "Inventée" not in old.get(people).text
    assert "Inventée" in new.get(people).text
    acts = {
        f"/attributions/{here.award.pk}/mois/2026-10/": 403,
        f"/attributions/{here.award.pk}/mois/2026-10/verifier/": 403,
        f"/attributions/{here.award.pk}/personnes/": 403,
        f"/objectifs/{objective.pk}/avenant/": 403,
        f"/operations/{here.operation.pk}/passer-la-main/": 403,
    }
    for path, refused in acts.items():
        assert old.get(path).status_code == refused, path
        assert old.post(path, {"acte": "tout"}).status_code == refused, path
        assert new.get(path).status_code == 200, path
    changed = old.post(f"/clauses/{here.clause.pk}/etat/", {"changement": "achever"})
    assert changed.status_code == 403
    assert StatementLine.objects.get().state == "declaree"


def test_the_database_itself_closes_the_persons_to_nobody_but_the_follower_of_the_day(
    here: World, there: World
) -> None:
    tomorrow = DAY + timedelta(days=1)
    give(here, there, on=tomorrow)
    with acting_as(there.facilitator, day=DAY):
        assert not Person.objects.filter(pk=here.person.pk).exists()
        assert not Employment.objects.filter(pk=here.employment.pk).exists()
    with acting_as(there.facilitator, day=tomorrow):
        assert Person.objects.filter(pk=here.person.pk).exists()
        assert Employment.objects.filter(pk=here.employment.pk).exists()


def test_months_already_over_stay_with_the_one_who_followed_them(here: World, there: World) -> None:
    for month in (OCTOBER, NOVEMBER):
        statement = declare(here, here.facilitator, month)
        with acting_as(here.facilitator, day=DAY):
            lines = list(statement.lines.values_list("pk", flat=True))
            validate_lines(here.scope, statement, lines)
    give(here, there)
    year = Period.year(2026)
    for host in (here.host, there.host):
        found = figures(Perimeter("27", host=host.pk), year, codes=["hours_validated"])
        assert found["hours_validated"].value == Decimal(70)


def test_the_host_that_stays_keeps_its_share_and_no_more(here: World, there: World) -> None:
    give(here, there, stays=True)
    with acting_as(there.facilitator, day=DAY):
        theirs = builders.person(there.host, "Supposé", "Basile")
        second = builders.employment(theirs, here.company, here.award)
    old = scope_of(here.facilitator, DAY)
    declare(here, here.facilitator)
    with acting_as(here.facilitator, day=DAY):
        entry = Entry(second.pk, {"travail": Decimal(7)})
        with pytest.raises(MonthRefused, match="à corriger"):
            declare_month(old, here.award, OCTOBER, [entry], version=1)
        assert not Person.objects.filter(pk=theirs.pk).exists()
    with acting_as(there.facilitator, day=DAY):
        assert not Person.objects.filter(pk=here.person.pk).exists()
        statement = declare_month(
            scope_of(there.facilitator, DAY), here.award, OCTOBER, [entry], version=1
        )
    line = statement.lines.get(employment_month__employment=second)
    with acting_as(here.facilitator, day=DAY), pytest.raises(PermissionDenied):
        validate_lines(old, statement, [line.pk])
    mine = statement.lines.get(employment_month__employment=here.employment)
    with acting_as(here.facilitator, day=DAY):
        assert validate_lines(old, statement, [mine.pk]) == 1


def test_a_host_associated_then_gone_leaves_its_share_to_the_referent(
    here: World, there: World, signed_in: SignedIn
) -> None:
    with acting_as(here.facilitator, day=DAY):
        row = associate_host(
            here.scope, here.operation, there.host, there.facilitator, starts_on=DAY
        )
    with acting_as(there.facilitator, day=DAY):
        theirs = builders.person(there.host, "Supposé", "Basile")
        builders.employment(theirs, here.company, here.award)
    page = f"/clauses/{here.clause.pk}/?onglet=personnes"
    referent = signed_in(here.facilitator)
    assert "Basile" not in referent.get(page).text
    with acting_as(here.facilitator, day=DAY):
        end_association(here.scope, row, last_day=DAY - timedelta(days=1))
    assert "Basile" in referent.get(page).text
    assert "Inventée" not in signed_in(there.facilitator).get(page).text


@pytest.mark.parametrize("who", ["neighbour", "buyer", "company"])
def test_only_the_referent_and_the_coordination_hand_over(
    here: World, there: World, who: str
) -> None:
    with acting_as("test", day=DAY):
        users = {
            "neighbour": there.facilitator,
            "buyer": builders.member(here.buyer, MemberRole.BUYER),
            "company": builders.member(here.company, MemberRole.COMPANY),
        }
    before = list(OperationHost.objects.values())
    with acting_as(users[who], day=DAY), pytest.raises(PermissionDenied):
        hand_over(
            scope_of(users[who], DAY),
            here.operation,
            there.host,
            there.facilitator,
            on=DAY,
            reason="Essai",
        )
    assert list(OperationHost.objects.values()) == before


def test_what_makes_no_sense_is_refused_and_told(here: World, there: World) -> None:
    with acting_as(here.facilitator, day=DAY):
        for to, user, on, reason, why in (
            (there.host, there.facilitator, DAY - timedelta(days=1), "Essai", "aujourd’hui ou"),
            (there.host, there.facilitator, DAY, " ", "motif"),
            (there.host, here.facilitator, DAY, "Essai", "ne travaille pas"),
            (here.host, here.facilitator, DAY, "Essai", "déjà"),
            (here.company, None, DAY, "Essai", "structure porteuse"),
        ):
            with pytest.raises(Refused, match=why):
                hand_over(here.scope, here.operation, to, user, on=on, reason=reason)
    give(here, there, on=DAY + timedelta(days=10))
    with acting_as(here.facilitator, day=DAY), pytest.raises(Conflict, match="déjà prévu"):
        hand_over(here.scope, here.operation, here.host, None, on=DAY, reason="Essai")


def test_handing_over_on_the_first_day_leaves_one_referent(here: World, there: World) -> None:
    give(here, there)
    with acting_as(there.facilitator, day=DAY):
        hand_over(
            scope_of(there.facilitator, DAY),
            here.operation,
            here.host,
            here.facilitator,
            on=DAY,
            reason="Retour",
        )
    rows = OperationHost.objects.filter(operation=here.operation, role=HostRole.REFERENT)
    assert [row.host for row in rows.on(DAY)] == [here.host]
    told = JournalEntry.objects.filter(verb="operation.handed_over")
    assert [entry.actor for entry in told.order_by("pk")] == [here.facilitator, there.facilitator]


def test_what_is_owed_may_then_be_amended_by_the_new_one_alone(here: World, there: World) -> None:
    objective = Objective.objects.get(commitment__clause=here.clause)
    give(here, there)
    for user in (here.facilitator, there.facilitator):
        with acting_as(user, day=DAY):
            try:
                amend(
                    scope_of(user, DAY),
                    objective,
                    quantity=Decimal(10),
                    effective_on=DAY,
                    reason="Essai",
                )
            except PermissionDenied:
                assert user == here.facilitator
            else:
                assert user == there.facilitator
