"""The command says whether a year is closed, and gives a closed year as it was reported."""

import json
from typing import Any

import pytest
from tests.builders import DAY
from tests.closing.past_year import CLOSED, SEPTEMBER, YEAR, Past, corrected, past, worked

from coclause.cli import database, main
from coclause.closing.actions import close_year
from coclause.core.actor import acting_as


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch, db: None) -> Past:
    monkeypatch.setattr(database, "prepare", lambda **_: None)
    made = past()
    worked(made, SEPTEMBER, "100.5")
    return made


def asked(capsys: pytest.CaptureFixture[str], asked_year: int) -> dict[str, Any]:
    assert main(["indicators", "--year", str(asked_year), "--code", "hours_validated"]) == 0
    (figure,) = json.loads(capsys.readouterr().out)["indicators"]
    assert isinstance(figure, dict)
    return figure


def test_the_state_is_the_year_s(year: Past, capsys: pytest.CaptureFixture[str]) -> None:
    before = asked(capsys, YEAR)
    assert (before["state"], before["value"]) == ("provisoire", 100.5)
    with acting_as(year.coordinator, day=DAY):
        close_year(year.region_scope, year.region, YEAR, note="Sans attendre.", at=CLOSED)
    corrected(year, SEPTEMBER, "120")
    after = asked(capsys, YEAR)
    assert (after["state"], after["value"]) == ("clos", 100.5)
    assert set(after) == set(before)
    assert asked(capsys, 2026)["state"] == "provisoire"
