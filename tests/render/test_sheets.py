"""A spreadsheet leaves the house: its codes must stay whole and nothing in it may run."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from coclause.render.sheets import Column, Sheet, workbook

DAY = date(2026, 10, 12)
COLUMNS = (
    Column("SIRET"),
    Column("Entreprise", width=40),
    Column("Heures", "hours"),
    Column("Montant", "euros"),
    Column("Notifié le", "date"),
    Column("Personnes", "integer"),
)


def _sheet(*rows: tuple[object, ...], name: str = "Opérations") -> Sheet:
    return Sheet(name, COLUMNS, rows)  # type: ignore[arg-type]


def _read(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(content))


def test_codes_keep_their_zeros_and_figures_stay_figures() -> None:
    row = ("00123456700012", "Entreprise Fictive", Decimal("151.67"), 40000, DAY, "hidden")
    book = _read(workbook([_sheet(row)], title="Opérations", day=DAY))
    header, values = book.get_sheet_by_name("Opérations").to_python()
    assert header == [column.header for column in COLUMNS]
    assert values == ["00123456700012", "Entreprise Fictive", 151.67, 40000, DAY, "hidden"]


@pytest.mark.parametrize("hostile", ["=1+1", "+33 1", "-2", "@SUM(A1)", "http://exemple.invalid"])
def test_a_name_from_outside_never_runs_as_a_formula_or_a_link(hostile: str) -> None:
    content = workbook([_sheet((hostile, hostile, None, None, None, None))], title="T", day=DAY)
    assert _read(content).get_sheet_by_index(0).to_python()[1][:2] == [hostile, hostile]
    page = ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in page
    assert b"hyperlink" not in page


def test_control_characters_do_not_break_the_file() -> None:
    content = workbook([_sheet(("1", "a\x00b\x0bc\ufffe", 1, 1, DAY, 1))], title="T\x07", day=DAY)
    assert _read(content).get_sheet_by_index(0).to_python()[1][1] == "abc"


def test_the_reader_finds_the_source_first_then_the_table_with_its_filters() -> None:
    about = [("Source", "données inventées"), ("Périmètre", "région")]
    content = workbook([_sheet(("1", "A", 1, 1, DAY, 1))], title="Bilan", day=DAY, about=about)
    book = _read(content)
    assert book.sheet_names == ["À propos", "Opérations"]
    assert ["Source", "données inventées"] in book.get_sheet_by_index(0).to_python()
    page = ZipFile(BytesIO(content)).read("xl/worksheets/sheet2.xml").decode()
    assert 'state="frozen"' in page
    assert '<autoFilter ref="A1:F2"' in page


def test_long_equal_or_forbidden_tab_names_still_open() -> None:
    long = "Heures : Doubs / Côte-d’Or [validées] et déclarées"
    book = _read(workbook([_sheet(name=long), _sheet(name=long.upper())], title="T", day=DAY))
    assert len({name.casefold() for name in book.sheet_names}) == 2
    assert all(len(name) <= 31 for name in book.sheet_names)


def test_many_rows_come_from_a_generator_and_the_file_is_the_same_twice() -> None:
    def made() -> bytes:
        rows = ((str(n), f"Entreprise {n}", n, n, DAY, n) for n in range(20_000))
        return workbook([Sheet("Lignes", COLUMNS, rows)], title="T", day=DAY)

    content = made()
    assert len(_read(content).get_sheet_by_index(0).to_python()) == 20_001
    assert content == made()


def test_a_row_that_lost_a_cell_is_refused_rather_than_shifted() -> None:
    with pytest.raises(ValueError, match="ligne 1"):
        workbook([_sheet(("1", "A"))], title="T", day=DAY)
    with pytest.raises(ValueError, match="au moins une feuille"):
        workbook([], title="T", day=DAY)
