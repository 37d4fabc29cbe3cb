"""A buyer sends any file: it is read, or refused with what to do; the server never falls."""

import struct
import zipfile
from datetime import date
from io import BytesIO

import pytest
from tests.network.programmes.programme_files import HEADERS, ods, part, read, with_part, xlsx

from coclause.core.refusals import Refused
from coclause.network.programmes.reader.headers import find_layout
from coclause.tables import limits
from coclause.tables.reading import read_workbook

LINE = ("Réfection de la toiture", "Travaux", "120 000 €", "6 mois", "T3 2027", "Montfictif")


def _refusal(content: bytes, name: str = "programme.xlsx") -> str:
    with pytest.raises(Refused) as refused:
        read_workbook(content, name)
    return refused.value.sentence


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        ("Objet;Montant\nÉcole;12".encode(), "CSV"),
        (b"<html><table><tr><td>Objet</td></tr></table></html>", "page web"),
        (b"\x00\x01\x02\x03", "pas reconnu"),
        (b"", "vide"),
        (b"PK\x03\x04 not an archive", "abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "pas un tableur"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "mot de passe",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 40, "abîmé"),
    ],
)
def test_a_file_is_judged_by_its_content_and_the_refusal_says_what_to_do(
    content: bytes, word: str
) -> None:
    sentence = _refusal(content)
    assert word in sentence
    assert "déposez" in sentence


def test_a_word_document_under_a_spreadsheet_name_is_named_as_such() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("word/document.xml", "<w/>")
    assert "traitement de texte" in _refusal(archive.getvalue())


def test_the_extension_does_not_matter_when_the_content_is_a_spreadsheet() -> None:
    content = ods([HEADERS, LINE])
    assert read_workbook(content, "programme.xlsx").sheets[0].rows[1][0] == LINE[0]
    assert read_workbook(xlsx({"A": [HEADERS]}), "programme.pdf").sheets[0].rows[0] == HEADERS


def test_a_bomb_is_refused_by_what_it_declares() -> None:
    huge = b" " * (limits.UNPACKED_BYTES + 1)
    assert "trop gros" in _refusal(with_part(xlsx({"A": [HEADERS]}), "xl/media/x.xml", huge))


def test_a_bomb_is_refused_by_its_ratio_too() -> None:
    dense = b" " * (limits.UNPACKED_BYTES // 3)
    assert "trop gros" in _refusal(with_part(xlsx({"A": [HEADERS]}), "xl/x.xml", dense))


def test_a_bomb_that_lies_about_its_size_is_still_refused() -> None:
    size = limits.UNPACKED_BYTES + 1
    content = with_part(xlsx({"A": [HEADERS]}), "xl/x.xml", b" " * size)
    forged = content.replace(struct.pack("<I", size), struct.pack("<I", 10))
    assert forged != content
    assert _refusal(forged)


def test_a_part_written_twice_is_refused_since_readers_disagree_on_which_counts() -> None:
    archive = BytesIO(xlsx({"A": [HEADERS]}))
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(archive, "a") as written,
    ):
        written.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert "abîmé" in _refusal(archive.getvalue())


@pytest.mark.parametrize("declared", ["<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>"])
def test_external_entities_are_refused_unread(declared: str) -> None:
    content = xlsx({"A": [HEADERS]})
    sheet = part(content, "xl/worksheets/sheet1.xml").decode()
    hostile = sheet.replace("<worksheet", f"{declared}<worksheet", 1).encode()
    assert "DTD" in _refusal(with_part(content, "xl/worksheets/sheet1.xml", hostile))
    opened = ods([HEADERS])
    text = part(opened, "content.xml").decode()
    hostile = text.replace("<office:document", f"{declared}<office:document", 1).encode()
    assert "DTD" in _refusal(with_part(opened, "content.xml", hostile))


def test_one_cell_at_the_far_corner_does_not_reserve_the_whole_sheet() -> None:
    content = xlsx({"A": [HEADERS]})
    sheet = part(content, "xl/worksheets/sheet1.xml").decode()
    far = sheet.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    assert "1\u202f048\u202f576 lignes" in _refusal(
        with_part(content, "xl/worksheets/sheet1.xml", far.encode())
    )


