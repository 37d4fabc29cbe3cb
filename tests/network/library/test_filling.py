"""A text typed in a page, filled: what is known is there, what is not stays visible and listed."""

from datetime import date
from decimal import Decimal

import pytest

from coclause.network.library.ccag import article_of, articles, missing_pieces
from coclause.network.library.filling import TEXT_LIMIT, VARIABLES, Value, check, fill, used
from coclause.render.blocks import Table

TEXT = """
## Volume

Le titulaire réalise {{ heures_insertion }} heures
à {{ lieu_execution }}.

- {{ publics_eligibles }}
- courriel : {{ facilitateur_courriel }}
"""
DAY = date(2026, 9, 14)


def test_a_text_becomes_headings_paragraphs_and_items() -> None:
    values: dict[str, Value] = {
        "heures_insertion": 1_035,
        "publics_eligibles": ["Jeunes", "Seniors"],
    }
    filled = fill(TEXT, values)
    assert [(block.kind, block.words.replace("\u00a0", " ")) for block in filled.blocks] == [
        ("heading", "Volume"),
        (
            "paragraph",
            "Le titulaire réalise 1\u202f035 heures à [à compléter : lieu d’exécution].",
        ),
        ("bullet", "Jeunes"),
        ("bullet", "Seniors"),
        ("bullet", "courriel : [à compléter : adresse de courriel du facilitateur]"),
    ]


def test_what_is_missing_is_listed_with_its_place() -> None:
    missing = fill(TEXT, {"heures_insertion": 1_035}).missing
    assert [(one.code, one.where) for one in missing] == [
        ("lieu_execution", "Volume"),
        ("publics_eligibles", "Volume"),
        ("facilitateur_courriel", "Volume"),
    ]
    assert fill("{{ taux }}", {}).missing[0].where == "début du texte"


@pytest.mark.parametrize("value", [None, "", "  ", [], ["", " "]])
def test_an_empty_value_is_not_known(value: str | list[str] | None) -> None:
    filled = fill("Publics : {{ publics_eligibles }}", {"publics_eligibles": value})
    assert [one.code for one in filled.missing] == ["publics_eligibles"]


def test_a_value_never_becomes_markup_nor_a_variable() -> None:
    hostile = "## Titre\n- point {{ taux }}\n\n{{ si ccag }} fin"
    filled = fill("Objet : {{ objet }}.", {"objet": hostile, "taux": "5 %"})
    assert [block.kind for block in filled.blocks] == ["paragraph"]
    assert filled.blocks[0].runs[1].text == "## Titre - point {{ taux }} {{ si ccag }} fin"
    assert filled.missing == ()


def test_a_list_whose_items_look_like_markup_stays_a_list() -> None:
    filled = fill("- {{ publics_eligibles }}", {"publics_eligibles": ["## a", "- b"]})
    assert [(block.kind, block.words) for block in filled.blocks] == [
        ("bullet", "## a"),
        ("bullet", "- b"),
    ]


def test_values_are_written_the_french_way() -> None:
    values: dict[str, Value] = {
        "montant": Decimal("1250000.50"),
        "date_avis": DAY,
        "lots_concernes": ["1", "2"],
    }
    text = "{{ montant }} / {{ date_avis }} / {{ lots_concernes }}"
    assert fill(text, values).blocks[0].words == "1\u202f250\u202f000,5 / 14/09/2026 / 1, 2"


def test_a_condition_keeps_its_paragraph_only_when_it_is_known() -> None:
    text = "Avant.\n\n{{ si ccag }} Le marché se réfère au {{ ccag }}.\n\nAprès."
    assert [one.words for one in fill(text, {}).blocks] == ["Avant.", "Après."]
    assert fill(text, {}).missing == ()
    assert fill(text, {"ccag": "CCAG-FCS"}).blocks[1].words == "Le marché se réfère au CCAG-FCS."


def test_a_table_stands_alone_or_is_missing() -> None:
    table = Table("Engagement", ("Lot", "Heures"), [("Lot 1", "500")])
    filled = fill("Avant.\n\n{{ tableau_engagements }}", {"tableau_engagements": table})
    assert filled.blocks[1].table == table
    assert filled.missing == ()
    inside = fill("Voir {{ tableau_engagements }} ici", {"tableau_engagements": table})
    assert [one.code for one in inside.missing] == ["tableau_engagements"]


