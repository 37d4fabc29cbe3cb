"""Two people establish documents at the same moment: numbers follow, one version only."""

import pytest
from tests import builders
from tests.attacks.test_attack_at_once import Act, at_once, unexpected
from tests.builders import World
from tests.hours.proofs.proof_worlds import END_OF_OCTOBER, validated

from coclause.core.refusals import Conflict
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.issuing import issue

pytestmark = pytest.mark.usefixtures("committed_db")


def issuing(kind: ProofKind, version: int = 0) -> Act:
    def act(world: World) -> Proof:
        return issue(
            world.scope, kind, world.clause, world.award, until=END_OF_OCTOBER, version=version
        )

    return act


def test_of_two_who_establish_the_same_document_one_is_told() -> None:
    world = builders.world()
    validated(world, "60")
    answers = at_once(world, *(issuing(ProofKind.INTERIM) for _ in range(3)))
    assert not unexpected(answers), answers
    assert sum(isinstance(one, Conflict) for one in answers) == 2, answers
    assert Proof.objects.count() == 1


def test_of_two_corrections_one_is_told() -> None:
    world = builders.world()
    validated(world, "60")
    answers = at_once(world, issuing(ProofKind.INTERIM))
    validated(world, "50", version=1)
    answers = at_once(world, *(issuing(ProofKind.INTERIM, 1) for _ in range(2)))
    assert not unexpected(answers), answers
    assert sum(isinstance(one, Conflict) for one in answers) == 1, answers
    assert [p.version for p in Proof.objects.order_by("pk")] == [1, 2]


def test_documents_established_together_get_numbers_that_follow() -> None:
    world = builders.world()
    answers = at_once(world, issuing(ProofKind.INTERIM), issuing(ProofKind.CONTROL))
    assert not unexpected(answers), answers
    numbers = Proof.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == ["CC-2026-000001", "CC-2026-000002"]
