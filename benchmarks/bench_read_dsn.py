"""What reading a payroll file costs beside counting its lines, same file, same run.

    python -m benchmarks.bench_read_dsn

No database. Twenty persons are sought in each staff. The ratio is what to watch: it should not grow
with the staff, nor the memory of the reading.
"""

import json
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from coclause.hours.payroll.facts import Payroll, Sought
from coclause.hours.payroll.reading import read_payroll

STAFF = (5_000, 20_000, 50_000)
SOUGHT = 20
# Rubrics that nobody reads: a real file has some two thousand bytes a person.
PADDING = "".join(f"S21.G00.{block}.001,'01'\r\n" for block in range(54, 86) for _ in range(2))


def sending(people: int) -> Iterator[str]:
    """A month of one establishment, everyone born the same year, the hours in two pays."""
    yield "S10.G00.00.001,'PAIE IMAGINAIRE'\r\n"
    yield "S20.G00.05.001,'01'\r\nS20.G00.05.005,'01102026'\r\n"
    yield "S21.G00.06.001,'999000001'\r\nS21.G00.11.001,'00013'\r\n"
    for rank in range(people):
        yield (
            f"S21.G00.30.001,'NUMERO-INTERDIT'\r\nS21.G00.30.002,'EXEMPLE{rank}'\r\n"
            f"S21.G00.30.004,'LÉA'\r\nS21.G00.30.006,'{rank % 28 + 1:02d}031999'\r\n"
            "S21.G00.40.001,'01092026'\r\nS21.G00.40.007,'02'\r\nS21.G00.40.009,'00001'\r\n"
        )
        for _ in range(2):
            yield (
                "S21.G00.51.001,'01102026'\r\nS21.G00.51.002,'31102026'\r\n"
                "S21.G00.51.010,'00001'\r\nS21.G00.51.011,'002'\r\nS21.G00.51.013,'925.20'\r\n"
                "S21.G00.53.001,'01'\r\nS21.G00.53.002,'75.5'\r\nS21.G00.53.003,'10'\r\n"
            )
        yield PADDING
    yield "S90.G00.90.001,'0'\r\nS90.G00.90.002,'1'\r\n"


def sought(people: int) -> list[Sought]:
    """Twenty persons, from one end of the staff to the other."""
    ranks = range(0, people, people // SOUGHT)
    return [Sought(f"Exemple{one}", "Léa", date(1999, 3, one % 28 + 1)) for one in ranks]


def read(path: Path, people: int) -> Payroll:
    with path.open("rb") as file:
        return read_payroll(file, sought(people))


def count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def measure(people: int, folder: Path) -> dict[str, float | int]:
    """One size: seconds to read it and to count its lines, and the memory of the reading."""
    path = folder / f"{people}.dsn"
    with open(path, "w", encoding="iso-8859-1", newline="") as file:
        file.writelines(sending(people))
    begun = time.perf_counter()
    lines = count_lines(path)
    counted = time.perf_counter() - begun
    begun = time.perf_counter()
    found = read(path, people)
    spent = time.perf_counter() - begun
    assert found.others_skipped == people - SOUGHT
    assert all(one.contracts[0].hours == 151 for one in found.people)
    # Apart: tracing memory slows the reading.
    tracemalloc.start()
    read(path, people)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "people": people,
        "megabytes": round(path.stat().st_size / 1e6),
        "lines": lines,
        "read_s": round(spent, 2),
        "count_s": round(counted, 2),
        "ratio": round(spent / counted, 1),
        "peak_kb": peak // 1024,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for people in STAFF:
            print(json.dumps(measure(people, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
