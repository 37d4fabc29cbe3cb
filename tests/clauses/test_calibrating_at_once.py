"""Two people calibrate the same contract at the same moment."""

import pytest
from tests import builders
from tests.attacks.test_attack_at_once import at_once, unexpected
from tests.builders import World
from tests.clauses.calibration_worlds import contract_of, draft, kept

from coclause.clauses.calibrating import calibrate, retain
from coclause.clauses.models import Calibration
from coclause.core.refusals import Conflict

pytestmark = pytest.mark.usefixtures("committed_db")


def another(world: World) -> object:
    return calibrate(world.scope, contract_of(world), draft())


def test_two_versions_kept_at_once_have_two_numbers() -> None:
    world = builders.world()
    answers = at_once(world, another, another)
    assert not unexpected(answers), answers
    assert sorted(Calibration.objects.values_list("number", flat=True)) == [1, 2]


def test_of_two_versions_retained_at_once_one_holds_and_the_other_is_told() -> None:
    world = builders.world()
    first, second = kept(world), kept(world)
    answers = at_once(
        world,
        lambda w: retain(w.scope, first, seen=None),
        lambda w: retain(w.scope, second, seen=None),
    )
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert Calibration.objects.filter(retained_on__isnull=False).count() == 1
