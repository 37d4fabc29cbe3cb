"""Rows of the permission table: companies of an award, splits, globalised commitments."""

from datetime import timedelta

from tests.builders import DAY
from tests.clauses.groups_worlds import commitment_of, company, group_of, holder, second_contract
from tests.contracts.permission_rows import (
    CLAUSE_READERS,
    HOST,
    NETWORK_ANYWHERE,
    NOT_REFERENT,
    Path,
    Row,
    award,
    organisation,
)
from tests.contracts.permission_worlds import Cast

from coclause.clauses.globalising import globalise
from coclause.clauses.models import AwardMember, Commitment, Globalisation, GlobalisedCommitment
from coclause.core.actor import acting_as
from coclause.organisations.models import Organisation

OTHER = "Bardages Mirage"
TO_LEAVE = {"last_day": "24/11/2026", "departure": "autre"}
POOLERS = (*HOST, "coordinator")


def name_other(_: Cast) -> None:
    """A company that may enter the award."""
    company(OTHER)


def gather(cast: Cast) -> None:
    """The award here is that of a group of two."""
    group_of(cast.here, company(OTHER))


def pool(cast: Cast) -> None:
    """The company here owes one debt over two contracts."""
    _, second = second_contract(cast.here)
    with acting_as(cast.here.facilitator, day=DAY):
        globalise(
            cast.here.scope,
            cast.here.company,
            [commitment_of(cast.here.award), commitment_of(second)],
            starts_on=DAY - timedelta(30),
            agreement="Courrier du 20/10/2026",
        )


def cocontractor(_: Cast) -> str:
    return f"/entreprises-du-marche/{AwardMember.objects.get(part='cotraitant').pk}/depart/"


def split(cast: Cast) -> str:
    return f"/engagements/{Commitment.objects.get(award=cast.here.award).pk}/repartition/"


def pooled(_: Cast) -> str:
    return f"/globalisations/{Globalisation.objects.get().pk}/"


def leaving(_: Cast) -> str:
    first = GlobalisedCommitment.objects.order_by("pk")[0]
    return f"/globalisations/engagements/{first.pk}/sortir/"


def parts(cast: Cast) -> dict[str, str]:
    return {
        f"part-{cast.here.company.pk}": "740",
        f"part-{Organisation.objects.get(name=OTHER).pk}": "500",
        "effective_on": "24/11/2026",
    }


POOL_PAGE: Path = organisation("company", "globaliser/")

GROUPS: tuple[Row, ...] = (
    Row("award-group", award("groupement/"), HOST, NOT_REFERENT),
    Row(
        "award-group",
        award("groupement/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"group": "conjoint"},
        success=302,
    ),
    Row("award-member-new", award("entreprises/"), HOST, NOT_REFERENT),
    Row(
        "award-member-new",
        award("entreprises/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"company": OTHER, "part": "sous_traitant", "starts_on": "24/11/2026"},
        success=302,
        prepare=name_other,
    ),
    Row("holder-replace", award("titulaire/"), HOST, NOT_REFERENT),
    Row(
        "holder-replace",
        award("titulaire/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda cast: {
            "company": OTHER,
            "on": "24/11/2026",
            "departure": "cession",
            "reason": "Acte du 02/11/2026",
            "replacing": str(holder(cast.here.award).pk),
        },
        success=302,
        prepare=name_other,
    ),
    Row("award-member-end", cocontractor, HOST, NOT_REFERENT, prepare=gather),
    Row(
        "award-member-end",
        cocontractor,
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: TO_LEAVE,
        success=302,
        prepare=gather,
    ),
    Row("commitment-split", split, HOST, NOT_REFERENT, prepare=gather),
    Row(
        "commitment-split",
        split,
        HOST,
        NOT_REFERENT,
        method="post",
        data=parts,
        success=302,
        prepare=gather,
    ),
    Row("globalisation-new", POOL_PAGE, NETWORK_ANYWHERE, ("company",)),
    Row(
        "globalisation-new",
        POOL_PAGE,
        NETWORK_ANYWHERE,
        ("company",),
        method="post",
        note=" empty form",
    ),
    Row("globalisation", pooled, CLAUSE_READERS, prepare=pool),
    Row(
        "globalisation-leave",
        leaving,
        POOLERS,
        ("neighbour_facilitator", "buyer", "company"),
        prepare=pool,
    ),
    Row(
        "globalisation-leave",
        leaving,
        POOLERS,
        ("neighbour_facilitator", "buyer", "company"),
        method="post",
        data=lambda _: {"last_day": "24/11/2026", "reason": "Accord caduc"},
        success=302,
        prepare=pool,
    ),
)
