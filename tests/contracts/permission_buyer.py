"""Rows of the permission table: the register of opt-outs, the buyer's space, meetings."""

from datetime import timedelta
from typing import Any

from tests.builders import DAY
from tests.clauses.opt_out_worlds import REASON, recorded
from tests.contracts.permission_rows import (
    BUYING,
    HOST,
    HOSTS_ANYWHERE,
    NOT_REFERENT,
    SIGNED_IN,
    Row,
    fixed,
    operation,
)
from tests.contracts.permission_worlds import Cast

from coclause.clauses.meeting import arrange
from coclause.clauses.models import Meeting, OptOut
from coclause.core.actor import acting_as

NOT_BUYING = tuple(role for role in SIGNED_IN if role not in BUYING)
REGISTER_READERS = (*BUYING, *HOSTS_ANYWHERE)
NOT_READERS = tuple(role for role in SIGNED_IN if role not in REGISTER_READERS)
FACTS = {
    "object": "Réfection de la verrière",
    "type": "travaux",
    "law_buyer": "collectivite",
    "value": "6 000 000",
    "months": "5",
    "notice_on": "02/11/2026",
    "defense": "non",
    "code": "short_works",
    "reason": REASON,
    "etape": "inscrire",
}
MEETING = {"kind": "lancement", "on": "25/11/2026", "at": "14 h 30"}


def opted_out(cast: Cast) -> None:
    """The buyer here dispensed the contract that the host here follows."""
    user = cast.users["buyer"]
    assert user is not None
    recorded(cast.here, user, cast.here.lot.contract)


def opted_out_alone(cast: Cast) -> None:
    """The same for a contract that nobody follows."""
    user = cast.users["buyer"]
    assert user is not None
    recorded(cast.here, user)


def meet(cast: Cast) -> None:
    with acting_as(cast.here.facilitator, day=DAY):
        arrange(
            cast.here.scope,
            Meeting(operation=cast.here.operation, kind="suivi", on=DAY + timedelta(7)),
        )


def entry(suffix: str = "") -> Any:
    return lambda _: f"/registre/{OptOut.objects.get().pk}/{suffix}"


def meeting(suffix: str) -> Any:
    return lambda _: f"/reunions/{Meeting.objects.get().pk}/{suffix}"


def own_facts(cast: Cast) -> dict[str, str]:
    return FACTS | {"buyer": str(cast.here.buyer.pk)}


BUYER: tuple[Row, ...] = (
    Row("opt-outs", fixed("/registre/"), REGISTER_READERS, NOT_READERS),
    Row("opt-outs", fixed("/registre/?format=xlsx"), REGISTER_READERS, NOT_READERS, note=" xlsx"),
    Row("opt-out-new", fixed("/registre/nouvelle/"), BUYING, NOT_BUYING),
    Row(
        "opt-out-new",
        lambda cast: f"/registre/nouvelle/?contrat={cast.here.lot.contract_id}",
        ("buyer",),
        NOT_BUYING,
        note=" of a contract",
    ),
    Row(
        "opt-out-new",
        fixed("/registre/nouvelle/"),
        BUYING,
        NOT_BUYING,
        method="post",
        note=" empty form",
    ),
    Row("opt-out", entry(), ("buyer", *HOST), prepare=opted_out),
    Row("opt-out", entry(), ("buyer",), note=" nobody follows", prepare=opted_out_alone),
    Row("opt-out-pdf", entry("document.pdf"), ("buyer", *HOST), prepare=opted_out),
    Row(
        "opt-out-pdf",
        entry("document.pdf"),
        ("buyer",),
        note=" nobody follows",
        prepare=opted_out_alone,
    ),
    Row("opt-out-correct", entry("corriger/"), ("buyer",), HOST, prepare=opted_out),
    Row(
        "opt-out-correct",
        entry("corriger/"),
        ("buyer",),
        HOST,
        method="post",
        data=own_facts,
        success=302,
        prepare=opted_out,
    ),
    Row(
        "opt-out-withdraw",
        entry("retirer/"),
        ("buyer",),
        HOST,
        method="post",
        success=302,
        prepare=opted_out,
    ),
    Row("buyer-space", fixed("/mes-marches/"), BUYING, NOT_BUYING),
    Row("buyer-space", fixed("/mes-marches/?format=xlsx"), BUYING, NOT_BUYING, note=" xlsx"),
    Row(
        "buyer-space",
        lambda cast: f"/mes-marches/?acheteur={cast.here.buyer.pk}",
        ("buyer",),
        NOT_BUYING,
        note=" chosen",
    ),
    Row("spaser", fixed("/mes-marches/spaser/"), BUYING, NOT_BUYING),
    Row("spaser", fixed("/mes-marches/spaser/?format=xlsx"), BUYING, NOT_BUYING, note=" xlsx"),
    Row("meeting-new", operation("reunions/nouvelle/"), HOST, NOT_REFERENT),
    Row(
        "meeting-new",
        operation("reunions/nouvelle/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: MEETING,
        success=302,
    ),
    Row("meeting-edit", meeting("modifier/"), HOST, NOT_REFERENT, prepare=meet),
    Row(
        "meeting-edit",
        meeting("modifier/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: MEETING,
        success=302,
        prepare=meet,
    ),
    Row("meeting-cancel", meeting("annuler/"), HOST, NOT_REFERENT, prepare=meet),
    Row(
        "meeting-cancel",
        meeting("annuler/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"reason": "Salle indisponible"},
        success=302,
        prepare=meet,
    ),
)
"""The table of what a refusal must leave as it was gains `clauses_optout`: it has no history."""
