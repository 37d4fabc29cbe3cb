"""Kinds of employment, ways to fulfil a clause, states of a line of hours."""

from django.db.models import TextChoices


class EmploymentType(TextChoices):
    CDI = "cdi", "CDI"
    CDD = "cdd", "CDD"
    CDDI = "cddi", "CDD d'insertion"
    APPRENTICE = "apprentissage", "Apprentissage"
    PROFESSIONAL = "professionnalisation", "Contrat de professionnalisation"
    MISSION = "mission", "Mission"
    ESAT = "esat", "ESAT"
    PRISON = "emploi_penitentiaire", "Emploi pénitentiaire"
    PUPIL = "statut_scolaire", "Statut scolaire"


class Way(TextChoices):
    """Modalité de mise en œuvre."""

    DIRECT = "embauche_directe", "Embauche directe"
    MADE_AVAILABLE = "mise_a_disposition", "Mise à disposition"
    SUBCONTRACT = "sous_traitance", "Sous-traitance ou cotraitance"


class LineState(TextChoices):
    DECLARED = "declaree", "Déclarée, à vérifier"
    RETURNED = "renvoyee", "Renvoyée à l'entreprise"
    VALIDATED = "validee", "Validée"


class Source(TextChoices):
    """Where an employment was recorded from."""

    TYPED = "saisie", "Saisie"
    IMPORT = "import", "Import"
