"""Work of the watch that a command or a job starts, in the name of the task itself."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from coclause.core.actor import acting_as
from coclause.watch.importing import ImportResult, import_files
from coclause.watch.territories import known_territories


def import_decp(paths: Sequence[Path], *, day: date, dry_run: bool) -> ImportResult:
    """Import files of published contracts. Raises `UnreadableFile`, and then nothing is kept."""
    with acting_as("import-decp", day=day):
        return import_files(paths, day=day, dry_run=dry_run, territories=known_territories())
