"""The worked examples of the guide come out as it says they do."""

from datetime import date
from decimal import Decimal

import pytest
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.engaging import Terms, amend, engage, tell_base, trigger
from coclause.clauses.execution import resume, suspend
from coclause.clauses.models import Award, AwardMember, Commitment, Objective, Order
from coclause.clauses.ordering import place_order
from coclause.clauses.owed import owed_by_objective
from coclause.core.actor import acting_as
from coclause.hours.progress import Progress, progress_of_awards
from coclause.web.guide.cases import by_slug

pytestmark = pytest.mark.django_db


def promised(world: World, *terms: Terms, **contract: str) -> Commitment:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, number=9)
        for name, value in contract.items():
            setattr(lot.contract, name, value)
        lot.contract.save()
        clause = builders.clause(lot)
        award = builders.award(lot, world.company)
    with acting_as(world.facilitator, day=DAY):
        return engage(world.scope, clause, award, terms)


def owed(commitment: Commitment, day: date) -> list[Decimal | None]:
    rows = Objective.objects.filter(commitment=commitment).select_related("commitment__award")
    found = owed_by_objective(rows.prefetch_related("events").order_by("pk"), day)
    return [found[row.pk].quantity for row in rows.order_by("pk")]


def told(slug: str, *figures: str) -> None:
    """The example does speak of these figures."""
    example = by_slug()[slug].example
    assert all(figure in example for figure in figures), example


def progress(award: Award, day: date) -> Progress:
    return progress_of_awards([award.pk], day)[award.pk]


def test_half_of_the_hours_worked(world: World) -> None:
    told("part-des-heures-travaillees", "50 %", "3 000 h", "05/10/2026", "1 500 h")
    made = promised(world, Terms(measure="part_heures", rate=Decimal(50)))
    with acting_as(world.facilitator, day=DAY):
        tell_base(
            world.scope,
            made.objectives.get(),
            base=Decimal(3000),
            due_from=date(2026, 3, 2),
            due_until=date(2026, 9, 30),
            effective_on=date(2026, 10, 5),
        )
    assert owed(made, date(2026, 10, 4)) == [None]
    assert owed(made, date(2026, 10, 5)) == [1500]
    assert progress(made.award, date(2026, 10, 5)).expected == 1500


def test_five_hours_by_ten_thousand_euros(world: World) -> None:
    told("heures-par-montant-commande", "5 h pour 10 000 €", "124 000 €", "62 h", "50 h")
    rate = Terms(measure="heures_par_montant", rate=Decimal(5), per=Decimal(10_000))
    made = promised(world, rate, framework="bons_commande")
    for number, amount, due in (("2026-01", 124_000, 62), ("2026-02", -24_000, 50)):
        order = Order(
            award=made.award,
            kind="bon_commande",
            number=number,
            ordered_on=date(2026, 6, 1),
            amount=Decimal(amount),
        )
        with acting_as(world.facilitator, day=DAY):
            place_order(world.scope, order)
        assert owed(made, DAY) == [due]


def test_a_tranche_affirmed(world: World) -> None:
    told("tranche-optionnelle", "120 h", "130 h", "01/10/2026", "250 h")
    firm = Terms(quantity=Decimal(120))
    made = promised(world, firm, Terms(trigger="tranche", planned=Decimal(130)))
    with acting_as(world.facilitator, day=DAY):
        trigger(world.scope, made.objectives.get(trigger="tranche"), effective_on=date(2026, 10, 1))
    assert owed(made, date(2026, 9, 30)) == [120, None]
    assert owed(made, date(2026, 10, 1)) == [120, 130]


def test_the_phases_of_a_concession(world: World) -> None:
    told("concession", "4 000 h", "2 000 h", "31/12/2026", "2028", "300 h")
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, number=9)
        clause = builders.clause(lot)
        award = Award.objects.create(
            lot=lot,
            notified_on=date(2025, 12, 1),
            starts_on=date(2026, 1, 1),
            ends_on=date(2035, 12, 31),
        )
        AwardMember.objects.create(
            award=award,
            organisation=world.company,
            part="titulaire",
            starts_on=award.starts_on,
        )
    works = Terms(quantity=Decimal(4000), starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    years = Terms(trigger="annee", planned=Decimal(300), starts_on=date(2028, 1, 1))
    with acting_as(world.facilitator, day=DAY):
        made = engage(world.scope, clause, award, [works, years])
        trigger(world.scope, made.objectives.get(trigger="annee"), effective_on=date(2028, 1, 1))
    assert owed(made, date(2026, 12, 31)) == [4000, None]
    assert progress(award, date(2026, 12, 31)).expected == 2000
    assert owed(made, date(2028, 1, 1)) == [4000, 300]


def test_an_amendment_on_its_day(world: World) -> None:
    told("avenant", "1 240 h", "−40 h", "30/11/2026", "1 200 h")
    made = promised(world, Terms(quantity=Decimal(1240)))
    with acting_as(world.facilitator, day=DAY):
        amend(
            world.scope,
            made.objectives.get(),
            quantity=Decimal(-40),
            effective_on=date(2026, 12, 1),
            reason="Lot réduit",
        )
    assert owed(made, date(2026, 11, 30)) == [1240]
    assert owed(made, date(2026, 12, 1)) == [1200]


def test_a_suspension_moves_the_end(world: World) -> None:
    slug = "suspension-reprise-prolongation-resiliation"
    told(slug, "02/11/2026", "16/11/2026", "14 jours", "28/05/2027", "11/06/2027", "1 240 h")
    made = promised(world, Terms(quantity=Decimal(1240)))
    stopped, again = date(2026, 11, 2), date(2026, 11, 16)
    assert (again - stopped).days == 14
    assert made.award.ends_on == date(2027, 5, 28)
    before = progress(made.award, date(2026, 11, 1)).expected
    with acting_as(world.facilitator, day=DAY):
        suspend(world.scope, made.award, on=stopped, reason="Intempéries")
        ends_on = made.award.ends_on + (again - stopped)
        assert ends_on == date(2027, 6, 11)
        resume(world.scope, made.award, on=again, ends_on=ends_on)
    assert owed(made, DAY) == [1240]
    assert progress(made.award, date(2026, 11, 15)).expected == before
