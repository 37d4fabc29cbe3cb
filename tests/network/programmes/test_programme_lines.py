"""A programme as buyers really write them is read line by line, and nothing in it gets lost."""

from datetime import date
from decimal import Decimal
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.programmes.programme_files import HEADERS, ods, read, xlsx

from coclause.core.refusals import Refused
from coclause.network.programmes.reader.fields import Field
from coclause.network.programmes.reader.headers import find_layout, recall, remember
from coclause.network.programmes.reader.kinds import Kind
from coclause.network.programmes.reader.lines import read_lines
from coclause.network.programmes.reader.rows import Skip
from coclause.network.programmes.reader.wholes import wholes
from coclause.tables.headers import fingerprint
from coclause.tables.reading import read_workbook

NOTICE = [["Comment remplir ce fichier"], ["Objet : dire ce que vous achetez"]]
TOP = ["Direction", "N° marché", *HEADERS]
SCENARIO: list[list[Any]] = [
    ["Programmation des achats 2027 – Ville de Montfictif"],
    [],
    TOP,
    ["Bâtiments", "M1", "École – lot 1 : gros œuvre", "TVX", "1,2 M€", "18 mois", "T3 2027",
     "Montfictif (21)"],
    [None, "M1", "École – lot 2 : chauffage", "TVX", 300_000, "18 mois", "T3 2027", 21000],
    [],
    TOP,
    ["DIRECTION DES MOYENS GÉNÉRAUX"],
    ["DMG", "M2", "Nettoyage des locaux", None, "NC", "1 an renouvelable 3 fois",
     date(2027, 3, 1), "multi-sites"],
    ["DMG", "M3", None, "Travaux", "5 000", None, "2027", None],
    ["DMG", "=1+1", "@SUM(A1) papier", "F", "40 000 € TTC", "24", "0202-03-01", "+33"],
    ["TOTAL", None, None, None, "1 545 000 €"],
]  # fmt: skip


def _scenario() -> bytes:
    sheet = "Programmation"
    merges = {sheet: [(0, 0, 0, 7), (3, 0, 5, 0), (7, 0, 7, 7)]}
    return xlsx({"Notice": NOTICE, sheet: SCENARIO}, merges=merges)


def test_the_wrong_sheet_is_left_and_the_choice_explained() -> None:
    _, layout, _ = read(_scenario())
    assert layout.sheet == "Programmation"
    assert layout.header_row == 3
    assert "Programmation" in layout.why
    assert layout.others[0].name == "Notice"
    assert "objet des achats" in layout.others[0].why
    with pytest.raises(Refused, match="Notice"):
        find_layout(read_workbook(_scenario(), "p"), "Notice")
    with pytest.raises(Refused, match="« Notice »"):
        find_layout(read_workbook(_scenario(), "p"), "Absente")


def test_a_real_life_programme_is_read_or_refused_line_by_line() -> None:
    _, _, found = read(_scenario())
    first, second, cleaning, refused, paper = found.lines
    assert (first.row, first.kind, first.months) == (4, Kind.WORKS, 18)
    assert first.value == 1_200_000
    assert first.window is not None
    assert (first.window.first, first.window.last) == (date(2027, 7, 1), date(2027, 9, 30))
    assert second.buyer == "Bâtiments"
    assert second.place is not None
    assert second.place.postcode == "21000"
    assert (cleaning.kind, cleaning.kind_presumed, cleaning.value) == (Kind.SERVICES, True, None)
    assert any("Ligne 9, colonne « Montant estimé HT »" in doubt for doubt in cleaning.doubts)
    assert refused.refused is not None
    assert refused.refused.startswith("Ligne 10, colonne « Objet du marché »")
    assert (paper.title, paper.reference) == ("@SUM(A1) papier", "=1+1")
    assert paper.window is None
    assert [(row.row, row.reason) for row in found.skipped] == [
        (6, Skip.BLANK), (7, Skip.HEADERS), (8, Skip.SECTION), (12, Skip.TOTAL),
    ]  # fmt: skip
    assert all(f"Ligne {row.row}" in row.why for row in found.skipped)
    assert len(found.lines) + len(found.skipped) == found.rows_read == 9


