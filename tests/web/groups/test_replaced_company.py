"""A company that was replaced: from that day it acts no more, and is told nothing of the rest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World
from tests.clauses.groups_worlds import company, validated
from tests.web.conftest import As

from coclause.clauses.choices import Departure
from coclause.clauses.groups import replace_holder
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours import due
from coclause.hours.checking import return_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Statement
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Organisation

pytestmark = pytest.mark.django_db
SINCE = date(2026, 10, 1)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


class Change:
    """The world's company is replaced on 1 October; both companies have somebody signed in."""

    def __init__(self, world: World, signed_in: As, on: date = SINCE) -> None:
        self.world, self.on = world, on
        self.other: Organisation = company("Charpentes Mirage")
        with acting_as("test", day=DAY):
            self.old_user: User = builders.member(world.company, MemberRole.COMPANY)
            self.new_user: User = builders.member(self.other, MemberRole.COMPANY)
        # Both sessions are open before anything happens.
        self.old: Client = signed_in(self.old_user)
        self.new: Client = signed_in(self.new_user)
        validated(world, "60", month=SEPTEMBER)

    def happens(self) -> None:
        with acting_as(self.world.facilitator, day=DAY):
            replace_holder(
                self.world.scope,
                self.world.award,
                self.other,
                on=self.on,
                departure=Departure.TRANSFER,
                reason="Acte du 15/09/2026",
            )

    def hired_by_the_new(self) -> int:
        with acting_as(self.world.facilitator, day=DAY):
            someone = builders.person(self.world.host, "Supposé", "Basile")
            hired = builders.employment(someone, self.other, self.world.award, starts=SINCE)
        validated(self.world, "77", month=OCTOBER, employment=hired)
        return hired.pk

    def month(self, month: date) -> str:
        return f"/mon-mois/{month:%Y-%m}/"

    @property
    def clause(self) -> str:
        return f"/clauses/{self.world.clause.pk}/"


@pytest.fixture
def change(world: World, signed_in: As) -> Change:
    return Change(world, signed_in)


def test_the_open_session_of_the_old_company_declares_its_own_months_only(change: Change) -> None:
    assert change.old.get(change.month(OCTOBER)).status_code == 200
    change.happens()
    sent = {
        f"m{change.world.award.pk}-version": "0",
        f"m{change.world.award.pk}-h-{change.world.employment.pk}-travail": "35",
    }
    assert change.old.get(change.month(OCTOBER)).status_code == 404
    assert change.old.post(change.month(OCTOBER), sent).status_code == 404
    assert not Statement.objects.filter(month=OCTOBER).exists()
    assert change.old.get(change.month(SEPTEMBER)).status_code == 200


def test_the_new_company_declares_from_its_first_day(change: Change) -> None:
    assert change.new.get(change.clause).status_code == 404
    assert change.new.get(change.month(OCTOBER)).status_code == 404
    change.happens()
    assert change.new.get(change.clause).status_code == 200
    assert change.new.get(change.month(OCTOBER)).status_code == 200
    assert change.new.get(change.month(SEPTEMBER)).status_code == 404


def test_the_old_company_is_shown_the_clause_as_it_left_it(change: Change) -> None:
    change.happens()
    change.hired_by_the_new()
    for tab in ("heures", "personnes", "journal", "engagement"):
        told = change.old.get(f"{change.clause}?onglet={tab}").content.decode()
        assert "77\u00a0h" not in told, tab
        assert "Charpentes Mirage" not in told, tab
    page = change.old.get(change.clause)
    assert page.context["progress"].validated == 60
    assert [column.month for column in page.context["table"].columns][-1] == SEPTEMBER
    answer = change.old.get(f"{change.clause}heures.xlsx")
    assert answer.status_code == 200


def test_the_new_company_takes_over_the_sum_and_not_the_persons(change: Change) -> None:
    change.happens()
    change.hired_by_the_new()
    page = change.new.get(change.clause)
    assert page.context["progress"].validated == 137
    assert [row.total for row in page.context["table"].rows] == [77]
    people = change.new.get(f"{change.clause}?onglet=personnes").context["people"]
    assert Decimal(60) not in [row["hours"] for row in people]


def test_a_company_to_come_sees_nothing_before_its_day(world: World, signed_in: As) -> None:
    change = Change(world, signed_in, on=DAY + timedelta(7))
    change.happens()
    assert change.new.get(change.clause).status_code == 404
    assert change.new.get(f"/operations/{world.operation.pk}/").status_code == 404
    page = change.old.get(f"{change.clause}?onglet=engagement").content.decode()
    assert "Charpentes Mirage" not in page
    assert "À partir du" not in page


def test_each_company_is_asked_the_months_of_its_own_part(change: Change) -> None:
    before = [item.what for item in due.due(change.world.as_user(change.old_user))]
    assert before == ["Déclarer 7 mois, mars à octobre"]
    change.happens()
    assert due.due(change.world.as_user(change.old_user)) == []
    assert due.count_due(change.world.as_user(change.old_user)) == 0
    asked = [item.what for item in due.due(change.world.as_user(change.new_user))]
    assert asked == ["Déclarer octobre"]
    assert due.count_due(change.world.as_user(change.new_user)) == 1


def test_the_months_of_a_company_that_left_are_the_facilitators(change: Change) -> None:
    change.happens()
    told = {(item.kind, item.what) for item in due.due(change.world.scope)}
    assert told == {
        ("silent", "Saisir 6 mois, mars à août : l’entreprise d’alors a été remplacée"),
        ("silent", "Appeler Charpentes Mirage : octobre 2026 n’est pas déclaré"),
        ("declare", "Déclarer octobre"),
    }


def test_a_month_sent_back_is_not_asked_of_the_next_company(change: Change) -> None:
    world = change.world
    with acting_as(world.facilitator, day=DAY):
        entry = Entry(world.employment.pk, {"travail": Decimal(40)})
        made = declare_month(world.scope, world.award, date(2026, 8, 1), [entry], version=0)
        lines = list(made.lines.values_list("pk", flat=True))
        return_lines(world.scope, made, lines, "Feuille d’heures manquante")
    assert due.statements_returned(world.as_user(change.old_user)).count() == 1
    change.happens()
    for user in (change.old_user, change.new_user):
        assert due.statements_returned(world.as_user(user)).count() == 0
