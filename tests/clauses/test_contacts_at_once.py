"""Contacts that leave at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from tests import builders
from tests.builders import DAY

from coclause.clauses.contacts import contacts_of, end_contact
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.refusals import Refused
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import scope_of


@pytest.mark.usefixtures("committed_db")
def test_two_last_contacts_do_not_leave_at_once() -> None:
    """Each saw the other there: without a lock the company would be left without anybody."""
    world = builders.world()
    with acting_as("test", day=DAY):
        users = [builders.member(world.company, MemberRole.COMPANY) for _ in range(2)]
    members = {one.user_id: one for one in contacts_of(world.company, DAY)}
    start = threading.Barrier(2)

    def leave(user: User) -> str:
        try:
            start.wait()
            with acting_as(user, day=DAY):
                end_contact(scope_of(user, DAY), members[user.pk])
        except Refused:
            return "refused"
        finally:
            connections.close_all()
        return "left"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, users)) == ["left", "refused"]
    assert len(contacts_of(world.company, DAY)) == 1
