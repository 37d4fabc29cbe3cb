"""Tables whose headers are nobody's words: where they begin is told by their shape."""

from typing import Any

import pytest
from tests.network.programmes.programme_files import Rows, xlsx

from coclause.core.refusals import Refused
from coclause.hours.sheets.fields import MONTH_TABLE, Field
from coclause.tables.headers import Layout, find_layouts
from coclause.tables.reading import read_workbook
from coclause.tables.texts import read_text

PEOPLE: list[tuple[Any, ...]] = [("Inventée Zoé", 35.5), ("Fictif Ali", 151.67), ("Songe Ada", 7)]


def layouts(sheets: dict[str, Rows], **more: Any) -> list[Layout[Field]]:
    return find_layouts(read_workbook(xlsx(sheets, **more), ""), MONTH_TABLE)


def headers(rows: Rows, **more: Any) -> tuple[int, tuple[str, ...]]:
    """The last row of headers, as the spreadsheet numbers it, and their texts."""
    layout = layouts({"A": rows}, **more)[0]
    return layout.header_row, layout.headers


@pytest.mark.parametrize(
    ("rows", "row", "texts"),
    [
        ([("Gars", "Tps"), *PEOPLE], 1, ("Gars", "Tps")),
        ([("Compagnon", "QTE\nH"), *PEOPLE], 1, ("Compagnon", "QTE H")),
        ([("TOITURES RÊVÉES",), ("Octobre",), (), ("Gars", "Tps"), *PEOPLE], 4, ("Gars", "Tps")),
        (
            [("Site :", "Gymnase"), ("Du", "1er octobre"), (), ("Gars", "Tps"), *PEOPLE],
            4,
            ("Gars", "Tps"),
        ),
        ([("Site :", "Gymnase"), ("Gars", "Tps"), *PEOPLE], 2, ("Gars", "Tps")),
        ([("Semaine", 40), (), ("Gars", "Tps"), *PEOPLE], 3, ("Gars", "Tps")),
        ([("Gars", "Tps"), ("Songe Léo", "absent"), *PEOPLE], 1, ("Gars", "Tps")),
        (
            [("Gars", "Tps"), ("(nom entier)", "passé"), *PEOPLE],
            2,
            ("Gars (nom entier)", "Tps passé"),
        ),
        ([*PEOPLE], 0, ("", "")),
        ([("Octobre 2026",), *PEOPLE], 1, ("", "")),
        ([PEOPLE[0], ("Songe Léo", "absent"), PEOPLE[1]], 0, ("", "")),
        ([("Songe Léo", "malade"), *PEOPLE], 1, ("Songe Léo", "malade")),
        (
            [("Gars", "Tps"), ("Songe Léo",), ("Vide Zoé",), *PEOPLE, ("Brume Lou", "absent")],
            1,
            ("Gars", "Tps"),
        ),
        (
            [("Gars", "Tps", "Qui"), *PEOPLE, ("Brume Lou", "absent", "congé"), *PEOPLE],
            1,
            ("Gars", "Tps", "Qui"),
        ),
        (
            [("Gars", "Tps"), *PEOPLE, ("Brume Lou", "absent", "congé"), *PEOPLE],
            1,
            ("Gars", "Tps", ""),
        ),
        ([("Gars", "Lieu"), ("Une personne", "12h"), *PEOPLE], 1, ("Gars", "Lieu")),
        (
            [("Site", "Gymnase"), ("Semaine", 40), (), ("Gars", "Tps", "Où"), ("Zoé", 7, "ici")],
            4,
            ("Gars", "Tps", "Où"),
        ),
        ([("Lieu", "Couleur"), ("Ici", "Bleu")], 1, ("Lieu", "Couleur")),
    ],
)
def test_the_row_of_headers_is_told_by_its_shape(
    rows: Rows, row: int, texts: tuple[str, ...]
) -> None:
    """A row of headers taken too low would lose the hours above it without a word."""
    assert headers(rows) == (row, texts)


def test_days_numbered_over_their_columns_are_headers() -> None:
    days = [("Gars", *range(1, 8), "Tt"), ("Inventée Zoé", *[7] * 7, 49), ("Songe", *[5] * 7, 35)]
    assert headers(days) == (1, ("Gars", "1", "2", "3", "4", "5", "6", "7", "Tt"))


