"""Rows of the permission table: the library of texts, the documents drafted from it."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from tests.builders import DAY
from tests.contracts.permission_rows import (
    HOST,
    NETWORK,
    NETWORK_ANYWHERE,
    OUTSIDE_NETWORK,
    SIGNED_IN,
    Path,
    Row,
    fixed,
)
from tests.contracts.permission_worlds import Cast

from coclause.core.actor import acting_as
from coclause.network.drafting.preparing import prepare
from coclause.network.library.keeping import install_models
from coclause.network.library.offered import Offered, offered_for
from coclause.network.models import ClauseText, Draft

CONDITION = "condition_execution"
READERS = (*NETWORK, "buyer")
"""The network of the region and the buyer; a company reads its contract, not its drafts."""
DRAFTERS = (*HOST, "buyer")
NOT_DRAFTERS = ("neighbour_facilitator", "coordinator")
KEEPERS = ("coordinator",)
ANY_COORDINATION = ("coordinator", "elsewhere_coordinator")
NOT_KEEPERS = (*HOST, "neighbour_facilitator")
NOT_COORDINATING = tuple(role for role in SIGNED_IN if role not in ANY_COORDINATION)


def fill_library(cast: Cast) -> None:
    with acting_as("test", day=DAY):
        install_models(cast.here.operation.region, DAY)


def offered(cast: Cast) -> list[Offered]:
    return offered_for(cast.here.operation.region_id, DAY, CONDITION, "marche")


def draft(cast: Cast) -> None:
    """A version prepared by the facilitator here."""
    fill_library(cast)
    with acting_as(cast.here.facilitator, day=DAY):
        prepare(cast.here.scope, cast.here.lot.contract, CONDITION, offered(cast))


def text(suffix: str = "") -> Path:
    return lambda _: f"/bibliotheque/{ClauseText.objects.order_by('pk')[0].pk}/{suffix}"


def contract(suffix: str) -> Path:
    return lambda cast: f"/contrats/{cast.here.lot.contract_id}/redaction/{suffix}"


def version(suffix: str) -> Path:
    return lambda _: f"/redactions/{Draft.objects.get().pk}{suffix}"


def words(**said: str) -> dict[str, Any]:
    return {
        "body": "Au moins {{ heures_insertion }} heures.",
        "starts_on": "24/11/2026",
        "seen": "1",
        **said,
    }


def new_text(_: Cast) -> dict[str, Any]:
    return words(title="Essai", block="ccap", instrument=CONDITION, contract="marche")


def to_prepare(cast: Cast) -> dict[str, Any]:
    return {"instrument": CONDITION, "texts": [str(one.version_id) for one in offered(cast)]}


def returned(_: Cast) -> dict[str, Any]:
    made, written = Document(), BytesIO()
    made.add_paragraph("Pénalité : 40 euros par heure.")
    made.save(written)
    return {"document": SimpleUploadedFile("pieces.docx", written.getvalue())}


DRAFTING: tuple[Row, ...] = (
    Row("library", fixed("/bibliotheque/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row(
        "library",
        fixed("/bibliotheque/?format=xlsx"),
        NETWORK_ANYWHERE,
        OUTSIDE_NETWORK,
        note=" xlsx",
    ),
    Row("library-text", text(), NETWORK, prepare=fill_library),
    Row("library-text-new", fixed("/bibliotheque/nouveau/"), ANY_COORDINATION, NOT_COORDINATING),
    Row(
        "library-text-new",
        fixed("/bibliotheque/nouveau/"),
        ANY_COORDINATION,
        NOT_COORDINATING,
        method="post",
        data=new_text,
        success=302,
    ),
    Row("library-version-new", text("version/"), KEEPERS, NOT_KEEPERS, prepare=fill_library),
    Row(
        "library-version-new",
        text("version/"),
        KEEPERS,
        NOT_KEEPERS,
        method="post",
        data=lambda _: words(),
        success=302,
        prepare=fill_library,
    ),
    Row(
        "library-text-retire",
        text("retirer/"),
        KEEPERS,
        NOT_KEEPERS,
        method="post",
        success=302,
        prepare=fill_library,
    ),
    Row("drafting", contract(""), READERS, prepare=fill_library),
    Row(
        "drafting",
        contract(""),
        DRAFTERS,
        NOT_DRAFTERS,
        method="post",
        data=to_prepare,
        success=302,
        prepare=fill_library,
    ),
    Row("draft", version("/"), READERS, prepare=draft),
    Row("draft-file", version(".docx"), READERS, prepare=draft),
    Row("draft-return", contract("reprendre/"), DRAFTERS, NOT_DRAFTERS),
    Row(
        "draft-return",
        contract("reprendre/"),
        DRAFTERS,
        NOT_DRAFTERS,
        method="post",
        data=returned,
        success=302,
    ),
)
