"""« Mes marchés » and the SPASER: a buyer's own figures, persons counted and never told."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import builders
from tests.builders import DAY, World, at
from tests.clauses.opt_out_worlds import buyer_of, recorded

from coclause.clauses.choices import Instrument
from coclause.clauses.models import Contract, Lot
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.indicators.spaser import ANY, Measure, figures
from coclause.organisations.choices import MemberRole, Role
from coclause.watch.models import ImportRun, PublishedContract

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SPACE, SPASER = "/mes-marches/", "/mes-marches/spaser/?annee=2026"
SPACE_QUERIES = 36
SPASER_QUERIES = 15


@pytest.fixture
def client(people: dict[str, User], signed_in: As) -> Client:
    return signed_in(people["buyer"])


def work(world: World, persons: int) -> None:
    """That many more persons, each with 35 validated hours in October 2026."""
    with acting_as(world.facilitator, day=DAY):
        entries = []
        for number in range(persons):
            born_on = date(1990, 1, 1) + timedelta(days=number)
            someone = builders.person(world.host, "Sans-Nom", "Camille", born_on)
            employment = builders.employment(someone, world.company, world.award)
            entries.append(Entry(employment.pk, {"travail": Decimal(35)}))
        month = date(2026, 10, 1)
        statement = declare_month(world.scope, world.award, month, entries, version=0)
        lines = list(statement.lines.values_list("pk", flat=True))
        validate_lines(world.scope, statement, lines, at=at(DAY))


def contract(
    world: World,
    notified_on: date | None,
    amount: int | None,
    *instruments: Instrument,
    state: ClauseState = ClauseState.AGREED,
    kind: str = "marche",
) -> Contract:
    """One more contract of the world's operation, a lot for each instrument."""
    with acting_as("test", day=DAY):
        made = Contract.objects.create(
            operation=world.operation,
            kind=kind,
            market_type="services",
            object="Entretien des parcs",
            amount=amount,
            notified_on=notified_on,
        )
        for number, instrument in enumerate(instruments, start=1):
            lot = Lot.objects.create(contract=made, number=number, title=f"Secteur {number}")
            builders.clause(lot, state, instrument=instrument)
    return made


def publish(world: World, number: int, social: str, amount: int | None, **facts: Any) -> None:
    with acting_as("test", day=DAY):
        run = ImportRun.objects.create(day=DAY, started_at=at(DAY))
        PublishedContract.objects.create(
            **{
                "kind": "marche",
                "buyer_siret": str(world.buyer.siret),
                "buyer_siren": str(world.buyer.siret)[:9],
                "published_id": f"P{number}",
                "notified_on": date(2026, 5, 4),
                "amount": amount,
                "social": social,
                "fingerprint": str(number),
                "first_seen": run,
                "last_changed": run,
                "last_seen": run,
                **facts,
            }
        )


def persons_cell(page: str) -> str:
    cell = page.split('data-label="Personnes"><div>')[1].split("</div>", maxsplit=1)[0]
    return cell.replace("\u00a0", " ").replace("&lt;", "<").strip()


@pytest.mark.parametrize(("persons", "shown"), [(1, "< 5"), (4, "< 5"), (5, "5")])
def test_persons_are_a_count_and_small_ones_are_hidden(
    world: World, client: Client, persons: int, shown: str
) -> None:
    work(world, persons)
    page = client.get(SPACE).content.decode()
    assert persons_cell(page) == shown
    assert "Sans-Nom" not in page
    rows = (
        CalamineWorkbook.from_filelike(BytesIO(client.get(f"{SPACE}?format=xlsx").content))
        .get_sheet_by_name("Mes marchés")
        .to_python()
    )
    found = dict(zip(map(str, rows[0]), rows[1], strict=True))
    assert str(found["Personnes"]).replace("\u00a0", " ").removesuffix(".0") == shown
    assert found["Heures validées"] == 35 * persons


def test_a_buyer_reads_its_own_contracts_alone(world: World, client: Client) -> None:
    other = builders.world("Mont-Rêvé")
    page = client.get(SPACE).content.decode()
    assert world.operation.name in page
    assert other.operation.name not in page
    assert client.get(f"{SPACE}?acheteur={other.buyer.pk}").status_code == 404
    assert client.get(f"{SPACE}?acheteur=x").status_code == 404


