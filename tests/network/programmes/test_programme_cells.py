"""What buyers write in a cell is read as they mean it, or said not to be."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.network.programmes.reader import amounts, durations
from coclause.network.programmes.reader.amounts import AmountUnit, parse_amount
from coclause.network.programmes.reader.durations import parse_duration
from coclause.network.programmes.reader.kinds import (
    Kind,
    Nature,
    parse_boolean,
    parse_framework,
    parse_kind,
    parse_nature,
    presumed_kind,
)
from coclause.network.programmes.reader.places import (
    lot_in,
    parse_cpv,
    parse_lot,
    parse_place,
    parse_reference,
)
from coclause.render.numbers import euros
from coclause.tables.cells import Parsed, as_code, as_text
from coclause.tables.windows import parse_window


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,2 M€", 1_200_000), ("1.2M", 1_200_000), ("1,2 M", 1_200_000), ("1.2 ME", 1_200_000),
        ("1,5 million d’euros", 1_500_000), ("2 Md€", 2_000_000_000), ("150 k€", 150_000),
        ("150K€ HT", 150_000), ("25K", 25_000), ("120 000 € HT", 120_000),
        ("120.000,00", 120_000), ("1 200 000", 1_200_000), ("1\u202f200\u202f000 €", 1_200_000),
        ("1\u00a0200\u00a0000\u00a0€", 1_200_000), ("1’200’000", 1_200_000), ("40000€", 40_000),
        ("environ 90 000 euros", 90_000), ("100 000 € HT sur 4 ans", 100_000),
        (215000.0, 215_000), (90000, 90_000),
    ],
)  # fmt: skip
def test_usual_amounts_are_read_without_a_doubt(written: str | float, value: int) -> None:
    assert parse_amount(written) == Parsed(Decimal(value).quantize(Decimal("0.01")))


@pytest.mark.parametrize(
    ("written", "value", "said"),
    [
        ("90 000 à 120 000 €", 120_000, "fourchette"),
        ("90-120 k€", 120_000, "fourchette"),
        ("entre 1 et 2 M€", 2_000_000, "fourchette"),
        ("min 10 000 max 90 000", 90_000, "fourchette"),
        ("≥ 40 000", 40_000, "minimum"),
        ("< 90 000", 90_000, "plafond"),
        ("120.000", 120_000, "milliers"),
        ("120 000 (voir DGS)", 120_000, "seul le montant"),
        ("40 000 € TTC", None, "TTC"),
        ("40000€TTC", None, "TTC"),
        ("NC", None, "inconnu"),
        ("à définir", None, "inconnu"),
        ("-5", None, "négatif"),
        (-5.0, None, "négatif"),
        (0, None, "nul"),
        ("12 M€/an", None, "durée n’est pas connue"),
        ("2 x 50 000", None, "plusieurs nombres"),
        ("12 34", None, "plusieurs nombres"),
        ("3 lots", None, "ne se lit pas"),
        ("voir budget", None, "ne se lit pas"),
        (1e15, None, "vérifiez"),
        (float("nan"), None, "pas un montant"),
        (date(2027, 1, 1), None, "pas un montant"),
    ],
)
def test_an_amount_that_leaves_a_doubt_says_it(
    written: str | float | date, value: int | None, said: str
) -> None:
    read = parse_amount(written)
    assert read.value == value
    assert said in " ".join(read.doubts)


def test_a_yearly_amount_is_counted_over_the_duration_and_it_is_said() -> None:
    read = parse_amount("12 M€/an", months=48)
    assert read.value == 48_000_000
    assert "48 mois" in read.doubts[0]


def test_headers_carry_units() -> None:
    assert amounts.unit_of_header("Montant (k€ HT)") == AmountUnit(Decimal(1000))
    assert amounts.unit_of_header("Montant annuel TTC") == AmountUnit(taxed=True, yearly=True)
    assert parse_amount(150, amounts.unit_of_header("En K€")).value == 150_000
    assert parse_amount("150 000 €", amounts.unit_of_header("Montant TTC")).value is None
    assert durations.unit_of_header("Durée (en années)") == "an"
    assert durations.unit_of_header("Durée") is None


@given(st.decimals(min_value="0.01", max_value=9_999_999_999, places=2))
def test_amounts_come_back_from_the_usual_french_writings(value: Decimal) -> None:
    shown = euros(value, cents=True)
    plain = shown.removesuffix("\u00a0€")
    for written in (shown, plain, plain.replace("\u202f", " "), plain.replace("\u202f", "."),
                    f"{plain} € HT", str(value).replace(".", ",") + " €"):  # fmt: skip
        assert parse_amount(written).value == value, written


@pytest.mark.parametrize(
    ("written", "months", "said"),
    [
        ("12 mois", 12, ""),
        ("3 ans", 36, ""),
        ("4 ans maximum", 48, ""),
        ("01/2027-12/2028", 24, ""),
        ("du 01/03/2027 au 31/12/2027", 10, ""),
        ("1 an renouvelable 3 fois soit 4 ans", 48, ""),
        ("48 mois (12 mois reconductible 3 fois)", 48, ""),
        ("36 mois dont 12 mois de garantie", 36, ""),
        ("1 an renouvelable 3 fois", 48, "3 reconductions"),
        ("un an, reconductible tacitement trois fois", 48, "3 reconductions"),
        ("1 an + 3 reconductions", 48, "3 reconductions"),
        ("2 ans + 2 x 1 an", 48, "en entier"),
        ("12 mois reconductible 3 fois 12 mois", 48, "en entier"),
        ("2 ans (+ 2 ans)", 48, "en entier"),
        ("1 an reconductible", 12, "n’est pas écrit"),
        ("24", 24, "lu en mois"),
        (24.0, 24, "lu en mois"),
        ("6 semaines", 2, "arrondi"),
        ("ponctuel", None, "ne se lit pas"),
        ("0 mois", None, "ne se lit pas"),
        ("900 ans", None, "pas possible"),
        (-3, None, "pas possible"),
    ],
)
def test_durations_count_their_renewals(
    written: str | float, months: int | None, said: str
) -> None:
    read = parse_duration(written)
    assert read.value == months
    assert said in " ".join(read.doubts)
    assert bool(said) == bool(read.doubts)


def test_a_bare_duration_follows_the_unit_of_its_header() -> None:
    assert parse_duration(4.0, "an") == Parsed(48)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("T3 2027", date(2027, 7, 1), date(2027, 9, 30)),
        ("3e trimestre 2027", date(2027, 7, 1), date(2027, 9, 30)),
        ("3ème trim. 27", date(2027, 7, 1), date(2027, 9, 30)),
        ("3T2027", date(2027, 7, 1), date(2027, 9, 30)),
        ("S1 2027", date(2027, 1, 1), date(2027, 6, 30)),
        ("janv. 2027", date(2027, 1, 1), date(2027, 1, 31)),
        ("mars-27", date(2027, 3, 1), date(2027, 3, 31)),
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        (2027.0, date(2027, 1, 1), date(2027, 12, 31)),
        ("15/03/2027", date(2027, 3, 15), date(2027, 3, 15)),
        ("15 mars 2027", date(2027, 3, 15), date(2027, 3, 15)),
        ("2027-03-15", date(2027, 3, 15), date(2027, 3, 15)),
        (date(2027, 3, 15), date(2027, 3, 15), date(2027, 3, 15)),
        ("fin 2026", date(2026, 10, 1), date(2026, 12, 31)),
        ("été 2027", date(2027, 6, 1), date(2027, 9, 30)),
        ("mars à juin 2027", date(2027, 3, 1), date(2027, 6, 30)),
        ("T4 2026 / T1 2027", date(2026, 10, 1), date(2027, 3, 31)),
        ("semaine 12 2027", date(2027, 3, 22), date(2027, 3, 28)),
        ("03/2027", date(2027, 3, 1), date(2027, 3, 31)),
        (46000.0, date(2025, 12, 9), date(2025, 12, 9)),
    ],
)
def test_dates_and_periods_keep_both_their_ends(
    written: str | float | date, first: date, last: date
) -> None:
    window = parse_window(written).value
    assert window is not None
    assert (window.first, window.last) == (first, last)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0202-03-01", "n’est pas possible"),
        (date(202, 3, 1), "n’est pas possible"),
        ("31/02/2027", "ne se lit pas"),
        ("03/15/2027", "ne se lit pas"),
        ("T5 2027", "ne se lit pas"),
        ("mars", "ne se lit pas"),
        ("juin à mars 2027", "finit avant"),
        ("à définir", "inconnue"),
    ],
)
def test_impossible_dates_are_said_and_left_unknown(written: str | date, said: str) -> None:
    read = parse_window(written)
    assert read.value is None
    assert said in read.doubts[0]


def test_a_period_without_its_year_takes_the_programme_s_and_says_it() -> None:
    read = parse_window("T3", year=2027)
    assert read.value is not None
    assert read.value.first == date(2027, 7, 1)
    assert "2027" in read.doubts[0]


def test_a_window_knows_whether_a_day_falls_inside() -> None:
    window = parse_window("T3 2026").value
    assert window is not None
    assert window.straddles(date(2026, 8, 22))
    assert not window.straddles(date(2026, 7, 1))
    assert not window.straddles(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Travaux", Kind.WORKS), ("TVX", Kind.WORKS), ("Trx", Kind.WORKS), ("T", Kind.WORKS),
        ("F", Kind.SUPPLIES), ("Fourniture", Kind.SUPPLIES), ("S", Kind.SERVICES),
        ("Fournitures et services", Kind.SERVICES), ("PI", Kind.INTELLECTUAL),
        ("Prestations intellectuelles", Kind.INTELLECTUAL), ("AMO", Kind.INTELLECTUAL),
        ("MOE", Kind.INTELLECTUAL), ("Maîtrise d’œuvre", Kind.INTELLECTUAL), ("bidule", None),
        ("travaux et services", None),
    ],
)  # fmt: skip
def test_types_as_buyers_shorten_them(written: str, kind: Kind | None) -> None:
    assert parse_kind(written).value == kind


def test_a_type_is_presumed_from_the_code_then_from_the_object_and_said() -> None:
    assert presumed_kind("Entretien", "45000000").value == Kind.WORKS
    assert presumed_kind("Maîtrise d’œuvre pour une école", None).value == Kind.INTELLECTUAL
    assert presumed_kind("Achat de mobilier", None).value == Kind.SUPPLIES
    nettoyage = presumed_kind("Nettoyage des locaux", None)
    assert nettoyage == Parsed(Kind.SERVICES, ("type présumé d’après l’objet : services.",))
    assert presumed_kind("Truc", None).value is None


def test_nature_framework_and_truths() -> None:
    assert parse_nature("DSP").value == Nature.CONCESSION
    assert parse_nature("Marché public").value == Nature.MARCHE
    assert parse_framework("AC à BC").value is True
    assert parse_framework("oui", "Accord-cadre").value is True
    assert parse_framework("oui", "Récurrence").value is None
    assert parse_boolean("x").value is True
    assert parse_boolean("peut-être").doubts


def test_codes_are_texts_and_keep_their_zeros() -> None:
    assert as_code(1000.0, 5) == "01000"
    assert as_text(21210231500017.0) == "21210231500017"
    assert parse_cpv("45000000-7").value == "45000000"
    assert parse_cpv(3000000.0).value == "03000000"
    assert parse_cpv("45.21") == Parsed("45210000", ("« 45.21 » est complété en 45210000.",))
    assert parse_cpv("bidule").value is None
    assert parse_reference(12.0) == "12"


def test_places_say_what_can_be_told_of_them() -> None:
    named = parse_place("21000 Montfictif").value
    assert named is not None
    assert (named.commune, named.postcode, named.several) == ("Montfictif", "21000", False)
    hinted = parse_place("Montfictif (21)").value
    assert hinted is not None
    assert (hinted.commune, hinted.department) == ("Montfictif", "21")
    for several in ("tout le département", "multi-sites", "Montfictif, Valfictif"):
        place = parse_place(several).value
        assert place is not None
        assert place.several
    coded = parse_place("Montfictif", 1000.0).value
    assert coded is not None
    assert coded.postcode == "01000"


def test_a_number_of_lots_is_not_a_lot() -> None:
    assert [parse_lot(text) for text in ("Lot n° 02 : CVC", 2.0, "A", "3 lots", "non")] == [
        "2", "2", "A", "", "",
    ]  # fmt: skip
    assert lot_in("École - LOT 3 : peinture") == "3"


CELLS = st.one_of(
    st.text(),
    st.text(alphabet="0123456789 ,.-/€kKmMTtSs2027anx+()àé\u202f’", max_size=40),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.none(),
)


@given(CELLS)
def test_no_parser_ever_fails(cell: str | float | bool | date | None) -> None:
    for parsed in (
        parse_amount(cell, months=12), parse_duration(cell), parse_window(cell, year=2027),
        parse_kind(cell), parse_nature(cell), parse_framework(cell), parse_boolean(cell),
        parse_place(cell, cell), parse_cpv(cell),
    ):  # fmt: skip
        assert all(sentence.endswith(".") for sentence in parsed.doubts)
    parse_lot(cell)
    parse_reference(cell)
    amount = parse_amount(cell).value
    assert amount is None or 0 < amount <= amounts.HIGHEST
