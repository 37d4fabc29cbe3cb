"""What a prepared document rests on, and what changed since.

The facts are written on its first page, where its reader sees them; they are read back from there.
"""

import unicodedata
from collections.abc import Mapping, Sequence

from coclause.core.files import content_of
from coclause.network.library.filling import Value
from coclause.network.library.offered import Offered
from coclause.network.models import ClauseTextVersion, Draft
from coclause.render.numbers import date_fr, decimal
from coclause.render.word_reading import WordFileError, read

TOLD = {
    "Opération": "le nom de l’opération",
    "Acheteur": "l’acheteur",
    "Contrat": "l’objet du contrat",
    "Référence": "la référence",
    "Lots concernés": "les lots concernés",
    "Heures d’insertion": "les heures",
    "Heures par lot": "les heures par lot",
    "Heures pour 1 000 € HT": "les heures par montant commandé",
    "Taux d’insertion": "le taux d’insertion",
    "Publics": "les publics",
    "Heures comptées": "les heures qui comptent",
    "Facilitateur": "le facilitateur",
    "Lieu d’exécution": "le lieu d’exécution",
    "Durée": "la durée",
    "Envoi de l’avis": "la date d’envoi de l’avis",
    "CCAG": "le CCAG",
    "Obligation sociale": "l’obligation de condition sociale",
}
"""The lines of the first page, and how a change of each is told."""


def basis_of(values: Mapping[str, Value]) -> list[tuple[str, str]]:
    """The facts that a document rests on, line by line; what is not known has no line."""
    person = ", ".join(
        str(values[code])
        for code in ("facilitateur_nom", "facilitateur_structure", "facilitateur_courriel")
        if values.get(code)
    )
    lines: list[tuple[str, Value]] = [
        ("Opération", values.get("operation")),
        ("Acheteur", values.get("acheteur")),
        ("Contrat", values.get("objet")),
        ("Référence", values.get("reference")),
        ("Lots concernés", values.get("lots_concernes")),
        ("Heures d’insertion", values.get("heures_insertion")),
        ("Heures par lot", values.get("heures_par_lot") if values.get("lots_concernes") else None),
        ("Heures pour 1 000 € HT", values.get("heures_par_montant")),
        ("Taux d’insertion", values.get("taux")),
        ("Publics", values.get("publics_eligibles")),
        ("Heures comptées", values.get("heures_comptees")),
        ("Facilitateur", person),
        ("Lieu d’exécution", values.get("lieu_execution")),
        ("Durée", values.get("duree")),
        ("Envoi de l’avis", values.get("date_avis")),
        ("CCAG", values.get("ccag")),
        ("Obligation sociale", "oui" if values.get("obligation_sociale") else None),
    ]
    return [(label, _written(value)) for label, value in lines if value]


def changes_since(draft: Draft, values: Mapping[str, Value]) -> list[str]:
    """What is not today as the prepared document says, in words. Reads the stored file."""
    try:
        paragraphs = read(content_of(draft.file)).paragraphs
    except WordFileError:
        return []
    then = _read_back(paragraphs)
    now = {label: _plain(value) for label, value in basis_of(values)}
    return [told for label, told in TOLD.items() if then.get(label) != now.get(label)]


def newer_texts(draft: Draft, offered: Sequence[Offered]) -> list[str]:
    """Titles of the texts that have a later version in force than the one this document used."""
    now = {one.text.pk: one for one in offered}
    used: list[ClauseTextVersion] = list(draft.texts.all())
    return [
        now[one.text_id].text.title
        for one in used
        if one.text_id in now and now[one.text_id].number > one.number
    ]


def _read_back(paragraphs: Sequence[str]) -> dict[str, str]:
    """The lines of the table on the first page: each label with the cell that follows it."""
    found: dict[str, str] = {}
    start = paragraphs.index("Contenu") + 1 if "Contenu" in paragraphs else len(paragraphs)
    for label, value in zip(paragraphs[start::2], paragraphs[start + 1 :: 2], strict=False):
        if label not in TOLD and label not in ("Version", "Instrument"):
            break
        found[label] = _plain(value)
    return found


def _written(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ; ".join(value)
    if hasattr(value, "year"):
        return date_fr(value)  # type: ignore[arg-type]  # the only dates among values
    return decimal(value)  # type: ignore[arg-type]  # a number is what is left


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFC", words).split())
