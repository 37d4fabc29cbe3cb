"""`make bench`: every benchmark in turn, on the demonstration's database."""

import runpy
from pathlib import Path

from coclause.cli import database


def main() -> None:
    database.prepare()
    for script in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"\n{script.stem}", flush=True)
        runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    main()