def test_a_long_text_shared_by_many_cells_is_counted_for_each() -> None:
    content = xlsx({"A": [["x" * 32_000]] + [["y"]] * 4_000})
    sheet = part(content, "xl/worksheets/sheet1.xml").replace(b"<v>1</v>", b"<v>0</v>")
    assert "trop gros" in _refusal(with_part(content, "xl/worksheets/sheet1.xml", sheet))


def test_repeated_rows_of_an_open_document_are_counted() -> None:
    content = ods([["x", 1]])
    text = part(content, "content.xml").decode()
    many = text.replace("<table:table-row", '<table:table-row table:number-rows-repeated="9000000"')
    assert "lignes" in _refusal(with_part(content, "content.xml", many.encode()))


def test_a_hundred_thousand_rows_are_refused_with_the_limit() -> None:
    content = xlsx({"Achats": [HEADERS] + [("Achat", "Travaux")] * 100_000})
    book = read_workbook(content, "programme.xlsx")
    with pytest.raises(Refused) as refused:
        find_layout(book)
    assert "100\u202f001 lignes ; 20\u202f000 sont admises" in refused.value.sentence
    with pytest.raises(Refused, match="20\u202f000 sont admises"):
        find_layout(book, "Achats")


def test_a_large_list_beside_the_programme_does_not_prevent_reading_it() -> None:
    lists = [("Commune",)] + [("Montfictif",)] * 25_000
    book, layout, found = read(xlsx({"Communes": lists, "Programme": [HEADERS, LINE]}))
    assert layout.sheet == "Programme"
    assert found.rows_read == 1
    assert book.sheet("Communes").problem is not None


def test_more_columns_than_admitted_are_refused_with_the_limit() -> None:
    content = xlsx({"A": [[*HEADERS, *range(limits.COLUMNS)]]})
    with pytest.raises(Refused, match="206 colonnes ; 200"):
        find_layout(read_workbook(content, "p.xlsx"))


def test_a_file_heavier_than_admitted_is_refused() -> None:
    assert "5 Mo" in _refusal(b"PK" + b"\0" * limits.FILE_BYTES)


def test_a_workbook_of_charts_alone_is_refused() -> None:
    content = xlsx({"Graphique": [HEADERS]})
    links = part(content, "xl/_rels/workbook.xml.rels")
    name = "xl/_rels/workbook.xml.rels"
    charts = with_part(content, name, links.replace(b'/worksheet"', b'/chartsheet"'))
    assert "que des graphiques" in _refusal(charts)


def test_a_workbook_without_a_cell_is_refused() -> None:
    assert "aucune cellule" in _refusal(xlsx({"A": []}))


def test_locked_archives_and_open_documents_are_told_apart_from_damaged_ones() -> None:
    content = ods([HEADERS])
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    assert "mot de passe" in _refusal(with_part(content, "META-INF/manifest.xml", manifest))


def test_truncated_files_are_refused_at_every_length() -> None:
    content = xlsx({"A": [HEADERS, LINE]})
    for length in range(1, len(content) - 1, 97):
        assert _refusal(content[:length])


def test_rows_keep_the_number_the_user_sees_and_texts_lose_what_nobody_sees() -> None:
    content = xlsx({"A": [[], [], ["Objet\u200b", "  a\u00a0b ", 21000, True, date(2027, 3, 1)]]})
    sheet = read_workbook(content, "p.xlsx").sheets[0]
    assert sheet.rows[2] == ("Objet", "a\u00a0b", 21000, True, date(2027, 3, 1))
    assert len(sheet.rows) == 3


def test_the_1904_calendar_gives_the_same_days() -> None:
    rows = [[date(2027, 3, 1)]]
    for options in (None, {"date_1904": True}):
        assert read_workbook(xlsx({"A": rows}, options=options), "p").sheets[0].rows[0] == tuple(
            rows[0]
        )


def test_hidden_sheets_come_last() -> None:
    content = xlsx({"Ancien": [HEADERS], "Actuel": [HEADERS]}, hidden=["Ancien"])
    assert [sheet.name for sheet in read_workbook(content, "p").sheets] == ["Actuel", "Ancien"]
