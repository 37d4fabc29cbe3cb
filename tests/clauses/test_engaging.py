"""Recording and changing a commitment: what is owed must follow the contract, event by event."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.actions import change_state
from coclause.clauses.choices import (
    EventKind,
    Framework,
    Instrument,
    Measure,
    OrderKind,
    Trigger,
)
from coclause.clauses.engaging import (
    Terms,
    add_objective,
    amend,
    change_counting,
    change_rate,
    engage,
    tell_base,
    trigger,
)
from coclause.clauses.models import (
    Award,
    Clause,
    Commitment,
    Contract,
    CountingChange,
    Objective,
    ObjectiveEvent,
    Order,
)
from coclause.clauses.ordering import above_maximum, place_order
from coclause.clauses.owed import owed_by_objective
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry
from coclause.core.refusals import Conflict, Refused

pytestmark = pytest.mark.django_db

HALF = Terms(measure=Measure.SHARE, trigger=Trigger.YEAR, rate=Decimal(50))
PER_EURO = Terms(
    measure=Measure.PER_EURO, trigger=Trigger.ORDER, rate=Decimal(5), per=Decimal(10_000)
)
YEARLY = Terms(trigger=Trigger.YEAR, planned=Decimal(500))
TRANCHE = Terms(trigger=Trigger.TRANCHE, planned=Decimal(130), label="Tranche optionnelle 1")


@pytest.fixture
def world() -> World:
    return builders.world()


def lot_of(world: World, *terms: Terms, **facts: Any) -> Commitment:
    """A new lot of the world's operation, awarded 02/03/2026 to 28/05/2027, with these terms."""
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation)
        clause = builders.clause(lot, **facts)
        award = builders.award(lot, world.company)
    with acting_as(world.facilitator, day=DAY):
        return engage(world.scope, clause, award, terms)


def act(world: World, what: Any, *args: Any, **facts: Any) -> Any:
    with acting_as(world.facilitator, day=DAY):
        return what(world.scope, *args, **facts)


def due(objective: Objective, day: date = DAY) -> Decimal | None:
    rows = Objective.objects.filter(commitment=objective.commitment_id)
    rows = rows.select_related("commitment__award").prefetch_related("events")
    return owed_by_objective(rows, day)[objective.pk].quantity


def order(commitment: Commitment, number: str, amount: int | None, **facts: Any) -> Order:
    return Order(
        award=commitment.award,
        number=number,
        amount=None if amount is None else Decimal(amount),
        **{"kind": OrderKind.ORDER, "ordered_on": date(2026, 6, 1), **facts},
    )


# --- what is promised ---


