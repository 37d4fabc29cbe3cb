"""Two people change the same award at the same moment: one wins, the other is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests import builders
from tests.attacks.test_attack_at_once import Act, at_once, unexpected
from tests.builders import DAY, World
from tests.clauses.groups_worlds import commitment_of, company, group_of, holder, second_contract

from coclause.clauses.choices import ANSWERABLE, Departure, MemberPart
from coclause.clauses.engaging import amend
from coclause.clauses.globalising import globalise, leave_globalisation
from coclause.clauses.groups import add_member, committed_in_hours, replace_holder, split
from coclause.clauses.models import (
    AwardMember,
    Globalisation,
    GlobalisedCommitment,
    Objective,
    Split,
    SplitPart,
)
from coclause.core.actor import acting_as
from coclause.core.refusals import Refused

pytestmark = pytest.mark.usefixtures("committed_db")
SOON = date(2026, 12, 1)


def replacing(world: World, name: str, on: date = SOON) -> Act:
    other, before = company(name), holder(world.award)
    return lambda w: replace_holder(
        w.scope,
        w.award,
        other,
        on=on,
        departure=Departure.TRANSFER,
        reason="Essai",
        replacing=before,
    )


def test_of_two_replacements_one_wins_and_one_company_answers() -> None:
    world = builders.world()
    answers = at_once(
        world,
        replacing(world, "Charpentes Mirage"),
        replacing(world, "Toits Mirage", SOON + timedelta(5)),
    )
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Refused) for answer in answers) == 1, answers
    answering = AwardMember.objects.filter(award=world.award, part__in=ANSWERABLE)
    assert answering.count() == 2
    assert answering.filter(ends_on__isnull=True).count() == 1


def test_the_same_company_added_twice_enters_once() -> None:
    world, other = builders.world(), company("Bardages Mirage")

    def add(at: World) -> object:
        part = MemberPart.SUBCONTRACTOR
        return add_member(at.scope, at.award, other, part, starts_on=DAY)

    answers = at_once(world, add, add)
    assert not unexpected(answers), answers
    assert AwardMember.objects.filter(organisation=other).count() == 1


def pooling(world: World, *names: str) -> list[Act]:
    first = commitment_of(world.award)
    others = [commitment_of(second_contract(world, name)[1]) for name in names]
    return [
        lambda w, other=other: globalise(  # type: ignore[misc]
            w.scope, w.company, [first, other], starts_on=DAY, agreement="Courrier"
        )
        for other in others
    ]


def test_a_commitment_enters_one_of_two_agreements_made_at_once() -> None:
    world = builders.world()
    answers = at_once(world, *pooling(world, "Gymnase imaginaire", "Piscine imaginaire"))
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Refused) for answer in answers) == 1, answers
    assert Globalisation.objects.count() == 1
    assert GlobalisedCommitment.objects.count() == 2


def test_both_contracts_taken_out_at_once_end_the_agreement_once() -> None:
    world = builders.world()
    (pool,) = pooling(world, "Gymnase imaginaire")
    with acting_as(world.facilitator, day=DAY):
        pool(world)

    def leave(member: GlobalisedCommitment) -> Act:
        return lambda w: leave_globalisation(w.scope, member, last_day=DAY, reason="Essai")

    answers = at_once(world, *(leave(member) for member in GlobalisedCommitment.objects.all()))
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Refused) for answer in answers) == 1, answers
    assert set(GlobalisedCommitment.objects.values_list("ends_on", flat=True)) == {DAY}


def test_a_holder_replaced_while_its_debt_is_pooled_leaves_no_pool_behind() -> None:
    world = builders.world()
    (pool,) = pooling(world, "Gymnase imaginaire")
    answers = at_once(world, pool, replacing(world, "Charpentes Mirage", DAY))
    assert not unexpected(answers), answers
    pooled = GlobalisedCommitment.objects.filter(commitment__award=world.award)
    still = pooled.filter(ends_on__isnull=True).exists()
    assert not (still and holder(world.award).organisation != world.company), answers


def test_a_split_and_an_amendment_at_once_agree() -> None:
    world, other = builders.world(), company("Bardages Mirage")
    group_of(world, other)

    def share(at: World) -> object:
        parts = {at.company.pk: Decimal(740), other.pk: Decimal(500)}
        commitment = commitment_of(at.award)
        return split(at.scope, commitment, parts, effective_on=DAY, reason="")

    def more(at: World) -> object:
        objective = Objective.objects.get(commitment__award=at.award)
        return amend(at.scope, objective, quantity=Decimal(60), effective_on=DAY, reason="Travaux")

    answers = at_once(world, share, more)
    assert not unexpected(answers), answers
    pk = commitment_of(world.award).pk
    assert committed_in_hours([pk], DAY) == {pk: 1300}
    if Split.objects.exists():
        assert sum(part.quantity for part in SplitPart.objects.all()) == 1240
