"""Conventions on screen: figures each hour once, who is named to whom, small groups hidden."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import builders
from tests.builders import DAY, World, at
from tests.web.conventions.web_conventions import made, text

from coclause.clauses.models import Contract, Convention
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import validate_lines
from coclause.hours.choices import LineState
from coclause.hours.convention_progress import done_under, residence_of, totals, years_of
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Employment, Statement, StatementLine
from coclause.hours.progress import progress_of_awards

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

OCTOBER = date(2026, 10, 1)
LIST_QUERIES = 21
PAGE_QUERIES = 34

READ = {
    "facilitator": 200,
    "manager": 200,
    "other_host": 200,
    "far_host": 404,
    "buyer": 200,
    "company": 404,
    "other_company": 404,
    "coordinator": 200,
    "observer": 404,
    "prescriber": 404,
    None: 302,
}


@pytest.fixture
def convention(world: World) -> Convention:
    """One with a target, that the world's contract answers to."""
    return made(world)


def hire(world: World, number: int, **facts: Any) -> Employment:
    """One more person on the world's award."""
    with acting_as(world.facilitator, day=DAY):
        born_on = date(1990, 1, 1) + timedelta(days=number)
        someone = builders.person(world.host, "Sans-Nom", "Camille", born_on)
        return builders.employment(someone, world.company, world.award, **facts)


def validate(world: World, hours: dict[int, str], month: date = OCTOBER) -> None:
    """Declare and validate hours by employment."""
    entries = [Entry(pk, {"travail": Decimal(said)}) for pk, said in hours.items()]
    with acting_as(world.facilitator, day=DAY):
        statement = declare_month(world.scope, world.award, month, entries, version=0)
        lines = list(statement.lines.values_list("pk", flat=True))
        validate_lines(world.scope, statement, lines, at=at(DAY))


def without_names(world: World, hours: str) -> None:
    """A validated collective line of September."""
    with acting_as(world.facilitator, day=DAY):
        statement = Statement.objects.create(
            award=world.award, month=date(2026, 9, 1), declared_on=DAY
        )
        StatementLine.objects.create(
            statement=statement,
            headcount=12,
            kind="travail",
            hours=Decimal(hours),
            state=LineState.VALIDATED,
            declared_at=at(DAY),
            declared_by=world.facilitator,
            validated_at=at(DAY),
            validated_by=world.facilitator,
        )


def residents(world: World, count: int, hours: str, first: int = 0, **facts: Any) -> None:
    """That many persons, each with these hours in October 2026, and with these facts."""
    found = [hire(world, first + number, **facts) for number in range(count)]
    validate(world, {one.pk: hours for one in found})


