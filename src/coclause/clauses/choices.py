"""The legal and professional enumerations of contracts and clauses, in their own words."""

from django.db.models import TextChoices


class ContractKind(TextChoices):
    MARCHE = "marche", "Marché"
    CONCESSION = "concession", "Concession"
    PRIVATE = "prive", "Contrat privé"


class Framework(TextChoices):
    """How a framework agreement (accord-cadre) is executed (CCP art. R2162-1 à R2162-14)."""

    NONE = "", "Marché ordinaire"
    ORDERS = "bons_commande", "Accord-cadre à bons de commande"
    CALL_OFFS = "marches_subsequents", "Accord-cadre à marchés subséquents"
    MIXED = "mixte", "Accord-cadre mixte"


class Programme(TextChoices):
    """A multi-year programme that sets a target over several contracts and buyers."""

    NPNRU = "npnru", "NPNRU"
    OTHER = "autre", "Autre programme"


class MarketType(TextChoices):
    WORKS = "travaux", "Travaux"
    SERVICES = "services", "Services"
    SUPPLIES = "fournitures", "Fournitures"
    INTELLECTUAL = "prestations_intellectuelles", "Prestations intellectuelles"
    CONCESSION = "concessions", "Concessions"
    PRIVATE = "prive", "Privé"


class Instrument(TextChoices):
    CONDITION = "condition_execution", "Condition d'exécution"
    CRITERION = "critere", "Critère d'attribution"
    RESERVED = "reserve", "Marché réservé"
    INSERTION = "marche_insertion", "Marché d'insertion"


class Theme(TextChoices):
    INSERTION = "insertion", "Insertion"
    DISABILITY = "handicap", "Handicap"
    TRAINING = "formation", "Formation"
    EQUALITY = "egalite", "Égalité"
    WORKING_CONDITIONS = "conditions_travail", "Conditions de travail"
    OTHER = "autre", "Autre"


class Basis(TextChoices):
    """Why there is a clause."""

    CODE = "ccp", "Code de la commande publique"
    NPNRU = "charte_npnru", "Charte NPNRU"
    LAND_SALE = "cession_fonciere", "Cession de charges foncières"
    FUNDING = "convention_financement", "Convention de financement"
    VOLUNTARY = "volontaire", "Démarche volontaire"


class HoursKind(TextChoices):
    WORK = "travail", "Travail"
    TRAINING = "formation", "Formation"
    INTERNSHIP = "stage", "Stage"


class HostRole(TextChoices):
    REFERENT = "referente", "Structure référente"
    ASSOCIATED = "associee", "Structure associée"


class MemberPart(TextChoices):
    """The part of a company in an award."""

    HOLDER = "titulaire", "Titulaire"
    LEADER = "mandataire", "Mandataire du groupement"
    COCONTRACTOR = "cotraitant", "Cotraitant"
    SUBCONTRACTOR = "sous_traitant", "Sous-traitant"
    AGENCY = "mise_a_dispo", "Met des personnes à disposition"


class Group(TextChoices):
    """How the companies of a group answer (CCP art. R2142-20)."""

    NONE = "", "Une seule entreprise"
    JOINT = "conjoint", "Groupement conjoint"
    SEVERAL = "solidaire", "Groupement solidaire"


class Departure(TextChoices):
    """Why a company's part in an award ends before execution does."""

    NONE = "", "Sans objet"
    TRANSFER = "cession", "Cession du contrat"
    LIQUIDATION = "liquidation", "Liquidation judiciaire"
    TERMINATION = "resiliation", "Résiliation"
    OTHER = "autre", "Autre motif"


ANSWERABLE = (MemberPart.HOLDER, MemberPart.LEADER)
"""The parts that answer for the commitment: one company at a time for each award."""
EMPLOYING = (MemberPart.SUBCONTRACTOR, MemberPart.AGENCY)
"""The parts that owe the buyer nothing: they are told of their own people and hours alone."""


class PenaltyUnit(TextChoices):
    """What the penalty of a clause is counted on, in the contract's own words."""

    HOUR = "heure", "par heure d’insertion non réalisée"
    SHARE = "part_montant", "en part du montant du marché, au prorata des heures manquantes"
    FIXED = "forfait", "forfait, quel que soit le manque"
    DAY = "jour", "par jour de retard"
    NONE = "aucune", "le contrat n’en prévoit pas"