def test_headers_over_several_lines_are_joined_under_what_is_merged() -> None:
    rows = [
        ("Gars", "Tps", None, None),
        (None, "Prod", "Apprentissage", None),
        (None, "jour", "salle", "atelier"),
        ("Inventée Zoé", 35, 7, 2),
    ]
    merges = {"A": [(0, 1, 0, 3), (1, 2, 1, 3)]}
    assert headers(rows, merges=merges) == (
        3,
        ("Gars", "Tps Prod jour", "Tps Apprentissage salle", "Tps Apprentissage atelier"),
    )


def test_a_title_merged_over_the_table_is_no_header() -> None:
    """With the month in it, next month's table would not be known again."""
    rows = [("POINTAGE OCTOBRE", None), ("Gars", "Tps"), *PEOPLE]
    assert headers(rows, merges={"A": [(0, 0, 0, 1)]}) == (2, ("Gars", "Tps"))


def test_what_is_recognised_is_proposed_and_the_rest_is_left_to_be_said() -> None:
    layout = layouts({"A": [("Gars", "Tps", "Chantier"), ("Inventée Zoé", 35, "Gymnase")]})[0]
    assert layout.mapping == {Field.AWARD: 2}
    assert [(one.letter, one.samples) for one in layout.columns][:2] == [
        ("A", ("Inventée Zoé",)),
        ("B", ("35",)),
    ]


def test_words_of_headers_among_the_data_do_not_hide_the_rows_above() -> None:
    rows = [
        ("Gars", "Activité", "Où", "Tps"),
        ("Inventée Zoé", "Gros œuvre", "Gymnase", 35),
        ("Fictif Ali", "Formation", "Chantier", "absent"),
        ("Songe Ada", "Gros œuvre", "Gymnase", 7),
    ]
    assert headers(rows) == (1, ("Gars", "Activité", "Où", "Tps"))


def test_headers_known_in_part_are_found_under_a_label_of_several_words() -> None:
    rows = [
        ("Suivi", "Gymnase", "Zone nord"),
        ("Nom", "Prénom", "Tps"),
        ("Inventée", "Zoé", 35.5),
    ]
    assert headers(rows) == (2, ("Nom", "Prénom", "Tps"))


def test_the_sheet_that_names_a_months_hours_comes_before_the_others() -> None:
    found = layouts(
        {
            "Longue": [("Gars", "Tps"), *PEOPLE * 9],
            "Courte": [("Gars", "Tps"), *PEOPLE],
            "Reconnue": [("Nom", "Heures"), *PEOPLE],
            "Masquée": [("Gars", "Tps"), *PEOPLE * 20],
            "Vide": [],
        },
        hidden=["Masquée"],
    )
    assert [one.sheet for one in found] == ["Reconnue", "Longue", "Courte", "Masquée"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("Gars",), ("Inventée Zoé",), ("35",)], "« A » ne contient pas de tableau"),
        ([("Gars", "Tps")], "« A » ne contient pas de tableau"),
        ([("Voici nos heures, bonne réception.",)], "deux colonnes"),
    ],
)
def test_what_holds_no_table_is_refused_with_what_to_do(rows: Rows, why: str) -> None:
    with pytest.raises(Refused, match=why):
        layouts({"A": rows})


def test_a_letter_saved_as_text_is_no_table() -> None:
    letter = (
        "Bonjour Madame,\n\nVoici, comme convenu, les heures du mois :\nZoé 35\nAli 40\n"
        "Léo 12\nBien à vous,\nLe chef\n"
    ).encode()
    with pytest.raises(Refused, match="ne contient pas de tableau"):
        find_layouts(read_text(letter, "lettre.txt"), MONTH_TABLE)


def test_hours_saved_as_text_are_values_too() -> None:
    for first in ("Zoé;35h30", "Zoé;35,5 h", "Zoé;35:30"):
        book = read_text(f"{first}\nAli;absent\nLéo;12\n".encode(), "")
        assert find_layouts(book, MONTH_TABLE)[0].header_row == 0
