"""The command that loads priority districts: dry until told, exact about what it leaves aside."""

import json
from pathlib import Path

import pytest

from coclause.cli import database, main
from coclause.reference.models import PriorityDistrict

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_ready")]


@pytest.fixture
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "prepare", lambda **_: None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "quartiers.csv"
    path.write_text("code_qp;nom;insee\nQF021001;Hauts-Imaginés;21231\n;Sans code;21231\n")
    return path


def test_it_is_dry_until_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load-districts", str(file), "--vintage", "2024"]) == 0
    said = capsys.readouterr().out
    assert "Quartiers nouveaux : 1, modifiés : 0, inchangés : 0" in said
    assert "Commune non connue : 1" in said
    assert "ligne 3 : le code du quartier manque" in said
    assert "rien n'a été enregistré" in said
    assert not PriorityDistrict.objects.exists()


def test_the_answer_is_json_when_asked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load-districts", str(file), "--vintage", "2024", "--apply", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "vintage": "2024",
        "applied": True,
        "rows": 2,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "unknown_communes": 1,
        "several_communes": 0,
        "kept": 0,
        "rejected": [{"where": "ligne 3", "why": "le code du quartier manque"}],
    }
    assert PriorityDistrict.objects.get().vintage == "2024"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--vintage", "24"], "« 24 »"),
        ([], "--vintage"),
        (["--vintage", "2024", "nulle-part.csv"], "nulle-part.csv"),
    ],
)
def test_a_wrong_question_is_refused_in_one_french_line(
    file: Path, arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [] if "nulle-part.csv" in arguments else [str(file)]
    assert main(["load-districts", *given, *arguments]) == 2
    told = capsys.readouterr()
    assert named in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_a_workbook_renamed_is_told_for_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quartiers.csv"
    path.write_bytes(b"PK\x03\x04xl/workbook.xml")
    assert main(["load-districts", str(path), "--vintage", "2024", "--apply"]) == 2
    assert "est un classeur de tableur" in capsys.readouterr().err
