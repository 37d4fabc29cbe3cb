"""Two people change the same calendar at the same moment: one wins, the other is told."""

from datetime import date
from decimal import Decimal

import pytest
from tests import builders
from tests.attacks.test_attack_at_once import at_once, unexpected
from tests.builders import DAY, World

from coclause.clauses.actions import change_state
from coclause.clauses.engaging import amend
from coclause.clauses.execution import extend, resume, suspend, terminate
from coclause.clauses.models import Award, Clause, Execution, Objective, ObjectiveEvent
from coclause.core.actor import acting_as
from coclause.core.refusals import Refused

pytestmark = pytest.mark.usefixtures("committed_db")
END = date(2027, 9, 30)


def stop(world: World) -> object:
    return suspend(world.scope, world.award, on=DAY, reason="Gel")


def stop_all(world: World) -> object:
    return change_state(world.scope, world.clause, "suspendre", reason="Gel")


def finish(world: World) -> object:
    removed = {Objective.objects.get().pk: Decimal(700)}
    return terminate(world.scope, world.award, on=DAY, partial=False, removed=removed, reason="Fin")


def lower(world: World) -> object:
    objective = Objective.objects.get()
    quantity = Decimal(-700)
    return amend(world.scope, objective, quantity=quantity, effective_on=DAY, reason="Lot réduit")


def prolong(world: World) -> object:
    return extend(world.scope, world.award, ends_on=END, effective_on=DAY, reason="Délai")


def go_on(world: World) -> object:
    return resume(world.scope, world.award, on=DAY, reason="")


def refused(answers: list[object]) -> int:
    assert not unexpected(answers), answers
    return sum(isinstance(answer, Refused) for answer in answers)


def test_a_suspension_is_recorded_once_from_the_clause_or_its_award() -> None:
    world = builders.world()
    assert refused(at_once(world, stop, stop_all)) == 1
    assert Award.objects.get().suspended_on == DAY
    assert Clause.objects.get().state == "suspendue"
    assert Execution.objects.count() == 2


def test_a_resumption_is_recorded_once() -> None:
    world = builders.world()
    with acting_as(world.facilitator, day=DAY):
        suspend(world.scope, world.award, on=date(2026, 11, 2), reason="Gel")
    assert refused(at_once(world, go_on, go_on)) == 1
    (off,) = Award.objects.get().suspensions
    assert (off.lower, off.upper) == (date(2026, 11, 2), DAY)


def test_a_termination_and_an_amendment_never_owe_less_than_nothing() -> None:
    world = builders.world()
    assert refused(at_once(world, finish, lower)) == 1
    total = sum(event.quantity for event in ObjectiveEvent.objects.all())
    assert total == Decimal(540)


def test_an_extension_and_a_suspension_keep_both() -> None:
    world = builders.world()
    assert refused(at_once(world, prolong, stop)) == 0
    award = Award.objects.get()
    assert (award.ends_on, award.suspended_on) == (END, DAY)
    assert Execution.objects.filter(superseded_at=None).count() == 1
