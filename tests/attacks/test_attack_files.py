"""A file made to exhaust the machine is refused at once."""

from datetime import date
from pathlib import Path
from time import process_time

import pytest

from coclause.watch.decp.files import UnreadableFile
from coclause.watch.decp.reading import read_decp


@pytest.mark.parametrize("start", ["", '{"marches": {"marche": ['])
def test_a_json_made_of_brackets_alone_is_refused_at_once(start: str, tmp_path: Path) -> None:
    path = tmp_path / "marches.json"
    path.write_text(start + "[" * 200_000)
    before = process_time()
    with pytest.raises(UnreadableFile, match="niveaux"):
        list(read_decp(path, today=date(2026, 11, 24)))
    assert process_time() - before < 10
