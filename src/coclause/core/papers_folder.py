"""Supporting papers in a folder: readable by the server's account alone, written for good."""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class PapersFolder(FileSystemStorage):
    """A file is on the disk before the row that names it is committed."""

    def _save(self, name: str, content: Any) -> str:
        kept: str = super()._save(name, content)  # type: ignore[misc]  # its types leave it out
        written = Path(self.path(kept))
        for place in (written, written.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return kept

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Nothing is there before the first paper: the folder is made by it."""
        try:
            return super().listdir(path)
        except FileNotFoundError:
            return [], []
