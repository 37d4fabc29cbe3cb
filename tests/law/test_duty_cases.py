"""The legal table: each case with the article that decides, beside a neighbour that flips it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from coclause.law.cases import Case
from coclause.law.duty import verdict

EVE, FIRST = date(2026, 8, 21), date(2026, 8, 22)
DAY = date(2026, 10, 1)
LAST, AFTER = date(2027, 12, 31), date(2028, 1, 1)
MARCHE, CONCESSION = "L2112-2-1", "L3114-2-1"
ALL_BUT_SHORT = ("immediately_available", "no_link", "competition_or_difficulty")
ALL = (*ALL_BUT_SHORT, "short_works")
CONCESSION_CASES = ("no_link", "competition_or_difficulty")


class Row(NamedTuple):
    """A case, its answer and article; what changes in the neighbour, and the neighbour's answer."""

    case: Case
    answer: Any
    article: str
    change: dict[str, Any]
    neighbour: Any


def a(contract: str, type_: str, buyer: str, value: object, day: date = DAY, **more: Any) -> Case:
    """A case, 12 months long unless told otherwise."""
    amount = None if value is None else Decimal(str(value))
    months = more.pop("months", 12)
    return Case(contract, type_, buyer, amount, months, day, **more)  # type: ignore[arg-type]


def euro(value: object) -> dict[str, Any]:
    """The neighbour's value."""
    return {"value": Decimal(str(value))}


ONE_EURO = [
    Row(a("marche", "services", "etat", 140_000), "due", MARCHE, euro(139_999), "not_due"),
    Row(a("marche", "fournitures", "etat", 140_000), "due", MARCHE, euro(139_999), "not_due"),
    Row(a("marche", "services", "collectivite", 216_000), "due", MARCHE, euro(215_999), "not_due"),
    Row(
        a("marche", "fournitures", "collectivite", 216_000), "due", MARCHE, euro(215_999), "not_due"
    ),
    Row(a("marche", "services", "entite", 432_000), "due", MARCHE, euro(431_999), "not_due"),
    Row(a("marche", "fournitures", "entite", 432_000), "due", MARCHE, euro(431_999), "not_due"),
    Row(a("marche", "travaux", "etat", 5_404_000), "due", MARCHE, euro(5_403_999), "not_due"),
    Row(
        a("marche", "travaux", "collectivite", 5_404_000), "due", MARCHE, euro(5_403_999), "not_due"
    ),
    Row(a("marche", "travaux", "entite", 5_404_000), "due", MARCHE, euro(5_403_999), "not_due"),
    Row(
        a("concession", "services", "etat", 5_404_000),
        "due",
        CONCESSION,
        euro(5_403_999),
        "not_due",
    ),
    Row(
        a("concession", "travaux", "collectivite", 5_404_000),
        "due",
        CONCESSION,
        euro(5_403_999),
        "not_due",
    ),
    Row(
        a("concession", "services", "entite", 5_404_000),
        "due",
        CONCESSION,
        euro(5_403_999),
        "not_due",
    ),
    # Below, and one cent below: "equal or above" is not "about".
    Row(a("marche", "services", "etat", 139_999), "not_due", MARCHE, euro(140_000), "due"),
    Row(a("marche", "services", "collectivite", 215_999), "not_due", MARCHE, euro(216_000), "due"),
    Row(a("marche", "services", "entite", 431_999), "not_due", MARCHE, euro(432_000), "due"),
    Row(a("marche", "travaux", "etat", 5_403_999), "not_due", MARCHE, euro(5_404_000), "due"),
    Row(a("marche", "services", "etat", "139999.99"), "not_due", MARCHE, euro("140000.00"), "due"),
    Row(
        a("concession", "services", "etat", "5403999.99"),
        "not_due",
        CONCESSION,
        euro(5_404_000),
        "due",
    ),
    # A framework counts for its maximum, whatever its orders.
    Row(
        a("marche", "services", "collectivite", 216_000, framework=True),
        "due",
        "R2121-8",
        euro(215_999),
        "not_due",
    ),
    Row(
        a("marche", "travaux", "etat", 5_403_999, framework=True),
        "not_due",
        "R2121-8",
        euro(5_404_000),
        "due",
    ),
    # The same in the second year of the period, and on its first day in force.
    Row(
        a("marche", "services", "collectivite", 216_000, date(2027, 6, 1)),
        "due",
        "R2121-6",
        euro(215_999),
        "not_due",
    ),
    Row(
        a("marche", "travaux", "entite", 5_404_000, date(2027, 6, 1)),
        "due",
        "R2121-5",
        euro(5_403_999),
        "not_due",
    ),
    Row(a("marche", "services", "etat", 140_000, FIRST), "due", MARCHE, euro(139_999), "not_due"),
    Row(
        a("concession", "services", "etat", 5_404_000, LAST),
        "due",
        CONCESSION,
        euro(5_403_999),
        "not_due",
    ),
    # A defence concession: both readings agree under the threshold, not above.
    Row(
        a("concession", "services", "etat", 5_404_000, defense=True),
        "unknown",
        CONCESSION,
        euro(5_403_999),
        "not_due",
    ),
    Row(
        a("concession", "travaux", "collectivite", 5_403_999, defense=True),
        "not_due",
        CONCESSION,
        euro(5_404_000),
        "unknown",
    ),
    # Not known whether it touches defence: the duty stands, the question is asked.
    Row(
        a("marche", "services", "etat", 140_000, defense=None),
        "due",
        "L2312-1",
        euro(139_999),
        "not_due",
    ),
    Row(
        a("concession", "services", "etat", 5_404_000, defense=None),
        "due",
        "L3114-2",
        euro(5_403_999),
        "not_due",
    ),
]

