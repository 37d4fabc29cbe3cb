"""The permission table: every address of the project, tried by every role.

A row says what each role gets: the page (200, or the redirect after an act), 403 inside one's
scope without the right, 404 outside it. A stranger is sent to sign in, unless the page is public.
When the answer is a refusal, nothing changed. An address without a row fails the suite.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.contracts.permission_commitments import COMMITMENTS
from tests.contracts.permission_groups import GROUPS
from tests.contracts.permission_rows import PUBLIC, ROWS, Row
from tests.contracts.permission_worlds import ROLES, Cast, cast

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_the_builders")]

# Tables that keep no history of their own: their content is compared as it stands.
PLAIN = (
    "hours_assignment",
    "hours_employmentmonth",
    "hours_statement",
    "hours_statementline",
    "hours_employment_fact",
    "core_journalentry",
    "watch_publishedcontract",
)
EVERY: tuple[Row, ...] = (*ROWS, *COMMITMENTS, *GROUPS)
REFUSALS = (403, 404, 405, 409, "login")


def addresses(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern)
        else:
            assert isinstance(pattern, URLPattern)
            yield pattern.name or str(pattern.pattern)


def test_every_address_has_a_row() -> None:
    known = {row.name for row in EVERY} | set(PUBLIC)
    assert set(addresses(get_resolver())) == known


@pytest.fixture
def everybody() -> Cast:
    return cast()


def state_of_everything(everybody: Cast) -> dict[str, Any]:
    """What a refused act must leave as it was."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE '%%history'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  names of our tables
            found[table] = cursor.fetchone()
        for table in PLAIN:
            cursor.execute(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t")  # noqa: S608
            found[table] = cursor.fetchone()
    for world in (everybody.here, everybody.neighbour, everybody.elsewhere):
        with acting_as(world.facilitator, day=world.scope.day):
            found[world.host.name] = Person.objects.count()
    return found


@pytest.mark.parametrize("row", EVERY, ids=lambda row: f"{row.method} {row.name}{row.note}")
def test_each_role_gets_what_the_table_says(row: Row, everybody: Cast) -> None:
    row.prepare(everybody)
    before = state_of_everything(everybody)
    wrong = []
    for role in ROLES:
        with transaction.atomic():
            got = asked(row, everybody, everybody.users[role])
            expected = row.answer(role)
            changed = state_of_everything(everybody) != before
            if got != expected or (changed and expected in REFUSALS):
                wrong.append(f"{role}: {got} for {expected}{', and something changed' * changed}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def asked(row: Row, everybody: Cast, user: User | None) -> int | str:
    """What the server answers to that user: a status, or "login"."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    ask = client.post if row.method == "post" else client.get
    answer = ask(row.path(everybody), row.data(everybody))
    if answer.status_code == 302 and answer["Location"].startswith("/compte/login/"):
        return "login"
    return answer.status_code


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_page_opens_to_a_stranger(name: str, everybody: Cast, client: Client) -> None:
    path, expected = PUBLIC[name]
    assert client.get(path).status_code in expected
