"""Groups and replaced holders: a wrong one asks the hours of a company that owes nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.builders import DAY, World
from tests.clauses.groups_worlds import commitment_of, company, group_of, holder

from coclause.clauses.actions import award_lot
from coclause.clauses.choices import Departure, Group, MemberPart
from coclause.clauses.engaging import amend
from coclause.clauses.groups import (
    add_member,
    end_member,
    replace_holder,
    set_group,
    split,
    splits_on,
)
from coclause.clauses.models import Award, AwardMember, Objective, Split
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours import due, owing
from coclause.hours.progress import progress_of_awards
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation

pytestmark = pytest.mark.django_db
SOON = date(2026, 12, 1)


@pytest.fixture
def world() -> World:
    return builders.world()


def act(world: World, what: Callable[[], Any], user: User | None = None) -> Any:
    with acting_as(user or world.facilitator, day=DAY):
        return what()


def replace(
    world: World,
    by: Organisation,
    *,
    on: date = SOON,
    departure: str = Departure.LIQUIDATION,
    reason: str = "Jugement du 20/11/2026",
    replacing: AwardMember | None = None,
) -> AwardMember:
    def replaced() -> AwardMember:
        return replace_holder(
            world.scope,
            world.award,
            by,
            on=on,
            departure=departure,
            reason=reason,
            replacing=replacing,
        )

    made: AwardMember = act(world, replaced)
    return made


def shared(world: World, parts: dict[Organisation, int], on: date = DAY) -> Split:
    found: Split = act(
        world,
        lambda: split(
            world.scope,
            commitment_of(world.award),
            {one.pk: Decimal(hours) for one, hours in parts.items()},
            effective_on=on,
            reason="Convention de groupement",
        ),
    )
    return found


# --- who is in the group ---


def test_a_lot_awarded_to_a_group_is_answered_for_by_its_leader(world: World) -> None:
    with acting_as(world.facilitator, day=DAY):
        made = award_lot(
            world.scope,
            Award(
                lot=builders.lot(world.operation, number=4),
                notified_on=DAY,
                starts_on=DAY,
                ends_on=date(2027, 11, 23),
                group=Group.SEVERAL,
            ),
            world.company,
        )
    assert holder(made).part == MemberPart.LEADER


def test_the_holder_becomes_the_leader_of_a_group_and_still_answers(world: World) -> None:
    award = group_of(world, company("Bardages Mirage"))
    assert list(award.members.order_by("part").values_list("part", flat=True)) == [
        "cotraitant",
        "mandataire",
    ]
    user = act(world, lambda: builders.member(world.company, MemberRole.COMPANY))
    assert award in owing.awards_of_company(world.as_user(user))
    assert commitment_of(award).objectives.count() == 1


def test_a_group_with_cocontractors_cannot_be_said_one_company(world: World) -> None:
    award = group_of(world, company("Bardages Mirage"))
    with pytest.raises(Refused, match="celui d’un groupement"):
        act(world, lambda: set_group(world.scope, award, Group.NONE))


def test_a_group_said_by_mistake_becomes_one_company_again(world: World) -> None:
    award = group_of(world)
    act(world, lambda: set_group(world.scope, award, Group.NONE))
    assert holder(award).part == MemberPart.HOLDER


@pytest.mark.parametrize(
    ("part", "starts_on", "said"),
    [
        (MemberPart.HOLDER, DAY, "remplacez le titulaire"),
        (MemberPart.LEADER, DAY, "remplacez le titulaire"),
        (MemberPart.COCONTRACTOR, DAY, "suppose un groupement"),
        (MemberPart.SUBCONTRACTOR, date(2026, 3, 1), "L’exécution va du 02/03/2026"),
        (MemberPart.SUBCONTRACTOR, date(2027, 5, 29), "L’exécution va du 02/03/2026"),
    ],
)
def test_a_company_that_cannot_enter_is_refused_in_words(
    world: World, part: str, starts_on: date, said: str
) -> None:
    other = company("Bardages Mirage")
    with pytest.raises(Refused, match=said):
        act(world, lambda: add_member(world.scope, world.award, other, part, starts_on=starts_on))
    assert world.award.members.count() == 1


def test_a_company_enters_an_award_once_at_a_time(world: World) -> None:
    other = company("Bardages Mirage")

    def enter(day: date) -> AwardMember:
        return add_member(world.scope, world.award, other, MemberPart.SUBCONTRACTOR, starts_on=day)

    first = act(world, lambda: enter(DAY))
    with pytest.raises(Conflict, match="déjà sous-traitant"):
        act(world, lambda: enter(SOON))
    with pytest.raises(Conflict, match="déjà sous-traitant"):
        act(world, lambda: enter(date(2026, 6, 1)))
    act(
        world,
        lambda: end_member(
            world.scope, first, last_day=SOON - timedelta(1), departure=Departure.OTHER
        ),
    )
    act(world, lambda: enter(SOON))
    assert world.award.members.filter(organisation=other).count() == 2


def test_only_a_company_enters_an_award(world: World) -> None:
    with pytest.raises(Refused, match="n’est pas une entreprise"):
        act(
            world,
            lambda: add_member(
                world.scope,
                world.award,
                world.buyer,
                MemberPart.SUBCONTRACTOR,
                starts_on=DAY,
            ),
        )


@pytest.mark.parametrize(
    ("last_day", "departure", "said"),
    [
        (date(2026, 3, 1), Departure.OTHER, "n’entre que le 02/03/2026"),
        (date(2027, 5, 29), Departure.OTHER, "Le marché finit le 28/05/2027"),
        (DAY, "", "Dites pourquoi"),
    ],
)
def test_a_departure_that_makes_no_sense_is_refused(
    world: World, last_day: date, departure: str, said: str
) -> None:
    other = company("Bardages Mirage")
    award = group_of(world, other)
    member = award.members.get(organisation=other)
    with pytest.raises(Refused, match=said):
        act(
            world,
            lambda: end_member(world.scope, member, last_day=last_day, departure=departure),
        )


def test_who_answers_does_not_simply_leave(world: World) -> None:
    with pytest.raises(Refused, match="remplacez-la"):
        act(
            world,
            lambda: end_member(
                world.scope, holder(world.award), last_day=DAY, departure=Departure.OTHER
            ),
        )


# --- another holder ---


def test_the_new_holder_takes_over_the_debt_and_the_old_one_is_asked_nothing(
    world: World,
) -> None:
    other = company("Charpentes Mirage")
    old = act(world, lambda: builders.member(world.company, MemberRole.COMPANY))
    new = act(world, lambda: builders.member(other, MemberRole.COMPANY))
    before = progress_of_awards([world.award.pk], DAY)[world.award.pk]
    replace(world, other, on=DAY)
    assert progress_of_awards([world.award.pk], DAY)[world.award.pk] == before
    assert list(owing.awards_of_company(world.as_user(old))) == []
    assert list(owing.awards_of_company(world.as_user(new))) == [world.award]
    left = world.award.members.get(organisation=world.company)
    assert (left.ends_on, left.departure) == (DAY - timedelta(1), Departure.LIQUIDATION)
    assert due.due(world.as_user(old)) == []


def test_a_replacement_to_come_changes_nothing_before_its_day(world: World) -> None:
    old = act(world, lambda: builders.member(world.company, MemberRole.COMPANY))
    replace(world, company("Charpentes Mirage"), on=SOON)
    assert list(owing.awards_of_company(world.as_user(old))) == [world.award]


def test_the_journal_tells_the_replacement_under_both_companies(world: World) -> None:
    other = company("Charpentes Mirage")
    replace(world, other)
    told = JournalEntry.objects.get(verb="award.holder_replaced")
    assert told.sentence == (
        f"{world.lot} : Charpentes Mirage remplace {world.company} à partir du 01/12/2026"
        " (liquidation judiciaire) : Jugement du 20/11/2026."
    )
    assert {f"organisation:{world.company.pk}", f"organisation:{other.pk}"} <= set(told.subjects)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"departure": ""}, "Dites pourquoi"),
        ({"reason": " "}, "Donnez le motif"),
        ({"on": date(2026, 3, 2)}, "répond du marché à partir du 02/03/2026"),
        ({"on": date(2027, 5, 29)}, "L’exécution va du 02/03/2026"),
    ],
)
def test_a_replacement_that_makes_no_sense_is_refused(
    world: World, facts: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        replace(world, company("Charpentes Mirage"), **facts)
    assert world.award.members.count() == 1


def test_a_company_does_not_replace_itself(world: World) -> None:
    with pytest.raises(Refused, match="répond déjà du marché"):
        replace(world, world.company)


def test_a_cocontractor_may_become_the_leader(world: World) -> None:
    other = company("Bardages Mirage")
    award = group_of(world, other)
    replace(world, other)
    parts = award.members.filter(organisation=other).order_by("starts_on")
    assert [(m.part, m.starts_on, m.ends_on) for m in parts] == [
        ("cotraitant", award.starts_on, SOON - timedelta(1)),
        ("mandataire", SOON, None),
    ]


def test_a_company_entering_that_day_becomes_the_holder_at_once(world: World) -> None:
    other = company("Bardages Mirage")
    act(
        world,
        lambda: add_member(
            world.scope, world.award, other, MemberPart.SUBCONTRACTOR, starts_on=SOON
        ),
    )
    with pytest.raises(Refused, match="n’entre dans le marché que le 01/12/2026"):
        replace(world, other, on=SOON - timedelta(1))
    assert replace(world, other).part == MemberPart.HOLDER
    assert world.award.members.filter(organisation=other).count() == 1


def test_a_replacement_prepared_on_an_older_page_is_told(world: World) -> None:
    first = holder(world.award)
    replace(world, company("Charpentes Mirage"), on=DAY, replacing=first)
    with pytest.raises(Conflict, match="vient d’être remplacé par Charpentes Mirage"):
        replace(world, company("Toits Mirage"), on=SOON, replacing=first)


@pytest.mark.parametrize("which", ["neighbour", "coordinator", "company", "buyer"])
def test_only_the_referent_changes_the_companies(world: World, which: str) -> None:
    neighbour = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        users = {
            "neighbour": neighbour.facilitator,
            "coordinator": builders.member(
                builders.organisation("Coordination inventée", Role.COORDINATION),
                MemberRole.COORDINATOR,
            ),
            "company": builders.member(world.company, MemberRole.COMPANY),
            "buyer": builders.member(world.buyer, MemberRole.BUYER),
        }
    user, other = users[which], company("Charpentes Mirage")
    scope = world.as_user(user)
    acts: list[Callable[[], object]] = [
        lambda: set_group(scope, world.award, Group.JOINT),
        lambda: add_member(scope, world.award, other, MemberPart.SUBCONTRACTOR, starts_on=DAY),
        lambda: replace_holder(
            scope, world.award, other, on=SOON, departure=Departure.OTHER, reason="Essai"
        ),
        lambda: end_member(scope, holder(world.award), last_day=DAY, departure=Departure.OTHER),
        lambda: split(scope, commitment_of(world.award), {}, effective_on=DAY, reason=""),
    ]
    for one in acts:
        with pytest.raises(PermissionDenied):
            act(world, one, user)
    assert world.award.members.count() == 1


# --- sharing what is owed ---


def test_a_split_sums_to_what_is_committed(world: World) -> None:
    other = company("Bardages Mirage")
    group_of(world, other)
    shared(world, {world.company: 740, other: 500})
    found = splits_on([commitment_of(world.award).pk], DAY)[commitment_of(world.award).pk]
    assert [(str(p.organisation), int(p.quantity)) for p in found.parts] == [
        (str(world.company), 740),
        ("Bardages Mirage", 500),
    ]
    assert found.to_review == ""


@pytest.mark.parametrize(
    ("hours", "said"),
    [((700, 500), "Il manque 40\u00a0h"), ((740, 501), "Les parts dépassent de 1\u00a0h")],
)
def test_a_split_that_does_not_sum_says_the_difference(
    world: World, hours: tuple[int, int], said: str
) -> None:
    other = company("Bardages Mirage")
    group_of(world, other)
    with pytest.raises(Refused, match=said):
        shared(world, dict(zip((world.company, other), hours, strict=True)))


def test_a_subcontractor_owes_nothing(world: World) -> None:
    other = company("Bardages Mirage")
    group_of(world)
    act(
        world,
        lambda: add_member(
            world.scope, world.award, other, MemberPart.SUBCONTRACTOR, starts_on=DAY
        ),
    )
    with pytest.raises(Refused, match="un sous-traitant ne doit rien"):
        shared(world, {world.company: 740, other: 500})


def test_one_company_alone_shares_nothing(world: World) -> None:
    with pytest.raises(Refused, match="rien à répartir"):
        shared(world, {world.company: 1240})


def test_a_part_below_zero_is_refused(world: World) -> None:
    other = company("Bardages Mirage")
    group_of(world, other)
    with pytest.raises(Refused, match="négative"):
        shared(world, {world.company: 1340, other: -100})


def test_a_split_before_anything_is_owed_is_refused(world: World) -> None:
    other = company("Bardages Mirage")
    award = group_of(world, other)
    with acting_as(world.facilitator, day=DAY):
        AwardMember.objects.filter(award=award).update(starts_on=date(2026, 2, 1))
    with pytest.raises(Refused, match="pas encore déterminable"):
        shared(world, {world.company: 740, other: 500}, date(2026, 2, 10))


def test_an_amendment_after_a_split_asks_to_review_it(world: World) -> None:
    other = company("Bardages Mirage")
    group_of(world, other)
    shared(world, {world.company: 740, other: 500})
    act(
        world,
        lambda: amend(
            world.scope,
            Objective.objects.get(),
            quantity=Decimal(60),
            effective_on=DAY,
            reason="Travaux en plus",
        ),
    )
    pk = commitment_of(world.award).pk
    assert splits_on([pk], DAY)[pk].to_review == (
        "Répartition à revoir : l’engagement est passé de 1\u202f240\u00a0h à 1\u202f300\u00a0h."
    )
    assert splits_on([pk], DAY - timedelta(1)) == {}


def test_a_company_that_left_asks_to_review_the_split(world: World) -> None:
    other = company("Bardages Mirage")
    award = group_of(world, other)
    shared(world, {world.company: 740, other: 500})
    member = award.members.get(organisation=other)
    act(
        world,
        lambda: end_member(world.scope, member, last_day=DAY, departure=Departure.LIQUIDATION),
    )
    pk = commitment_of(award).pk
    told = splits_on([pk], DAY + timedelta(1))[pk].to_review
    assert told == "Répartition à revoir : Bardages Mirage ne fait plus partie du marché."


def test_the_last_split_agreed_holds(world: World) -> None:
    other = company("Bardages Mirage")
    group_of(world, other)
    shared(world, {world.company: 740, other: 500}, date(2026, 4, 1))
    shared(world, {world.company: 1000, other: 240})
    pk = commitment_of(world.award).pk
    assert [p.quantity for p in splits_on([pk], DAY)[pk].parts] == [1000, 240]
    assert [p.quantity for p in splits_on([pk], date(2026, 10, 1))[pk].parts] == [740, 500]