def test_the_same_in_an_open_document_with_its_merged_cells() -> None:
    rows: list[list[Any]] = [
        [("Achats 2027", 1, 4), ..., ..., ...],
        ["Pôle", "Intitulé", "Estimation HT", "Durée (mois)"],
        [("Bâtiments", 2, 1), "Réfection du toit", "1,2 M€", 6],
        [..., "Peinture", 90_000, 3],
    ]
    _, layout, found = read(ods(rows))
    assert layout.header_row == 2
    assert [(line.row, line.buyer, line.value, line.months) for line in found.lines] == [
        (3, "Bâtiments", Decimal(1_200_000), 6),
        (4, "Bâtiments", Decimal(90_000), 3),
    ]


def test_lots_of_one_reference_are_judged_on_their_whole() -> None:
    _, _, found = read(_scenario())
    groups = wholes(found.lines)
    assert [(whole.rows, whole.value) for whole in groups] == [
        ((4, 5), Decimal(1_500_000)), ((9,), None), ((11,), None),
    ]  # fmt: skip


def _lots(*rows: list[Any], merges: list[tuple[int, int, int, int]] | None = None) -> Any:
    content = xlsx(
        {"A": [["N°", "Objet", "Lot", "Montant HT", "Date"], *rows]}, merges={"A": merges or []}
    )
    return wholes(read(content)[2].lines)


def test_one_unknown_lot_makes_the_whole_unknown() -> None:
    (whole,) = _lots(["A1", "Gros œuvre", 1, 900, "2027"], ["A1", "Chauffage", 2, "NC", "2027"])
    assert whole.value is None
    assert "2, 3" in whole.doubts[0]


def test_a_merged_amount_counts_once_for_the_rows_it_covers() -> None:
    (whole,) = _lots(
        ["A1", "Gros œuvre", 1, 900_000, "2027"], ["A2", "Chauffage", 2, None, "2027"],
        merges=[(1, 3, 2, 3)],
    )  # fmt: skip
    assert whole.value == 900_000


def test_a_line_that_totals_its_lots_is_not_added_to_them() -> None:
    (whole,) = _lots(
        ["A1", "École", None, 900_000, "2027"],
        ["A1", "Gros œuvre", 1, 600_000, "2027"],
        ["A1", "Chauffage", 2, 300_000, "2027"],
    )
    assert whole.value == 900_000


def test_numbers_that_start_again_in_each_part_do_not_join_strangers() -> None:
    groups = _lots(
        [1, "Toiture", None, 10_000, "2027"], [2, "Peinture", None, 20_000, "2027"],
        [1, "Papier", None, 30_000, "2027"],
    )  # fmt: skip
    assert [whole.value for whole in groups] == [10_000, 20_000, 30_000]


def test_lots_without_reference_are_joined_by_their_object() -> None:
    groups = _lots(
        [None, "École Fictive - lot 1 : toit", None, 10_000, "2027"],
        [None, "École Fictive - lot 2 : murs", None, 20_000, "2027"],
    )
    assert [whole.value for whole in groups] == [30_000]


def test_a_mapping_is_recognised_next_year_though_columns_moved() -> None:
    _, layout, _ = read(_scenario())
    kept = remember(layout.columns, layout.mapping)
    moved = [list(reversed([*row, *[None] * (8 - len(row))])) for row in SCENARIO]
    _, again, _ = read(xlsx({"Feuil1": moved}))
    assert fingerprint(again.headers) == fingerprint(layout.headers)
    recalled = recall(kept, again)
    assert recalled is not None
    assert recalled[Field.OBJECT] == 7 - layout.mapping[Field.OBJECT]
    other = read(xlsx({"A": [["Libellé", "Budget", "Type"], ["Toit", 5, "T"]]}))[1]
    assert recall(kept, other) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["Libellé", "Enveloppe prévisionnelle", "Trimestre"], ["objet", "montant", "lancement"]),
        (["INTITULE DU MARCHE", "Estimation (en K€)", "Catégorie"], ["objet", "montant", "type"]),
        (["Objet", "Montant TTC", "Montant HT"], ["objet", "", "montant"]),
        (["Objet", "Montant mini", "Montant maxi"], ["objet", "", "montant"]),
        (["Désignation", "Date de fin du marché actuel", "Budget"], ["objet", "", "montant"]),
        (["Objet", "Date de notification", "Date d'envoi de l'avis"],
         ["objet", "notification", "lancement"]),
        (["Objt du marche", "Monttant HT", "Duree"], ["objet", "montant", "duree"]),
    ],
)  # fmt: skip
def test_columns_are_proposed_from_the_words_buyers_use(
    headers: list[str], expected: list[str]
) -> None:
    _, layout, _ = read(xlsx({"A": [headers, ["Réfection du toit"], ["Peinture"]]}))
    fields = {column: which.value for which, column in layout.mapping.items()}
    assert [fields.get(column, "") for column in range(len(headers))] == expected


