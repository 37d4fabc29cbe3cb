"""Instruments: a first one to examine, with its reasons; nobody decides for the buyer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.law.cases import CaseError
from coclause.law.instruments import Facts, Recommendation, recommend

DAY = date(2026, 10, 1)
FACTS = Facts("marche", DAY, 800, 12, "low", 5, Decimal("0.1"))


def told(found: Recommendation) -> str:
    """Every sentence of the recommendation itself."""
    return " ".join(reason.sentence for reason in found.reasons)


@pytest.mark.parametrize(
    ("change", "instrument"),
    [
        ({}, "condition_execution"),
        ({"hours": Decimal("34.99")}, "globaliser"),
        ({"hours": 35}, "condition_execution"),
        ({"hours": None}, "condition_execution"),
        ({"months": Decimal("1.9")}, "aucune"),
        ({"months": 2}, "condition_execution"),
        ({"technicity": "medium"}, "condition_execution"),
        ({"technicity": "high"}, "aucune"),
        ({"suppliers": 0}, "aucune"),
        ({"suppliers": 1}, "condition_execution"),
        ({"suppliers": 10}, "condition_execution"),
        ({"suppliers": 11}, "reserve"),
        ({"suppliers": 31}, "reserve"),
        ({"suppliers": None}, "condition_execution"),
        ({"insertion_is_object": True}, "marche_insertion"),
        ({"insertion_is_object": True, "contract": "concession"}, "condition_execution"),
        ({"contract": "concession", "suppliers": 11}, "condition_execution"),
        ({"contract": "concession", "suppliers": 31}, "reserve"),
        ({"contract": "prive", "suppliers": 31}, "condition_execution"),
    ],
)
def test_what_to_examine_first(change: dict[str, Any], instrument: str) -> None:
    found = recommend(replace(FACTS, **change))
    assert found.instrument == instrument
    assert found.instrument not in {one.instrument for one in found.alternatives}


def test_the_whole_contract_needs_a_known_dependency() -> None:
    """Reserving everything could drown the suppliers it means to help."""
    whole = recommend(replace(FACTS, suppliers=31))
    assert "réserver le contrat est à examiner" in told(whole)
    for dependency in (None, Decimal("0.3")):
        found = recommend(replace(FACTS, suppliers=31, dependency=dependency))
        assert "réserver un lot est à examiner" in told(found)
        assert ("n’est pas proposé sans elle" in told(found)) == (dependency is None)


def test_what_is_not_known_is_said() -> None:
    found = recommend(Facts("marche", DAY, insertion_is_object=None))
    unknown = [reason for reason in found.reasons if reason.kind == "unknown"]
    assert len(unknown) == 6
    assert "marche_insertion" in {one.instrument for one in found.alternatives}


def test_a_concession_is_reserved_under_its_own_articles() -> None:
    """The two kinds of suppliers may be cumulated for a marché, not for a concession."""
    marche = recommend(replace(FACTS, suppliers=31))
    concession = recommend(replace(FACTS, suppliers=31, contract="concession"))
    assert {"L2113-12", "L2113-13", "L2113-14", "R2113-7"} <= set(marche.articles)
    assert {"L3113-1", "L3113-2", "L3113-3", "R3113-1"} <= set(concession.articles)
    assert not set(marche.articles) & set(concession.articles)


def test_the_social_economy_only_for_social_services() -> None:
    plain = recommend(replace(FACTS, suppliers=31))
    social = recommend(replace(FACTS, suppliers=31, social_services=True))
    assert "L2113-15" not in plain.articles
    assert {"L2113-15", "L2113-16"} <= set(social.articles)
    assert "trois ans au plus" in told(social)


def test_a_private_contract_cites_no_article_of_the_code() -> None:
    found = recommend(replace(FACTS, contract="prive"))
    assert found.articles == ()
    assert not any(one.articles for one in found.alternatives)
    assert "reserve" not in {one.instrument for one in found.alternatives}


@given(
    st.builds(
        Facts,
        contract=st.sampled_from(("marche", "concession", "prive")),
        day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        hours=st.none() | st.integers(0, 10**6),
        months=st.none() | st.integers(0, 120),
        technicity=st.sampled_from((None, "low", "medium", "high")),
        suppliers=st.none() | st.integers(0, 100),
        dependency=st.none() | st.decimals(0, 1, places=2),
        insertion_is_object=st.sampled_from((None, False, True)),
        social_services=st.booleans(),
    )
)
def test_it_never_decides_for_the_buyer(facts: Facts) -> None:
    found = recommend(facts)
    assert "vous décidez" in told(found)
    assert len(found.reasons) >= 2
    assert all(one.reasons for one in found.alternatives)
    assert found.text_date == date(2026, 9, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"hours": -1},
        {"months": Decimal("NaN")},
        {"suppliers": -3},
        {"dependency": Decimal("1.2")},
        {"technicity": "inconnue"},
        {"contract": "bail"},
    ],
)
def test_absurd_facts_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CaseError, match=" : "):
        replace(FACTS, **change)