def test_names_are_forgiven_their_accents_and_capitals() -> None:
    assert used("{{ Heures insertion }} {{heures_insertion}} {{ DURÉE }}") == (
        "heures_insertion",
        "duree",
    )
    assert check("{{ Durée }}") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Le texte est vide"),
        ("x" * (TEXT_LIMIT + 1), "20\u202f000 au plus"),
        ("{{ heure_insertion }}", "vouliez-vous écrire « heures_insertion »"),
        ("{{ nom_du_beneficiaire_concerne }}", "« nom_du_beneficiaire_concerne »"),
        ("{{ }}", "sans nom"),
        ("Il reste {{ taux ici", "Des accolades sont ouvertes ou fermées seules"),
        ("Il reste taux }} ici", "Des accolades sont ouvertes ou fermées seules"),
        ("## \n\nx", "« ## » n’est suivi d’aucun mot"),
        ("Voir {{ tableau_engagements }} ici", "est un tableau"),
        ("Le {{ si ccag }} marché", "se place au début"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_a_sentence(text: str, words: str) -> None:
    assert any(words in sentence for sentence in check(text))


def test_a_text_at_the_limit_is_kept() -> None:
    assert check("x" * TEXT_LIMIT) == []
    assert check(TEXT) == []


def test_a_clause_without_a_figure_is_said_to_be_inoperative() -> None:
    pieces = {one.code: one for one in missing_pieces({"ccap": "Une clause."}, {}, "fcs")}
    assert set(pieces) == {"perimetre", "facilitateur", "profils", "volume"}
    assert pieces["volume"].block == "ccap"
    assert "inopérante" in pieces["volume"].sentence
    assert "mars 2023" in pieces["volume"].reference


def test_what_is_stated_is_not_asked_again() -> None:
    texts = {"rc": "{{ facilitateur_courriel }}", "ccap": "{{ perimetre }} {{ publics_eligibles }}"}
    values = {"perimetre": "lot 1", "publics_eligibles": ["Jeunes"]}
    found = {one.code: one for one in missing_pieces(texts, values, "travaux")}
    assert set(found) == {"facilitateur", "volume"}
    assert found["facilitateur"].block == "rc"
    assert "À compléter dans le bloc RC" in found["facilitateur"].sentence
    by_hand = {**texts, "ae": "Il réalise 1 035 heures. Écrire à camille@example.org."}
    assert missing_pieces(by_hand, values, "travaux") == []


def test_nothing_is_asked_without_a_ccag_nor_of_a_facilitator_where_there_is_none() -> None:
    assert missing_pieces({}, {}, "") == []
    without = missing_pieces({}, {}, "fcs", has_facilitator=False)
    assert "facilitateur" not in {one.code for one in without}


@pytest.mark.parametrize(
    ("ccag", "words"),
    [
        ("fcs", "article 16 du CCAG-FCS"),
        ("tic", "article 16 du CCAG-TIC"),
        ("travaux", "article 20 du CCAG-Travaux (à vérifier)"),
        ("pi", ""),
        ("mi", ""),
        ("moe", ""),
    ],
)
def test_the_article_is_cited_only_as_far_as_it_is_known(ccag: str, words: str) -> None:
    article = article_of(ccag, DAY)
    assert article is not None
    assert article.words == words
    assert ("n’est pas connu" in article.sentence) == (not words)


def test_no_article_is_given_before_the_ccag_existed() -> None:
    last, first = article_of("fcs", date(2021, 3, 31)), article_of("fcs", date(2021, 4, 1))
    assert last is not None
    assert first is not None
    assert last.words == ""
    assert first.words
    assert article_of("autre", DAY) is None
    assert articles() == ("fcs", "tic", "travaux", "pi", "mi", "moe")


def test_each_variable_says_what_to_complete() -> None:
    for code, variable in VARIABLES.items():
        assert variable.label, code
        assert variable.example, code
