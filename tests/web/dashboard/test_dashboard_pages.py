"""The dashboard says the catalogue's figures, and nothing that a role may not read."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import builders

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole, Role
from coclause.web.dashboard import asking
from coclause.web.dashboard.views import STRIP

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> builders.World:
    return builders.world()


def someone(kind: Role, role: MemberRole, region: str = "27") -> User:
    with acting_as("test", day=builders.DAY):
        of = builders.region(region, "Bourgogne-Franche-Comté" if region == "27" else "Ailleurs")
        return builders.member(builders.organisation(f"{kind} {region}", kind, of=of), role)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def coordination(world: builders.World) -> Client:
    return signed_in(someone(Role.COORDINATION, MemberRole.COORDINATOR))


@pytest.fixture
def observer(world: builders.World) -> Client:
    return signed_in(someone(Role.OBSERVER, MemberRole.OBSERVER))


ADDRESSES: tuple[Callable[[], str], ...] = (
    lambda: reverse("dashboard"),
    lambda: reverse("indicator", args=["hours_validated"]),
    lambda: reverse("late-checks"),
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_sent_to_the_door(client: Client, address: Callable[[], str]) -> None:
    assert client.get(address()).status_code == 302


@pytest.mark.parametrize("address", ADDRESSES)
def test_buyers_and_companies_have_no_dashboard(
    world: builders.World, address: Callable[[], str]
) -> None:
    with acting_as("test", day=builders.DAY):
        buyer = builders.member(world.buyer, MemberRole.BUYER)
        company = builders.member(world.company, MemberRole.COMPANY)
    for user in (buyer, company):
        assert signed_in(user).get(address()).status_code == 403


def test_a_host_and_an_observer_read_the_region_but_no_list_of_late_months(
    world: builders.World, observer: Client
) -> None:
    for client in (signed_in(world.facilitator), observer):
        assert client.get(reverse("dashboard")).status_code == 200
        assert client.get(reverse("late-checks")).status_code == 403


def test_only_the_coordination_is_told_what_to_decide(
    coordination: Client, observer: Client
) -> None:
    assert "sans facilitateur" in coordination.get(reverse("dashboard")).content.decode()
    assert "sans facilitateur" not in observer.get(reverse("dashboard")).content.decode()


def test_a_host_filters_on_itself_and_on_no_other(world: builders.World) -> None:
    with acting_as("test", day=builders.DAY):
        other = builders.organisation("PLIE des Brumes", Role.HOST)
    client = signed_in(world.facilitator)
    answer = client.get(reverse("dashboard"), {"structure": other.pk})
    assert answer.context["asked"].host is None
    answer = client.get(reverse("dashboard"), {"structure": world.host.pk})
    assert answer.context["asked"].host == world.host.pk


def test_an_observer_filters_on_no_host(observer: Client) -> None:
    assert "structure" not in observer.get(reverse("dashboard")).context["form"].fields


def test_the_page_says_the_catalogue_s_figures(coordination: Client) -> None:
    answer = coordination.get(reverse("dashboard"))
    asked = answer.context["asked"]
    wanted = figures(Perimeter("27"), asked.period, None, STRIP)
    assert [tile.figure for tile in answer.context["tiles"]] == [wanted[code] for code in STRIP]


def test_the_spreadsheet_says_the_same(coordination: Client) -> None:
    answer = coordination.get(reverse("dashboard"), {"format": "xlsx"})
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    values = {row[0]: row[3] for row in book.get_sheet_by_name("Chiffres").to_python()[1:]}
    asked = asking.period_of(timezone.localdate().year, timezone.localdate())
    known = figures(Perimeter("27"), asked)
    assert values["operations_followed"] == known["operations_followed"].value


def test_the_rows_behind_a_figure_add_up_to_it(coordination: Client) -> None:
    answer = coordination.get(reverse("indicator", args=["operations_followed"]))
    assert answer.context["total"] == str(answer.context["figure"].value)
    assert len(answer.context["rows"]) == answer.context["figure"].value


def test_an_observer_reads_the_figure_without_the_operations(
    world: builders.World, observer: Client
) -> None:
    html = observer.get(reverse("indicator", args=["operations_followed"])).content.decode()
    assert "Opérations suivies" in html
    assert world.operation.name not in html
    sheet = observer.get(reverse("indicator", args=["operations_followed"]), {"format": "xlsx"})
    assert "Lignes" not in CalamineWorkbook.from_filelike(BytesIO(sheet.content)).sheet_names


@pytest.mark.parametrize("code", ["beneficiaries", "beneficiaries_by_public", "realisation_rate"])
def test_persons_are_figures_only(coordination: Client, code: str) -> None:
    answer = coordination.get(reverse("indicator", args=[code]))
    assert answer.status_code == 200
    assert answer.context["rows"] == []


def test_an_unknown_figure_does_not_exist(coordination: Client) -> None:
    assert coordination.get(reverse("indicator", args=["invente"])).status_code == 404


def test_filters_that_do_not_hold_are_said_and_left_aside(coordination: Client) -> None:
    answer = coordination.get(
        reverse("dashboard"), {"annee": "12", "departement": "zz", "connu": "31/02/2026"}
    )
    assert answer.status_code == 200
    asked = answer.context["asked"]
    assert (asked.departement, asked.known_day) == (None, None)
    assert "Cette date n’existe pas" in answer.content.decode()


@pytest.mark.parametrize("many", [0, 6])
def test_the_dashboard_asks_the_same_queries_whatever_the_rows(
    world: builders.World, coordination: Client, django_assert_num_queries: Any, many: int
) -> None:
    with acting_as("test", day=builders.DAY):
        for number in range(many):
            operation = builders.operation(
                f"École {number}", world.buyer, world.host, world.facilitator
            )
            lot = builders.lot(operation)
            clause = builders.clause(lot)
            builders.commit(builders.award(lot, world.company), clause, Decimal(100))
    with django_assert_num_queries(38):
        coordination.get(reverse("dashboard"))


def test_a_year_at_hand_is_compared_with_the_same_days() -> None:
    period = asking.period_of(2026, date(2026, 11, 24))
    assert period == Period(date(2026, 1, 1), date(2026, 11, 24))
    assert asking.year_before(period) == Period(date(2025, 1, 1), date(2025, 11, 24))
    assert asking.year_before(Period(date(2024, 1, 1), date(2024, 2, 29))) == Period(
        date(2023, 1, 1), date(2023, 2, 28)
    )
    assert asking.period_of(2022, date(2026, 11, 24)) == Period.year(2022)


def test_what_was_known_on_a_day_is_counted_to_its_end(coordination: Client) -> None:
    answer = coordination.get(reverse("dashboard"), {"connu": "01/03/2026"})
    known = answer.context["asked"].known_on
    assert known == timezone.make_aware(datetime(2026, 3, 2))  # noqa: DTZ001  made aware here
