"""Companies and their agencies send the same month at the same moment: nothing lost nor doubled."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.db.models import Count, Sum
from django.test import Client
from tests.evenings import MONTH, evening, filled

from coclause.core.models import User
from coclause.hours.models import Declaration, EmploymentMonth, StatementLine

ADDRESS = f"/mon-mois/{MONTH:%Y-%m}/"
COMPANIES, AGENCIES = 12, 3


@pytest.mark.usefixtures("committed_db", "day_of_the_builders")
def test_everybody_sends_at_once_and_again_on_the_same_evening() -> None:
    """Every page was read before anybody sent; a second sending adds nothing."""
    scene = evening(COMPANIES, AGENCIES)
    clients = [_signed_in(user) for user in scene.users]
    pages = [filled(client.get(ADDRESS).content.decode()) for client in clients]
    barrier = Barrier(len(clients))

    def send(place: int) -> int:
        try:
            barrier.wait(timeout=60)
            return clients[place].post(ADDRESS, pages[place]).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as pool:
        first = list(pool.map(send, range(len(clients))))
        again = list(pool.map(send, range(len(clients))))
    assert first == [302] * len(clients)
    # The page was read before the first sending: what it would change was changed since.
    assert again == [409] * len(clients)
    lines = StatementLine.objects.aggregate(count=Count("pk"), total=Sum("hours"))
    assert (lines["count"], lines["total"]) == (scene.persons, scene.total)
    months = EmploymentMonth.objects.aggregate(total=Sum("hours_allocated"))
    assert months["total"] == scene.total
    # One sending a company for its award, one an agency for each award it lends to.
    assert Declaration.objects.count() == 2 * COMPANIES


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
