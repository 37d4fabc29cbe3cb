"""A final statement whose figures moved since is on the desk of the referent, and nowhere else."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY, World
from tests.hours.checks.check_worlds import validate
from tests.hours.proofs.proof_worlds import OCTOBER, declared, issued, validated

from coclause.clauses.choices import HostRole
from coclause.clauses.models import Clause, OperationHost
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.desk.desk import count_due, due
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.due import count_proofs_due, proofs_due
from coclause.hours.proofs.issuing import issue
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = builders.world()
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=made.clause.pk).update(state="achevee")
    made.clause.refresh_from_db()
    return made


@pytest.fixture
def proof(world: World) -> Proof:
    validated(world, "60")
    return issued(world, ProofKind.FINAL)


def corrected(world: World, hours: str = "55") -> None:
    validate(world, declared(world, hours, version=1))


def test_hours_corrected_since_ask_for_a_new_version_until_there_is_one(
    world: World, proof: Proof
) -> None:
    assert proofs_due(world.scope) == []
    statement = declared(world, "55", version=1)
    assert proofs_due(world.scope) == [], "nothing moves before the check"
    validate(world, statement)
    before = [item for item in due(world.scope).next if item.kind == "proof"]
    assert [item.what for item in before] == [
        f"Établir une nouvelle version du bilan final n° {proof.number} : des heures ont été"
        " corrigées depuis"
    ]
    assert (before[0].url_name, before[0].url_args) == ("proofs", (world.clause.pk,))
    assert count_due(world.scope) == due(world.scope).count
    issued(world, ProofKind.FINAL)
    assert proofs_due(world.scope) == []
    assert count_proofs_due(world.scope) == 0


def test_an_amendment_recorded_since_is_not_told_as_hours(world: World, proof: Proof) -> None:
    with acting_as("test", day=DAY):
        objective = world.award.commitments.get().objectives.get()
        objective.events.create(
            kind="avenant", effective_on=OCTOBER, quantity=Decimal(-40), reason="Lot réduit"
        )
    (item,) = proofs_due(world.scope)
    assert item.what.endswith(f"n° {proof.number} : ce qui est engagé a changé depuis")


def test_hours_validated_again_alike_ask_for_nothing(world: World, proof: Proof) -> None:
    corrected(world)
    validate(world, declared(world, "60", version=2))
    assert proofs_due(world.scope) == []


def test_an_interim_statement_asks_for_nothing(world: World) -> None:
    validated(world, "60")
    issued(world, ProofKind.INTERIM)
    corrected(world)
    assert proofs_due(world.scope) == []


def test_nothing_is_asked_on_a_day_when_the_execution_goes_on(db: None) -> None:
    """A final statement could not be established that day."""
    world = builders.world()
    over = scope_of(world.facilitator, world.award.ends_on + timedelta(days=1))
    validated(world, "60")
    with acting_as(world.facilitator, day=over.day):
        issue(over, ProofKind.FINAL, world.clause, world.award)
    corrected(world)
    assert count_proofs_due(over) == 1
    assert count_proofs_due(world.scope) == 0


@pytest.mark.usefixtures("proof")
def test_only_the_referent_who_follows_is_asked(world: World, people: dict[str, Any]) -> None:
    corrected(world)
    asked = {role for role, user in people.items() if count_proofs_due(scope_of(user, DAY))}
    assert asked == {"facilitator", "manager"}
    with acting_as("test", day=DAY):
        OperationHost.objects.update(role=HostRole.ASSOCIATED)
    assert count_proofs_due(world.scope) == 0


@pytest.mark.usefixtures("proof")
@pytest.mark.parametrize("more", [0, 2])
def test_as_many_queries_for_any_number(
    world: World, django_assert_num_queries: Any, more: int
) -> None:
    for number in range(more):
        with acting_as("test", day=DAY):
            lot = builders.lot(world.operation, number=20 + number)
            clause = builders.clause(lot, state=ClauseState.ENDED)
            award = builders.award(lot, world.company)
            builders.commit(award, clause, Decimal(900))
        other = World(**{**vars(world), "lot": lot, "clause": clause, "award": award})
        issued(other, ProofKind.FINAL)
        with acting_as("test", day=DAY):
            award.commitments.get().objectives.get().events.create(
                kind="avenant", effective_on=OCTOBER, quantity=Decimal(-40), reason="Réduit"
            )
    corrected(world)
    scope = world.scope
    assert count_proofs_due(scope) == 1 + more
    with django_assert_num_queries(7):
        count_proofs_due(scope)
