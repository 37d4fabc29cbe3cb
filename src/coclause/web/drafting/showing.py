"""What is missing in a document, thing by thing, and where each is recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from coclause.clauses.choices import Ccag
from coclause.clauses.models import Contract
from coclause.network.drafting.preparing import Gap
from coclause.network.library.ccag import BLOCK_LABELS

HOURS = (
    "heures_insertion", "heures_par_lot", "tableau_engagements", "heures_par_montant",
    "heures_au_maximum", "taux", "ccag-volume",
)  # fmt: skip
CONTRACT = (
    "duree",
    "reference",
    "objet",
    "montant",
    "montant_maximum",
    "date_avis",
    "article_ccag",
)
CLAUSE = (
    "publics_eligibles", "heures_comptees", "perimetre", "lots_concernes", "ccag-profils",
    "ccag-perimetre",
)  # fmt: skip


@dataclass(frozen=True)
class Lack:
    """One thing to complete, in which blocks, and the page where the operation says it."""

    label: str
    blocks: str
    sentence: str = ""
    url: str = ""
    action: str = ""


def lacks_of(gaps: Iterable[Gap], contract: Contract, *, referent: bool) -> list[Lack]:
    """By thing rather than by block: those that CoClause can record first."""
    by_code: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        by_code.setdefault((gap.code, gap.label), []).append(gap)
    found = [_lack(same, contract, referent=referent) for same in by_code.values()]
    return sorted(found, key=lambda lack: not lack.url)


def stored_lacks(missing: Iterable[Mapping[str, Any]]) -> list[Lack]:
    """The same, as a version kept it."""
    by_thing: dict[str, list[Mapping[str, Any]]] = {}
    for one in missing:
        by_thing.setdefault(one["label"], []).append(one)
    return [
        Lack(
            label,
            _joined(one.get("block", "") for one in same),
            next((one["sentence"] for one in same if one.get("sentence")), ""),
        )
        for label, same in by_thing.items()
    ]


def to_say_first(contract: Contract, *, referent: bool) -> list[Lack]:
    """What the contract itself should say before its documents are prepared."""
    found = []
    edit = reverse("contract-edit", args=[contract.pk]) if referent else ""
    action = "Modifier le contrat" if referent else ""
    if contract.ccag == Ccag.UNKNOWN and contract.kind != "concession":
        found.append(
            Lack(
                "Le CCAG de référence",
                "",
                "Dites si le contrat se réfère à un CCAG : la clause en dépend.",
                edit,
                action,
            )
        )
    if contract.notice_on is None or contract.estimated_value is None:
        found.append(
            Lack(
                "L’obligation de prévoir une condition sociale",
                "",
                "Elle se sait avec la valeur estimée du besoin et la date d’envoi de l’avis.",
                edit,
                action,
            )
        )
    return found


def _lack(same: list[Gap], contract: Contract, *, referent: bool) -> Lack:
    gap = same[0]
    url, action = _place(gap.code, contract) if referent else ("", "")
    sentence = next((one.sentence for one in same if one.sentence), "")
    return Lack(gap.label, _joined(one.block for one in same), sentence, url, action)


def _place(code: str, contract: Contract) -> tuple[str, str]:
    """Where the operation says it; nowhere for what only the buyer writes."""
    if code in HOURS:
        return reverse("calibrations", args=[contract.pk]), "Calibrer"
    if code in CONTRACT:
        return reverse("contract-edit", args=[contract.pk]), "Modifier le contrat"
    operation = reverse("operation", args=[contract.operation_id])
    if code in CLAUSE:
        return operation, "Écrire la clause"
    if code.startswith("facilitateur") or code in ("lieu_execution", "ccag-facilitateur"):
        return operation, "Voir l’opération"
    return "", ""


def _joined(blocks: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(BLOCK_LABELS[block] for block in blocks if block))
