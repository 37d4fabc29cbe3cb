"""The command answers with what it did, and refuses in one line what it cannot read."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.watch.decp_examples import csv_file, marche, marches, row

from coclause.cli import database, main
from coclause.cli.import_decp import summary
from coclause.watch.models import PublishedContract


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """The command works on the database of the tests."""
    monkeypatch.setattr(database, "prepare", lambda **_: None)


@pytest.mark.usefixtures("ready")
def test_the_answer_is_the_promised_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = marches(tmp_path, marche(), marche(id="2", dateNotification="0202-03-02"))
    assert main(["import-decp", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "rows": 2,
        "contracts": 1,
        "concessions": 0,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "rejected": [
            {
                "where": "decp.json, marches.marche[1]",
                "why": "la date de notification est hors de toute vraisemblance (0202-03-02)",
            }
        ],
        "social": {"yes": 1, "no": 0, "unknown": 0},
    }
    assert PublishedContract.objects.count() == 1


@pytest.mark.usefixtures("ready")
def test_a_dry_run_says_so_and_keeps_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = csv_file(tmp_path, row(), row(id="MQ"))
    assert main(["import-decp", "--dry-run", str(path)]) == 0
    said = capsys.readouterr().out
    assert "Marchés : 1, concessions : 0" in said
    assert "decp.csv, ligne 3 : l'identifiant du marché manque" in said
    assert "rien n'a été enregistré" in said
    assert not PublishedContract.objects.exists()


@pytest.mark.usefixtures("ready")
def test_an_unreadable_file_is_one_line_and_nothing_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = marches(tmp_path, marche())
    cut = tmp_path / "coupe.json"
    cut.write_text(good.read_text(encoding="utf-8")[:-30], encoding="utf-8")
    assert main(["import-decp", str(good), str(cut)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("coclause : coupe.json est incomplet")
    assert said.err.count("\n") == 1
    assert not PublishedContract.objects.exists()


def test_a_file_that_is_no_data_is_refused_before_any_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(database, "prepare", lambda **_: pytest.fail("database asked"))
    path = tmp_path / "decp.json"
    path.write_bytes(b"%PDF-1.7")
    assert main(["import-decp", str(path)]) == 2
    assert "est un PDF" in capsys.readouterr().err


def test_a_long_list_of_refusals_is_shortened_on_screen() -> None:
    answer: dict[str, Any] = {
        "rows": 30,
        "contracts": 0,
        "concessions": 0,
        "new": 0,
        "changed": 0,
        "unchanged": 0,
        "rejected": [{"where": f"ligne {i}", "why": "vide"} for i in range(30)],
        "social": {"yes": 0, "no": 0, "unknown": 0},
    }
    lines = summary(answer, dry_run=False)
    assert "  et 10 autres (voir --json)" in lines
    assert sum(line.startswith("  ligne") for line in lines) == 20
