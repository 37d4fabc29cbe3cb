"""Papers' bytes stay with the row that names them, go with it, and say nothing of it."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from django.core.files.storage import storages
from django.db import connection, transaction
from django.utils import timezone
from tests.core import object_store

from coclause.core import papers_store
from coclause.core.papers_settings import PapersAddressError, folder, papers_storage

pytestmark = pytest.mark.xdist_group("papers-store")  # one server for all of them

CONTENT = b"%PDF-1.7 une piece"


def fail_after(act: Callable[[], object]) -> None:
    """Run `act` in a transaction that then fails."""

    @transaction.atomic
    def run() -> None:
        act()
        raise LookupError

    with pytest.raises(LookupError):
        run()


def use(settings: Any, entry: dict[str, Any]) -> None:
    settings.STORAGES = {**settings.STORAGES, "papers": entry}


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    """A folder of papers that is not there yet."""
    place = tmp_path / "state/pieces"
    use(settings, folder(place))
    return place


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object_store.ObjectStore]:
    with object_store.running(tmp_path_factory.mktemp("swift")) as store:
        client = boto3.client(
            "s3",
            endpoint_url=store.endpoint,
            aws_access_key_id=object_store.KEY,
            aws_secret_access_key=object_store.SECRET,
            region_name=object_store.REGION,
            config=Config(s3={"addressing_style": "path"}),
        )
        client.create_bucket(Bucket=object_store.BUCKET)
        yield store


@pytest.fixture
def bucket(swift: object_store.ObjectStore, settings: Any, tmp_path: Path) -> Iterator[None]:
    use(settings, papers_storage(swift.environment, tmp_path))
    yield
    papers_store.erase_all(list(papers_store.names()))


@pytest.fixture(params=["place", "bucket"])
def store(request: pytest.FixtureRequest) -> None:
    """A folder, then a real object store."""
    request.getfixturevalue(request.param)


@pytest.mark.usefixtures("place")
def test_a_folder_before_its_first_paper_is_empty() -> None:
    """The night's sweep runs before anybody left a paper."""
    assert list(papers_store.names()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_what_is_kept_is_found_again_and_erased_once_committed(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        key = papers_store.keep(CONTENT)
    assert papers_store.content_of(key) == CONTENT
    assert list(papers_store.names()) == [key]
    with django_capture_on_commit_callbacks(execute=True):
        papers_store.discard(key)
        assert papers_store.content_of(key) == CONTENT, "not before the commit"
    assert list(papers_store.names()) == []
    with pytest.raises(OSError, match=r"No such file|papers' store|does not exist"):
        papers_store.content_of(key)


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_an_act_undone_leaves_no_bytes() -> None:
    def act() -> None:
        papers_store.keep(CONTENT)
        assert len(list(papers_store.names())) == 1

    fail_after(act)
    assert list(papers_store.names()) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_an_erasing_undone_keeps_the_bytes(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        key = papers_store.keep(CONTENT)
    fail_after(lambda: papers_store.discard(key))
    assert papers_store.content_of(key) == CONTENT


@pytest.mark.usefixtures("store", "committed_db")
def test_a_whole_transaction_undone_leaves_no_bytes_and_one_committed_keeps_them() -> None:
    fail_after(lambda: papers_store.keep(CONTENT))
    with transaction.atomic():
        papers_store.keep(CONTENT)
        transaction.set_rollback(True)
    assert list(papers_store.names()) == []
    with transaction.atomic():
        key = papers_store.keep(CONTENT)
    assert list(papers_store.names()) == [key]
    connection.close()
    assert papers_store.content_of(key) == CONTENT


@pytest.mark.django_db
@pytest.mark.usefixtures("store")
def test_young_bytes_are_left_to_the_transaction_that_wrote_them(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        key = papers_store.keep(CONTENT)
    now = timezone.now()
    assert not papers_store.is_settled(key, now)
    assert papers_store.is_settled(key, now + timedelta(hours=25))


@pytest.mark.django_db
def test_only_the_account_of_the_server_reads_a_paper(
    place: Path, django_capture_on_commit_callbacks: Any
) -> None:
    before = os.umask(0)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            key = papers_store.keep(CONTENT)
    finally:
        os.umask(before)
    file = place / key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (place, file.parent)} == {0o700}


@pytest.mark.django_db
@pytest.mark.usefixtures("place")
def test_a_key_says_nothing_and_is_never_the_same() -> None:
    keys = {papers_store.keep(CONTENT) for _ in range(50)}
    assert len(keys) == 50
    assert all(len(key) == 51 and set(key) <= set("0123456789abcdef/") for key in keys)


KILLED = """
import os, signal, django
django.setup()
from django.db import transaction
from coclause.core import papers_store
with transaction.atomic():
    papers_store.keep(b"%PDF-1.7 une piece")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_before_its_commit_leaves_bytes_that_the_night_finds(
    place: Path, committed_db: Any
) -> None:
    url = committed_db.url("coclause_app", connection.settings_dict["NAME"])
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED)],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "coclause.config.settings",
            "COCLAUSE_DEMO": "1",
            "COCLAUSE_PAPERS": str(place),
            "DATABASE_URL": url,
        },
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = papers_store.names()
    assert papers_store.is_settled(left, timezone.now() + timedelta(hours=25))


@pytest.mark.django_db
def test_a_store_that_does_not_answer_fails_as_a_folder_does(settings: Any, tmp_path: Path) -> None:
    gone = object_store.ObjectStore("http://127.0.0.1:9")
    use(settings, papers_storage(gone.environment, tmp_path))
    with pytest.raises(OSError, match="papers' store"):
        papers_store.keep(CONTENT)


@pytest.mark.django_db
def test_a_wrong_secret_keeps_nothing_and_is_not_told(
    swift: object_store.ObjectStore, settings: Any, tmp_path: Path
) -> None:
    wrong = swift.environment | {"COCLAUSE_PAPERS_S3_SECRET": "mauvais-secret"}
    use(settings, papers_storage(wrong, tmp_path))
    with pytest.raises(OSError, match="papers' store") as told:
        papers_store.keep(CONTENT)
    assert "mauvais-secret" not in str(told.value)


@pytest.mark.parametrize(
    "address", ["https://bucket", "s3://", "s3://a?secret=x", "pieces", "s3://a?endpoint=x&y=z"]
)
def test_an_address_that_does_not_read_is_refused_at_start(address: str, tmp_path: Path) -> None:
    said = {"COCLAUSE_PAPERS_S3": address, "COCLAUSE_PAPERS_S3_KEY": "k",
            "COCLAUSE_PAPERS_S3_SECRET": "tres-secret"}  # fmt: skip
    with pytest.raises(PapersAddressError) as told:
        papers_storage(said, tmp_path)
    assert "tres-secret" not in str(told.value)


def test_a_bucket_without_its_keys_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(PapersAddressError, match="COCLAUSE_PAPERS_S3_SECRET"):
        papers_storage({"COCLAUSE_PAPERS_S3": "s3://pieces"}, tmp_path)


def test_without_a_word_papers_stay_beside_the_state(tmp_path: Path, settings: Any) -> None:
    use(settings, papers_storage({}, tmp_path / "pieces"))
    assert storages["papers"].path("a") == str(tmp_path / "pieces/a")
