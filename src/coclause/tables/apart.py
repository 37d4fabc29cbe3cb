"""Opening an old .xls in a process of its own: a crafted one could ask for gigabytes.

The other formats say how large they are before they are opened, and stay here. The child limits
itself before it reads, and answers in JSON: nothing it says is run.
"""

import json
import resource
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any, Final

from coclause.core.refusals import Refused
from coclause.tables import limits
from coclause.tables.reading import Cell, Sheet, Workbook, read_workbook

OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MEMORY_BYTES: Final = 700 * 1024 * 1024
"""Address space of the child: ten times what the largest honest file of 5 MB asks."""
SECONDS: Final = 15
TOO_HEAVY: Final = (
    "Cet ancien fichier .xls demande trop de mémoire ou de temps pour être lu : ouvrez-le dans "
    "votre tableur, enregistrez-le en .xlsx ou .ods, puis déposez-le."
)


def open_workbook(content: bytes, name: str) -> Workbook:
    """Reads any spreadsheet as `read_workbook` does, an old one apart. Raises `Refused`."""
    if not content.startswith(OLD_FORMAT) or len(content) > limits.FILE_BYTES:
        return read_workbook(content, name)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", __name__],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Refused(TOO_HEAVY) from error
    told = json.loads(ended.stdout)
    if "refused" in told:
        raise Refused(str(told["refused"]))
    return Workbook(name, tuple(_sheet(one) for one in told["sheets"]))


def main() -> None:
    """The child: the file on its entry, the sheets on its exit."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = read_workbook(sys.stdin.buffer.read(), "")
    except Refused as refusal:
        told: dict[str, Any] = {"refused": refusal.sentence}
    else:
        told = {"sheets": [_told(sheet) for sheet in book.sheets]}
    json.dump(told, sys.stdout)


def _told(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name.replace("\0", ""),
        "rows": [[told_cell(cell) for cell in row] for row in sheet.rows],
        "hidden": sheet.hidden,
        "regions": sheet.regions,
        "cut": sorted(sheet.cut),
        "problem": sheet.problem,
    }


def told_cell(cell: Cell) -> object:
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell


def _sheet(told: dict[str, Any]) -> Sheet:
    rows = tuple(tuple(cell_of(cell) for cell in row) for row in told["rows"])
    made = Sheet(told["name"], rows, told["hidden"], problem=told["problem"])
    return replace(
        made,
        regions=tuple((top, left, bottom, right) for top, left, bottom, right in told["regions"]),
        cut=frozenset((row, column) for row, column in told["cut"]),
    )


def cell_of(told: Any) -> Cell:
    if isinstance(told, dict):
        return date.fromisoformat(told["day"])
    cell: Cell = told
    return cell


if __name__ == "__main__":
    main()
