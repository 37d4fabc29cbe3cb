"""The main pages against the plain SQL that reads the same total, in the same run, at 3 sizes.

Each size is a demonstration of its own, in a database made and dropped here, on the server of this
checkout. A page is asked of Django itself, without a network, as the persona named; the first
answer is thrown away. The SQL reads one total of the page, not all it shows: the ratio says how a
page grows beside it, not that the two do the same work.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from statistics import median

import dj_database_url
import django
import psycopg

from coclause.cli import database
from coclause.core import embedded

SCALES = (0.1, 0.3, 1.0)
REPEATS = 5
EMPTY, FILLED = "coclause_bench_empty", "coclause_bench_pages"

OF_LINE = """
FROM hours_statementline l
JOIN hours_statement s ON s.id = l.statement_id
JOIN clauses_award a ON a.id = s.award_id
JOIN clauses_lot lot ON lot.id = a.lot_id
JOIN clauses_contract c ON c.id = lot.contract_id
JOIN clauses_operation o ON o.id = c.operation_id
"""
YEAR = f"""
SELECT o.region_id, sum(l.hours), count(DISTINCT e.identity_id) {OF_LINE}
JOIN hours_employmentmonth m ON m.id = l.employment_month_id
JOIN hours_employment e ON e.id = m.employment_id
WHERE l.state = 'validee' AND l.superseded_at IS NULL AND s.month BETWEEN %(first)s AND %(last)s
GROUP BY 1
"""
BY_OPERATION = f"""
SELECT o.id, sum(l.hours) {OF_LINE} WHERE l.state = 'validee' AND l.superseded_at IS NULL
GROUP BY 1 ORDER BY 1 LIMIT 25
"""
PENDING = f"""
SELECT s.id, sum(l.hours) {OF_LINE} WHERE l.state = 'declaree' AND l.corrected_at IS NULL
GROUP BY 1
"""
PUBLISHED = "SELECT count(*), max(notified_on) FROM watch_publishedcontract"
DIRECTORY = "SELECT name FROM organisations_organisation ORDER BY name_key LIMIT 25"

PAGES = (
    ("home", "", YEAR),
    ("key-figures", "", YEAR),
    ("dashboard", "coordination", YEAR),
    ("operations", "coordination", BY_OPERATION),
    ("desk", "facilitatrice", PENDING),
    ("published", "coordination", PUBLISHED),
    ("organisations", "coordination", DIRECTORY),
)
"""Name of the address, persona, SQL."""


def milliseconds(work: Callable[[], object]) -> float:
    """Median time once warm, in milliseconds."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(1_000 * (time.perf_counter() - start))
    return median(times)


def point(server: embedded.Server, name: str) -> None:
    """Send Django's connections to that database."""
    from django.db import connections  # noqa: PLC0415  after django.setup()

    for alias, role in (("default", embedded.APP), ("owner", embedded.OWNER)):
        connections[alias].close()
        connections[alias].settings_dict.update(dj_database_url.parse(server.url(role, name)))


@contextmanager
def demonstrations(server: embedded.Server) -> Iterator[Callable[[float], None]]:
    """Gives what fills a database at a scale and points Django at it; drops all at the end."""
    from django.conf import settings  # noqa: PLC0415  after django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from coclause import demo  # noqa: PLC0415
    from coclause.cli import values  # noqa: PLC0415
    from coclause.reference.loading import load_all  # noqa: PLC0415

    def fill(scale: float) -> None:
        point(server, EMPTY)
        embedded.drop_database(server, FILLED)
        embedded.create_database(server, FILLED, template=EMPTY)
        point(server, FILLED)
        demo.build(day=demo.today(), scale=scale)

    try:
        embedded.drop_database(server, EMPTY)
        embedded.provision(server, EMPTY)
        point(server, EMPTY)
        call_command("migrate", database="owner", verbosity=0)
        values.load(day=demo.today())
        load_all(node_modules=settings.NODE_MODULES)
        yield fill
    finally:
        point(server, EMPTY)
        embedded.drop_database(server, FILLED)
        embedded.drop_database(server, EMPTY)


def measure(server: embedded.Server, day: date) -> None:
    """Print the pages of the database at hand."""
    from django.test import Client  # noqa: PLC0415  after django.setup()
    from django.urls import reverse  # noqa: PLC0415

    from coclause.core.models import User  # noqa: PLC0415

    year = {"first": date(day.year - 1, 1, 1), "last": date(day.year - 1, 12, 31)}
    with psycopg.connect(server.url(embedded.OWNER, FILLED)) as plain:
        counted = plain.execute("SELECT count(*) FROM hours_statementline").fetchone()
        lines = counted[0] if counted else 0
        for name, persona, sql in PAGES:
            client = Client(SERVER_NAME="localhost")
            if persona:
                client.force_login(User.objects.get(email=f"{persona}@demo.coclause.test"))
            url = reverse(name)
            assert client.get(url).status_code == 200
            page = milliseconds(lambda client=client, url=url: client.get(url))  # type: ignore[misc]
            total = milliseconds(
                lambda sql=sql: plain.execute(sql.encode(), year).fetchall()  # type: ignore[misc]
            )
            print(f"{lines:>8} {name:<14} {page:>8.0f} {total:>8.1f} {page / total:>7.1f}")


def main() -> None:
    """Print the table."""
    from django.conf import settings  # noqa: PLC0415  after django.setup()

    # Static files are not collected here.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    server = database.start_embedded(database.state_folder())
    with demonstrations(server) as fill:
        from coclause import demo  # noqa: PLC0415  after django.setup()

        print(f"{'lines':>8} {'page':<14} {'page ms':>8} {'SQL ms':>8} {'ratio':>7}")
        for scale in SCALES:
            fill(scale)
            measure(server, demo.today())


if __name__ == "__main__":
    os.environ.setdefault("COCLAUSE_DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coclause.config.settings")
    django.setup()
    main()
