"""The commands that a region's open data and reports are made with."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests import builders
from tests.builders import DAY, at

from coclause.cli import database, main
from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.indicators.catalogue import CATALOGUE


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """The commands work on the database of the tests, with 100.5 hours validated in 2026."""
    monkeypatch.setattr(database, "prepare", lambda **_: None)
    world = builders.world()
    entry = Entry(world.employment.pk, {"travail": Decimal("100.5")})
    with acting_as(world.facilitator, day=DAY):
        statement = declare_month(world.scope, world.award, date(2026, 9, 1), [entry], version=0)
        pks = list(statement.lines.values_list("pk", flat=True))
        validate_lines(world.scope, statement, pks, at=at(DAY))


@pytest.mark.usefixtures("ready")
def test_every_indicator_comes_out_as_json_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["indicators", "--year", "2026"]) == 0
    found = {one["code"]: one for one in json.loads(capsys.readouterr().out)["indicators"]}
    assert set(found) == set(CATALOGUE)
    assert found["hours_validated"]["value"] == 100.5
    assert found["facilitators"]["value"] == 1
    assert found["hours_by_market_type"]["value"]["travaux"] == 100.5
    assert found["realisation_rate"]["value"] is None
    assert found["realisation_rate"]["denominator"]
    # One person alone: not published, and said to be hidden rather than unknown.
    assert found["beneficiaries"]["value"] is None
    assert found["beneficiaries"]["hidden"]
    assert not found["realisation_rate"]["hidden"]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["indicators"], "--year"),
        (["indicators", "--year", "vingt"], "« vingt »"),
        (["indicators", "--year", "22"], "« 22 »"),
        (["indicators", "--year", "2026", "--territory", "999"], "« 999 »"),
        (["indicators", "--year", "2026", "--code", "heures"], "« heures »"),
        (["key-figures", "--year", "2026"], "--out"),
        (["key-figures", "--year", "2026", "--out", "/nulle/part/a.pdf"], "/nulle/part"),
    ],
)
def test_a_wrong_question_is_refused_in_one_french_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert named in told.err
    assert told.err.count("\n") == 1
    assert not told.out


@pytest.mark.usefixtures("ready")
def test_the_page_is_written(tmp_path: Path) -> None:
    out = tmp_path / "chiffres.pdf"
    assert main(["key-figures", "--year", "2026", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF-")
