"""What a request, a programme and a clause text may be. Values are the field's own words."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """How a request came in."""

    DOOR = "porte", "Porte d’entrée"
    PROGRAMME = "programme", "Programmation des achats"
    AGENT = "saisie", "Saisie par le réseau"


class EntryKind(TextChoices):
    """One step in the life of a request."""

    RECEIVED = "recue", "Demande reçue"
    TAKEN = "prise", "Prise en charge"
    REROUTED = "reorientee", "Confiée à quelqu’un d’autre"
    QUESTION = "question", "Question posée"
    REPLY = "reponse_acheteur", "Réponse de l’acheteur"
    ANSWER = "reponse", "Réponse"
    OPENED = "operation", "Opération ouverte"
    CLOSED = "classee", "Demande classée"
    WITHDRAWN = "retiree", "Retirée par l’acheteur"
    NOTE = "note", "Note interne"


FIRST_ANSWERS = (EntryKind.QUESTION, EntryKind.ANSWER, EntryKind.OPENED)
"""What counts as a first answer: a person wrote to the buyer or began the work."""


class ProgrammeState(TextChoices):
    MAPPING = "colonnes", "Colonnes à confirmer"
    RUNNING = "analyse", "Analyse en cours"
    DONE = "terminee", "Analysée"
    FAILED = "refusee", "Refusée"


class Block(TextChoices):
    """Where a clause text goes in the consultation documents."""

    RC = "rc", "Règlement de la consultation (RC)"
    CCAP = "ccap", "CCAP"
    AE = "ae", "Annexe à l’acte d’engagement"
    CCTP = "cctp", "CCTP"
    AAPC = "aapc", "Avis d’appel à la concurrence"


class DraftKind(TextChoices):
    GENERATED = "preparee", "Préparée à partir de la bibliothèque"
    RETURNED = "reprise", "Reprise à la main"


class TextInstrument(TextChoices):
    """What a clause text is for: an instrument, or a condition and a criterion together."""

    CONDITION = "condition_execution", "Condition d’exécution"
    CRITERION = "critere", "Critère d’attribution"
    BOTH = "condition_critere", "Condition d’exécution et critère"
    RESERVED = "reserve", "Marché réservé"
    INSERTION = "marche_insertion", "Marché d’insertion"


class TextContract(TextChoices):
    """The contract a clause text is for; a framework agreement has its own words."""

    MARCHE = "marche", "Marché"
    FRAMEWORK = "accord_cadre", "Accord-cadre"
    CONCESSION = "concession", "Concession"
