"""Papers that go into a file: whole, accessible, and safe whatever people typed in them."""

from dataclasses import replace

import pytest
from tests.render.papers import (
    FONTS,
    HOSTILE,
    LONG,
    check_accessible,
    duty_sample,
    note_sample,
    opened,
    opt_out_sample,
)

from coclause.render.calibration_note import calibration_note
from coclause.render.duty_answer import Contact, Estimate, duty_answer, range_words
from coclause.render.opt_out import opt_out


def test_the_opt_out_keeps_the_buyers_own_words() -> None:
    reader, text = opened(opt_out(opt_out_sample(), fonts=FONTS))
    check_accessible(reader)
    assert len(reader.pages) == 1
    for words in (
        "Le chantier se tient en site occupé.",
        "Aucun poste ne peut être encadré.",
        "article L. 2112-2-1, II, 3°",
        "Un volume réduit à 70 h",
        "Camille Exemple, directrice des achats",
        "14/09/2026",
        "2, qui remplace la version 1",
        "article L. 2184-1",
    ):
        assert words in text


def test_lines_of_the_reasons_stay_lines() -> None:
    reader, _ = opened(opt_out(opt_out_sample(), fonts=FONTS))
    lines = [line.strip() for line in reader.pages[0].extract_text().splitlines()]
    assert "Le chantier se tient en site occupé." in lines
    assert "Une seule équipe est admise." in lines


def test_long_reasons_go_over_the_page_and_lose_nothing() -> None:
    reasons = "\n\n".join(f"Motif numéro {n}. " + LONG * 6 for n in range(60))
    reader, text = opened(opt_out(replace(opt_out_sample(), reasons=reasons), fonts=FONTS))
    assert len(reader.pages) > 2
    assert all(f"Motif numéro {n}." in text for n in range(60))


def test_an_opt_out_without_its_optional_parts_says_so() -> None:
    bare = replace(opt_out_sample(), about=(), shown=(), reasons=" ", replaces=None, author_role="")
    _, text = opened(opt_out(bare, fonts=FONTS))
    assert "Aucune." in text
    assert "remplace" not in text


def test_the_answer_on_the_duty_can_be_kept_whole() -> None:
    reader, text = opened(duty_answer(duty_sample(), fonts=FONTS))
    check_accessible(reader)
    assert len(reader.pages) <= 2
    for words in (
        "Une condition sociale est obligatoire",
        "5 404 000 € HT",
        "article R. 2121-1",
        "article L. 2112-2-1, II, 1°",
        "article L. 2184-1",
        "entre 2 440 et 6 100 h",
        "paramètre du 01/01/2026",
        "Camille Exemple",
        "Maison de l’emploi du Val-Fictif",
        "01/09/2026",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, "non connu"),
        (40, 40, "environ 40\u00a0h"),
        (None, 40, "environ 40\u00a0h"),
        (40, 95, "entre 40 et 95\u00a0h"),
    ],
)
def test_an_estimate_is_a_range_or_is_said_to_be_unknown(
    low: int | None, high: int | None, words: str
) -> None:
    assert range_words(low, high) == words


def test_an_unknown_duty_is_said_without_its_optional_parts() -> None:
    bare = replace(
        duty_sample(),
        duty="unknown",
        about=(),
        exemptions=(),
        keep_where=None,
        estimate=None,
        facilitator=None,
        instrument="",
    )
    _, text = opened(duty_answer(bare, fonts=FONTS))
    assert "La réponse n’est pas connue" in text
    assert "interlocuteur" not in text
    assert "estimation" not in text.replace("valeur estimée", "")


def test_the_note_shows_versions_side_by_side_with_their_sources() -> None:
    reader, text = opened(calibration_note(note_sample(), fonts=FONTS))
    check_accessible(reader)
    assert 1 <= len(reader.pages) <= 3
    for words in (
        "Première approche",
        "Métré",
        "✓ version retenue",
        "833,33 h",
        "835 h",
        "900 h",
        "Moins de 35 h",
        "[1] estimation de l’acheteur",
        "métré du maître d’œuvre",
        "montant × part × taux ÷ coût horaire",
        "0,71",
        "37 contrats",
        "entre la médiane et le troisième quartile",
        "pas une recommandation",
        "Le lot 3 peut rejoindre le lot 1.",
        "article L. 2112-2-1",
    ):
        assert words in text


def test_sixty_lots_and_five_versions_are_all_there() -> None:
    note = note_sample(lots=60)
    first = replace(note.versions[0], name=LONG)
    more = [replace(first, name=f"Version {n}", retained=False) for n in range(4)]
    long = replace(note, operation=LONG, buyer=LONG, versions=(first, *more))
    reader, text = opened(calibration_note(long, fonts=FONTS))
    check_accessible(reader)
    assert all(f"Lot {n}" in text for n in range(1, 61))
    assert all(f"Version {n}" in text for n in range(4))
    assert LONG in text


def test_fewer_than_five_contracts_show_nothing() -> None:
    note = note_sample()
    assert note.achieved is not None
    four = replace(note, achieved=replace(note.achieved, contracts=4))
    five = replace(note, achieved=replace(note.achieved, contracts=5))
    _, hidden = opened(calibration_note(four, fonts=FONTS))
    _, shown = opened(calibration_note(five, fonts=FONTS))
    assert "Moins de 5 contrats comparables : rien n’est montré." in hidden
    assert "0,71" not in hidden
    assert "0,71" in shown


def test_a_note_without_its_optional_parts_still_stands() -> None:
    bare = replace(
        note_sample(),
        versions=(),
        formulas=(),
        achieved=None,
        globalisation=(),
        instrument="",
        duty="",
        about=(),
    )
    _, text = opened(calibration_note(bare, fonts=FONTS))
    assert "Aucune version n’est retenue" in text


def test_what_people_type_is_printed_never_run() -> None:
    note = note_sample()
    version = replace(note.versions[0], name=HOSTILE)
    papers = (
        opt_out(replace(opt_out_sample(), reasons=HOSTILE, contract=HOSTILE), fonts=FONTS),
        duty_answer(
            replace(duty_sample(), sentence=HOSTILE, facilitator=Contact(HOSTILE, LONG)),
            fonts=FONTS,
        ),
        calibration_note(
            replace(note, operation=HOSTILE, versions=(version,), globalisation=(HOSTILE,)),
            fonts=FONTS,
        ),
    )
    for paper in papers:
        _, text = opened(paper)
        assert '#read("/etc/passwd")' in text
        assert "*gras*" in text
        assert "root:" not in text


def test_the_same_paper_gives_the_same_file() -> None:
    assert duty_answer(duty_sample(), fonts=FONTS) == duty_answer(duty_sample(), fonts=FONTS)
    assert calibration_note(note_sample(), fonts=FONTS) == calibration_note(
        note_sample(), fonts=FONTS
    )


def test_an_estimate_that_cannot_be_made_says_why() -> None:
    unknown = Estimate(None, None, (), "La part de main-d’œuvre n’est pas connue.")
    _, text = opened(duty_answer(replace(duty_sample(), estimate=unknown), fonts=FONTS))
    assert "non connu" in text
    assert "La part de main-d’œuvre n’est pas connue." in text
