"""`coclause` itself: quick to start, and clear when it refuses."""

import subprocess
import sys

import pytest

from coclause.cli import COMMANDS, database, main
from coclause.cli.parsing import RefusedError


def test_help_names_every_command_without_django() -> None:
    """A command that a buyer calls in a loop must not wait for a web framework."""
    script = (
        "import sys\n"
        "from coclause.cli import main\n"
        "try:\n    main(['--help'])\n"
        "finally:\n    assert not {'django', 'psycopg'} & sys.modules.keys()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in COMMANDS)
    assert "options :" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "COMMANDE"),
        (["inconnue"], "'inconnue' est refusé"),
        (["stop", "--vite"], "argument inconnu : --vite"),
    ],
)
def test_a_wrong_line_is_refused_in_one_french_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script reads the code, a person reads the line: both must be told what is wrong."""
    assert main(arguments) == 2
    refusal = capsys.readouterr().err
    assert refusal.startswith("coclause : ")
    assert named in refusal
    assert refusal.count("\n") == 1


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_wrong_port_is_named(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise the demonstration starts a database, then dies with a traceback."""
    monkeypatch.setenv("COCLAUSE_PORT", port)
    assert main(["demo"]) == 2
    assert f"« {port} »" in capsys.readouterr().err


def test_fictitious_data_never_enter_a_real_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped command on the production server must not add 500 invented operations."""
    monkeypatch.setenv("DATABASE_URL", "postgres:///production")
    monkeypatch.delenv("COCLAUSE_DEMO", raising=False)
    assert main(["demo-data"]) == 2
    assert "DATABASE_URL" in capsys.readouterr().err


def test_a_silent_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong address gives a sentence, not a page of traceback."""
    monkeypatch.setenv("DATABASE_URL", "postgres:///none?host=/nonexistent")
    with pytest.raises(RefusedError, match="ne répond pas"):
        database.prepare()
