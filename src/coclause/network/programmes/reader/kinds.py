"""Type, nature and form of a purchase, as written; or presumed from its object, and then said."""

import re
from enum import StrEnum
from typing import Final

from coclause.tables.cells import (
    LONGEST,
    Parsed,
    as_text,
    fold,
    is_unknown,
    shown,
)
from coclause.tables.reading import Cell


class Kind(StrEnum):
    """Type of purchase. The duty counts intellectual services among services."""

    WORKS = "travaux"
    SUPPLIES = "fournitures"
    SERVICES = "services"
    INTELLECTUAL = "prestations_intellectuelles"


class Nature(StrEnum):
    """What is signed: a public contract or a concession (délégation de service public)."""

    MARCHE = "marche"
    CONCESSION = "concession"


KIND_WORDS: Final = {
    Kind.WORKS: "travaux",
    Kind.SUPPLIES: "fournitures",
    Kind.SERVICES: "services",
    Kind.INTELLECTUAL: "prestations intellectuelles",
}
_KINDS: Final = (
    (
        Kind.INTELLECTUAL,
        r"\bpi\b|intellectuel|\bamo\b|\bmoe\b|maitrise d'oeuvre|\betudes?\b|conseil|assistance a"
        r"|\bspi\b|\bcsps\b|\bopc\b|controle technique|\baudits?\b",
    ),
    (Kind.WORKS, r"\btravaux\b|\btvx\b|\btrx\b|\btrvx\b|\btrav\b|^t$|^tx$|\bworks\b"),
    (Kind.SUPPLIES, r"\bfournitures?\b|\bfourn\b|\bfrn\b|^f$|\bfcs\b|\bf ?(?:&|et|/|-) ?s\b|^fs$"),
    (Kind.SERVICES, r"\bservices?\b|\bserv\b|\bsce?s?\b|^s$|\bprestations?\b|\bfcs\b|^fs$"
                    r"|\bf ?(?:&|et|/|-) ?s\b"),
)  # fmt: skip
_OBJECT_WORDS: Final = (
    (
        Kind.INTELLECTUAL,
        r"maitrise d'oeuvre|\bmoe\b|\bamo\b|assistance a maitrise|\betudes?\b|\baudits?\b"
        r"|\bdiagnostics?\b|\bconseil\b|\bcsps\b|\bopc\b|controle technique|coordination sps"
        r"|accompagnement|programmiste|\bexpertise\b",
    ),
    (
        Kind.SUPPLIES,
        r"^(?:accord-cadre (?:de |pour |a )?)?(?:la |l')?(?:fournitures?\b|achats?\b"
        r"|acquisitions?\b|livraisons?\b|location d)",
    ),
    (
        Kind.SERVICES,
        r"\bnettoyage|\bentretien|\bmaintenance|\bgardiennage|\bassurances?\b|\brestauration "
        r"(?:collective|scolaire)|\btransports?\b|\bcollecte|\bespaces verts\b|\bgestion\b"
        r"|\bprestations?\b|\bservices? d|\bformations?\b|\bhebergement|\bimpression|\btraitement"
        r"|\bsurveillance|\bexploitation|\btraiteur|\bfauchage|\belagage|\bcommunication\b",
    ),
    (
        Kind.WORKS,
        r"\btravaux\b|\bconstruction|\brehabilitation|\brenovation|\brefection|\bvoirie"
        r"|\btoiture|\bdemolition|\bdesamiantage|\bamenagement|\bextension|\bisolation"
        r"|\bmenuiseries|\bmise aux normes|\breconstruction|\benrobes?\b|\bterrassement"
        r"|\bassainissement|\bravalement|\brequalification|\bgros oeuvre|\bcvc\b|\bcreation d",
    ),
    (
        Kind.SUPPLIES,
        r"\bfournitures?\b|\bachats?\b|\bacquisitions?\b|\bmobilier|\bvehicules?\b|\bdenrees"
        r"|\bpapeterie|\bpapier\b|\bordinateurs?\b|\bmateriels?\b|\bequipements?\b|\bcarburants?\b"
        r"|\bvetements?\b|\blivres\b|\belectricite\b|\bgaz\b|\blogiciels?\b|\bproduits?\b",
    ),
)
_YES: Final = frozenset({"oui", "o", "x", "vrai", "true", "1", "yes", "ok", "✓", "✔"})
_NO: Final = frozenset({"non", "n", "faux", "false", "0", "no", "-", "ponctuel", "unique"})


