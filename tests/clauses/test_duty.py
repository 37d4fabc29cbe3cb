"""What the law answers from what a contract records: every possibility examined, none guessed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests import builders
from tests.builders import World

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.clauses.duty import LAW_BUYERS, Need, answer, buyers_of, need_of, told
from coclause.organisations.choices import BuyerKind


@pytest.fixture
def world() -> World:
    return builders.world()


NEED = Need(
    kind=ContractKind.MARCHE,
    market_type=MarketType.SERVICES,
    buyers=(LawBuyer.AUTHORITY,),
    value=Decimal(216_000),
    months=24,
    days=(date(2027, 1, 12),),
)


def test_an_intellectual_service_is_a_service_to_the_law() -> None:
    study = replace(NEED, market_type=MarketType.INTELLECTUAL)
    assert (answer(study).duty, answer(study).threshold) == ("due", 216_000)


def test_a_buyer_of_unknown_category_is_answered_where_every_category_agrees() -> None:
    """140 000 € for the State, 216 000 € for others, 432 000 € for entities."""
    anybody = replace(NEED, buyers=buyers_of(""))
    assert answer(replace(anybody, value=Decimal(139_999))).duty == "not_due"
    assert answer(replace(anybody, value=Decimal(432_000))).duty == "due"
    between = answer(anybody)
    assert (between.duty, between.threshold, between.exemptions) == ("unknown", None, ())
    assert "catégorie de l’acheteur" in between.reasons[0].text


def test_the_threshold_is_not_named_when_it_depends_on_the_category() -> None:
    assert answer(replace(NEED, buyers=buyers_of(""), value=Decimal(432_000))).threshold is None


def test_no_category_is_lent_to_a_buyer_who_did_not_say_it() -> None:
    """Reasons that name the State, or the place where authorities keep their reasons, would be
    wrong in the file of a contracting entity.
    """
    anybody = replace(NEED, buyers=buyers_of(""), value=Decimal(432_000))
    found = answer(anybody)
    assert "432 000" in found.reasons[0].text.replace("\u202f", " ").replace("\xa0", " ")
    assert "ne change pas la réponse" in found.reasons[1].text
    assert found.keep_reasons is not None
    assert "Entité adjudicatrice : " in found.keep_reasons.text
    assert "Pouvoir adjudicateur : " in found.keep_reasons.text
    assert found.keep_reasons.articles == ("L2112-2-1, III", "L2184-1")
    under = answer(replace(anybody, value=Decimal(139_999)))
    assert "140 000" in under.reasons[0].text.replace("\u202f", " ").replace("\xa0", " ")
    works = replace(anybody, market_type=MarketType.WORKS, value=Decimal(6_000_000))
    kept = answer(works).keep_reasons
    assert answer(works).threshold == 5_404_000
    assert kept is not None
    assert "Entité adjudicatrice" in kept.text
    authorities = replace(works, buyers=(LawBuyer.STATE, LawBuyer.AUTHORITY))
    alone = answer(authorities).keep_reasons
    assert alone is not None
    assert "Entité" not in alone.text
    concession = replace(works, kind=ContractKind.CONCESSION, market_type=MarketType.CONCESSION)
    same = answer(concession).keep_reasons
    assert same is not None
    assert same.articles == ("L3114-2-1, III",)


def test_a_period_is_answered_when_both_ends_agree_and_unknown_when_they_do_not() -> None:
    works = replace(NEED, market_type=MarketType.WORKS, value=Decimal(6_000_000))
    during = replace(works, days=(date(2027, 7, 1), date(2027, 9, 30)))
    across = replace(works, days=(date(2026, 7, 1), date(2026, 9, 30)))
    beyond = replace(works, days=(date(2027, 10, 1), date(2028, 3, 31)))
    assert [answer(one).duty for one in (during, across, beyond)] == ["due", "unknown", "unknown"]


def test_without_a_day_nothing_is_said_but_of_a_private_contract() -> None:
    undated = replace(NEED, days=())
    assert answer(undated).duty == "unknown"
    assert "date d’envoi" in answer(undated).reasons[0].text
    assert answer(replace(undated, kind=ContractKind.PRIVATE)).duty == "not_due"


@pytest.mark.parametrize("kind", [k for k in BuyerKind if k not in LAW_BUYERS])
def test_a_kind_that_says_nothing_leaves_every_category_open(kind: BuyerKind) -> None:
    assert len(buyers_of("", kind)) == 3


@pytest.mark.django_db
def test_a_contract_notified_before_the_duty_was_advertised_before_it(world: World) -> None:
    """Old contracts are not all "unknown" for want of a date that nobody will look up."""
    contract = world.lot.contract
    assert contract.notice_on is None
    found = answer(need_of(contract))
    assert found.duty == "not_due"
    assert any("précède la notification" in reason.text for reason in found.reasons)
    contract.notified_on = date(2026, 8, 22)
    assert answer(need_of(contract)).duty == "unknown"


@pytest.mark.django_db
def test_an_amount_stands_in_for_an_estimate_and_is_said_to(world: World) -> None:
    contract = world.lot.contract
    contract.notice_on, contract.amount = date(2027, 1, 12), Decimal(5_404_000)
    presumed = answer(need_of(contract))
    assert presumed.duty == "due"
    assert presumed.reasons[-1].kind == "unknown"
    contract.estimated_value = Decimal(5_403_999)
    known = answer(need_of(contract))
    assert known.duty == "not_due"
    assert not any("présumé" in reason.text for reason in known.reasons)


def test_what_is_kept_is_plain_data_with_the_date_of_the_texts() -> None:
    kept = told(answer(NEED))
    assert kept["duty"] == "due"
    assert kept["text_date"] == answer(NEED).text_date.isoformat()
    assert kept["reasons"][0]["articles"]
