"""The desk of who stands on a side elsewhere: a company may add anybody to its contacts."""

import pytest
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.desk.desk import count_due, due
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "of"), [(MemberRole.COMPANY, Role.COMPANY), (MemberRole.BUYER, Role.BUYER)]
)
def test_what_others_owe_is_not_ones_turn(world: World, role: MemberRole, of: Role) -> None:
    """A facilitator who is contact of another company, or works for another buyer too."""
    with acting_as("test", day=DAY):
        builders.clause(
            builders.lot(world.operation, number=9), ClauseState.PROPOSED, state_since=DAY
        )
    before = due(world.scope)
    with acting_as("test", day=DAY):
        elsewhere = builders.organisation("Ailleurs-Inventé", of)
        Membership.objects.create(
            user=world.facilitator, organisation=elsewhere, role=role, starts_on=DAY
        )
    after = due(world.scope)
    assert {item.kind for item in before.waiting} >= {"declare", "accept"}
    assert after.waiting == before.waiting
    assert after.count == before.count == count_due(world.scope)


def test_ones_own_month_is_ones_turn_once(world: World) -> None:
    """The same person on both sides: the host's line waits beside the company's."""
    with acting_as("test", day=DAY):
        Membership.objects.create(
            user=world.facilitator,
            organisation=world.company,
            role=MemberRole.COMPANY,
            starts_on=world.award.starts_on,
        )
    found = due(world.scope)
    assert [item.kind for item in found.late + found.week + found.next] == ["declare"]
    assert found.count == count_due(world.scope) == 1
