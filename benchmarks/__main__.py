"""`make bench`: every benchmark in turn, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from coclause.cli import database

HERE = Path(__file__).parent


def main() -> None:
    database.prepare()
    # Some make tables of their own beside the demonstration's: the web's role may not.
    owner = os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    for script in sorted(HERE.glob("bench_*.py")):
        print(f"\n{script.stem}", flush=True)
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{script.stem}"],
            cwd=HERE.parent,
            env=os.environ | {"DATABASE_URL": owner},
            check=True,
        )


if __name__ == "__main__":
    main()