def test_headers_on_two_rows_are_read_together() -> None:
    rows: list[list[Any]] = [
        ["Objet", "Montant", None, "Date de", None],
        [None, "HT", "TTC", "lancement", "notification"],
        ["Toiture", 100_000, 120_000, "T1 2027", "T3 2027"],
    ]
    merges = {"A": [(0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0)]}
    _, layout, found = read(xlsx({"A": rows}, merges=merges))
    assert layout.header_row == 2
    assert layout.mapping[Field.AMOUNT] == 1
    assert layout.mapping[Field.LAUNCH] == 3
    assert found.lines[0].value == 100_000


def test_a_column_without_header_is_recognised_by_its_cells() -> None:
    rows: list[list[Any]] = [["Objet", None, "Durée"]] + [["Toiture", "45000000-7", "6 mois"]] * 4
    assert read(xlsx({"A": rows}))[1].mapping[Field.CPV] == 1


def test_a_mapping_that_does_not_hold_is_refused() -> None:
    book, layout, _ = read(_scenario())
    sheet = book.sheet(layout.sheet)
    for mapping in ({}, {Field.OBJECT: 99}, {Field.OBJECT: 2, Field.AMOUNT: 2}):
        with pytest.raises(Refused):
            read_lines(sheet, layout, mapping)


def test_a_very_long_cell_is_cut_and_it_is_said() -> None:
    _, _, found = read(xlsx({"A": [HEADERS, ["Toit " * 3_000, "T", 10, "1 an", "2027", "X"]]}))
    (line,) = found.lines
    assert len(line.title) <= 500
    assert "Ligne 2, colonne « Objet du marché » : le texte dépasse" in line.doubts[0]


def test_amounts_of_a_column_in_thousands_are_euros() -> None:
    _, _, found = read(xlsx({"A": [["Objet", "Montant (k€)"], ["Toit", 150], ["Mur", "1,2 M€"]]}))
    assert [line.value for line in found.lines] == [150_000, 1_200_000]


def test_an_object_column_stays_the_object_whatever_fills_it() -> None:
    rows: list[list[Any]] = [
        ["Toit", "T", 9, "1 an", "2027", "X"],
        ["T3 2027"],
        ["0"],
        ["0"],
        ["0"],
        ["0"],
    ]
    assert read(xlsx({"A": [HEADERS, *rows]}))[1].mapping[Field.OBJECT] == 0


CELL = st.one_of(
    st.none(),
    st.sampled_from(["TOTAL", "Total général", *HEADERS, "T3 2027", "=1+1", "Lot 2", "NC"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20),
    st.integers(-(10**6), 10**9),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(CELL, max_size=8), max_size=12))
def test_no_row_is_ever_dropped(rows: list[list[Any]]) -> None:
    _, layout, found = read(xlsx({"A": [HEADERS, ["Toit", "T", 9, "1 an", "2027", "X"], *rows]}))
    numbers = [line.row for line in found.lines] + [row.row for row in found.skipped]
    assert sorted(numbers) == [layout.header_row + 1 + count for count in range(found.rows_read)]
    joined = [row for whole in wholes(found.lines) for row in whole.rows]
    assert sorted(joined) == [line.row for line in found.accepted]


def test_five_thousand_lines_are_read_in_seconds_and_progress_is_told() -> None:
    line = ["Réfection du toit", "Travaux", "120 000 €", "6 mois", "T3 2027", "Montfictif"]
    seen: list[tuple[int, int]] = []
    book = read_workbook(xlsx({"A": [HEADERS] + [line] * 5_000}), "p")
    layout = find_layout(book)
    start = perf_counter()
    found = read_lines(book.sheets[0], layout, progress=lambda done, of: seen.append((done, of)))
    assert perf_counter() - start < 20
    assert len(found.accepted) == 5_000
    assert seen[0] == (100, 5_000)
    assert seen[-1] == (5_000, 5_000)