class Measure(TextChoices):
    HOURS = "heures", "Volume d'heures"
    SHARE = "part_heures", "Part des heures travaillées"
    PER_EURO = "heures_par_montant", "Heures par montant commandé"
    PERSONS = "personnes", "Nombre de personnes"
    CONTRACTS = "contrats", "Nombre de contrats de travail"
    APPRENTICES = "apprentis", "Nombre d'apprentis"


IN_HOURS = (Measure.HOURS, Measure.SHARE, Measure.PER_EURO)
"""Measures whose debt is counted in hours; the others count persons or work contracts."""

RATED = (Measure.SHARE, Measure.PER_EURO)
"""Measures whose debt is a rate of a base: hours worked by everybody, or euros ordered."""


class Trigger(TextChoices):
    """The dated event from which an objective is due."""

    NOTIFICATION = "notification", "Notification"
    YEAR = "annee", "Année ou reconduction"
    TRANCHE = "tranche", "Tranche optionnelle affermie"
    ORDER = "commande", "Bon de commande"
    CALL_OFF = "marche_subsequent", "Marché subséquent"


class EventKind(TextChoices):
    """Why what is committed changes on a day."""

    INITIAL = "initial", "Engagement initial"
    AMENDMENT = "avenant", "Avenant"
    TRIGGER = "declencheur", "Événement déclencheur"
    RATE = "taux", "Taux convenu"
    BASE = "assiette", "Assiette connue"
    TERMINATION = "resiliation", "Résiliation"


ADDING = (EventKind.INITIAL, EventKind.TRIGGER, EventKind.BASE)
"""Events from which a debt is known; without one, it cannot be determined yet."""


class OrderKind(TextChoices):
    ORDER = "bon_commande", "Bon de commande"
    CALL_OFF = "marche_subsequent", "Marché subséquent"


class ExecutionChange(TextChoices):
    """Why the calendar of an award is what it is from a day on."""

    AWARDED = "attribution", "Attribution"
    EXTENSION = "prolongation", "Prolongation"
    SUSPENSION = "suspension", "Suspension"
    RESUMPTION = "reprise", "Reprise"
    PARTIAL = "resiliation_partielle", "Résiliation partielle"
    TERMINATION = "resiliation", "Résiliation"
    CORRECTION = "correction", "Correction du calendrier"


class Ccag(TextChoices):
    """The general terms (CCAG 2021) that a contract refers to; empty is not known."""

    UNKNOWN = "", "Non connu"
    NONE = "aucun", "Aucun"
    WORKS = "travaux", "CCAG-Travaux"
    SUPPLIES = "fcs", "CCAG-FCS (fournitures courantes et services)"
    COMPUTING = "tic", "CCAG-TIC (informatique et télécommunications)"
    INTELLECTUAL = "pi", "CCAG-PI (prestations intellectuelles)"
    INDUSTRIAL = "mi", "CCAG-MI (marchés industriels)"
    PROJECT = "moe", "CCAG-MOE (maîtrise d’œuvre)"


class LawBuyer(TextChoices):
    """The kinds of buyers that the EU thresholds tell apart; empty is not known."""

    UNKNOWN = "", "Je ne sais pas"
    STATE = "etat", "État (autorité publique centrale)"
    AUTHORITY = "collectivite", "Collectivité, hôpital, autre pouvoir adjudicateur"
    UTILITY = "entite", "Entité adjudicatrice (eau, énergie, transports, postes)"


class CalibrationMethod(TextChoices):
    """How hours are worked out (see `law/calibration.py`)."""

    AMOUNT = "montant", "À partir du montant"
    HOURS = "heures", "À partir des heures travaillées"


class CostBasis(TextChoices):
    """What an hourly cost is the cost of."""

    COST = "cout", "Coût horaire chargé"
    PRICE = "prix", "Prix de vente horaire"


class MeetingKind(TextChoices):
    PREPARATION = "preparation", "Préparation de la clause"
    KICK_OFF = "lancement", "Réunion de lancement"
    FOLLOW_UP = "suivi", "Point de suivi"
    CLOSING = "bilan", "Bilan"
