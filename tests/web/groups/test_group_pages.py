"""Pages on the companies of an award: what a facilitator types, what each reader is told."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders
from tests.builders import DAY, World
from tests.clauses.groups_worlds import (
    commitment_of,
    company,
    group_of,
    holder,
    second_contract,
    validated,
)
from tests.web.conftest import As

from coclause.clauses.choices import Departure, Group, MemberPart
from coclause.clauses.globalising import globalise
from coclause.clauses.groups import add_member, replace_holder, split
from coclause.clauses.models import (
    Award,
    AwardMember,
    Globalisation,
    GlobalisedCommitment,
    Split,
)
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.web.clauses.access import clause_view
from coclause.web.groups.section import AwardBlock, groups_section

pytestmark = pytest.mark.django_db
NBSP, THIN = "\u00a0", "\u202f"


@pytest.fixture
def facilitator(world: World, signed_in: As) -> Client:
    return signed_in(world.facilitator)


def section(world: World, user: User | None = None) -> AwardBlock:
    """The block of the world's award, as that user is shown it."""
    reader = user or world.facilitator
    scope = world.as_user(reader)
    with acting_as(reader, day=DAY):
        view = clause_view(world.clause.pk, scope)
        (block,) = groups_section(view, scope, referent=reader == world.facilitator)
    return block


def pooled(world: World) -> Globalisation:
    _, award = second_contract(world)
    with acting_as(world.facilitator, day=DAY):
        return globalise(
            world.scope,
            world.company,
            [commitment_of(world.award), commitment_of(award)],
            starts_on=DAY,
            agreement="Courrier du 20/11/2026",
        )


# --- the group, when the lot is awarded and after ---


def test_a_lot_is_awarded_to_a_group_in_one_form(world: World, facilitator: Client) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, number=5)
    answer = facilitator.post(
        reverse("award-new", args=[lot.pk]),
        {
            "once": "jeton",
            "company": world.company.name,
            "group": "solidaire",
            "notified_on": "01/12/2026",
            "starts_on": "01/12/2026",
            "ends_on": "30/11/2027",
        },
    )
    assert answer.status_code == 302
    made = Award.objects.get(lot=lot)
    assert (made.group, holder(made).part) == (Group.SEVERAL, MemberPart.LEADER)


def test_a_lot_awarded_to_one_company_has_a_holder(world: World, facilitator: Client) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation, number=5)
    facilitator.post(
        reverse("award-new", args=[lot.pk]),
        {
            "company": world.company.name,
            "notified_on": "01/12/2026",
            "starts_on": "01/12/2026",
            "ends_on": "30/11/2027",
        },
    )
    assert holder(Award.objects.get(lot=lot)).part == MemberPart.HOLDER


def test_the_form_of_the_group_is_said_from_the_clause(world: World, facilitator: Client) -> None:
    answer = facilitator.post(reverse("award-group", args=[world.award.pk]), {"group": "conjoint"})
    assert answer["Location"] == f"/clauses/{world.clause.pk}/?onglet=engagement"
    assert holder(world.award).part == MemberPart.LEADER


def test_a_cocontractor_is_offered_once_there_is_a_group(world: World, facilitator: Client) -> None:
    address = reverse("award-member-new", args=[world.award.pk])
    assert "cotraitant" not in [
        value for value, _ in facilitator.get(address).context["form"].fields["part"].choices
    ]
    group_of(world)
    other = company("Bardages Mirage")
    answer = facilitator.post(
        address,
        {
            "once": "jeton",
            "company": other.name,
            "part": "cotraitant",
            "starts_on": "24/11/2026",
        },
    )
    assert answer.status_code == 302
    assert world.award.members.get(organisation=other).part == MemberPart.COCONTRACTOR


