"""Four real notices, recorded as they are written, followed event by event to the page.

Their names are invented; their terms are those of published contracts.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import HoursKind, Measure, OrderKind, Trigger
from coclause.clauses.engaging import Terms, change_rate, engage, tell_base, trigger
from coclause.clauses.models import Commitment, Objective, ObjectiveEvent, Order
from coclause.clauses.ordering import place_order
from coclause.clauses.owed import Owed, owed_by_objective
from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.objectives import done_by_objective

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_the_builders")]
Act = Callable[..., Any]


@pytest.fixture
def world() -> World:
    return builders.world()


def notice(world: World, *terms: Terms, **facts: Any) -> Commitment:
    """A lot awarded 02/03/2026 to 31/12/2027 under these terms, with one person on it."""
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation)
        clause = builders.clause(lot, **facts)
        award = builders.award(lot, world.company, ends=date(2027, 12, 31))
    with acting_as(world.facilitator, day=DAY):
        made = engage(world.scope, clause, award, terms)
        person = builders.person(world.host, "Rêvée", "Awa", date(1999, 1, 2))
        builders.employment(person, world.company, award, type="apprentissage")
    return made


def act(world: World, what: Act, *args: Any, **facts: Any) -> Any:
    with acting_as(world.facilitator, day=DAY):
        return what(world.scope, *args, **facts)


def worked(world: World, made: Commitment, month: date, kind: str, hours: str) -> None:
    with acting_as(world.facilitator, day=DAY):
        employment = made.award.assignments.get().employment_id
        entry = Entry(employment, {kind: Decimal(hours)})
        statement = declare_month(world.scope, made.award, month, [entry], version=0)
        waiting = list(statement.lines.values_list("pk", flat=True))
        validate_lines(world.scope, statement, waiting)


def rows(made: Commitment) -> list[Objective]:
    found = Objective.objects.filter(commitment=made).select_related("commitment__award")
    return list(found.prefetch_related("events").order_by("pk"))


def owed(made: Commitment, day: date = DAY, known_on: datetime | None = None) -> list[Owed]:
    return list(owed_by_objective(rows(made), day, known_on).values())


def due(made: Commitment, day: date = DAY, known_on: datetime | None = None) -> list[Any]:
    return [told.quantity for told in owed(made, day, known_on)]


def last_act(made: Commitment) -> datetime:
    """The moment at which the last event so far was recorded."""
    events = ObjectiveEvent.objects.filter(objective__commitment=made)
    return events.latest("recorded_at").recorded_at


def page(world: World, made: Commitment) -> str:
    client = Client()
    client.force_login(world.facilitator)
    answer = client.get(f"/clauses/{made.clause_id}/?onglet=engagement")
    assert answer.status_code == 200
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_half_of_the_hours_worked_each_year(world: World) -> None:
    made = notice(world, Terms(measure=Measure.SHARE, trigger=Trigger.YEAR, rate=Decimal(50)))
    shown = page(world, made)
    assert "50 % des heures travaillées, chaque année" in shown
    assert "pas encore déterminable" in shown
    assert "Les heures travaillées sur le marché ne sont pas encore connues" in shown
    assert "Engagement pas encore déterminable : 0 h déclarées" in shown
    assert due(made) == [None]

    known = last_act(made)
    (half,) = rows(made)
    act(world, tell_base, half, base=Decimal(3000), effective_on=date(2026, 7, 10),
        due_from=date(2026, 3, 2), due_until=date(2026, 6, 30), reason="Attestation")  # fmt: skip
    assert due(made, date(2026, 7, 9)) == [None]
    assert due(made, date(2026, 7, 10)) == [1500]
    assert due(made, DAY, known) == [None], "that day, the hours were not known yet"
    assert "depuis le 01/07/2026 ne sont pas encore connues" in owed(made)[0].undetermined

    act(world, change_rate, half, rate=Decimal(40), effective_on=date(2026, 7, 1), reason="Accord")
    act(world, tell_base, half, base=Decimal(1000), effective_on=date(2026, 10, 5),
        due_from=date(2026, 7, 1), due_until=date(2026, 9, 30))  # fmt: skip
    worked(world, made, date(2026, 10, 1), "travail", "120")
    shown = page(world, made)
    assert due(made) == [1900]
    assert "1 900 h" in shown
    assert "3 000 h travaillées du 02/03/2026 au 30/06/2026, à 50 % : Attestation" in shown
    assert "+ 400 h" in shown
    assert "1 780 h" in shown, "what is left"


def test_five_hours_for_ten_thousand_euros_ordered(world: World) -> None:
    terms = Terms(
        measure=Measure.PER_EURO, trigger=Trigger.ORDER, rate=Decimal(5), per=Decimal(10_000)
    )
    made = notice(world, terms)
    shown = page(world, made)
    assert "5 h par 10 000 € HT commandés" in shown
    assert "Aucune commande n’est enregistrée" in shown
    assert due(made) == [None]

    known = last_act(made)
    for number, amount, day in (
        ("2026-01", "124 000", date(2026, 4, 1)),
        ("2026-02", "37 500", date(2026, 9, 1)),
    ):
        order = Order(
            award=made.award,
            kind=OrderKind.ORDER,
            number=number,
            ordered_on=day,
            amount=Decimal(amount.replace(" ", "")),
        )
        act(world, place_order, order)
    assert due(made, date(2026, 3, 31)) == [None]
    assert due(made, date(2026, 4, 1)) == [62]
    assert due(made) == [Decimal("80.75")]
    assert due(made, DAY, known) == [None]
    shown = page(world, made)
    assert "80,75 h" in shown
    assert "124 000 € HT commandés, à 5 h par 10 000 €" in shown
    assert "D’autres commandes peuvent s’ajouter jusqu’au 31/12/2027" in shown
    assert "2 commandes" in shown


def test_a_firm_volume_and_an_optional_tranche(world: World) -> None:
    made = notice(
        world,
        Terms(quantity=Decimal(120), label="Tranche ferme"),
        Terms(trigger=Trigger.TRANCHE, planned=Decimal(130), label="Tranche optionnelle"),
    )
    worked(world, made, date(2026, 5, 1), "travail", "100")
    shown = page(world, made)
    assert due(made) == [120, None]
    assert "130 h si la tranche est affermie" in shown
    assert "La tranche optionnelle n’est pas affermie : 130 h de plus si elle l’est." in shown
    assert "Affermir la tranche" in shown
    assert "Heures, ensemble" in shown

    known = last_act(made)
    act(world, trigger, rows(made)[1], effective_on=date(2026, 9, 1), reason="Décision n° 4")
    assert due(made, date(2026, 8, 31)) == [120, None]
    assert due(made, date(2026, 9, 1)) == [120, 130]
    assert due(made, DAY, known) == [120, None]
    shown = page(world, made)
    assert "250 h" in shown
    assert "150 h" in shown, "what is left of both"
    assert "Tranche affermie : Décision n° 4" in shown
    assert "Affermir la tranche" not in shown


def test_a_hundred_and_forty_hours_of_internship(world: World) -> None:
    kinds = [HoursKind.WORK, HoursKind.INTERNSHIP]
    made = notice(world, Terms(quantity=Decimal(140), hour_kind="stage"), hour_kinds=kinds)
    worked(world, made, date(2026, 5, 1), "travail", "80")
    worked(world, made, date(2026, 6, 1), "stage", "35")
    assert due(made, date(2026, 2, 19)) == [None]
    assert due(made, date(2026, 2, 20)) == [140]
    assert owed(made, date(2026, 2, 19))[0].undetermined == (
        "L’engagement prend effet le 20/02/2026."
    )
    assert list(done_by_objective(rows(made), DAY).values()) == [35], "hours of work are no stage"
    assert list(done_by_objective(rows(made), date(2026, 5, 31)).values()) == [0]
    shown = page(world, made)
    assert "140 h de stage" in shown
    assert "105 h" in shown, "what is left"
