"""`coclause calibrate`: one method or the other, never half of each."""

import json

import pytest

from coclause.cli import main

AMOUNT = ["--amount", "1000000", "--labour-share", "0.5", "--hourly-cost", "30"]
RATE = ["--rate", "0.05"]


@pytest.mark.parametrize(
    ("arguments", "exact", "hours", "method"),
    [
        ([*AMOUNT, *RATE], "833.33", 835, "amount"),
        (["--hours-worked", "20000", *RATE], "1000.00", 1000, "hours_worked"),
        (
            ["--hours-worked", "20000", "--transferred-hours", "12000", *RATE],
            "400.00",
            400,
            "hours_worked",
        ),
        (["--hours-worked", "699.8", *RATE], "34.99", None, "hours_worked"),
        (["--hours-worked", "700", *RATE], "35.00", 35, "hours_worked"),
        (["--amount", "0", *AMOUNT[2:], *RATE], "0.00", None, "amount"),
    ],
)
def test_the_hours_as_json(
    arguments: list[str],
    exact: str,
    hours: int | None,
    method: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["calibrate", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["exact"], found["hours"], found["method"]) == (exact, hours, method)
    assert found["why"]


def test_the_hours_as_french_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", *AMOUNT, *RATE]) == 0
    assert capsys.readouterr().out.startswith("Heures d’insertion : 835\u00a0h\n- Main-d’œuvre")
    assert main(["calibrate", "--hours-worked", "10", *RATE]) == 0
    assert "trop petit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "--rate"),
        (RATE, "--amount ou --hours-worked"),
        (["--amount", "1000", *RATE], "--labour-share, --hourly-cost"),
        (["--transferred-hours", "10", *RATE], "--hours-worked"),
        (["--labour-share", "0.5", *RATE], "--amount"),
        ([*AMOUNT, "--hours-worked", "10", *RATE], "ne vont pas ensemble"),
        (["--hours-worked", "NaN", *RATE], "« NaN »"),
        (["--hours-worked", "1e400", *RATE], "« 1e400 »"),
        (["--hours-worked", "-5", *RATE], "« -5 »"),
        (["--hours-worked", "12,5", *RATE], "« 12,5 »"),
        (["--hours-worked", "10", "--transferred-hours", "11", *RATE], "11 dépasse"),
        ([*AMOUNT, "--rate", "5"], "Le taux d’insertion : 5"),
        ([*AMOUNT, "--rate", "0"], "Le taux d’insertion : 0"),
        ([*AMOUNT, "--rate", "5%"], "« 5% »"),
        ([*AMOUNT[:3], "1.5", "--hourly-cost", "30", *RATE], "La part de main-d’œuvre : 1.5"),
        ([*AMOUNT[:5], "0", *RATE], "Le coût horaire : 0"),
    ],
)
def test_a_wrong_question_is_refused_in_one_french_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *arguments]) == 2
    told = capsys.readouterr()
    assert named in told.err
    assert told.err.count("\n") == 1
    assert not told.out
