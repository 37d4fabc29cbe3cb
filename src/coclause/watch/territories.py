"""From a published place to its département and region. What cannot be told stays empty."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from coclause.reference.models import Commune, Departement
from coclause.watch.choices import TerritoryBasis
from coclause.watch.decp.records import RawContract
from coclause.watch.decp.social import plain

_DEPARTEMENT = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|9[78]\d)$")
_INSEE_STARTS = ("commune", "arrondissement", "canton")


@dataclass(frozen=True, slots=True)
class Territories:
    """What the reference data know. Empty: postcodes and regions stay unknown.

    A postcode does not tell its département by its first digits (Lajoux, in the Jura, has an
    Ain one), so it is looked up: code to the départements that have it.
    """

    departements_by_postcode: Mapping[str, frozenset[str]] = field(default_factory=dict)
    region_by_departement: Mapping[str, str] = field(default_factory=dict)


def known_territories() -> Territories:
    """What the loaded reference data know; empty where they are not loaded."""
    by_postcode: dict[str, set[str]] = {}
    for departement, postcodes in Commune.objects.values_list("departement_id", "postcodes"):
        for postcode in postcodes:
            by_postcode.setdefault(postcode, set()).add(departement)
    return Territories(
        departements_by_postcode={code: frozenset(found) for code, found in by_postcode.items()},
        region_by_departement=dict(Departement.objects.values_list("code", "region_id")),
    )


def locate(contract: RawContract, territories: Territories) -> tuple[str, str, TerritoryBasis]:
    """Département, region and where they were read: the place of execution, else the buyer."""
    code, kind = contract.place_code, plain(contract.place_type)
    departement = _departement(code, kind, territories)
    region = territories.region_by_departement.get(departement, "")
    if "region" in kind:
        region = _region(code, territories)
    if departement or region:
        return departement, region, TerritoryBasis.EXECUTION
    departement = _departement(
        contract.buyer_departement, "departement", territories
    ) or _departement(contract.buyer_place_code, "", territories)
    region = territories.region_by_departement.get(departement, "") or _region(
        contract.buyer_region, territories
    )
    basis = TerritoryBasis.BUYER if departement or region else TerritoryBasis.UNKNOWN
    return departement, region, basis


def _departement(code: str, kind: str, territories: Territories) -> str:
    if "departement" in kind or (not kind and len(code) < 4):
        return code if _DEPARTEMENT.match(code) else ""
    if any(start in kind for start in _INSEE_STARTS):
        return _prefix(code)
    by_postcode = territories.departements_by_postcode
    found = by_postcode.get(code, frozenset())
    if not kind and len(code) == 5 and by_postcode:
        # Files put INSEE codes in a postcode column: certain only when both readings agree.
        found = found | {_prefix(code)}
    elif "postal" not in kind:
        return ""
    return next(iter(found)) if len(found) == 1 else ""


def _prefix(insee: str) -> str:
    start = insee[:3] if insee.startswith(("97", "98")) else insee[:2]
    return start if _DEPARTEMENT.match(start) and len(insee) > len(start) else ""


def _region(code: str, territories: Territories) -> str:
    known = set(territories.region_by_departement.values())
    return code if code in known or (not known and re.fullmatch(r"\d{2,3}", code)) else ""
