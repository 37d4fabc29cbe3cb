"""What a contract's terms give: a wrong euro in a letter undoes the buyer's own penalty."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.attacks.test_attack_at_once import at_once, unexpected
from tests.builders import DAY, World

from coclause.clauses.choices import PenaltyUnit
from coclause.clauses.models import Clause, PenaltyTerms
from coclause.clauses.penalties import (
    NOT_RECORDED,
    cited,
    in_words,
    last_recorded,
    penalty_of,
    record_terms,
    terms_on,
    versions,
)
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry
from coclause.core.refusals import Conflict, Refused
from coclause.render.numbers import NO_BREAK

U = PenaltyUnit
SIGNED = date(2026, 2, 20)


def terms(unit: str = U.HOUR, rate: str | None = "50", **facts: Any) -> PenaltyTerms:
    return PenaltyTerms(
        **{
            "unit": unit,
            "rate": None if rate is None else Decimal(rate),
            "article": "Article 8.2 du CCAP",
            "starts_on": SIGNED,
            **facts,
        }
    )


def given(
    found: PenaltyTerms | None,
    missing: str = "230",
    committed: str | None = "1240",
    amount: str | None = "100000",
    late: int | None = None,
) -> tuple[Decimal | None, str]:
    penalty = penalty_of(
        found,
        Decimal(missing),
        None if committed is None else Decimal(committed),
        None if amount is None else Decimal(amount),
        late,
    )
    return penalty.amount, " ".join(penalty.why).replace("\u202f", " ").replace(NO_BREAK, " ")


def test_by_hour_each_missing_hour_counts() -> None:
    told = "Article 8.2 du CCAP : 230 h × 50 € = 11 500 €."
    assert given(terms()) == (Decimal(11500), told)
    assert given(terms(rate="16.335"), "0.5")[0] == Decimal("8.17")


def test_a_share_follows_the_missing_part_of_the_commitment() -> None:
    amount, why = given(terms(U.SHARE, "0.02"), "310")
    assert amount == Decimal(500)
    assert "2,00 % de 100 000 € HT × 310 h manquantes sur 1 240 h = 500 €" in why


def test_a_fixed_sum_is_the_same_whatever_is_missing() -> None:
    assert given(terms(U.FIXED, "1500"), "1")[0] == given(terms(U.FIXED, "1500"))[0] == 1500


def test_days_late_are_counted_once_execution_is_over() -> None:
    assert given(terms(U.DAY, "100"), late=12)[0] == 1200
    amount, why = given(terms(U.DAY, "100"))
    assert amount is None
    assert "l’exécution n’est pas finie" in why


@pytest.mark.parametrize(
    ("facts", "amount", "expected"),
    [
        ({"cap": Decimal(10000)}, "100000", Decimal(10000)),
        ({"cap": Decimal(20000)}, "100000", Decimal(11500)),
        ({"cap_share": Decimal("0.05")}, "100000", Decimal(5000)),
        ({"cap_share": Decimal("0.05"), "cap": Decimal(4000)}, "100000", Decimal(4000)),
        ({"cap_share": Decimal("0.05"), "cap": Decimal(6000)}, "100000", Decimal(5000)),
        ({"cap_share": Decimal("0.05")}, None, None),
        ({"cap_share": Decimal("0.1235")}, "33333.33", Decimal("4116.67")),
    ],
)
def test_caps_hold_and_an_unknown_one_leaves_the_sum_unknown(
    facts: dict[str, Any], amount: str | None, expected: Decimal | None
) -> None:
    found, why = given(terms(**facts), amount=amount)
    assert found == expected
    assert expected is not None or "n’est pas connu" in why
    assert expected in (None, Decimal(11500)) or "Plafonnée" in why


@pytest.mark.parametrize(("committed", "amount"), [(None, "1000"), ("0", "1000"), ("1240", None)])
def test_a_share_of_something_unknown_is_unknown(committed: str | None, amount: str | None) -> None:
    found, why = given(terms(U.SHARE, "0.02"), committed=committed, amount=amount)
    assert found is None
    assert "n’est pas connu" in why


def test_nothing_recorded_is_not_nothing_due() -> None:
    assert given(None) == (None, NOT_RECORDED)
    amount, why = given(terms(U.NONE, None))
    assert amount == 0
    assert "le contrat n’en prévoit pas" in why
    assert given(terms(), "0") == (Decimal(0), "Aucune heure ne manque.")
    assert given(terms(U.FIXED, "1500"), "-12")[0] == 0


def test_terms_are_told_in_the_words_of_the_contract() -> None:
    told = [
        in_words(found).replace("\u202f", " ").replace(NO_BREAK, " ")
        for found in (
            terms(),
            terms(rate="16.5"),
            terms(U.SHARE, "0.02"),
            terms(U.FIXED, "1500"),
            terms(U.DAY, "100"),
            terms(U.NONE, None, article=""),
        )
    ]
    assert told == [
        "50 € par heure d’insertion non réalisée, article 8.2 du CCAP",
        "16,50 € par heure d’insertion non réalisée, article 8.2 du CCAP",
        "2,00 % du montant du marché, au prorata des heures manquantes, article 8.2 du CCAP",
        "1 500 € au forfait, quel que soit le manque, article 8.2 du CCAP",
        "100 € par jour de retard, article 8.2 du CCAP",
        "le contrat n’en prévoit pas",
    ]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("L’article 8.2 du CCAP", "article 8.2 du CCAP"),
        ("l'Article  8.2", "article 8.2"),
        ("ARTICLE 12", "article 12"),
        ("8.2 du CCAP", "8.2 du CCAP"),
        (" CCAP, page 12 ", "CCAP, page 12"),
        ("", ""),
    ],
)
def test_an_article_is_named_alike_however_it_was_typed(typed: str, named: str) -> None:
    assert cited(typed) == named


def keep(world: World, found: PenaltyTerms, seen: int | None = None) -> PenaltyTerms:
    with acting_as(world.facilitator, day=DAY):
        return record_terms(world.scope, Clause.objects.get(), found, seen=seen)


@pytest.mark.django_db
def test_terms_of_a_day_are_the_last_ones_begun() -> None:
    world = builders.world()
    first = keep(world, terms())
    later = keep(world, terms(rate="60", starts_on=date(2026, 12, 1), reason="Avenant n° 1"))
    assert terms_on(world.clause, date(2026, 2, 19)) is None
    assert terms_on(world.clause, DAY) == first
    assert terms_on(world.clause, date(2026, 12, 1)) == later
    corrected = keep(world, terms(rate="55", reason="Erreur de saisie"))
    assert terms_on(world.clause, DAY) == corrected
    assert list(versions(world.clause)) == [later, corrected, first]
    told = JournalEntry.objects.filter(verb="penalty.recorded")
    assert told.count() == 3
    assert f"clause:{world.clause.pk}" in told[0].subjects


@pytest.mark.django_db
@pytest.mark.parametrize(
    "found",
    [
        terms(rate=None),
        terms(rate="0"),
        terms(U.SHARE, "1.5"),
        terms(U.NONE, None, cap=Decimal(10)),
        terms(notice=False, notice_days=15),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_words(found: PenaltyTerms) -> None:
    with pytest.raises(Refused):
        keep(builders.world(), found)
    assert not PenaltyTerms.objects.exists()


@pytest.mark.django_db
def test_a_change_says_why() -> None:
    world = builders.world()
    keep(world, terms())
    with pytest.raises(Refused, match="pourquoi"):
        keep(world, terms(rate="60"))


@pytest.mark.django_db
def test_only_the_referent_types_them() -> None:
    world = builders.world()
    other = builders.world("Mont-Rêvé")
    with pytest.raises(PermissionDenied), acting_as(other.facilitator, day=DAY):
        record_terms(other.scope, world.clause, terms())


def test_of_two_people_at_once_one_is_told_to_read_again(committed_db: object) -> None:
    world = builders.world()

    def typed(one: World) -> object:
        return record_terms(one.scope, Clause.objects.get(), terms(), seen=0)

    answers = at_once(world, typed, typed)
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert last_recorded(world.clause) == PenaltyTerms.objects.get().pk
