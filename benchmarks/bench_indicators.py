"""The whole catalogue against its recount in plain SQL, in the same run, over 3 lengths of time.

Run it from the root with `PYTHONPATH=.` and the `DATABASE_URL` of a database filled by
`coclause demo-data`. Nothing is written. The recount asks one query for each figure and reads the
lines again each time; the catalogue reads them once. Both give the same numbers, or this stops.
"""

import time
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from typing import Any

import django

YEARS = [(2022, 2022), (2021, 2023), (2020, 2025)]
REPEATS = 5


def seconds(work: Callable[[], object]) -> float:
    """Median time, in seconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def _recount_all(recount: Callable[[str, Any], Any], codes: list[str], asked: Any) -> list[Any]:
    return [recount(code, asked) for code in codes]


def main() -> None:
    """Print the table."""
    from tests.contracts.recount import Asked, recount  # noqa: PLC0415

    from coclause.hours.models import StatementLine  # noqa: PLC0415  after django.setup()
    from coclause.indicators.figures import figures  # noqa: PLC0415
    from coclause.indicators.perimeter import Perimeter, Period  # noqa: PLC0415

    print(f"{'lines':>8} {'catalogue':>10} {'recount':>10} {'ratio':>6}")
    for first_year, last_year in YEARS:
        first, last = date(first_year, 1, 1), date(last_year, 12, 31)
        asked = Asked("27", first, last)

        catalogue = partial(figures, Perimeter("27"), Period(first, last), hide=False)
        found = catalogue()
        assert found["hours_validated"].value == recount("hours_validated", asked)
        plain = partial(_recount_all, recount, list(found), asked)
        lines = StatementLine.objects.worked_between(first, last).count()
        ours, theirs = seconds(catalogue), seconds(plain)
        print(f"{lines:>8} {ours:>9.3f}s {theirs:>9.3f}s {ours / theirs:>6.2f}")


if __name__ == "__main__":
    django.setup()
    main()
