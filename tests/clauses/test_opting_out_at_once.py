"""Two members of a buyer write in its register at the same moment."""

import pytest
from tests import builders
from tests.attacks.test_attack_at_once import Act, at_once, unexpected
from tests.builders import DAY, World
from tests.clauses.opt_out_worlds import buyer_of, entry_of, recorded

from coclause.clauses.models import OptOut
from coclause.clauses.opting_out import record, withdraw
from coclause.core.refusals import Conflict
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.usefixtures("committed_db")


def writing(world: World, replaces: OptOut | None = None) -> Act:
    scope = scope_of(buyer_of(world), DAY)
    return lambda w: record(scope, entry_of(w), replaces=replaces)


def test_entries_written_together_get_numbers_that_follow() -> None:
    world = builders.world()
    answers = at_once(world, *(writing(world) for _ in range(4)))
    assert not unexpected(answers), answers
    numbers = OptOut.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4]


def test_of_a_correction_and_a_withdrawal_one_is_told() -> None:
    world = builders.world()
    entry, other = recorded(world, buyer_of(world)), scope_of(buyer_of(world), DAY)
    answers = at_once(world, writing(world, entry), lambda _: withdraw(other, entry))
    assert not unexpected(answers), answers
    assert sum(isinstance(one, Conflict) for one in answers) == 1, answers
    entry.refresh_from_db()
    replaced = OptOut.objects.filter(replaces=entry).exists()
    assert replaced != bool(entry.withdrawn_on)


def test_of_two_corrections_one_is_told() -> None:
    world = builders.world()
    entry = recorded(world, buyer_of(world))
    answers = at_once(world, writing(world, entry), writing(world, entry))
    assert not unexpected(answers), answers
    assert sum(isinstance(one, Conflict) for one in answers) == 1, answers
    assert OptOut.objects.filter(replaces=entry).count() == 1
