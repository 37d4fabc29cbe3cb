"""The suite runs as `coclause_app` on a PostgreSQL of its own; nothing runs as a superuser."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import dj_database_url
import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from coclause.cli import values
from coclause.core import embedded
from coclause.core.papers_settings import folder
from tests.builders import DAY

TEMPLATE = "coclause_template"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Server]:
    """A private server for this process, thrown away with its folder."""
    state = tmp_path_factory.mktemp("postgres")
    binaries = os.environ.get("COCLAUSE_TEST_BINARIES")
    server = embedded.start(state, binaries=Path(binaries) if binaries else None, durable=False)
    yield server
    embedded.discard(state)


def point(alias: str, url: str) -> None:
    """Send a connection alias to another database."""
    parsed = dj_database_url.parse(url)
    connections[alias].close()
    connections[alias].settings_dict.update(parsed)


@contextmanager
def pointed_at(cluster: embedded.Server, name: str) -> Iterator[None]:
    """Both aliases on that database, and back."""
    before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    point("default", cluster.url(embedded.APP, name))
    point("owner", cluster.url(embedded.OWNER, name))
    try:
        yield
    finally:
        for alias, values in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(values)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        mark = transaction.savepoint()
        yield
        transaction.savepoint_rollback(mark)


@pytest.fixture(scope="session")
def migrated(cluster: embedded.Server, django_db_blocker: Any) -> str:
    """The name of a migrated database, never written to: the others are copies of it."""
    embedded.provision(cluster, TEMPLATE)
    with django_db_blocker.unblock():
        point("owner", cluster.url(embedded.OWNER, TEMPLATE))
        call_command("migrate", database="owner", verbosity=0)
        values.load(day=DAY)
        connections["owner"].close()
    return TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(cluster: embedded.Server, migrated: str, django_db_blocker: Any) -> None:
    """The database of tests that roll back."""
    embedded.create_database(cluster, "coclause_test", template=migrated)
    with django_db_blocker.unblock():
        point("default", cluster.url(embedded.APP, "coclause_test"))


@pytest.fixture
def committed_db(
    cluster: embedded.Server,
    migrated: str,
    django_db_setup: None,
    django_db_blocker: Any,
    worker_id: str,
) -> Iterator[embedded.Server]:
    """A database of its own where commits are real, for threads and browsers. Dropped after."""
    name = f"coclause_committed_{worker_id}"
    embedded.create_database(cluster, name, template=migrated)
    before = dict(connections["default"].settings_dict)
    with django_db_blocker.unblock():
        point("default", cluster.url(embedded.APP, name))
        yield cluster
        connections.close_all()
        connections["default"].settings_dict.update(before)
    embedded.drop_database(cluster, name)


@pytest.fixture
def day_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are asked on the day that small worlds are built for, whatever the clock says."""

    def today(*args: object) -> date:
        return DAY

    monkeypatch.setattr(timezone, "localdate", today)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen.

    Playwright keeps an event loop in this thread; Django, seeing it, would refuse every query of
    the tests that follow, though none of them runs inside it.
    """
    path = os.environ.get("COCLAUSE_CHROMIUM") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.skip("no Chromium on this machine")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def shared_data() -> Path:
    """The folder of real files, when the checkout has one beside it."""
    if not SHARED.is_dir():
        pytest.skip("no shared files beside this checkout")
    return SHARED / "data"


# A slow machine is no failure: examples have no deadline.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The nightly set is for `make nightly` alone: every change is tried in some ten minutes."""
    if os.environ.get("COCLAUSE_NIGHTLY") == "1":
        return
    left = [item for item in items if item.get_closest_marker("nightly")]
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


def pytest_configure(config: pytest.Config) -> None:
    if not settings.DEMO:
        raise pytest.UsageError("COCLAUSE_DEMO=1 is needed: run `make test`")
    # Pages of unit tests name static files without collecting them; journeys serve real ones.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    assert config.cache is not None
    pieces = folder(config.cache.mkdir("pieces"))
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain, "papers": pieces}
    settings.STATIC_ROOT = config.cache.mkdir("static")
