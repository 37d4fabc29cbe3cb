"""Tables saved as text: what a spreadsheet exports in France, and what is no table."""

import pytest

from coclause.core.refusals import Refused
from coclause.tables.texts import is_text, read_text

ROWS = (("Nom", "Prénom", "Heures"), ("Inventée", "Zoé", "35,5"))


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separators_and_encodings_are_recognised(separator: str, encoding: str) -> None:
    rows = [tuple(f'"{cell}"' for cell in row) for row in ROWS]
    content = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    assert is_text(content)
    assert read_text(content, "heures.csv").sheets[0].rows == ROWS


def test_a_comma_inside_a_number_is_no_separator() -> None:
    content = "Nom;Heures\nInventée;1 010,5\nFictive;35,25\n".encode()
    assert read_text(content, "").sheets[0].rows[1] == ("Inventée", "1 010,5")


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"<html>", b"a\0b", b"\x89PNG\r\n", b"{\\rtf1"]
)
def test_what_is_no_text_is_left_to_the_others(content: bytes) -> None:
    assert not is_text(content)


def test_rows_of_any_length_stay_a_table_and_long_texts_are_cut() -> None:
    content = b"Nom;Heures;Note\nA;1\n\nB;2;3;4\nC;1;" + b"x" * 9_000
    sheet = read_text(content, "").sheets[0]
    assert sheet.width == 4
    assert sheet.rows[2] == (None,) * 4
    assert sheet.cut == {(4, 2)}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Nom;Heures\n" + b"A;1\n" * 20_001, "admises au plus"),
        (b";".join([b"x"] * 300), "300 colonnes"),
        (b'Nom;Heures\n"' + b"x" * 200_000, "n’y est pas fermée"),
        (b" ; ; \n;;", "aucune cellule remplie"),
        (b"x" * (5 * 1024 * 1024 + 1), "pèse plus de"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read_text(content, "")
