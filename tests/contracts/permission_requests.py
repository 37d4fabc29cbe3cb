"""Rows of the permission table: requests of buyers, and the list of regional buyers."""

from datetime import timedelta

from tests.builders import DAY
from tests.contracts.permission_rows import (
    HOST,
    NETWORK_ANYWHERE,
    OUTSIDE_NETWORK,
    SIGNED_IN,
    Path,
    Row,
    fixed,
)
from tests.contracts.permission_worlds import Cast
from tests.network.requests_worlds import request_of

from coclause.core.actor import acting_as
from coclause.network.models import BuyerRequest, RegionalBuyer
from coclause.network.states import RequestState

ANSWERING = (*HOST, "coordinator")
"""The host that has the request, and the coordination of its region."""
ASKING = ("buyer",)
LISTING = (*NETWORK_ANYWHERE, "buyer", "neighbour_buyer")
NOT_LISTING = tuple(role for role in SIGNED_IN if role not in LISTING)
COORDINATING = ("coordinator", "elsewhere_coordinator")
NOT_COORDINATING = tuple(role for role in SIGNED_IN if role not in COORDINATING)
BUYER = {
    "name": "Région Supposée",
    "siren": "000000018",
    "starts_on": "24/11/2026",
}


def ask(cast: Cast) -> None:
    """A request of the buyer here, in the hands of the host here."""
    request_of(cast.here.host, cast.here.facilitator, buyer=cast.here.buyer)


def ask_back(cast: Cast) -> None:
    """The same, with a question that waits for the buyer."""
    request_of(
        cast.here.host,
        cast.here.facilitator,
        buyer=cast.here.buyer,
        state=RequestState.ASKED,
        answered_on=DAY,
    )


def list_buyer(cast: Cast) -> None:
    with acting_as("test", day=DAY):
        RegionalBuyer.objects.create(
            region=cast.here.operation.region,
            siren=BUYER["siren"],
            name=BUYER["name"],
            starts_on=DAY - timedelta(30),
        )


def asked(suffix: str = "") -> Path:
    return lambda _: f"/demandes/{BuyerRequest.objects.get().pk}/{suffix}"


def listed(_: Cast) -> str:
    return f"/acheteurs-regionaux/{RegionalBuyer.objects.get().pk}/modifier/"


def colleague(cast: Cast) -> dict[str, str]:
    to = cast.neighbour.facilitator.memberships.get()
    return {"to": str(to.pk), "reason": "Hors de la zone"}


def new_operation(cast: Cast) -> dict[str, str]:
    return {
        "name": "Halle imaginaire",
        "buyer": f"{cast.here.buyer.name} (SIRET {cast.here.buyer.siret})",
        "host": str(cast.here.host.pk),
    }


def written(kind: str) -> Row:
    return Row(
        "request-write",
        asked("ecrire/"),
        ANSWERING,
        ASKING,
        method="post",
        data=lambda _: {"kind": kind, "text": "Bonjour."},
        success=302,
        note=f" {kind}",
        prepare=ask,
    )


READING = (
    Row("requests", fixed("/demandes/"), LISTING, NOT_LISTING, prepare=ask),
    Row(
        "requests",
        fixed("/demandes/?format=xlsx"),
        LISTING,
        NOT_LISTING,
        note=" xlsx",
        prepare=ask,
    ),
    Row("request", asked(), (*ANSWERING, *ASKING), prepare=ask),
    Row("request-new", fixed("/demandes/nouvelle/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row(
        "request-new",
        fixed("/demandes/nouvelle/"),
        NETWORK_ANYWHERE,
        OUTSIDE_NETWORK,
        method="post",
        data=lambda _: {"objet": ""},
        success=422,
        note=" empty form",
    ),
    Row(
        "request-new",
        fixed("/demandes/nouvelle/"),
        NETWORK_ANYWHERE,
        OUTSIDE_NETWORK,
        method="post",
        data=lambda _: {
            "objet": "Toiture",
            "type": "travaux",
            "buyer_name": "Ville de Val-Rêvé",
            "name": "Aliénor Fictive",
        },
        success=302,
    ),
)

ACTS = (
    Row("request-take", asked("prendre/"), ANSWERING, ASKING, success=302, prepare=ask),
    Row(
        "request-take",
        asked("prendre/"),
        ANSWERING,
        ASKING,
        method="post",
        success=302,
        prepare=ask,
    ),
    Row("request-reroute", asked("confier/"), ANSWERING, ASKING, prepare=ask),
    Row(
        "request-reroute",
        asked("confier/"),
        ANSWERING,
        ASKING,
        method="post",
        data=colleague,
        success=302,
        prepare=ask,
    ),
    Row("request-write", asked("ecrire/"), ANSWERING, ASKING, success=302, prepare=ask),
    written("question"),
    written("reponse"),
    written("note"),
    Row("request-close", asked("classer/"), ANSWERING, ASKING, prepare=ask),
    Row(
        "request-close",
        asked("classer/"),
        ANSWERING,
        ASKING,
        method="post",
        data=lambda _: {"reason": "Le projet est abandonné."},
        success=302,
        prepare=ask,
    ),
    Row("request-open", asked("operation/"), HOST, ("coordinator", *ASKING), prepare=ask),
    Row(
        "request-open",
        asked("operation/"),
        HOST,
        ("coordinator", *ASKING),
        method="post",
        data=new_operation,
        success=302,
        prepare=ask,
    ),
    Row("request-answer", asked("repondre/"), ASKING, ANSWERING, success=302, prepare=ask_back),
    Row(
        "request-answer",
        asked("repondre/"),
        ASKING,
        ANSWERING,
        method="post",
        data=lambda _: {"text": "Douze logements."},
        success=302,
        prepare=ask_back,
    ),
    Row("request-take-back", asked("retirer/"), ASKING, ANSWERING, success=302, prepare=ask),
    Row(
        "request-take-back",
        asked("retirer/"),
        ASKING,
        ANSWERING,
        method="post",
        success=302,
        prepare=ask,
    ),
)

REGIONAL = (
    Row(
        "regional-buyers",
        fixed("/acheteurs-regionaux/"),
        COORDINATING,
        NOT_COORDINATING,
        prepare=list_buyer,
    ),
    Row(
        "regional-buyer-new",
        fixed("/acheteurs-regionaux/nouveau/"),
        COORDINATING,
        NOT_COORDINATING,
    ),
    Row(
        "regional-buyer-new",
        fixed("/acheteurs-regionaux/nouveau/"),
        COORDINATING,
        NOT_COORDINATING,
        method="post",
        data=lambda _: BUYER | {"region": "inconnue"},
        success=422,
        note=" another region",
    ),
    Row("regional-buyer-edit", listed, ("coordinator",), NOT_COORDINATING, prepare=list_buyer),
    Row(
        "regional-buyer-edit",
        listed,
        ("coordinator",),
        NOT_COORDINATING,
        method="post",
        data=lambda _: {"ends_on": "31/12/2026"},
        success=302,
        prepare=list_buyer,
    ),
)

REQUESTS: tuple[Row, ...] = (*READING, *ACTS, *REGIONAL)
