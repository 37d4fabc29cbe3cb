"""The permission table: every address of the project, tried by every role.

A row says what each role gets: the page (200, or the redirect after an act), 403 inside one's
scope without the right, 404 outside it. A stranger is sent to sign in, unless the page is public.
When the answer is a refusal, nothing changed. An address without a row fails the suite.
"""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests import builders
from tests.builders import DAY
from tests.conftest import undone
from tests.contracts.permission_buyer import BUYER
from tests.contracts.permission_calibrations import CALIBRATIONS
from tests.contracts.permission_checks import CHECKS, PUBLIC_CHECKS
from tests.contracts.permission_commitments import COMMITMENTS
from tests.contracts.permission_contacts import CONTACTS, PUBLIC_ENTERING
from tests.contracts.permission_door import PUBLIC_DOOR
from tests.contracts.permission_drafting import DRAFTING
from tests.contracts.permission_groups import GROUPS
from tests.contracts.permission_month_files import MONTH_FILES
from tests.contracts.permission_papers import PAPERS
from tests.contracts.permission_programmes import PROGRAMMES, PUBLIC_PROGRAMMES
from tests.contracts.permission_proofs import PROOFS, PUBLIC_PROOFS
from tests.contracts.permission_requests import REQUESTS
from tests.contracts.permission_rows import PUBLIC, ROWS, Row
from tests.contracts.permission_steering import STEERING
from tests.contracts.permission_worlds import ROLES, Cast, cast

from coclause.core.actor import acting_as
from coclause.organisations.choices import Role

pytestmark = pytest.mark.usefixtures("day_of_the_builders")

EVERY: tuple[Row, ...] = (
    *ROWS,
    *COMMITMENTS,
    *GROUPS,
    *REQUESTS,
    *CALIBRATIONS,
    *DRAFTING,
    *BUYER,
    *STEERING,
    *CHECKS,
    *CONTACTS,
    *PROGRAMMES,
    *PAPERS,
    *MONTH_FILES,
    *PROOFS,
)
OPEN = {
    **PUBLIC,
    **PUBLIC_ENTERING,
    **PUBLIC_DOOR,
    **PUBLIC_PROGRAMMES,
    **PUBLIC_PROOFS,
    **PUBLIC_CHECKS,
}
REFUSALS = (403, 404, 405, 409, "login")


def addresses(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern)
        else:
            assert isinstance(pattern, URLPattern)
            yield pattern.name or str(pattern.pattern)


def test_every_address_has_a_row() -> None:
    known = {row.name for row in EVERY} | set(OPEN)
    assert set(addresses(get_resolver())) == known


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The three worlds, built once, and everybody signed in; taken back after the last row."""
    with django_db_blocker.unblock(), undone():
        everybody = cast()
        for role in ROLES:
            everybody.session(role)
        yield everybody


@pytest.fixture
def everybody(built: Cast) -> Iterator[Cast]:
    """The worlds for one row, which may change them."""
    with undone():
        yield copy.deepcopy(built)


def written() -> dict[str, int]:
    """Rows written in each table since the worlds began, those taken back since then too.

    PostgreSQL counts them for the transaction under way: a refused act leaves every count as it
    was. Visiting keeps a session, which says nothing of the worlds.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname <> 'django_session' AND n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


@pytest.mark.usefixtures("everybody")
def test_a_write_is_noticed_even_once_taken_back() -> None:
    """Else a refusal that writes would pass for one that does not."""
    before = written()
    with undone(), acting_as("test", day=DAY):
        builders.organisation("Association Inventée", Role.HOST)
    assert written() != before


@pytest.mark.parametrize("row", EVERY, ids=lambda row: f"{row.method} {row.name}{row.note}")
def test_each_role_gets_what_the_table_says(row: Row, everybody: Cast) -> None:
    row.prepare(everybody)
    wrong = []
    for role in ROLES:
        session, before = everybody.session(role), written()
        with undone():
            got = asked(row, everybody, session)
        changed = written() != before
        expected = row.answer(role)
        if got != expected or (changed and expected in REFUSALS):
            wrong.append(f"{role}: {got} for {expected}{', and something changed' * changed}")
    assert not wrong, "\n".join(wrong)


def asked(row: Row, everybody: Cast, session: str | None) -> int | str:
    """What the server answers in that session: a status, or "login"."""
    client = Client(raise_request_exception=False)
    if session is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    ask = client.post if row.method == "post" else client.get
    answer = ask(row.path(everybody), row.data(everybody))
    if answer.status_code == 302 and answer["Location"].startswith("/compte/login/"):
        return "login"
    return answer.status_code


@pytest.mark.parametrize("name", sorted(OPEN))
def test_public_page_opens_to_a_stranger(name: str, everybody: Cast, client: Client) -> None:
    path, expected = OPEN[name]
    assert client.get(path).status_code in expected
