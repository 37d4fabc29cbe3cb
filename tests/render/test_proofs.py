"""Numbered documents on paper: whole, accessible, and safe whatever names they bear."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.render.papers import (
    FONTS,
    HOSTILE,
    LONG,
    alternatives,
    check_accessible,
    opened,
    scanned,
)

from coclause.render.numbers import hours, month_fr
from coclause.render.proofs import Bar, ProofDocument, Sentences, Table, as_data, proof

DAY = date(2026, 11, 24)


def sample(months: int = 3) -> ProofDocument:
    rows = [
        (month_fr(date(2023 + n // 12, n % 12 + 1, 1)), hours(n), hours(n)) for n in range(months)
    ]
    return ProofDocument(
        kind="Bilan intermédiaire",
        about="Médiathèque de Val-Fictif, lot 3",
        facts=(("Entreprise", LONG), ("Acheteur", "Ville de Val-Fictif"), ("SIRET", "")),
        headline="96 h validées sur 1 240 h engagées",
        sentence="Il manque 1 144 h à l’engagement.",
        parts=(
            Table("Heures par mois travaillé", ("Mois", "Validées", "Cumul"), rows),
            Table("Par nature", ("Nature", "Validées"), (), empty="Aucune heure validée."),
            Sentences("Ce qui s’est passé", ("Le 20/02/2026, lot attribué.",)),
        ),
        notes=("Une heure validée est une heure réalisée.",),
        issuer="Maison de l’emploi du Val-Fictif",
        author="Camille Exemple",
        day=DAY,
        bar=Bar(Decimal(96), Decimal(10), Decimal(700), Decimal(1240)),
        number="CC-2026-000123",
        code="7KQ2-ABCD-WXYZ-3456",
        address="https://coclause.exemple.test/verifier/",
        link="https://coclause.exemple.test/verifier/7KQ2-ABCD-WXYZ-3456/",
    )


def test_number_and_code_are_printed_on_a_tagged_document_in_french() -> None:
    reader, text = opened(proof(sample(), fonts=FONTS))
    check_accessible(reader)
    for words in (
        "CC-2026-000123",
        "7KQ2-ABCD-WXYZ-3456",
        "https://coclause.exemple.test/verifier/",
        "96 h validées sur 1 240 h engagées",
        "Aucune heure validée.",
        "Camille Exemple",
        "24/11/2026",
    ):
        assert words in text, words
    assert "remplace" not in text
    assert "SIRET" not in text


def test_the_code_is_on_each_page_of_forty_months() -> None:
    reader, text = opened(proof(sample(40), fonts=FONTS))
    assert len(reader.pages) > 1
    assert all("7KQ2-ABCD-WXYZ-3456" in page.extract_text() for page in reader.pages)
    assert all(f"{month_fr(date(2023 + n // 12, n % 12 + 1, 1))} {n} h" in text for n in range(40))


@pytest.mark.parametrize("months", [3, 40])
@pytest.mark.parametrize("site", ["coclause.exemple.test", f"clauses.{'longue-' * 12}.test"])
def test_a_telephone_reads_the_address_that_a_screen_reader_says(site: str, months: int) -> None:
    link = f"https://{site}/verifier/7KQ2-ABCD-WXYZ-3456/"
    printed = proof(replace(sample(months), link=link), fonts=FONTS)
    reader, text = opened(printed)
    check_accessible(reader)
    assert scanned(printed) == [link]
    assert alternatives(reader) == [f"Code QR, qui ouvre {link}"]
    assert "scannez le code QR, ou tapez ce code sur" in text


def test_a_version_names_the_one_that_it_replaces() -> None:
    second = replace(sample(), version=2, replaces="n° CC-2026-000012 du 03/11/2026")
    _, text = opened(proof(second, fonts=FONTS))
    assert "2, qui remplace le document n° CC-2026-000012 du 03/11/2026" in text


def test_hostile_and_long_names_are_printed_as_they_are() -> None:
    hostile = replace(
        sample(),
        about=HOSTILE,
        facts=(("Entreprise", HOSTILE), ("Lot", LONG * 3)),
        parts=(Table(HOSTILE, ("Qui", LONG, "Heures"), ((HOSTILE, LONG, "3 h"),), texts=2),),
        notes=(HOSTILE,),
    )
    reader, text = opened(proof(hostile, fonts=FONTS))
    check_accessible(reader)
    assert '#read("/etc/passwd")' in text
    assert "root:" not in text


@pytest.mark.parametrize(
    ("bar", "committed"),
    [
        (Bar(Decimal(0), Decimal(0), None, None), None),
        (Bar(Decimal(1500), Decimal(0), Decimal(1240), Decimal(1240)), 1240 / 1500),
    ],
)
def test_a_bar_holds_nothing_and_more_than_everything(bar: Bar, committed: float | None) -> None:
    drawn = as_data(replace(sample(), bar=bar))["bar"]
    assert drawn["committed"] == committed
    assert all(value is None or 0 <= value <= 1 for value in drawn.values())
    assert proof(replace(sample(), bar=bar), fonts=FONTS)
