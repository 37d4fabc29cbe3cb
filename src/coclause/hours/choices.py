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


class Origin(TextChoices):
    """From what a month was sent."""

    TYPED = "saisie", "Saisie"
    SHEET = "tableur", "Tableur"
    PAYROLL = "paie", "Fichier de paie (DSN)"
    INVOICE = "facture", "Relevé ou facture d’agence"


class DecisionKind(TextChoices):
    """What a buyer decides of a shortfall that was reported to it."""

    NOTICE = "mise_en_demeure", "Mise en demeure"
    PENALTY = "penalite", "Pénalité"
    WAIVER = "remise", "Remise (la pénalité n’est pas appliquée)"
    NOTHING = "sans_suite", "Sans suite"


class ProofKind(TextChoices):
    INTERIM = "bilan_intermediaire", "Bilan intermédiaire"
    FINAL = "bilan_final", "Bilan final"
    CERTIFICATE = "attestation", "Attestation"
    CONTROL = "fiche_controle", "Fiche de contrôle"


class PaperKind(TextChoices):
    CONTRACT = "contrat", "Contrat de travail"
    PAYSLIP = "bulletin", "Bulletin de paie, numéro de sécurité sociale masqué"
    INVOICE = "facture", "Facture ou relevé d’agence"


class Scan(TextChoices):
    """What an antivirus said of a paper."""

    CLEAN = "sain", "Contrôlé, aucun virus trouvé"
    UNCHECKED = "non_controle", "Non contrôlé : aucun antivirus n’est branché"