def rows_of(content: bytes, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(name).to_python()


# --- who reads what ---


@pytest.mark.parametrize(("role", "status"), READ.items())
def test_who_reads_a_convention(
    convention: Convention,
    people: dict[str, User],
    signed_in: As,
    role: str | None,
    status: int,
) -> None:
    client = signed_in(people[role] if role else None)
    assert client.get(f"/conventions/{convention.pk}/").status_code == status
    assert client.get(f"/conventions/{convention.pk}/?format=xlsx").status_code == status


def test_a_buyer_reads_the_totals_and_only_its_own_contracts_by_name(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    other = builders.world("Mont-Rêvé")
    shared, foreign = made(world, other), made(name="Convention étrangère")
    validate(world, {world.employment.pk: "100"})
    validate(other, {other.employment.pk: "40"})
    client = signed_in(people["buyer"])
    listed = text(client.get("/conventions/"))
    assert shared.name in listed
    assert foreign.name not in listed
    page = text(client.get(f"/conventions/{shared.pk}/"))
    assert "140 h sur" not in page
    assert "Engagées 2 480 h 12 % de l’objectif" in page
    assert "Ville de Val-Imaginé" in page
    assert "Mont-Rêvé" not in page
    assert "Autres acheteurs" in page
    assert "et 1 contrat d’autres acheteurs" in page
    book = client.get(f"/conventions/{shared.pk}/?format=xlsx").content
    assert len(rows_of(book, "Par contrat")) == 2
    assert [row[0] for row in rows_of(book, "Par acheteur")[1:]] == [
        "Ville de Val-Imaginé",
        "Autres acheteurs",
    ]
    assert client.get(f"/conventions/{foreign.pk}/").status_code == 404


# --- figures ---


def test_each_hour_counts_once_over_contracts_and_buyers(world: World) -> None:
    other = builders.world("Mont-Rêvé")
    made(world, other)
    validate(world, {world.employment.pk: "100"})
    validate(other, {other.employment.pk: "40"})
    without_names(world, "60")
    awards = [world.award.pk, other.award.pk]
    told = totals(progress_of_awards(awards, DAY).values())
    assert [told.validated, told.committed, told.undetermined] == [200, 2480, 0]
    done = done_under(awards, DAY)
    assert residence_of(done).total == 200
    years = years_of(awards, done, DAY)
    assert [[one.year, one.validated, one.collective] for one in years] == [[2026, 200, 60]]
    # Each award rounds to the hour, each year too.
    due, expected = years[0].expected, told.expected
    assert due is not None
    assert expected is not None
    assert abs(due - expected) <= 2


def test_a_commitment_that_is_not_known_is_said_and_never_counted_as_zero(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, number=4)
        builders.award(lot, world.company)
    found = made(world)
    page = text(signed_in(people["coordinator"]).get(f"/conventions/{found.pk}/"))
    assert "L’engagement de 1 attribution sur 2 n’est pas connu" in page
    with acting_as("test", day=DAY):
        Contract.objects.exclude(lots=lot).update(convention=None)
    page = text(signed_in(people["coordinator"]).get(f"/conventions/{found.pk}/"))
    assert "Engagées non connu" in page


def test_everything_unknown_says_so(world: World, people: dict[str, User], signed_in: As) -> None:
    found = made(name="Convention obscure", target_hours=None, district_share=None)
    page = text(signed_in(people["facilitator"]).get(f"/conventions/{found.pk}/"))
    for said in (
        "Objectif non connu",
        "quartiers prioritaires non connu",
        "fin non connue",
        "date de signature non connue",
        "Texte non connu",
        "Aucune attribution ne répond encore",
        "Aucun contrat ne répond",
        "Non connus.",
    ):
        assert said in page, said


def test_hours_of_kinds_that_do_not_count_are_left_out_everywhere(world: World) -> None:
    with acting_as("test", day=DAY):
        type(world.clause).objects.filter(pk=world.clause.pk).update(hour_kinds=["formation"])
    validate(world, {world.employment.pk: "100"})
    assert progress_of_awards([world.award.pk], DAY)[world.award.pk].validated == 0
    assert residence_of(done_under([world.award.pk], DAY)).total == 0


# --- residents ---


def test_residents_are_counted_and_what_is_not_known_is_apart(world: World) -> None:
    residents(world, 2, "30", district="QF021001", district_vintage="2024")
    found = [
        hire(world, 10, criteria=["QPV"]),
        hire(world, 11),
        hire(world, 12, commune=None),
    ]
    validate(world, {one.pk: "20" for one in found}, date(2026, 8, 1))
    without_names(world, "15")
    told = residence_of(done_under([world.award.pk], DAY))
    assert told.hours == {"resident": 80, "sans_quartier": 20, "sans_commune": 20}
    assert told.collective == 15
    assert {key: len(persons) for key, persons in told.persons.items()} == {
        "resident": 3,
        "sans_quartier": 1,
        "sans_commune": 1,
    }


def panel(signed_in: As, user: User, convention: Convention) -> list[list[Any]]:
    book = signed_in(user).get(f"/conventions/{convention.pk}/?format=xlsx").content
    return [row[1:] for row in rows_of(book, "Habitants des quartiers")[1:]]


def two_operations(world: World) -> World:
    """Another operation of the same host and buyer region, with hours of six persons."""
    other = builders.world("Mont-Rêvé")
    residents(other, 6, "10", first=100)
    return other


@pytest.mark.parametrize("role", ["coordinator", "buyer", "other_host"])
def test_fewer_than_five_residents_are_hidden_from_whoever_may_not_read_their_files(
    world: World, people: dict[str, User], signed_in: As, role: str
) -> None:
    found = made(world, two_operations(world))
    residents(world, 3, "30", district="QF021001", district_vintage="2024")
    shown = panel(signed_in, people[role], found)
    # The second group is hidden with it: the total would give the first one back.
    assert shown[0] == ["masqué", "masqué", "<\xa05"]
    assert shown[1] == ["masqué", "masqué", "<\xa05"]
    page = text(signed_in(people[role]).get(f"/conventions/{found.pk}/"))
    assert "part non montrée" in page
    assert "moins de cinq personnes" in page


def test_five_residents_over_two_operations_are_shown_to_the_coordination(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    found = made(world, two_operations(world))
    residents(world, 5, "30", district="QF021001", district_vintage="2015")
    shown = panel(signed_in, people["coordinator"], found)
    assert [row[2] for row in shown] == ["5", "6", "0"]
    page = text(signed_in(people["coordinator"]).get(f"/conventions/{found.pk}/"))
    assert "71,4 % des heures validées" in page
    assert "pour 50 % à atteindre" in page


def test_the_hosts_in_charge_read_small_groups_of_their_own(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    found = made(world)
    residents(world, 3, "30", district="QF021001", district_vintage="2024")
    for role in ("facilitator", "manager"):
        assert panel(signed_in, people[role], found)[0][2] == "3"


def test_a_host_in_charge_of_a_part_does_not_read_the_small_groups_of_the_rest(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    found = made(world, two_operations(world))
    residents(world, 3, "30", district="QF021001", district_vintage="2024")
    assert panel(signed_in, people["facilitator"], found)[0][2] == "<\xa05"


def test_a_single_operation_is_never_broken_down_by_residence_for_others(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    found = made(world)
    residents(world, 8, "30", district="QF021001", district_vintage="2024")
    for role in ("buyer", "coordinator"):
        assert {row[0] for row in panel(signed_in, people[role], found)} == {"masqué"}
        page = text(signed_in(people[role]).get(f"/conventions/{found.pk}/"))
        assert "Une seule opération a des heures" in page


# --- the list ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=hauts+imagines", True),
        ("?q=introuvable", False),
        ("?programme=npnru", True),
        ("?programme=autre", False),
        ("?periode=en_cours", True),
        ("?periode=a_venir", False),
        ("?periode=terminee", False),
        ("?periode=nimporte", True),
    ],
)
def test_search_and_filters(
    convention: Convention, people: dict[str, User], signed_in: As, query: str, found: bool
) -> None:
    page = signed_in(people["facilitator"]).get(f"/conventions/{query}").content.decode()
    assert (f"/conventions/{convention.pk}/" in page) is found


@pytest.mark.parametrize(
    ("role", "status"),
    [("company", 403), ("observer", 403), ("prescriber", 403), ("buyer", 200), (None, 302)],
)
def test_who_opens_the_list(
    people: dict[str, User], signed_in: As, role: str | None, status: int
) -> None:
    assert signed_in(people[role] if role else None).get("/conventions/").status_code == status


def test_the_list_comes_out_whole_as_a_spreadsheet(
    world: World, convention: Convention, people: dict[str, User], signed_in: As
) -> None:
    for number in range(30):
        made(name=f"=SOMME({number})")
    content = signed_in(people["coordinator"]).get("/conventions/?format=xlsx").content
    rows = rows_of(content, "Conventions")
    assert len(rows) == 1 + 31
    assert "=SOMME(0)" in {row[0] for row in rows}
    first = next(row for row in rows if row[0] == convention.name)
    assert first[7:10] == [20_000, 0.5, 1240]


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_asks_the_same_queries_whatever_its_rows(
    world: World, signed_in: As, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        one = made(world, name=f"Convention {number}")
    assert one.contracts.count() == 1
    client = signed_in(world.facilitator)
    client.get("/conventions/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/conventions/")


@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_asks_the_same_queries_whatever_its_contracts(
    world: World, signed_in: As, rows: int, django_assert_num_queries: Any
) -> None:
    with acting_as("test", day=DAY):
        for _ in range(rows):
            made_too = builders.operation("De plus", world.buyer, world.host, world.facilitator)
            lot = builders.lot(made_too)
            clause = builders.clause(lot)
            builders.commit(builders.award(lot, world.company), clause, Decimal(100))
    found = made(world)
    with acting_as("test", day=DAY):
        Contract.objects.update(convention=found)
    validate(world, {world.employment.pk: "100"})
    client = signed_in(world.facilitator)
    client.get(f"/conventions/{found.pk}/")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/conventions/{found.pk}/")