def test_a_company_out_of_the_directory_enters_on_the_way(
    world: World, facilitator: Client
) -> None:
    siret = builders.siret()
    facilitator.post(
        reverse("award-member-new", args=[world.award.pk]),
        {
            "company_name": "Étanchéité Mirage",
            "company_siret": siret,
            "part": "sous_traitant",
            "starts_on": "24/11/2026",
        },
    )
    made = Organisation.objects.get(siret=siret)
    assert world.award.members.get(organisation=made).part == MemberPart.SUBCONTRACTOR


def test_a_refusal_keeps_what_was_typed(world: World, facilitator: Client) -> None:
    other = company("Bardages Mirage")
    answer = facilitator.post(
        reverse("award-member-new", args=[world.award.pk]),
        {"company": other.name, "part": "sous_traitant", "starts_on": "01/01/2030"},
    )
    page = answer.content.decode()
    assert "L’exécution va du 02/03/2026 au 28/05/2027" in page
    assert 'value="01/01/2030"' in page
    assert other.name in page


def test_a_departure_is_recorded_from_the_section(world: World, facilitator: Client) -> None:
    other = company("Bardages Mirage")
    member = group_of(world, other).members.get(organisation=other)
    answer = facilitator.post(
        reverse("award-member-end", args=[member.pk]),
        {"last_day": "30/11/2026", "departure": "liquidation"},
    )
    assert answer.status_code == 302
    member.refresh_from_db()
    assert member.departure == Departure.LIQUIDATION


# --- another holder ---


def replacement(world: World, by: Organisation, **more: str) -> dict[str, str]:
    return {
        "once": "jeton",
        "replacing": str(holder(world.award).pk),
        "company": by.name,
        "on": "24/11/2026",
        "departure": "cession",
        "reason": "Acte du 02/11/2026",
        **more,
    }


def test_the_page_says_what_remains_before_the_holder_is_replaced(
    world: World, facilitator: Client
) -> None:
    validated(world, "60")
    page = facilitator.get(reverse("holder-replace", args=[world.award.pk])).content.decode()
    assert f"au 24/11/2026, il reste 1{THIN}180{NBSP}h à valider sur 1{THIN}240{NBSP}h" in page


def test_sent_twice_the_holder_is_replaced_once(world: World, facilitator: Client) -> None:
    other = company("Charpentes Mirage")
    address, data = (
        reverse("holder-replace", args=[world.award.pk]),
        replacement(world, other),
    )
    first, second = facilitator.post(address, data), facilitator.post(address, data)
    assert first["Location"] == second["Location"]
    assert world.award.members.count() == 2


def test_a_page_opened_before_another_replacement_is_told(
    world: World, facilitator: Client
) -> None:
    stale = replacement(world, company("Toits Mirage"), once="autre", on="01/12/2026")
    address = reverse("holder-replace", args=[world.award.pk])
    facilitator.post(address, replacement(world, company("Charpentes Mirage")))
    page = facilitator.post(address, stale).content.decode()
    assert "vient d’être remplacé par Charpentes Mirage" in page
    assert world.award.members.count() == 2


def test_the_section_tells_who_took_over_and_what(world: World) -> None:
    validated(world, "60")
    other = company("Charpentes Mirage")
    with acting_as(world.facilitator, day=DAY):
        replace_holder(
            world.scope,
            world.award,
            other,
            on=DAY,
            departure=Departure.TRANSFER,
            reason="Acte du 02/11/2026",
        )
    block = section(world)
    assert block.taken_over == [
        f"Charpentes Mirage a repris l’engagement de {world.company} le 24/11/2026 :"
        f" au 23/11/2026, il restait 1{THIN}180{NBSP}h à valider sur 1{THIN}240{NBSP}h."
    ]
    assert [(str(c.member.organisation), c.left) for c in block.companies] == [
        (str(world.company), "Cession du contrat"),
        ("Charpentes Mirage", ""),
    ]
    assert [c.hours for c in block.companies] == [60, 0]
    assert block.holder is not None
    assert block.holder.organisation == other


# --- sharing what is owed ---


