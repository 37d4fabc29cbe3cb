"""One contract from its nested form: the JSON object, or the XML element made one.

Holders and modifications come as `[{"titulaire": {…}}]`, as `[{…}]`, or as
`{"titulaire": [{…}]}`; the 2019 names (denominationSociale, dateSignature…) are read too.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from coclause.watch.decp.records import Holder, RawContract, RawState, Rejected, RowError
from coclause.watch.decp.social import considerations, plain
from coclause.watch.decp.values import (
    amount,
    buyer_siret,
    cpv,
    day_of,
    holder,
    months,
    required_day,
    text,
    whole,
)

Fields = Mapping[str, Any]
CONTRACT, CONCESSION = "marche", "concession"
LONGEST_ID = 64


def read_contract(
    fields: Fields, *, where: str, today: date, kind: str = ""
) -> tuple[RawContract, list[Rejected]]:
    """The contract, and the modifications that had to be left out of it.

    `kind` is what the file's wrapper says, "" when it says nothing. Raises `RowError`.
    """
    kind = _kind(fields, kind)
    buyer = _first_map(fields, "acheteur", "autoriteConcedante")
    siret, doubtful = buyer_siret(buyer.get("id"))
    number = _published_id(fields)
    award = _award(fields, kind, today)
    changes, left_out = _modifications(fields, where, today)
    place = _first_map(fields, "lieuExecution")
    contract = RawContract(
        where=where,
        kind=kind,
        buyer_siret=siret,
        buyer_siret_doubtful=doubtful,
        published_id=number,
        states=(award, *changes),
        buyer_name=text(buyer.get("nom"), 300),
        buyer_place_code=text(buyer.get("codePostal"), 20),
        buyer_departement=text(buyer.get("departement"), 3),
        buyer_region=text(buyer.get("region"), 2),
        nature=text(fields.get("nature"), 100),
        object=text(fields.get("objet")),
        cpv=cpv(fields.get("codeCPV")),
        procedure=text(fields.get("procedure"), 120),
        published_type=text(fields.get("type"), 40),
        published_on=day_of(fields.get("datePublicationDonnees")),
        place_code=text(place.get("code"), 20),
        place_type=text(place.get("typeCode"), 30),
        considerations=considerations(fields.get("considerationsSociales")),
        framework_id=text(fields.get("idAccordCadre"), LONGEST_ID),
    )
    return contract, left_out


def _kind(fields: Fields, wrapper: str) -> str:
    if "autoriteConcedante" in fields or "concessionnaires" in fields:
        return CONCESSION
    if wrapper:
        return wrapper
    label = plain(f"{text(fields.get('_type'))} {text(fields.get('nature'))}")
    return CONCESSION if "concession" in label or "delegation" in label else CONTRACT


def _published_id(fields: Fields) -> str:
    number = text(fields.get("id"), LONGEST_ID + 1)
    if not number:
        raise RowError("l'identifiant du marché manque")
    if len(number) > LONGEST_ID:
        raise RowError(f"l'identifiant du marché dépasse {LONGEST_ID} caractères ({number[:20]}…)")
    return number


def _award(fields: Fields, kind: str, today: date) -> RawState:
    signed = kind == CONCESSION
    names = ("dateSignature", "dateNotification") if signed else ("dateNotification",)
    said = next((fields[name] for name in names if text(fields.get(name))), None)
    name = "date de signature" if signed else "date de notification"
    state = _state(fields, required_day(said, name=name, today=today))
    return replace(state, number=whole(fields.get("numeroEtat")) if fields.get("_rows") else 0)


def _state(fields: Fields, dated_on: date) -> RawState:
    said = fields.get("montant")
    price, doubtful = amount(fields.get("valeurGlobale") if said is None else said)
    return RawState(
        dated_on=dated_on,
        amount=price,
        amount_doubtful=doubtful,
        duration_months=months(fields.get("dureeMois")),
        holders=_holders(fields),
    )


def _holders(fields: Fields) -> tuple[Holder, ...]:
    found = {}
    for plural, singular in (("titulaires", "titulaire"), ("concessionnaires", "concessionnaire")):
        for item in _items(fields.get(plural), singular):
            name = item.get("denominationSociale") or item.get("nom")
            read = holder(item.get("id"), item.get("typeIdentifiant"), name)
            if read:
                found[read.identifier] = read
    return tuple(sorted(found.values()))


def _modifications(
    fields: Fields, where: str, today: date
) -> tuple[list[RawState], list[Rejected]]:
    states, left_out = [], []
    for rank, item in enumerate(_items(fields.get("modifications"), "modification"), start=1):
        said = item.get("dateNotificationModification") or item.get("dateSignatureModification")
        try:
            dated_on = required_day(said, name="date de la modification", today=today)
            states.append(replace(_state(item, dated_on), number=whole(item.get("id"))))
        except RowError as refusal:
            place = f"{where}, modification {rank}"
            left_out.append(Rejected(place, f"modification ignorée : {refusal}", whole_row=False))
    return _numbered(states), left_out


def _numbered(states: list[RawState]) -> list[RawState]:
    """The buyer's numbers when they tell modifications apart, else their order in time."""
    numbers = [state.number for state in states]
    if len(set(numbers)) == len(numbers) and all(numbers):
        return states
    in_time = sorted(states, key=lambda state: (state.dated_on, state.number or 0))
    return [replace(state, number=rank) for rank, state in enumerate(in_time, start=1)]


def _first_map(fields: Fields, *names: str) -> Fields:
    """The first of these that is there, as a map: a bare text is taken for its identifier."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, list):
            value = next(iter(value), None)
        if isinstance(value, Mapping):
            return value
        if value is not None:
            return {"id": value}
    return {}


def _items(value: Any, singular: str) -> list[Fields]:
    """The maps of a list, whichever way it is wrapped."""
    if isinstance(value, Mapping):
        return _items(value[singular], singular) if singular in value else [value]
    if not isinstance(value, list):
        return []
    return [found for item in value for found in _items(item, singular)]
