"""What an import costs beside the least it could: a bare COPY of the same rows, same run.

    COCLAUSE_DEMO=1 DATABASE_URL=… python -m benchmarks.bench_import_decp

The database must be migrated, and the address its owner's: a table is made. Each size is imported
twice and rolled back. The ratio is what to watch: it should not grow with the size.
"""

import csv
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coclause.config.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - models need Django set up

from coclause.watch.importing import import_files  # noqa: E402

SIZES = (1_000, 5_000, 25_000)
DAY = date(2026, 11, 22)
HEADER = [
    "id",
    "acheteur_id",
    "acheteur_nom",
    "objet",
    "codeCPV",
    "titulaire_id",
    "titulaire_nom",
    "montant",
    "dateNotification",
    "dureeMois",
    "considerationsSociales",
]


def rows(contracts: int) -> Iterator[list[str]]:
    """Two rows a contract, award then modification, the modifications all after the awards."""
    for month, extra in ((1, 0), (6, 5_000)):
        for rank in range(contracts):
            yield [
                f"2026-{rank // 500:05d}",
                f"{200_000_000 + rank % 500}00012",
                "Commune imaginaire",
                f"Travaux imaginaires, lot {rank}",
                "45210000",
                f"{500_000_000 + rank % 900}00012",
                "Toits Fictifs",
                str(50_000 + rank + extra),
                f"2026-{month:02d}-{rank % 28 + 1:02d}",
                "12",
                "Clause sociale" if rank % 5 == 0 else "Sans objet",
            ]


def plain_copy(path: Path) -> float:
    """Seconds to COPY the file as it is into a table of texts."""
    columns = ", ".join(f'"{name}" text' for name in HEADER)
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_import_decp ({columns})")
        with (
            path.open(encoding="utf-8") as stream,
            cursor.copy("COPY bench_import_decp FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while chunk := stream.read(1 << 16):
                copy.write(chunk)
        transaction.set_rollback(True)
    return time.perf_counter() - begun


def measure(contracts: int, folder: Path) -> dict[str, float | int]:
    """One size: first import, second import, bare COPY, and the process's peak memory."""
    path = folder / f"{contracts}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(rows(contracts))
    copied = plain_copy(path)
    with transaction.atomic():
        begun = time.perf_counter()
        found = import_files([path], day=DAY)
        first = time.perf_counter() - begun
        again = import_files([path], day=DAY)
        second = time.perf_counter() - begun - first
        transaction.set_rollback(True)
    assert (found.new, again.unchanged) == (contracts, contracts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "contracts": contracts,
        "first_s": round(first, 2),
        "second_s": round(second, 2),
        "copy_s": round(copied, 3),
        "ratio_first": round(first / copied),
        "ratio_second": round(second / copied),
        "peak_mb": peak,
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for contracts in SIZES:
            print(json.dumps(measure(contracts, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
