"""What a programme's columns may hold, and the words buyers head them with."""

from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """A piece of information that a column of the programme may give."""

    OBJECT = "objet"
    AMOUNT = "montant"
    KIND = "type"
    NATURE = "nature"
    DURATION = "duree"
    LAUNCH = "lancement"
    NOTIFICATION = "notification"
    PLACE = "lieu"
    POSTCODE = "code_postal"
    CPV = "cpv"
    PROCEDURE = "procedure"
    LOT = "lot"
    REFERENCE = "reference"
    FRAMEWORK = "accord_cadre"
    BUYER = "service"
    NOTES = "observations"


LABELS: Final = {
    Field.OBJECT: "Objet",
    Field.AMOUNT: "Montant HT",
    Field.KIND: "Type de marché",
    Field.NATURE: "Marché ou concession",
    Field.DURATION: "Durée",
    Field.LAUNCH: "Date d’envoi de l’avis ou de lancement",
    Field.NOTIFICATION: "Date de notification ou de début",
    Field.PLACE: "Lieu d’exécution",
    Field.POSTCODE: "Code postal",
    Field.CPV: "Code CPV",
    Field.PROCEDURE: "Procédure",
    Field.LOT: "Lot",
    Field.REFERENCE: "Référence",
    Field.FRAMEWORK: "Accord-cadre",
    Field.BUYER: "Service acheteur",
    Field.NOTES: "Observations",
}
"""How a page names each field, in the order a page lists them."""

SYNONYMS: Final[dict[Field, tuple[str, ...]]] = {
    Field.OBJECT: (
        "objet", "objet du marche", "objet de la consultation", "objet de l'achat", "intitule",
        "intitule du marche", "intitule du besoin", "libelle", "libelle du marche", "designation",
        "description", "besoin", "nature du besoin", "projet", "nom du marche", "operation",
        "description du besoin", "achat", "titre", "objet du contrat", "libelle de l'achat",
    ),
    Field.AMOUNT: (
        "montant", "montant estime", "montant ht", "montant estime ht", "montant previsionnel",
        "montant previsionnel ht", "estimation", "estimation ht", "estimation financiere",
        "budget", "budget previsionnel", "valeur estimee", "valeur", "enveloppe", "montant max",
        "montant maximum", "montant maxi ht", "montant global", "montant total",
        "montant total ht", "cout estime", "montant annuel", "montant en euros", "prix",
        "montant estimatif", "enveloppe previsionnelle", "evaluation", "montant du marche",
    ),
    Field.KIND: (
        "type", "type de marche", "type d'achat", "categorie", "categorie d'achat", "nature",
        "nature des prestations", "nature de l'achat", "t/f/s", "tfs", "type de prestation",
        "travaux fournitures services", "type de prestations", "famille d'achat", "tcs",
    ),
    Field.NATURE: (
        "nature du contrat", "type de contrat", "forme du contrat", "marche ou concession",
        "contrat", "nature juridique",
    ),
    Field.DURATION: (
        "duree", "duree du marche", "duree previsionnelle", "duree totale", "duree d'execution",
        "duree en mois", "duree du contrat", "duree max", "duree maximale", "delai d'execution",
        "duree et reconductions", "duree reconductions comprises", "nombre de mois",
    ),
    Field.LAUNCH: (
        "date de lancement", "lancement", "lancement de la consultation", "date de publication",
        "publication", "envoi de l'avis", "date d'envoi de l'avis", "date envoi aapc",
        "date de publication previsionnelle", "date previsionnelle de lancement", "date",
        "date previsionnelle", "calendrier", "calendrier previsionnel", "periode",
        "periode de lancement", "trimestre", "semestre", "trimestre de lancement", "echeance",
        "mise en concurrence", "date de consultation", "mois de lancement", "date avis",
    ),
    Field.NOTIFICATION: (
        "date de notification", "notification", "notification previsionnelle", "date de debut",
        "debut d'execution", "debut du marche", "date d'attribution", "attribution", "demarrage",
        "date de demarrage", "demarrage des travaux", "date prise d'effet", "date d'effet",
    ),
    Field.PLACE: (
        "lieu", "lieu d'execution", "commune", "ville", "site", "sites", "localisation",
        "lieu de livraison", "territoire", "lieu des travaux", "adresse", "implantation",
        "lieu principal d'execution", "site concerne",
    ),
    Field.POSTCODE: ("code postal", "cp", "code insee", "insee"),
    Field.CPV: ("cpv", "code cpv", "cpv principal", "codes cpv", "nomenclature cpv"),
    Field.PROCEDURE: (
        "procedure", "type de procedure", "procedure envisagee", "mode de passation",
        "procedure de passation", "mode de consultation",
    ),
    Field.LOT: (
        "lot", "n° lot", "numero de lot", "lots", "nombre de lots", "allotissement", "nb lots",
    ),
    Field.REFERENCE: (
        "reference", "numero", "n°", "n° marche", "numero de marche", "ref", "id", "code",
        "identifiant", "n° de dossier", "n° consultation", "numero d'operation", "n° d'ordre",
        "reference du marche", "numero de ligne", "n° operation",
    ),
    Field.FRAMEWORK: (
        "accord-cadre", "accord cadre", "ac", "forme", "forme du marche", "recurrence",
        "recurrent", "bons de commande", "marche recurrent", "type de forme", "renouvellement",
        "technique d'achat", "forme de prix et technique d'achat",
    ),
    Field.BUYER: (
        "service", "direction", "acheteur", "pole", "service prescripteur", "service acheteur",
        "direction concernee", "service gestionnaire", "entite", "pouvoir adjudicateur",
        "prescripteur", "collectivite", "maitre d'ouvrage", "charge d'operation", "referent",
        "service demandeur", "direction demandeuse",
    ),
    Field.NOTES: (
        "observations", "observation", "remarques", "remarque", "commentaires", "commentaire",
        "notes", "precisions", "informations complementaires",
    ),
}  # fmt: skip
"""Folded headers of each field; the first ones are the most usual."""