def parse_kind(cell: Cell) -> Parsed[Kind]:
    """The type as written. Supplies with services count as services, and it is said."""
    text = fold(as_text(cell)[:LONGEST]).replace("œ", "oe")
    if not text:
        return Parsed()
    if is_unknown(text):
        return Parsed(None, (f"le type est inconnu ({shown(as_text(cell))}).",))
    found = [kind for kind, pattern in _KINDS if re.search(pattern, text)]
    if Kind.INTELLECTUAL in found and Kind.WORKS not in found:
        return Parsed(Kind.INTELLECTUAL)
    if found == [Kind.SUPPLIES, Kind.SERVICES]:
        said = f"{shown(as_text(cell))} mêle deux types : compté en services, à préciser."
        return Parsed(Kind.SERVICES, (said,))
    if len(found) == 1:
        return Parsed(found[0])
    return Parsed(
        None,
        (
            f"{shown(as_text(cell))} n’est pas un type reconnu : écrivez Travaux, Fournitures, "
            "Services ou Prestations intellectuelles.",
        ),
    )


def presumed_kind(title: str, cpv: str | None) -> Parsed[Kind]:
    """The type that the CPV code, else the object's words, suggest; always with its doubt."""
    if cpv is not None:
        kind = _of_cpv(cpv)
        if kind is not None:
            return Parsed(kind, (f"type présumé d’après le code CPV : {KIND_WORDS[kind]}.",))
    text = fold(title[:1000]).replace("œ", "oe")
    for kind, pattern in _OBJECT_WORDS:
        if re.search(pattern, text):
            return Parsed(kind, (f"type présumé d’après l’objet : {KIND_WORDS[kind]}.",))
    return Parsed(None, ("le type n’est pas connu : indiquez Travaux, Fournitures ou Services.",))


def _of_cpv(cpv: str) -> Kind | None:
    """By CPV division: 45 works, 71 engineering, 03 to 44 and 48 supplies, 50 and up services."""
    division = int(cpv[:2])
    if division == 45:
        return Kind.WORKS
    if division == 71:
        return Kind.INTELLECTUAL
    if 3 <= division <= 44 or division == 48:
        return Kind.SUPPLIES
    return Kind.SERVICES if 50 <= division <= 98 else None


def parse_nature(cell: Cell) -> Parsed[Nature]:
    """Marché or concession."""
    text = fold(as_text(cell)[:LONGEST])
    if not text or is_unknown(text):
        return Parsed()
    concession = re.search(r"\bconcession|\bdsp\b|delegation de service|\baffermage", text)
    contract = re.search(
        r"\bmarches?\b|accord[- ]cadre|\bac\b|\bmapa\b|\baoo?\b|\bbc\b|appel d'offres|convention"
        r"|\bpublic\b|procedure adaptee",
        text,
    )
    if concession and not contract:
        return Parsed(Nature.CONCESSION)
    if contract and not concession:
        return Parsed(Nature.MARCHE)
    return Parsed(
        None, (f"{shown(as_text(cell))} ne dit pas s’il s’agit d’un marché ou d’une concession.",)
    )


def parse_framework(cell: Cell, header: str = "") -> Parsed[bool]:
    """Whether a framework agreement is announced. A bare « oui » answers what the header asks."""
    text = fold(as_text(cell)[:LONGEST])
    if not text or (is_unknown(text) and text not in _NO | _YES):
        return Parsed()
    if re.search(r"accord[- ]cadre|\bac\b|bons? de commandes?|\bbc\b|subsequent", text):
        return Parsed(not re.search(r"\b(?:sans|hors|non|pas)\b", text))
    asked = re.search(r"accord[- ]cadre|bons? de commande|\bac\b", fold(header)) is not None
    if asked and text in _YES:
        return Parsed(True)
    if text in _NO or re.search(r"\bordinaire\b|\bforfait|\bsimple\b", text):
        return Parsed(False) if asked or text not in _NO else Parsed()
    return Parsed()


def parse_boolean(cell: Cell) -> Parsed[bool]:
    """Oui, non, x, 1, 0."""
    if isinstance(cell, bool):
        return Parsed(cell)
    text = fold(as_text(cell)[:LONGEST])
    if not text:
        return Parsed()
    if text in _YES:
        return Parsed(True)
    if text in _NO:
        return Parsed(False)
    return Parsed(None, (f"{shown(as_text(cell))} ne se lit ni « oui » ni « non ».",))
