"""An old .xls is opened apart: read as the others, and a crafted one cannot take the server."""

import pytest
from tests.network.programmes.old_files import xls
from tests.network.programmes.programme_files import HEADERS, xlsx

from coclause.core.refusals import Refused
from coclause.network.programmes.reader.headers import find_layout
from coclause.network.programmes.reader.lines import read_lines
from coclause.tables import apart
from coclause.tables.apart import open_workbook
from coclause.tables.reading import read_workbook

ROW: tuple[str | float, ...] = (
    "Réfection de la halle",
    "Travaux",
    1_200_000.0,
    "14 mois",
    "T3 2027",
    "Dijon",
)


def test_an_old_file_is_read_as_the_others() -> None:
    cells: list[tuple[int, int, str | float]] = [
        (number, column, value)
        for number, row in enumerate((HEADERS, ROW))
        for column, value in enumerate(row)
    ]
    book = open_workbook(xls([("Achats", cells)]), "achats.xls")
    layout = find_layout(book)
    (line,) = read_lines(book.sheet(layout.sheet), layout).lines
    assert line.title == "Réfection de la halle"
    assert line.value == 1_200_000
    assert line.months == 14


def test_a_recent_file_is_read_here_with_its_merges_and_days() -> None:
    content = xlsx({"Achats": [HEADERS, ROW]}, merges={"Achats": [(2, 0, 3, 0)]})
    assert open_workbook(content, "a.xlsx") == read_workbook(content, "a.xlsx")


def test_an_old_file_that_unfolds_to_gigabytes_is_refused() -> None:
    """Two cells at the corners of each sheet: two gigabytes once they are rectangles."""
    corners: list[tuple[int, int, str | float]] = [(0, 0, "Objet"), (65_535, 255, 1.0)]
    content = xls([(f"Feuille {number}", corners) for number in range(4)])
    assert len(content) < 10_000
    with pytest.raises(Refused, match="demande trop de mémoire"):
        open_workbook(content, "achats.xls")


def test_an_old_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.001)
    with pytest.raises(Refused, match=r"enregistrez-le en \.xlsx"):
        open_workbook(xls([("Achats", [(0, 0, "Objet")])]), "achats.xls")


def test_a_refusal_of_the_reader_comes_back_as_it_is() -> None:
    with pytest.raises(Refused, match="aucune cellule remplie"):
        open_workbook(xls([("Achats", [])]), "achats.xls")
