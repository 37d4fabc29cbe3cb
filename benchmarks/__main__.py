"""`make bench`: every benchmark in turn, or those named, each in a process of its own."""

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
    for name in sys.argv[1:] or sorted(script.stem for script in HERE.glob("bench_*.py")):
        print(f"\n{name}", flush=True)
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"],
            cwd=HERE.parent,
            env=os.environ | {"DATABASE_URL": owner},
            check=True,
        )


if __name__ == "__main__":
    main()