def test_a_split_is_typed_and_read_again(world: World, facilitator: Client) -> None:
    other = company("Bardages Mirage")
    group_of(world, other)
    address = reverse("commitment-split", args=[commitment_of(world.award).pk])
    data = {
        "once": "jeton",
        f"part-{world.company.pk}": "740",
        f"part-{other.pk}": "499",
        "effective_on": "24/11/2026",
        "reason": "Convention de groupement",
    }
    page = facilitator.post(address, data).content.decode()
    assert f"Il manque 1{NBSP}h : les parts font 1{THIN}239{NBSP}h" in page
    assert facilitator.post(address, data | {f"part-{other.pk}": "500"}).status_code == 302
    assert Split.objects.get().parts.count() == 2
    assert section(world).split is not None
    fields = facilitator.get(address).context["form"].part_fields
    assert [field.initial for field in fields] == [740, 500]


def test_nothing_to_split_says_what_to_do(world: World, facilitator: Client) -> None:
    address = reverse("commitment-split", args=[commitment_of(world.award).pk])
    assert "Une seule entreprise tient ce marché" in facilitator.get(address).content.decode()


# --- who is shown what ---


def test_hours_by_company_are_for_the_hosts_in_charge(
    world: World, people: dict[str, User]
) -> None:
    validated(world, "60")
    assert section(world).told
    for role in ("other_host", "coordinator", "buyer", "company"):
        block = section(world, people[role])
        assert not block.told
        assert not block.acts
        assert [str(c.member.organisation) for c in block.companies] == [str(world.company)]


def test_hours_of_other_employers_and_without_names_are_told_apart(world: World) -> None:
    with acting_as("test", day=DAY):
        agency = builders.organisation("GEIQ des Songes", Role.COMPANY)
    with acting_as(world.facilitator, day=DAY):
        lent = builders.employment(world.person, agency, world.award, contract_number="M1")
    validated(world, "25", employment=lent)
    block = section(world)
    assert [block.elsewhere, block.unnamed] == [25, 0]
    assert block.companies[0].hours == 0


def test_a_company_is_not_told_who_comes_next(world: World, people: dict[str, User]) -> None:
    with acting_as(world.facilitator, day=DAY):
        add_member(
            world.scope,
            world.award,
            company("Bardages Mirage"),
            MemberPart.SUBCONTRACTOR,
            starts_on=DAY + timedelta(7),
        )
    assert len(section(world, people["company"]).companies) == 1
    assert len(section(world, people["buyer"]).companies) == 2


# --- globalised commitments ---


def test_contracts_are_pooled_from_the_page_of_a_company(world: World, facilitator: Client) -> None:
    _, award = second_contract(world)
    both = [commitment_of(world.award).pk, commitment_of(award).pk]
    address = reverse("globalisation-new", args=[world.company.pk])
    page = facilitator.get(f"{address}?engagement={both[0]}")
    assert page.context["form"].initial["commitments"] == both[:1]
    data = {
        "once": "jeton",
        "commitments": [str(pk) for pk in both],
        "starts_on": "24/11/2026",
        "agreement": "Courriers du 20/11/2026",
    }
    answer = facilitator.post(address, data)
    made = Globalisation.objects.get()
    assert answer["Location"] == f"/globalisations/{made.pk}/"
    assert facilitator.post(address, data)["Location"] == answer["Location"]
    told = facilitator.get(answer["Location"]).content.decode()
    assert f"Ensemble : 0{NBSP}h validées sur 2{THIN}040{NBSP}h" in told
    assert "Gymnase imaginaire" in told


def test_with_one_contract_there_is_nothing_to_pool(world: World, facilitator: Client) -> None:
    page = facilitator.get(reverse("globalisation-new", args=[world.company.pk]))
    assert "Il faut au moins deux marchés" in page.content.decode()