ONE_DAY = [
    Row(a("marche", "services", "etat", 140_000, FIRST), "due", MARCHE, {"day": EVE}, "not_due"),
    Row(
        a("marche", "services", "collectivite", 216_000, FIRST),
        "due",
        MARCHE,
        {"day": EVE},
        "not_due",
    ),
    Row(
        a("marche", "fournitures", "entite", 432_000, FIRST), "due", MARCHE, {"day": EVE}, "not_due"
    ),
    Row(a("marche", "travaux", "etat", 5_404_000, FIRST), "due", MARCHE, {"day": EVE}, "not_due"),
    Row(
        a("marche", "travaux", "collectivite", 90_000_000, FIRST),
        "due",
        MARCHE,
        {"day": EVE},
        "not_due",
    ),
    Row(
        a("concession", "services", "collectivite", 5_404_000, FIRST),
        "due",
        CONCESSION,
        {"day": EVE},
        "not_due",
    ),
    Row(a("marche", "services", "etat", 10**9, EVE), "not_due", "R2121-3", {"day": FIRST}, "due"),
    Row(
        a("concession", "travaux", "entite", 10**9, EVE),
        "not_due",
        CONCESSION,
        {"day": FIRST},
        "due",
    ),
    Row(
        a("concession", "services", "etat", 10**7, FIRST, defense=True),
        "unknown",
        "L3114-2",
        {"day": EVE},
        "not_due",
    ),
    Row(
        a("marche", "services", "collectivite", 10**6, FIRST, social_services=True),
        "unknown",
        MARCHE,
        {"day": EVE},
        "not_due",
    ),
    Row(a("marche", "services", "etat", None, FIRST), "unknown", MARCHE, {"day": EVE}, "not_due"),
    Row(
        a("concession", "services", "etat", None, FIRST),
        "unknown",
        CONCESSION,
        {"day": EVE},
        "not_due",
    ),
    # The last known threshold is never carried on.
    Row(a("marche", "services", "etat", 140_000, LAST), "due", MARCHE, {"day": AFTER}, "unknown"),
    Row(
        a("marche", "services", "collectivite", 216_000, LAST),
        "due",
        MARCHE,
        {"day": AFTER},
        "unknown",
    ),
    Row(
        a("marche", "fournitures", "entite", 432_000, LAST),
        "due",
        MARCHE,
        {"day": AFTER},
        "unknown",
    ),
    Row(a("marche", "travaux", "etat", 5_404_000, LAST), "due", MARCHE, {"day": AFTER}, "unknown"),
    Row(
        a("concession", "services", "etat", 5_404_000, LAST),
        "due",
        CONCESSION,
        {"day": AFTER},
        "unknown",
    ),
    Row(a("marche", "services", "etat", 10, AFTER), "unknown", MARCHE, {"day": LAST}, "not_due"),
    Row(
        a("concession", "services", "etat", 10, AFTER),
        "unknown",
        CONCESSION,
        {"day": LAST},
        "not_due",
    ),
]

ONE_FACT = [
    Row(
        a("marche", "services", "etat", 10**6, defense=True),
        "not_due",
        "L2312-1",
        {"defense": False},
        "due",
    ),
    Row(
        a("marche", "travaux", "etat", 10**7, AFTER, defense=True),
        "not_due",
        "L2312-1-1",
        {"defense": False},
        "unknown",
    ),
    Row(
        a("concession", "services", "etat", 10**7, defense=True),
        "unknown",
        CONCESSION,
        {"defense": False},
        "due",
    ),
    Row(
        a("prive", "travaux", "collectivite", 10**8),
        "not_due",
        MARCHE,
        {"contract": "marche"},
        "due",
    ),
    Row(
        a("prive", "services", "etat", 10**8, AFTER),
        "not_due",
        CONCESSION,
        {"contract": "concession"},
        "unknown",
    ),
    Row(
        a("marche", "services", "collectivite", 300_000, social_services=True),
        "unknown",
        MARCHE,
        {"social_services": False},
        "due",
    ),
    Row(
        a("marche", "services", "collectivite", None),
        "unknown",
        MARCHE,
        euro(216_000),
        "due",
    ),
    Row(
        a("marche", "services", "etat", 150_000),
        "due",
        MARCHE,
        {"buyer": "collectivite"},
        "not_due",
    ),
    Row(
        a("marche", "services", "collectivite", 300_000),
        "due",
        MARCHE,
        {"buyer": "entite"},
        "not_due",
    ),
    Row(
        a("marche", "services", "collectivite", 300_000),
        "due",
        MARCHE,
        {"type": "travaux"},
        "not_due",
    ),
]

