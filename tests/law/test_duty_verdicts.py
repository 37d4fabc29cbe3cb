"""The duty: what a verdict always says, whatever the case, and what an opt-out requires."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coclause.law.cases import Case, CaseError, Verdict
from coclause.law.duty import ExemptionError, verdict, with_exemption
from coclause.law.instruments import smaller_conditions

DAY = date(2026, 10, 1)
MARCHE = Case("marche", "services", "collectivite", Decimal(300_000), 12, DAY)
CONCESSION = Case("concession", "services", "collectivite", Decimal(6_000_000), 120, DAY)
STRENGTH = {"not_due": 0, "unknown": 1, "due": 2}
OUR_WORDS = "Le fournisseur unique livre déjà ce logiciel."

values = st.decimals(0, 10**9, places=2)
cases = st.builds(
    Case,
    contract=st.sampled_from(("marche", "concession", "prive")),
    type=st.sampled_from(("travaux", "fournitures", "services")),
    buyer=st.sampled_from(("etat", "collectivite", "entite")),
    value=st.none() | values,
    months=st.none() | st.integers(1, 1200) | st.decimals("0.1", 1200, places=1),
    day=st.dates(date(2019, 1, 1), date(2030, 12, 31)),
    defense=st.sampled_from((None, False, True)),
    framework=st.booleans(),
    social_services=st.booleans(),
)


def texts(found: Verdict) -> str:
    """Every sentence of a verdict."""
    return " ".join(reason.sentence for reason in found.reasons)


@given(cases, values)
def test_a_higher_value_never_removes_the_duty(case: Case, more: Decimal) -> None:
    """Otherwise a buyer would inflate an estimate to escape."""
    if case.value is None:
        return
    higher = replace(case, value=case.value + more)
    assert STRENGTH[verdict(higher).duty] >= STRENGTH[verdict(case).duty]


@given(cases)
def test_every_verdict_cites_dates_and_explains(case: Case) -> None:
    """An answer without article or date cannot go into a file."""
    found = verdict(case)
    assert found.articles
    assert found.reasons
    assert found.text_date == date(2026, 9, 1)
    assert "printemps 2026" in found.text_note
    assert all(re.fullmatch(r"[LRD]\d{4}-\d+(-\d+)*", article) for article in found.articles)
    assert bool(found.keep_reasons) == (found.duty == "due")
    assert bool(found.exemptions) == (found.duty == "due")


@given(cases)
def test_not_knowing_the_value_is_said_unless_something_else_decides(case: Case) -> None:
    """An unknown value may never be answered by "due" or by a comparison."""
    found = verdict(replace(case, value=None))
    assert found.duty in {"unknown", "not_due"}
    if found.duty == "not_due":
        assert all(
            verdict(replace(case, value=Decimal(value))).duty == "not_due" for value in (0, 10**12)
        )


@pytest.mark.shared_data
def test_every_article_cited_exists_in_the_texts() -> None:
    """A mistyped article would be looked up in vain by the buyer's lawyer."""
    extracts = Path(__file__).resolve().parents[3] / "shared/data/legal"
    files = list(extracts.glob("ccp_extraits_*.md"))
    if not files:
        pytest.skip("the legal extracts are not there")
    existing = set(re.findall(r"## Article (\S+)", files[0].read_text(encoding="utf-8")))
    sources = Path(verdict.__code__.co_filename).parent
    cited = {
        article
        for path in [*sources.glob("*.py"), *sources.glob("data/*.toml")]
        for article in re.findall(r"\b[LRD]\d{4}-\d+(?:-\d+)*", path.read_text(encoding="utf-8"))
    }
    assert len(cited) > 25
    assert cited <= existing


def test_the_standing_notes_are_said_when_due() -> None:
    """Otherwise a buyer takes a criterion for an answer, or insertion for the only one."""
    for case in (MARCHE, CONCESSION):
        told = texts(verdict(case))
        assert "critère d’attribution social, seul, ne suffit pas" in told
        assert "Le texte ne dit pas qu’un contrat réservé répond" in told
        assert "pas la seule" in told
        assert "valeur de l’ensemble" in told


def test_a_defence_concession_gets_both_readings() -> None:
    """Choosing one of them would be legal advice."""
    found = verdict(replace(CONCESSION, defense=True))
    assert {reason.kind for reason in found.reasons[:3]} == {"yes", "no", "unknown"}
    assert "le texte : il ne prévoit aucune exclusion" in texts(found)
    assert "le ministère : il les dit exclues" in texts(found)


@pytest.mark.parametrize("case", [MARCHE, CONCESSION])
def test_defence_not_known_is_asked(case: Case) -> None:
    """The question would change the answer: it must not be silently taken as no."""
    asked = [
        reason
        for reason in verdict(replace(case, defense=None)).reasons
        if "défense ou de sécurité" in reason.text
    ]
    assert [reason.kind for reason in asked] == ["unknown"]


def test_works_of_unknown_duration_say_what_is_missing() -> None:
    """The buyer would not see that a shorter duration opens a case."""
    works = replace(MARCHE, type="travaux", value=Decimal(10**7), months=None)
    told = [reason for reason in verdict(works).reasons if "durée n’est pas connue" in reason.text]
    assert [(reason.kind, reason.articles) for reason in told] == [
        ("unknown", ("L2112-2-1, II, 4°",))
    ]
    assert "durée n’est pas connue" not in texts(verdict(replace(MARCHE, months=None)))


