"""What the demonstration shows must stand a plain recount too: visitors will add it up."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.builders import at
from tests.conftest import pointed_at
from tests.contracts.comparing import disagreements
from tests.contracts.recount import Asked
from tests.demo.conftest import SMALL

from coclause.clauses.models import OperationHost
from coclause.core import embedded


def test_the_demonstration_is_counted_the_same_twice(
    small: str, cluster: embedded.Server, django_db_blocker: Any
) -> None:
    """At a reduced scale, its years, a host and a past moment."""
    years = [Asked("27", date(year, 1, 1), date(year, 12, 31)) for year in (2022, 2025, 2026)]
    past = replace(years[1], known=at(date(2025, 10, 15)))
    with django_db_blocker.unblock(), pointed_at(cluster, SMALL):
        host = OperationHost.objects.order_by("pk").values_list("host", flat=True)[0]
        for asked in (*years, past, replace(years[1], host=host, departement="21")):
            assert disagreements(asked) == {}
