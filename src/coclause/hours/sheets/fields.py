"""What the columns of a month's table may hold, and the words companies head them with."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from coclause.clauses.choices import HoursKind
from coclause.hours.sheets.values import born_of, hours_of
from coclause.tables.matching import Vocabulary
from coclause.tables.reading import Cell


class Field(StrEnum):
    """A piece of information that a column may give."""

    KEY = "cle"
    NAME = "personne"
    LAST = "nom"
    FIRST = "prenom"
    BORN = "naissance"
    CONTRACT = "contrat"
    AWARD = "chantier"
    MONTH = "mois"
    WORK = "travail"
    TRAINING = "formation"
    INTERNSHIP = "stage"
    WORKED = "total"
    INVOICE = "facture"


LABELS: Final[dict[Field, str]] = {
    Field.LAST: "Nom",
    Field.FIRST: "Prénom",
    Field.NAME: "Nom et prénom ensemble",
    Field.BORN: "Date de naissance",
    Field.CONTRACT: "Numéro du contrat ou de la mission",
    Field.AWARD: "Marché, chantier ou client",
    Field.MONTH: "Mois",
    Field.WORK: "Heures de travail",
    Field.TRAINING: "Heures de formation",
    Field.INTERNSHIP: "Heures de stage",
    Field.WORKED: "Total travaillé du mois, tous chantiers",
    Field.INVOICE: "Numéro de facture",
    Field.KEY: "Repère CoClause (modèle)",
}
"""How a page names each field, in the order a page lists them."""

KINDS: Final = {
    Field.WORK: HoursKind.WORK.value,
    Field.TRAINING: HoursKind.TRAINING.value,
    Field.INTERNSHIP: HoursKind.INTERNSHIP.value,
}
PERSON: Final = frozenset({Field.KEY, Field.NAME, Field.LAST, Field.CONTRACT})
"""One of these at least says who."""

_SYNONYMS: Final[dict[Field, tuple[str, ...]]] = {
    Field.KEY: ("repere coclause (ne pas modifier)", "repere coclause"),
    Field.NAME: (
        "nom et prenom", "nom prenom", "prenom nom", "prenom et nom", "nom / prenom", "salarie",
        "salaries", "personne", "interimaire", "collaborateur", "employe", "beneficiaire", "agent",
        "nom complet", "nom du salarie", "nom de l'interimaire", "salarie en insertion",
        "nom prenom du salarie", "nom prenom salarie",
    ),
    Field.LAST: (
        "nom", "nom de famille", "nom d'usage", "nom de naissance", "nom usuel", "nom salarie",
        "nom marital", "nom patronymique", "nom interimaire",
    ),
    Field.FIRST: ("prenom", "prenoms", "prenom salarie", "prenom usuel", "prenom interimaire"),
    Field.BORN: (
        "date de naissance", "naissance", "ne le", "ne(e) le", "date naissance", "ddn", "dnaiss",
        "date naiss", "date de naiss",
    ),
    Field.CONTRACT: (
        "numero de contrat", "n° contrat", "contrat", "n° de contrat", "numero contrat", "mission",
        "n° mission", "numero de mission", "n° de mission", "num contrat", "ref contrat",
        "reference contrat", "reference mission", "code mission", "num mission", "id contrat",
    ),
    Field.AWARD: (
        "chantier", "marche", "lot", "operation", "client", "affaire", "site", "lieu de mission",
        "entreprise utilisatrice", "marche ou chantier", "nom du chantier", "code affaire",
        "chantier / client", "n° chantier", "numero de chantier", "n° marche", "agence client",
        "lieu", "attribution", "imputation", "section", "marche concerne",
    ),
    Field.MONTH: (
        "mois", "periode", "mois de paie", "mois travaille", "date", "mois concerne",
        "periode de paie", "mois d'activite", "semaine", "periode travaillee",
    ),
    Field.WORK: (
        "heures", "heures de travail", "heures travaillees", "nb heures", "nombre d'heures",
        "heures realisees", "nb d'heures", "heures effectuees", "h travaillees", "heures insertion",
        "heures d'insertion", "heures du mois", "total heures", "hrs", "nbre heures", "h",
        "heures chantier", "heures payees", "quantite", "qte", "qte heures", "heures facturees",
        "heures clause", "heures sur le chantier", "nb h", "temps de travail", "travail",
    ),
    Field.TRAINING: (
        "heures de formation", "formation", "h formation", "heures formation", "dont formation",
    ),
    Field.INTERNSHIP: ("heures de stage", "stage", "h stage", "heures stage", "pmsmp"),
    Field.WORKED: (
        "total travaille du mois", "total du mois", "heures travaillees en tout",
        "total tous chantiers", "total mensuel", "heures totales du mois",
        "total travaille du mois, tous chantiers", "heures totales", "total heures tous chantiers",
    ),
    Field.INVOICE: (
        "n° facture", "numero de facture", "facture", "n° de facture", "num facture",
        "reference facture", "ref facture", "n° releve", "numero de releve", "n° piece",
    ),
}  # fmt: skip

_NUDGES: Final[dict[Field, tuple[tuple[str, int], ...]]] = {
    Field.WORK: (
        (r"formation|stage|absence|maladie|conge|supp|prevu|restant|objectif|taux|cout|prix", -50),
        (r"engag|reste|cumul|encadr|panier|\bhs\b|montant|tarif|jour|insee", -50),
    ),
    Field.WORKED: ((r"absence|prevu|restant|objectif|cumul|cout|prix|formation|stage", -50),),
    Field.TRAINING: ((r"cout|organisme|date|intitule|lieu|type|prevu", -50),),
    Field.INTERNSHIP: ((r"cout|organisme|date|intitule|lieu|type|prevu", -50),),
    Field.LAST: (
        (r"prenom|chantier|client|entreprise|tuteur|conjoint|agence|encadrant|chef", -50),
    ),
    Field.NAME: ((r"matricule|tuteur|encadrant|chef|referent|code|n°|numero|type|statut", -50),),
    Field.FIRST: ((r"tuteur|encadrant|referent", -50),),
    Field.CONTRACT: ((r"type|nature|date|debut|fin|motif|duree|statut|tarif", -50),),
    Field.MONTH: ((r"naissance|entree|sortie|embauche|debut|fin|facture|echeance|edition", -50),),
    Field.AWARD: ((r"date|montant|type|code postal|ville|siret|adresse|responsable", -50),),
    Field.INVOICE: ((r"date|montant|total|ht|ttc|echeance", -50),),
    Field.BORN: ((r"lieu|ville|pays|commune|departement", -50),),
}  # fmt: skip


def unfit(name: str, fields: Collection[Field]) -> str:
    """Why a sheet with these fields is no month's table; nothing when it is one."""
    if not PERSON & set(fields):
        return f"La feuille {name} n’a pas de colonne qui dise de quelle personne il s’agit."
    if not KINDS.keys() & set(fields):
        return f"La feuille {name} n’a pas de colonne d’heures."
    return ""


