"""Commune search against a plain ``ILIKE '%…%'`` on the same rows, in the same run, at 3 sizes.

Run it with the ``DATABASE_URL`` of a loaded database. Temporary tables hide the real ones, so
nothing is written. ILIKE finds less (no accents left out, no postcode, no "St"): the ratio says
what the index gains or costs, not that the answers are equal.
"""

import os
import time
from collections.abc import Callable
from statistics import median

import django
from django.db import connection

TYPED = ["besancon", "st claude", "25000", "lisle sur", "vil", "chalon saone"]
SHARES = [16, 4, 1]  # one row in so many
REPEATS = 30
ILIKE = "SELECT code, name FROM reference_commune WHERE name ILIKE %s ORDER BY population LIMIT 10"


def shrink(one_in: int) -> int:
    """Hide the real tables behind temporary ones that hold one row in ``one_in``."""
    with connection.cursor() as cursor:
        for table in ("reference_commune", "reference_communealias"):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL)")
            cursor.execute(
                f"INSERT INTO pg_temp.{table} SELECT * FROM public.{table} "  # noqa: S608
                "WHERE abs(hashtext(code)) %% %s = 0",
                [one_in],
            )
            cursor.execute(f"ANALYZE pg_temp.{table}")
        cursor.execute("SELECT count(*) FROM reference_commune")
        [count] = cursor.fetchone()
    return int(count)


def milliseconds(search: Callable[[str], object]) -> float:
    """Return the median time of one search, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        for typed in TYPED:
            start = time.perf_counter()
            search(typed)
            times.append(1_000 * (time.perf_counter() - start))
    return median(times)


def ilike(typed: str) -> object:
    """Search as one would without any of this."""
    with connection.cursor() as cursor:
        cursor.execute(ILIKE, [f"%{typed}%"])
        return cursor.fetchall()


def main() -> None:
    """Print the table."""
    from coclause.reference.queries import find_communes  # noqa: PLC0415  after django.setup()

    print(f"{'communes':>9} {'search ms':>10} {'ILIKE ms':>9} {'ratio':>6}")
    for one_in in SHARES:
        count = shrink(one_in)
        ours, theirs = milliseconds(find_communes), milliseconds(ilike)
        print(f"{count:>9} {ours:>10.2f} {theirs:>9.2f} {ours / theirs:>6.2f}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coclause.config.settings")
    django.setup()
    main()