def test_what_to_do_comes_first_and_is_of_the_buyer_chosen(world: World, signed_in: As) -> None:
    user, other = buyer_of(world), builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        user.memberships.create(
            organisation=other.buyer, role=MemberRole.BUYER, starts_on="2026-01-01"
        )
        builders.clause(other.lot, ClauseState.PROPOSED, instrument=Instrument.CRITERION)
    client = signed_in(user)
    first = client.get(f"{SPACE}?acheteur={world.buyer.pk}").content.decode()
    second = client.get(f"{SPACE}?acheteur={other.buyer.pk}").content.decode()
    assert "Accepter la clause proposée" not in first
    assert second.index("Accepter la clause proposée") < second.index("Contrats avec une clause")
    assert world.operation.name not in second


def test_documents_of_an_opt_out_are_offered(world: World, client: Client) -> None:
    entry = recorded(world, buyer_of(world), world.lot.contract)
    assert f"/registre/{entry.pk}/document.pdf" in client.get(SPACE).content.decode()


def test_an_empty_space_says_what_to_do(signed_in: As, world: World) -> None:
    with acting_as("test", day=DAY):
        user = builders.member(
            builders.organisation("Syndicat des Songes", Role.BUYER), MemberRole.BUYER
        )
    page = signed_in(user).get(SPACE).content.decode()
    assert "Décrivez votre projet" in page
    assert "Aucun contrat notifié" in signed_in(user).get(SPASER).content.decode()


def test_as_many_queries_for_one_contract_as_for_many(
    world: World, client: Client, django_assert_num_queries: Any
) -> None:
    work(world, 2)
    for url, count in ((SPACE, SPACE_QUERIES), (SPASER, SPASER_QUERIES)):
        with django_assert_num_queries(count):
            client.get(url)
    for day in range(1, 9):
        contract(world, date(2026, 4, day), 1000 * day, Instrument.CONDITION, Instrument.CRITERION)
    for url, count in ((SPACE, SPACE_QUERIES), (SPASER, SPASER_QUERIES)):
        with django_assert_num_queries(count):
            client.get(url)


# --- the SPASER ---


@pytest.fixture
def bought(world: World) -> World:
    """The world's contract (1 000 000 €, notified in 2026, a condition) and others."""
    contract(world, date(2026, 1, 1), 200, Instrument.CONDITION, Instrument.CRITERION)
    contract(world, date(2026, 12, 31), None, Instrument.RESERVED)
    contract(world, date(2026, 6, 1), 4000)
    contract(world, date(2026, 6, 1), 80_000, Instrument.INSERTION, state=ClauseState.PROPOSED)
    contract(world, date(2026, 6, 1), 160_000, Instrument.CONDITION, state=ClauseState.DROPPED)
    contract(world, date(2025, 12, 31), 320_000, Instrument.INSERTION)
    contract(world, date(2024, 12, 31), 640_000, Instrument.CONDITION)
    contract(world, None, 1_280_000, Instrument.CONDITION)
    contract(world, date(2026, 6, 1), 5, Instrument.CONDITION, kind="prive")
    contract(builders.world("Mont-Rêvé"), date(2026, 6, 1), 7, Instrument.CONDITION)
    publish(world, 1, "yes", 100)
    publish(world, 2, "unknown", 3000)
    publish(world, 3, "no", 50_000, amount_doubtful=True)
    publish(world, 4, "no", None, kind="concession")
    publish(world, 5, "yes", 9, notified_on=date(2025, 1, 1))
    work(world, 3)
    return world


def test_a_buyers_figures_are_those_of_its_contracts_of_the_year(bought: World) -> None:
    before, last = figures(bought.buyer, (2025, 2026))
    assert last.all == Measure(6, Decimal(1_244_200), 1)
    assert last.recorded == {
        Instrument.CONDITION: Measure(2, Decimal(1_000_200)),
        Instrument.CRITERION: Measure(1, Decimal(200)),
        Instrument.RESERVED: Measure(1, Decimal(0), 1),
        Instrument.INSERTION: Measure(),
        ANY: Measure(3, Decimal(1_000_200), 1),
    }
    assert last.all_published == Measure(4, Decimal(3100), 2)
    assert last.published == {
        "yes": Measure(1, Decimal(100)),
        "no": Measure(2, Decimal(0), 2),
        "unknown": Measure(1, Decimal(3000)),
    }
    assert last.hours == 105
    assert before.recorded[Instrument.INSERTION] == Measure(1, Decimal(320_000))
    assert before.all_published == Measure(1, Decimal(9))


