"""What the demonstration shows must stand a plain recount too: visitors will add it up."""

from dataclasses import replace
from datetime import date

from django.conf import settings
from django.db import connections
from tests.builders import DAY, at
from tests.conftest import point
from tests.contracts.comparing import disagreements
from tests.contracts.recount import Asked

from coclause import demo
from coclause.clauses.models import OperationHost
from coclause.core import embedded
from coclause.reference.loading import load_all


def test_the_demonstration_is_counted_the_same_twice(committed_db: embedded.Server) -> None:
    """At a reduced scale, its years, a host and a past moment."""
    name = connections["default"].settings_dict["NAME"]
    point("owner", committed_db.url(embedded.OWNER, str(name)))
    load_all(node_modules=settings.NODE_MODULES)
    assert demo.build(day=DAY, scale=0.03, using="owner").built
    years = [Asked("27", date(year, 1, 1), date(year, 12, 31)) for year in (2022, 2025, 2026)]
    past = replace(years[1], known=at(date(2025, 10, 15)))
    host = OperationHost.objects.order_by("pk").values_list("host", flat=True)[0]
    for asked in (*years, past, replace(years[1], host=host, departement="21")):
        assert disagreements(asked) == {}