def test_the_eve_of_the_duty_says_what_the_day_after_gives() -> None:
    """The date is part of the answer: a notice sent a day later changes it."""
    eve = date(2026, 8, 21)
    assert "il serait soumis" in texts(verdict(replace(MARCHE, day=eve)))
    low = replace(MARCHE, value=Decimal(1_000), day=eve)
    assert "il ne serait pas soumis non plus" in texts(verdict(low))
    social = replace(MARCHE, social_services=True, day=eve)
    assert "la réponse ne serait pas connue" in texts(verdict(social))


def test_central_supplies_between_two_thresholds_carry_a_doubt() -> None:
    """Some supplies of central buyers in defence follow the higher threshold."""
    state = replace(MARCHE, buyer="etat", type="fournitures", value=Decimal(150_000))
    assert "certaines fournitures suivent un seuil" in texts(verdict(state))
    assert "certaines fournitures" not in texts(verdict(replace(state, value=Decimal(216_000))))


@pytest.mark.parametrize(
    ("case", "articles"),
    [
        (MARCHE, ("L2112-2-1, III", "L2184-1")),
        (replace(MARCHE, buyer="etat"), ("L2112-2-1, III", "L2184-1")),
        (replace(MARCHE, buyer="entite", value=Decimal(10**6)), ("L2112-2-1, III",)),
        (CONCESSION, ("L3114-2-1, III",)),
        (replace(CONCESSION, buyer="entite"), ("L3114-2-1, III",)),
    ],
)
def test_where_the_reason_is_kept(case: Case, articles: tuple[str, ...]) -> None:
    """A reason kept in the wrong place is a reason not given."""
    keep = verdict(case).keep_reasons
    assert keep is not None
    assert keep.articles == articles
    assert ("tout moyen approprié" in keep.text) == (len(articles) == 1)


def test_an_opt_out_keeps_the_words_of_the_buyer() -> None:
    """The register must hold what the buyer wrote, never a ready-made reason."""
    found = with_exemption(MARCHE, "immediately_available", f"  {OUR_WORDS}\n")
    assert found.duty == "exempt"
    assert f"« {OUR_WORDS} »" in texts(found)
    assert {"L2112-2-1", "L2184-1"} <= set(found.articles)
    assert found.threshold == verdict(MARCHE).threshold


@pytest.mark.parametrize(
    ("case", "code", "reason", "told"),
    [
        (MARCHE, "no_link", "", "motif"),
        (MARCHE, "no_link", " \t\u00a0\n", "motif"),
        (MARCHE, "no_link", "… - !", "motif"),
        (MARCHE, "urgence", OUR_WORDS, "« urgence » n’est pas un cas prévu"),
        (MARCHE, "short_works", OUR_WORDS, "marché de travaux"),
        (CONCESSION, "immediately_available", OUR_WORDS, "pas prévu pour une concession"),
        (CONCESSION, "short_works", OUR_WORDS, "pas prévu pour une concession"),
        (replace(MARCHE, value=Decimal(1)), "no_link", OUR_WORDS, "ne s’applique pas"),
        (replace(MARCHE, value=None), "no_link", OUR_WORDS, "n’est pas certaine"),
        (
            Case("marche", "travaux", "etat", Decimal(10**7), 6, DAY),
            "short_works",
            OUR_WORDS,
            "6 mois, ce n’est pas moins de 6 mois",
        ),
        (
            Case("marche", "travaux", "etat", Decimal(10**7), None, DAY),
            "short_works",
            OUR_WORDS,
            "durée n’est pas connue",
        ),
    ],
)
def test_an_opt_out_that_does_not_hold_is_refused(
    case: Case, code: str, reason: str, told: str
) -> None:
    """Accepted, it would leave the buyer with a file that does not stand."""
    with pytest.raises(ExemptionError, match=re.escape(told)):
        with_exemption(case, code, reason)


@pytest.mark.parametrize(
    "change",
    [
        {"value": Decimal("NaN")},
        {"value": Decimal("sNaN")},
        {"value": Decimal("Infinity")},
        {"value": Decimal("1e400")},
        {"value": Decimal("1e-400")},
        {"value": Decimal(-5)},
        {"months": 0},
        {"months": -1},
        {"months": 1201},
        {"contract": "bail"},
        {"type": "autre"},
        {"buyer": "region"},
    ],
)
def test_a_case_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    """A slip must be named, not compared with a threshold."""
    with pytest.raises(CaseError, match=" : "):
        replace(MARCHE, **change)


def test_smaller_conditions_come_with_the_articles_of_their_contract() -> None:
    """Shown before an opt-out: the buyer would otherwise think of insertion hours alone."""
    codes = {one.code for one in smaller_conditions(MARCHE)}
    assert codes == {
        "training",
        "disability",
        "equality",
        "working_conditions",
        "internship",
        "smaller_volume",
        "globalisation",
    }
    assert all("L2112-2-1" in one.articles for one in smaller_conditions(MARCHE))
    assert all("L3114-2-1" in one.articles for one in smaller_conditions(CONCESSION))
    assert not any(one.articles for one in smaller_conditions(replace(MARCHE, contract="prive")))