RECOUNT = """
SELECT count(*), coalesce(sum(amount), 0), count(*) FILTER (WHERE amount IS NULL)
FROM clauses_contract c JOIN clauses_operation o ON o.id = c.operation_id
WHERE o.buyer_id = %s AND c.kind <> 'prive'
  AND c.notified_on BETWEEN %s AND %s
  AND EXISTS (
    SELECT FROM clauses_clause k JOIN clauses_lot l ON l.id = k.lot_id
    WHERE l.contract_id = c.id AND k.instrument = ANY(%s)
      AND k.state IN ('acceptee', 'en_execution', 'suspendue', 'achevee', 'close')
  )
"""
HOURS = """
SELECT coalesce(sum(n.hours), 0) FROM hours_statementline n
JOIN hours_statement s ON s.id = n.statement_id
JOIN clauses_award a ON a.id = s.award_id JOIN clauses_lot l ON l.id = a.lot_id
JOIN clauses_contract c ON c.id = l.contract_id
JOIN clauses_operation o ON o.id = c.operation_id
WHERE o.buyer_id = %s AND s.month BETWEEN %s AND %s
  AND n.state = 'validee' AND n.superseded_at IS NULL
"""


def test_a_plain_recount_in_sql_agrees(bought: World) -> None:
    for one in figures(bought.buyer, (2025, 2026)):
        span = (date(one.year, 1, 1), date(one.year, 12, 31))
        for code, measure in one.recorded.items():
            meant = list(Instrument.values) if code == ANY else [str(code)]
            with connection.cursor() as cursor:
                cursor.execute(RECOUNT, [bought.buyer.pk, *span, meant])
                assert cursor.fetchone() == (measure.number, measure.value, measure.unvalued)
        with connection.cursor() as cursor:
            cursor.execute(HOURS, [bought.buyer.pk, *span])
            assert cursor.fetchone() == (one.hours,)


def test_the_page_and_the_spreadsheet_say_the_same_with_definitions(
    bought: World, client: Client
) -> None:
    page = client.get(SPASER).content.decode()
    for words in ("L2111-3", "D2111-3", "50 millions", "ne s’additionnent pas", "Non connu"):
        assert words in page
    assert "1 contrat sans date de notification n’est dans aucune année" in page
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{SPASER}&format=xlsx").content))
    rows = book.get_sheet_by_name("Contrats").to_python()
    found = {(row[0], row[1], row[2]): row[3:] for row in rows[1:]}
    unknown = found["Données publiées", "2026", "Non connu"]
    assert unknown[:3] == [1, 4, 0.25]
    assert all(row[8] and row[9] for row in rows[1:])
    reserved = found["Enregistrés ici", "2026", "Avec un lot réservé"]
    assert reserved[3] == "non connu"


def test_the_contracts_by_kind_are_read_on_a_chart_first(bought: World, client: Client) -> None:
    """The drawing says the figures of the table under it, its finding counts each contract once."""
    page = client.get(SPASER).content.decode()
    drawing = page[page.index('class="drawing-wide') : page.index('class="drawing-narrow')]
    last = figures(bought.buyer, (2025, 2026))[-1]
    for code, label in (("condition_execution", "Condition d’exécution"), ("reserve", "Lot")):
        assert f"{label}" in drawing
        assert f">{last.recorded[code].number}<" in drawing
    found = f"{last.recorded[ANY].number} contrats sur {last.all.number} en 2026"
    assert found in page
    assert page.index('class="drawing-wide') < page.index("Avec au moins un de ces quatre")


def test_years_out_of_reach_fall_back_on_the_last_one_that_is_over(
    world: World, client: Client
) -> None:
    for asked in ("2027", "1999", "x", "9" * 30, ""):
        page = client.get(f"/mes-marches/spaser/?annee={asked}").content.decode()
        assert "années 2024 et 2025" in page
