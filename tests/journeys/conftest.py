"""A real server, a real browser, the demonstration's data: one database for each test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.conftest import pointed_at

from coclause import demo
from coclause.core import embedded
from coclause.reference.loading import load_all

TEMPLATE = "coclause_demo_template"
expect.set_options(timeout=15_000)
AXE = settings.NODE_MODULES / "axe-core/axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests run on two workers: they share a demonstration that is long to build. One reads
    every page, the other goes through.

    They come first, so that the last worker has the rest to do meanwhile.
    """
    here = Path(__file__).parent
    items.sort(key=lambda item: here not in item.path.parents)
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            group = "pages" if item.path.stem == "test_accessibility" else "journeys"
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def demo_template(
    cluster: embedded.Server, migrated: str, django_db_setup: None, django_db_blocker: Any
) -> str:
    """A database with the country's communes and a small demonstration, copied by each test."""
    embedded.create_database(cluster, TEMPLATE, template=migrated)
    with django_db_blocker.unblock(), pointed_at(cluster, TEMPLATE):
        load_all(node_modules=settings.NODE_MODULES, using="owner")
        demo.build(day=demo.today(), scale=0.03, using="owner")
    return TEMPLATE


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files as production serves them: collected, hashed, compressed."""
    root = tmp_path_factory.mktemp("static")
    subprocess.run(  # apart, for the suite's own settings name plain files
        [sys.executable, "-m", "django", "collectstatic", "--no-input", "-v", "0"],
        env=_environment(root),
        check=True,
    )
    return root


@contextmanager
def running_site(database: str, static_root: Path) -> Iterator[str]:
    """The address of a server on that database, stopped after."""
    port = _free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "coclause.config.wsgi", "--threads", "4"),
            *("--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning"),
        ],
        env=_environment(static_root) | {"DATABASE_URL": database},
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@dataclass(frozen=True)
class Site:
    """One server for every test, which start long; its database is made anew for each.

    The server holds on to nothing: its connections, cut with the database that is dropped, are
    checked at each request, and what it keeps in memory depends on what it draws alone.
    """

    address: str
    cluster: embedded.Server
    name: str

    @property
    def database(self) -> str:
        return self.cluster.url(embedded.APP, self.name)

    @contextmanager
    def anew(self) -> Iterator[str]:
        """The address of the server, on a fresh copy of the demonstration, dropped after."""
        embedded.drop_database(self.cluster, self.name)
        embedded.create_database(self.cluster, self.name, template=TEMPLATE)
        yield self.address
        embedded.drop_database(self.cluster, self.name)


@pytest.fixture(scope="session")
def server(
    cluster: embedded.Server, demo_template: str, static_root: Path, worker_id: str
) -> Iterator[Site]:
    """The server of this process."""
    name = f"coclause_journey_{worker_id}"
    with running_site(cluster.url(embedded.APP, name), static_root) as address:
        yield Site(address, cluster, name)


@pytest.fixture
def site(server: Site) -> Iterator[str]:
    """The address of the site, on a database that each test may change as it will."""
    with server.anew() as address:
        yield address


@pytest.fixture
def database(server: Site, site: str) -> str:
    """The address of the site's database."""
    return server.database


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A new visitor, in French, whose page errors fail the test."""
    visitor = browser.new_context(base_url=site, locale="fr-FR", accept_downloads=True)
    visitor.set_default_timeout(30_000)
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security" in m.text else None)
    yield page
    assert not errors


def _environment(static_root: Path) -> dict[str, str]:
    papers: Any = settings.STORAGES["papers"]
    return dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "coclause.config.settings",
        "COCLAUSE_DEMO": "1",
        "COCLAUSE_STATIC_ROOT": str(static_root),
        "COCLAUSE_PAPERS": str(papers["OPTIONS"]["location"]),
    }


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail("the server stopped at once")
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server does not answer")