def test_the_commitment_of_another_host_cannot_be_slipped_in(
    world: World, facilitator: Client
) -> None:
    neighbour = builders.world("Mont-Rêvé")
    _, award = second_contract(world)
    page = facilitator.post(
        reverse("globalisation-new", args=[world.company.pk]),
        {
            "commitments": [commitment_of(award).pk, commitment_of(neighbour.award).pk],
            "starts_on": "24/11/2026",
            "agreement": "Courriers du 20/11/2026",
        },
    )
    assert page.status_code == 200
    assert not Globalisation.objects.exists()


def test_the_clause_tells_the_whole_with_links_to_what_may_be_seen(
    world: World, people: dict[str, User]
) -> None:
    validated(world, "60")
    made = pooled(world)
    for role in ("facilitator", "company", "coordinator"):
        pool = section(world, people[role]).pool
        assert pool is not None
        assert pool.sentence == (
            f"Engagement globalisé avec 1 autre marché : 60{NBSP}h validées sur"
            f" 2{THIN}040{NBSP}h, il reste 1{THIN}980{NBSP}h."
        )
        assert pool.globalisation == made.pk
        assert [name for _, name in pool.others] == [
            "Gymnase imaginaire, Lot 1, charpente et couverture"
        ]


def test_a_buyer_counts_the_contracts_of_others_without_their_names(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    neighbour = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        lot = builders.lot(neighbour.operation, number=9)
        award = builders.award(lot, world.company)
        builders.commit(award, builders.clause(lot), Decimal(90))
    scope = world.as_user(people["coordinator"])
    with acting_as(people["coordinator"], day=DAY):
        made = globalise(
            scope,
            world.company,
            [commitment_of(world.award), commitment_of(award)],
            starts_on=DAY,
            agreement="Courriers",
        )
    pool = section(world, people["buyer"]).pool
    assert pool is not None
    assert pool.others == []
    page = signed_in(people["buyer"]).get(f"/globalisations/{made.pk}/").content.decode()
    assert "1 autre marché compte dans l’ensemble" in page
    assert "Mont-Rêvé" not in page
    assert "Sortir de la globalisation" not in page


def test_a_contract_is_taken_out_from_the_page(world: World, facilitator: Client) -> None:
    made = pooled(world)
    member = GlobalisedCommitment.objects.order_by("pk")[0]
    address = reverse("globalisation-leave", args=[member.pk])
    assert "Il ne resterait qu’un marché" in facilitator.get(address).content.decode()
    answer = facilitator.post(address, {"last_day": "24/11/2026", "reason": "Accord caduc"})
    assert answer["Location"] == f"/globalisations/{made.pk}/"
    made.refresh_from_db()
    assert made.ends_on == DAY
    assert "jusqu’au 24/11/2026" in facilitator.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("contracts", [2, 5])
def test_the_page_of_an_agreement_asks_as_much_whatever_its_size(
    world: World, facilitator: Client, contracts: int, django_assert_num_queries: Any
) -> None:
    awards = [second_contract(world, f"Piscine {number}")[1] for number in range(contracts - 1)]
    with acting_as(world.facilitator, day=DAY):
        made = globalise(
            world.scope,
            world.company,
            [commitment_of(award) for award in (world.award, *awards)],
            starts_on=DAY,
            agreement="Courrier",
        )
    with django_assert_num_queries(22):
        facilitator.get(f"/globalisations/{made.pk}/")


@pytest.mark.parametrize("companies", [1, 4])
def test_the_section_asks_as_much_whatever_the_companies(
    world: World, companies: int, django_assert_num_queries: Any
) -> None:
    others = [company(f"Bardages {number}") for number in range(companies)]
    award = group_of(world, *others)
    with acting_as(world.facilitator, day=DAY):
        shares = {other.pk: Decimal(0) for other in others}
        split(
            world.scope,
            commitment_of(award),
            {world.company.pk: Decimal(1240)} | shares,
            effective_on=DAY,
            reason="",
        )
        view = clause_view(world.clause.pk, world.scope)
        scope = world.scope
        with django_assert_num_queries(10):
            groups_section(view, scope, referent=True)
    assert AwardMember.objects.count() == companies + 1
