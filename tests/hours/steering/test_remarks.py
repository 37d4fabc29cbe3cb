"""A penalty beyond its contract, or before the notice it asks for, is said before recording it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.builders import DAY, World
from tests.hours.steering.steering_worlds import (
    AFTER,
    buyer_of,
    decided,
    reported,
    scoped,
    short_world,
    with_terms,
)

from coclause.clauses.models import Award
from coclause.core.actor import acting_as
from coclause.core.refusals import Conflict
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.hours.steering.deciding import decide
from coclause.hours.steering.remarks import (
    ToConfirm,
    mark_of,
    most_in_words,
    notice_remark,
    remarks_on,
)
from coclause.hours.steering.situations import Basis


@pytest.fixture
def world(db: None) -> World:
    return short_world()


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def penalty(
    report: ShortfallReport, amount: str | int, day: date = DAY, kind: str = "penalite"
) -> list[str]:
    """The remarks on a penalty about to be recorded."""
    decision = BuyerDecision(kind=kind, amount=Decimal(amount), decided_on=day)
    held = ShortfallReport.objects.select_related("award").get(pk=report.pk)
    return [plain(one) for one in remarks_on(held, decision)]


# --- the amount ---


@pytest.mark.parametrize("amount", ["28250", "28249.99", "1"])
def test_what_the_contract_gives_or_less_is_not_remarked(world: World, amount: str) -> None:
    with_terms(world, notice=False, notice_days=None)
    assert penalty(reported(world), amount) == []


def test_a_cent_more_than_the_contract_gives_is_said_with_the_figures(world: World) -> None:
    with_terms(world, notice=False, notice_days=None)
    assert penalty(reported(world), "28250.01") == [
        "Le contrat donnerait 28 250 € au plus, et cette pénalité est de 28 250,01 €, soit 0,01 €"
        " de plus. Article 8.2 du CCAP : 565 h × 50 € = 28 250 €."
    ]


def test_the_ceiling_of_the_contract_is_the_most_it_gives(world: World) -> None:
    with_terms(world, notice=False, notice_days=None, cap=Decimal(5000))
    made = reported(world)
    assert penalty(made, 5000) == []
    (said,) = penalty(made, 5001)
    assert "donnerait 5 000 € au plus" in said
    assert "Plafonnée à 5 000 €." in said


def test_a_contract_without_penalty_says_so_and_asks_for_no_notice(world: World) -> None:
    with_terms(world, unit="aucune", rate=None, notice_days=None)
    (said,) = penalty(reported(world), 100)
    assert "ne prévoit pas de pénalité, et celle-ci est de 100 €" in said


def test_terms_not_known_are_said_unknown_and_remark_nothing(world: World) -> None:
    made = reported(world)
    assert penalty(made, 1_000_000) == []
    assert notice_remark(made, DAY) == ""
    assert "n’est pas saisi" in most_in_words(made, DAY)


def test_an_amount_that_cannot_be_computed_remarks_only_what_bounds_it(world: World) -> None:
    facts = {"notice": False, "notice_days": None, "starts_on": date(2026, 2, 20)}
    with_terms(world, unit="jour", rate=Decimal(100), **facts)
    made = reported(world)
    assert penalty(made, 1_000_000) == []
    assert "n’est pas connu" in most_in_words(made, DAY)
    with_terms(world, unit="jour", rate=Decimal(100), cap=Decimal(3000), reason="Oubli", **facts)
    assert penalty(made, 3000) == []
    (said,) = penalty(made, 3001)
    assert said.endswith("Plafond du contrat : 3 000 €.")


def test_a_share_of_an_amount_not_known_still_bounds_nothing_less_than_the_hours(
    world: World,
) -> None:
    with_terms(world, notice=False, notice_days=None, cap_share=Decimal("0.05"))
    with acting_as("test", day=DAY):
        Award.objects.update(amount=None)
    made = reported(world)
    assert penalty(made, 28250) == []
    assert "donnerait 28 250 € au plus" in penalty(made, 28251)[0]
    with acting_as("test", day=DAY):
        Award.objects.update(amount=Decimal(100_000))
    assert "donnerait 5 000 € au plus" in penalty(made, 5001)[0]


def test_days_late_are_counted_to_the_day_of_the_decision(world: World) -> None:
    with_terms(world, unit="jour", rate=Decimal(100), notice=False, notice_days=None)
    made = reported(world, Basis.FINAL, AFTER)
    assert made.penalty["amount"] == "1200.00"
    later = AFTER + timedelta(8)
    assert penalty(made, 2000, later) == []
    assert "20 jours de retard × 100 € = 2 000 €" in penalty(made, 2001, later)[0]
    assert "donnerait 1 200 € au plus" in penalty(made, 2000, AFTER)[0]


# --- the notice ---


def test_a_notice_that_the_contract_asks_for_and_was_not_given_is_said(world: World) -> None:
    with_terms(world)
    made = reported(world)
    said = (
        "Le contrat prévoit une mise en demeure préalable de 15 jours, restée sans effet"
        " (article 8.2 du CCAP) : aucune n’est enregistrée."
    )
    assert penalty(made, 5000) == [said]
    assert plain(notice_remark(made, DAY)) == said
    assert len(penalty(made, 30_000)) == 2


@pytest.mark.parametrize(
    ("until", "last"),
    [(DAY + timedelta(20), DAY + timedelta(20)), (DAY + timedelta(3), DAY + timedelta(15))],
)
def test_a_penalty_waits_for_the_end_of_the_notice_and_of_the_contracts_delay(
    world: World, until: date, last: date
) -> None:
    with_terms(world)
    made = reported(world)
    decided(made, buyer_of(world), "mise_en_demeure", until=until)
    (said,) = penalty(made, 5000, last)
    assert f"celle du 24/11/2026 court jusqu’au {last:%d/%m/%Y}." in said
    assert penalty(made, 5000, last + timedelta(1)) == []


def test_a_contract_that_asks_for_no_notice_remarks_none(world: World) -> None:
    with_terms(world, notice=False, notice_days=None)
    made = reported(world)
    assert penalty(made, 5000) == []
    decided(made, buyer_of(world), "mise_en_demeure", until=DAY + timedelta(20))
    assert penalty(made, 5000, DAY + timedelta(1)) == []


def test_the_notice_of_a_report_replaced_since_still_counts(world: World) -> None:
    with_terms(world)
    buyer = buyer_of(world)
    decided(reported(world), buyer, "mise_en_demeure", until=DAY + timedelta(15))
    later = DAY + timedelta(20)
    again = reported(world, day=later)
    assert penalty(again, 5000, later) == []
    decided(again, buyer, "remise", later, reason="Rattrapé")
    third = reported(world, day=later + timedelta(1))
    assert "celle du" not in "".join(penalty(third, 5000, later + timedelta(1)))


def test_a_notice_followed_by_a_waiver_serves_no_other_report(world: World) -> None:
    with_terms(world)
    buyer, first = buyer_of(world), reported(world)
    decided(first, buyer, "mise_en_demeure", until=DAY + timedelta(15))
    later = DAY + timedelta(20)
    decided(first, buyer, "remise", later, reason="Rattrapé")
    (said,) = penalty(reported(world, day=later), 5000, later)
    assert "aucune n’est enregistrée" in said


@pytest.mark.parametrize("kind", ["remise", "sans_suite", "mise_en_demeure"])
def test_what_is_no_penalty_is_never_remarked(world: World, kind: str) -> None:
    with_terms(world, cap=Decimal(10))
    assert penalty(reported(world), 1_000_000, kind=kind) == []


# --- recording ---


def sent(report: ShortfallReport, user: Any, amount: int, confirmed: str) -> BuyerDecision:
    held = ShortfallReport.objects.select_related("clause__lot__contract__operation").get(
        pk=report.pk
    )
    decision = BuyerDecision(kind="penalite", decided_on=DAY, amount=Decimal(amount))
    with acting_as(user, day=DAY):
        return decide(scoped(user), held, decision, confirmed=confirmed)


def test_a_remark_is_confirmed_for_that_very_penalty_then_recorded(world: World) -> None:
    with_terms(world)
    buyer, made = buyer_of(world), reported(world)
    with pytest.raises(ToConfirm) as asked:
        sent(made, buyer, 30_000, "")
    assert len(asked.value.remarks) == 2
    with pytest.raises(ToConfirm):
        sent(made, buyer, 40_000, mark_of(asked.value.remarks))
    assert not BuyerDecision.objects.exists()
    kept = sent(made, buyer, 30_000, mark_of(asked.value.remarks))
    assert remarks_on(made, kept) == asked.value.remarks
    with pytest.raises(Conflict, match="déjà décidé"):
        sent(made, buyer, 40_000, "")


def test_terms_typed_after_a_decision_change_none_of_its_remarks(world: World) -> None:
    made = reported(world)
    kept = decided(made, buyer_of(world), "penalite", amount=Decimal(50_000))
    with_terms(world)
    assert remarks_on(made, kept) == []
    assert len(penalty(made, 50_000)) == 2
    for other in ("remise", "sans_suite"):
        kept.kind = other
        assert remarks_on(made, kept) == []