OPENED = [
    Row(a("marche", "travaux", "etat", 10**7, months=5), ALL, MARCHE, {"months": 6}, ALL_BUT_SHORT),
    Row(
        a("marche", "travaux", "collectivite", 10**7, months=6),
        ALL_BUT_SHORT,
        MARCHE,
        {"months": 5},
        ALL,
    ),
    Row(
        a("marche", "travaux", "entite", 10**7, months=Decimal("5.9")),
        ALL,
        MARCHE,
        {"months": Decimal("6.0")},
        ALL_BUT_SHORT,
    ),
    Row(
        a("marche", "travaux", "etat", 10**7, months=None),
        ALL_BUT_SHORT,
        MARCHE,
        {"months": 5},
        ALL,
    ),
    Row(
        a("marche", "services", "etat", 10**7, months=5),
        ALL_BUT_SHORT,
        MARCHE,
        {"type": "travaux"},
        ALL,
    ),
    Row(
        a("marche", "fournitures", "etat", 10**7, months=1),
        ALL_BUT_SHORT,
        MARCHE,
        {"type": "travaux"},
        ALL,
    ),
    Row(
        a("concession", "travaux", "etat", 10**7, months=5),
        CONCESSION_CASES,
        CONCESSION,
        {"contract": "marche"},
        ALL,
    ),
    Row(
        a("concession", "services", "etat", 5_404_000),
        CONCESSION_CASES,
        CONCESSION,
        euro(5_403_999),
        (),
    ),
    Row(a("marche", "travaux", "etat", 5_404_000, months=5), ALL, MARCHE, euro(5_403_999), ()),
    Row(a("marche", "travaux", "etat", 10**7, FIRST, months=5), ALL, MARCHE, {"day": EVE}, ()),
    Row(a("marche", "travaux", "etat", 10**7, LAST, months=5), ALL, MARCHE, {"day": AFTER}, ()),
]


def identifier(row: Row) -> str:
    """How pytest names a row."""
    case = row.case
    return f"{case.contract}-{case.type}-{case.buyer}-{case.value}-{case.day}-{case.months}"


def test_the_table_is_long_enough() -> None:
    """Shortening it would hide what it no longer checks."""
    assert len(ONE_EURO + ONE_DAY + ONE_FACT + OPENED) >= 60


@pytest.mark.parametrize("row", [*ONE_EURO, *ONE_DAY, *ONE_FACT], ids=identifier)
def test_the_answer_and_its_article(row: Row) -> None:
    """A buyer would leave out a due condition, or fear one that is not."""
    found = verdict(row.case)
    assert (found.duty, row.article in found.articles) == (row.answer, True)
    beside = verdict(replace(row.case, **row.change))
    assert beside.duty == row.neighbour != row.answer
    assert beside.articles


@pytest.mark.parametrize("row", OPENED, ids=identifier)
def test_the_cases_that_may_be_invoked(row: Row) -> None:
    """An opt-out shown where the law gives none would be invoked in good faith."""
    found = verdict(row.case)
    assert (found.exemptions, row.article in found.articles) == (row.answer, True)
    assert verdict(replace(row.case, **row.change)).exemptions == row.neighbour != row.answer


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2019, 12, 31), (None,) * 5),
        (date(2020, 1, 1), (139_000, 214_000, 428_000, 5_350_000, 5_350_000)),
        (date(2021, 12, 31), (139_000, 214_000, 428_000, 5_350_000, 5_350_000)),
        (date(2022, 1, 1), (140_000, 215_000, 431_000, 5_382_000, 5_382_000)),
        (date(2023, 12, 31), (140_000, 215_000, 431_000, 5_382_000, 5_382_000)),
        (date(2024, 1, 1), (143_000, 221_000, 443_000, 5_538_000, 5_538_000)),
        (date(2025, 12, 31), (143_000, 221_000, 443_000, 5_538_000, 5_538_000)),
        (date(2026, 1, 1), (140_000, 216_000, 432_000, 5_404_000, 5_404_000)),
        (date(2027, 12, 31), (140_000, 216_000, 432_000, 5_404_000, 5_404_000)),
        (date(2028, 1, 1), (None,) * 5),
    ],
)
def test_the_threshold_of_the_day(day: date, known: tuple[int | None, ...]) -> None:
    """Every period begins on 1 January; none is known before 2020 nor after 2027."""
    cases = [
        a("marche", "services", "etat", 1, day),
        a("marche", "services", "collectivite", 1, day),
        a("marche", "fournitures", "entite", 1, day),
        a("marche", "travaux", "entite", 1, day),
        a("concession", "services", "etat", 1, day),
    ]
    assert tuple(verdict(case).threshold for case in cases) == known