def _named(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(re.search(r"[^\W\d_]{2}", cell))


def _key(cell: Cell) -> bool:
    return isinstance(cell, str) and KEY.fullmatch(cell) is not None


KEY: Final = re.compile(r"(\d{4}-\d{2})/(\d{1,18})/(\d{1,18})")
"""Month, employment, award, as the template writes them."""
_FAR: Final = date(2100, 1, 1)
_READERS: Final[Mapping[Field, Callable[[Cell], bool]]] = {
    Field.KEY: _key,
    Field.NAME: _named,
    Field.LAST: _named,
    Field.FIRST: _named,
    Field.BORN: lambda cell: born_of(cell, _FAR) is not None,
    **dict.fromkeys(KINDS, lambda cell: hours_of(cell) is not None),
    Field.WORKED: lambda cell: hours_of(cell) is not None,
}

MONTH_TABLE: Final = Vocabulary(
    labels=LABELS,
    synonyms=_SYNONYMS,
    unfit=unfit,
    expected=(
        "Déposez un tableau d’au moins deux colonnes, avec une ligne par personne : son nom (ou le"
        " numéro de son contrat) et ses heures."
    ),
    not_found="Aucune feuille ne ressemble à un relevé d’heures.",
    readers=_READERS,
    nudges=_NUDGES,
    kept=frozenset({Field.WORK, Field.LAST, Field.NAME, Field.KEY}),
    noise=re.compile(r"\(s\)|[()\[\]:;*?!\"]|\b(?:19|20)\d\d\b|\ben h(?:eures?)?\b"),
    worth={Field.WORK: 100, Field.KEY: 200},
)