def test_several_objectives_are_recorded_at_once_with_a_share_of_the_first(world: World) -> None:
    made = lot_of(
        world,
        Terms(quantity=Decimal(1000)),
        Terms(public="QPV", share=Decimal(30), part_of=0),
        Terms(public="FEMMES", quantity=Decimal(200), part_of=0),
        Terms(measure=Measure.APPRENTICES, quantity=Decimal(2)),
    )
    whole, districts, women, apprentices = made.objectives.order_by("pk")
    assert [due(row) for row in (whole, districts, women, apprentices)] == [1000, 300, 200, 2]
    assert (districts.measure, women.measure) == (Measure.HOURS, Measure.HOURS)
    told = JournalEntry.objects.filter(verb="commitment.made").get()
    assert told.sentence.startswith(
        "Engagement : 1\u202f000 heures ; dont 30 % réservés à un public"
    )
    assert "QPV" not in told.sentence


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(), "au moins une heure"),
        (Terms(quantity=Decimal(-3)), "au moins une heure"),
        (Terms(measure=Measure.PERSONS, quantity=Decimal("1.5")), "entier"),
        (Terms(trigger=Trigger.TRANCHE, quantity=Decimal(10)), "objectif à part"),
        (Terms(trigger=Trigger.ORDER, planned=Decimal(0)), "plus que zéro"),
        (Terms(measure=Measure.SHARE), "Donnez le taux"),
        (Terms(measure=Measure.SHARE, rate=Decimal(120)), "100"),
        (Terms(measure=Measure.SHARE, trigger=Trigger.ORDER, rate=Decimal(50)), "par année"),
        (Terms(measure=Measure.PER_EURO, rate=Decimal(5)), "combien d’euros"),
        (Terms(measure=Measure.SHARE, rate=Decimal(5), quantity=Decimal(5)), "il se calcule"),
        (Terms(quantity=Decimal(5), rate=Decimal(5)), "Un taux vaut"),
        (Terms(public="QPV", share=Decimal(30)), "de quel objectif"),
        (Terms(quantity=Decimal(9), hour_kind="stage"), "ne compte pas les heures de stage"),
        (Terms(quantity=Decimal(9), starts_on=date(2025, 1, 1)), "n’y est pas"),
        (
            Terms(quantity=Decimal(9), starts_on=date(2027, 1, 2), ends_on=date(2027, 1, 1)),
            "avant de commencer",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_words(
    world: World, terms: Terms, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        lot_of(world, terms)
    assert Commitment.objects.count() == 1


def test_a_share_is_never_of_a_share_nor_above_its_whole(world: World) -> None:
    made = lot_of(
        world, Terms(quantity=Decimal(100)), Terms(public="QPV", share=Decimal(30), part_of=0)
    )
    whole, share = made.objectives.order_by("pk")
    other = world.clause.commitments.get().objectives.get()
    for terms, said in (
        (Terms(public="TH", share=Decimal(5), part_of=share), "objectif entier"),
        (Terms(public="TH", quantity=Decimal(101), part_of=whole), "dépasse"),
        (Terms(public="TH", share=Decimal(5), part_of=other), "un autre engagement"),
        (Terms(share=Decimal(5), part_of=whole), "à quel"),
        (Terms(public="TH", share=Decimal(5), quantity=Decimal(5), part_of=whole), "l’un des deux"),
    ):
        with pytest.raises(Refused, match=said):
            act(world, add_objective, made, terms)
    with pytest.raises(Refused, match="c’est lui qui change"):
        act(world, amend, share, quantity=Decimal(1), effective_on=DAY, reason="Un étage de plus")


def test_an_objective_is_added_later_and_a_phase_bounds_what_falls_due(world: World) -> None:
    made = lot_of(world, Terms(quantity=Decimal(400), ends_on=date(2026, 12, 31), label="Travaux"))
    terms = Terms(quantity=Decimal(100), starts_on=date(2027, 1, 1), label="Exploitation")
    added = act(world, add_objective, made, terms)
    works = made.objectives.get(label="Travaux")
    assert works.events.get().due_until == date(2026, 12, 31)
    assert added.events.get().due_from == date(2027, 1, 1)
    clause = Clause.objects.with_committed(date(2026, 12, 31)).get(pk=made.clause_id)
    assert (clause.committed, clause.expected) == (500, 400)  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", [ClauseState.DRAFT, ClauseState.PROPOSED, ClauseState.CLOSED])
def test_nothing_is_recorded_before_the_agreement_nor_after_the_end(
    world: World, state: ClauseState
) -> None:
    with pytest.raises(Refused, match=r"acceptée|ne change plus"):
        lot_of(world, Terms(quantity=Decimal(10)), state=state)


def test_only_the_referent_host_records_or_changes(world: World) -> None:
    objective = world.clause.commitments.get().objectives.get()
    other = builders.world("Mont-Rêvé")
    with acting_as(other.facilitator, day=DAY):
        for ask in (
            lambda: engage(other.scope, world.clause, world.award, [Terms(quantity=Decimal(1))]),
            lambda: add_objective(other.scope, objective.commitment, Terms(quantity=Decimal(1))),
            lambda: amend(
                other.scope, objective, quantity=Decimal(1), effective_on=DAY, reason="essai"
            ),
            lambda: trigger(other.scope, objective, effective_on=DAY),
            lambda: tell_base(other.scope, objective, base=Decimal(1), effective_on=DAY),
            lambda: change_rate(
                other.scope, objective, rate=Decimal(1), effective_on=DAY, reason="essai"
            ),
            lambda: change_counting(
                other.scope, world.clause, starts_on=DAY, hour_kinds=["travail"], reason="essai"
            ),
            lambda: place_order(other.scope, order(objective.commitment, "1", 5)),
        ):
            with pytest.raises(PermissionDenied):
                ask()
    assert ObjectiveEvent.objects.filter(objective=objective).count() == 1


# --- years and tranches ---


def test_years_are_engaged_one_after_the_other_until_the_end(world: World) -> None:
    (yearly,) = lot_of(world, YEARLY).objectives.all()
    assert due(yearly) is None
    first = act(world, trigger, yearly, effective_on=date(2026, 3, 2))
    assert (first.due_from, first.due_until) == (date(2026, 3, 2), date(2027, 3, 1))
    second = act(world, trigger, yearly, effective_on=date(2027, 3, 2), quantity=Decimal(120))
    assert (second.due_from, second.due_until) == (date(2027, 3, 2), date(2027, 5, 28))
    assert [due(yearly, day) for day in (DAY, date(2027, 3, 2))] == [500, 620]
    with pytest.raises(Refused, match="Toutes les années"):
        act(world, trigger, yearly, effective_on=date(2027, 3, 3))


def test_a_year_is_neither_longer_than_one_nor_engaged_twice(world: World) -> None:
    (yearly,) = lot_of(world, YEARLY).objectives.all()
    on = {"effective_on": date(2026, 3, 2)}
    with pytest.raises(Refused, match="Une année à la fois"):
        act(world, trigger, yearly, **on, due_from=date(2026, 3, 2), due_until=date(2027, 3, 2))
    with pytest.raises(Refused, match="dans cette période"):
        act(world, trigger, yearly, **on, due_from=date(2026, 1, 1), due_until=date(2026, 12, 31))
    act(world, trigger, yearly, **on, due_from=date(2026, 3, 2), due_until=date(2026, 12, 31))
    with pytest.raises(Conflict, match="du 02/03/2026 au 31/12/2026 est déjà"):
        act(world, trigger, yearly, **on, due_from=date(2026, 12, 31), due_until=date(2027, 1, 31))


def test_a_tranche_is_affirmed_once_within_the_execution(world: World) -> None:
    (tranche,) = lot_of(world, TRANCHE).objectives.all()
    with pytest.raises(Refused, match="n’y est pas"):
        act(world, trigger, tranche, effective_on=date(2027, 6, 1))
    with pytest.raises(Refused, match="Rien n’est encore dû"):
        act(world, amend, tranche, quantity=Decimal(5), effective_on=DAY, reason="essai")
    act(world, trigger, tranche, effective_on=date(2026, 9, 1))
    with pytest.raises(Conflict, match="déjà affermie depuis le 01/09/2026"):
        act(world, trigger, tranche, effective_on=DAY)
    act(world, amend, tranche, quantity=Decimal(-30), effective_on=DAY, reason="Lot réduit")
    assert [due(tranche, DAY - timedelta(days=1)), due(tranche)] == [130, 100]


def test_what_is_due_from_notification_has_no_trigger(world: World) -> None:
    objective = world.clause.commitments.get().objectives.get()
    with pytest.raises(Refused, match="passez par un avenant"):
        act(world, trigger, objective, effective_on=DAY)
    with pytest.raises(Refused, match="ne suit pas de taux"):
        act(world, tell_base, objective, base=Decimal(1), effective_on=DAY)


# --- rates ---


def test_hours_worked_become_known_period_by_period(world: World) -> None:
    (half,) = lot_of(world, HALF).objectives.all()
    assert due(half) is None
    act(world, tell_base, half, base=Decimal("401.01"), effective_on=date(2026, 7, 5),
        due_from=date(2026, 3, 2), due_until=date(2026, 6, 30))  # fmt: skip
    assert due(half) == Decimal("200.51")
    with pytest.raises(Conflict, match="du 02/03/2026 au 30/06/2026 sont déjà"):
        act(world, tell_base, half, base=Decimal(5), effective_on=DAY,
            due_from=date(2026, 6, 30), due_until=date(2026, 9, 30))  # fmt: skip
    following = act(world, tell_base, half, base=Decimal(100), effective_on=date(2026, 10, 1))
    assert (following.due_from, following.due_until) == (date(2026, 7, 1), date(2026, 10, 1))
    with pytest.raises(Refused, match="ne sont pas connues avant"):
        act(world, tell_base, half, base=Decimal(5), effective_on=DAY, due_until=date(2027, 1, 1))
    with pytest.raises(Refused, match="Enregistrez plutôt"):
        act(world, trigger, half, effective_on=DAY, quantity=Decimal(5))


def test_a_new_rate_corrects_what_is_known_from_its_day_and_nothing_before(world: World) -> None:
    (half,) = lot_of(world, HALF).objectives.all()
    periods = ((date(2026, 3, 2), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30)))
    for due_from, due_until in periods:
        act(world, tell_base, half, base=Decimal(400), effective_on=due_until,
            due_from=due_from, due_until=due_until)  # fmt: skip
    with pytest.raises(Refused, match="connues d’un bloc"):
        act(world, change_rate, half, rate=Decimal(40), effective_on=date(2026, 8, 1), reason="x")
    act(world, change_rate, half, rate=Decimal(40), effective_on=date(2026, 7, 1), reason="Accord")
    assert due(half) == 200 + 160
    assert due(half, date(2026, 6, 30)) == 200
    act(world, change_rate, half, rate=Decimal(30), effective_on=date(2026, 10, 1), reason="Accord")
    assert due(half) == 360
    # The earlier rate is agreed again: it holds until the next change only.
    act(world, change_rate, half, rate=Decimal(60), effective_on=date(2026, 3, 2), reason="Erreur")
    assert due(half) == 240 + 160


def test_hours_known_together_were_worked_under_one_rate(world: World) -> None:
    (half,) = lot_of(world, HALF).objectives.all()
    act(world, change_rate, half, rate=Decimal(30), effective_on=date(2026, 10, 1), reason="Accord")
    with pytest.raises(Refused, match="Le taux change le 01/10/2026"):
        act(world, tell_base, half, base=Decimal(5), effective_on=DAY)
    for until in (date(2026, 9, 30), DAY):
        act(world, tell_base, half, base=Decimal(100), effective_on=DAY, due_until=until)
    assert due(half) == 50 + 30


def test_a_rate_is_neither_the_same_nor_above_the_whole(world: World) -> None:
    (half,) = lot_of(world, HALF).objectives.all()
    for rate, said in ((50, "déjà le taux"), (101, "100"), (0, "au-dessus de zéro")):
        with pytest.raises(Refused, match=said):
            act(world, change_rate, half, rate=Decimal(rate), effective_on=DAY, reason="Accord")


# --- orders ---


def test_an_order_adds_by_its_amount_and_triggers_what_was_planned(world: World) -> None:
    made = lot_of(world, PER_EURO, Terms(trigger=Trigger.ORDER, planned=Decimal(7)))
    by_euro, by_order = made.objectives.order_by("pk")
    act(world, place_order, order(made, "BC-1", 124_000, ends_on=date(2026, 8, 31)))
    assert [due(by_euro), due(by_order)] == [62, 7]
    assert by_euro.events.get(kind=EventKind.BASE).due_until == date(2026, 8, 31)
    act(world, place_order, order(made, "BC-2", 10_000), quantities={by_order.pk: Decimal(3)})
    assert [due(by_euro), due(by_order)] == [67, 10]
    act(world, place_order, order(made, "BC-3", -24_000))
    assert [due(by_euro), due(by_order)] == [55, 10]


def test_an_order_that_cannot_be_is_refused_and_leaves_nothing(world: World) -> None:
    made = lot_of(world, PER_EURO, Terms(trigger=Trigger.ORDER))
    by_order = made.objectives.get(measure=Measure.HOURS)
    three = {by_order.pk: Decimal(3)}
    act(world, place_order, order(made, "1", 10_000), quantities=three)
    for wrong, said in (
        (order(made, " 1 ", 10_000), "déjà enregistré"),
        (order(made, "", 10_000), "numéro"),
        (order(made, "2", None), "Donnez le montant"),
        (order(made, "2", 0), "un montant"),
        (order(made, "2", -20_000), "n’en compte"),
        (order(made, "2", 5, ordered_on=date(2027, 6, 1)), "n’y est pas"),
    ):
        with pytest.raises(Refused, match=said):
            act(world, place_order, wrong, quantities=three)
    with pytest.raises(Refused, match="Dites combien"):
        act(world, place_order, order(made, "2", 5))
    assert Order.objects.count() == 1
    plain = world.clause.commitments.get()
    with pytest.raises(Refused, match="n’est pas un accord-cadre"):
        act(world, place_order, order(plain, "2", 5))


def test_the_form_of_the_framework_says_what_executes_it(world: World) -> None:
    made = lot_of(world, PER_EURO)
    with acting_as("test", day=DAY):
        Contract.objects.filter(lots=made.award.lot_id).update(
            framework=Framework.CALL_OFFS, maximum=Decimal(100_000)
        )
    with pytest.raises(Refused, match="changez la nature"):
        act(world, place_order, order(made, "1", 5))
    contract = Contract.objects.get(lots=made.award.lot_id)
    call_off = {"kind": OrderKind.CALL_OFF}
    act(world, place_order, order(made, "1", 100_000, **call_off))
    assert above_maximum(contract) is None
    act(world, place_order, order(made, "2", 5_000, **call_off))
    assert above_maximum(contract) == 5_000


def test_a_new_rate_corrects_the_orders_placed_since(world: World) -> None:
    made = lot_of(world, PER_EURO)
    by_euro = made.objectives.get()
    act(world, place_order, order(made, "1", 10_000))
    act(world, place_order, order(made, "2", 20_000, ordered_on=date(2026, 9, 1)))
    act(
        world, change_rate, by_euro, rate=Decimal(8), effective_on=date(2026, 7, 1), reason="Accord"
    )
    assert due(by_euro) == 5 + 16
    mended = by_euro.events.get(kind=EventKind.AMENDMENT)
    assert (mended.effective_on, str(mended.order)) == (date(2026, 9, 1), "Bon de commande 2")


# --- what counts ---


def test_what_counts_changes_from_a_day_on(world: World) -> None:
    facts = {"starts_on": date(2026, 7, 1), "reason": "Accord de l’acheteur"}
    kinds = ["travail", "formation", "stage"]
    made = act(world, change_counting, world.clause, hour_kinds=kinds, internship_cap=20, **facts)
    assert (made.hour_kinds, made.internship_cap) == (["travail", "formation", "stage"], 20)
    with pytest.raises(Refused, match="déjà la règle"):
        act(world, change_counting, world.clause, hour_kinds=kinds, internship_cap=20, **facts)
    for wrong, said in (
        ({"hour_kinds": []}, "au moins une nature"),
        ({"hour_kinds": ["travail"], "training_cap": 20}, "plafond"),
        ({"hour_kinds": ["travail"], "reason": " "}, "motif"),
    ):
        with pytest.raises(Refused, match=said):
            act(world, change_counting, world.clause, **{**facts, **wrong})
    act(
        world, add_objective, world.clause.commitments.get(),
        Terms(quantity=Decimal(140), hour_kind="stage"),
    )  # fmt: skip
    with pytest.raises(Refused, match="continuer de compter"):
        act(world, change_counting, world.clause, hour_kinds=["travail"], **facts)
    assert CountingChange.objects.count() == 1


# --- starting ---


def test_a_reserved_contract_starts_without_a_commitment(world: World) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation)
        builders.award(lot, world.company)
        reserved = builders.clause(lot, ClauseState.AGREED, instrument=Instrument.RESERVED)
        plain = builders.clause(lot, ClauseState.AGREED)
    act(world, change_state, reserved, "demarrer")
    assert reserved.state == ClauseState.RUNNING
    with pytest.raises(Refused, match="d’abord l’engagement"):
        act(world, change_state, plain, "demarrer")
    assert Award.objects.filter(lot=lot).count() == 1
