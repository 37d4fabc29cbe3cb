"""The table of checks: what is looked at, how grave it is, where it comes from.

The page of checks prints this table; each remark is made from a row of it.
"""

from dataclasses import dataclass

SEVERE = "à corriger"
DOUBT = "à confirmer"


@dataclass(frozen=True)
class Remark:
    """One doubt about an employment's month, about hours without names or the month (None).

    `text` may be read by anybody who reads the month. `detail` is for whoever checks it: never
    shown to a company nor to a buyer.
    """

    employment_id: int | None
    code: str
    severity: str
    text: str
    detail: str = ""


@dataclass(frozen=True)
class Check:
    """A row of the table; `looks_at` and `reference` are what the page of checks prints."""

    code: str
    severity: str
    looks_at: str
    reference: str
    parameters: tuple[str, ...] = ()
    """Codes of the dated values it depends on."""
    asked: bool = True
    """Asked of who declares, before sending; otherwise only whoever checks can answer."""

    def on(self, employment_id: int | None, text: str, detail: str = "") -> Remark:
        return Remark(employment_id, self.code, self.severity, text, detail)


PRACTICE = "Usage régional"
OUTSIDE_DATES = Check(
    "outside_dates",
    SEVERE,
    "Le mois est en dehors des dates du contrat de travail.",
    "Dates saisies du contrat de travail",
)
OUTSIDE_ASSIGNMENT = Check(
    "outside_assignment",
    SEVERE,
    "Le mois est en dehors des dates où la personne travaille sur ce marché.",
    "Dates saisies de l’affectation",
)
OUTSIDE_EXECUTION = Check(
    "outside_execution",
    SEVERE,
    "Le marché n’est pas exécuté ce mois-ci : pas commencé, fini ou suspendu.",
    "Calendrier d’exécution du marché",
    asked=False,
)
BEYOND_DAYS = Check(
    "beyond_days",
    SEVERE,
    "Plus d’heures que les jours de contrat du mois n’en permettent, quand le contrat commence"
    " ou finit dans le mois (tous les jours comptent, dimanches exceptés).",
    "Code du travail, art. L3121-18 : dix heures par jour",
    ("day_hours_ceiling",),
)
ABOVE_CEILING = Check(
    "above_ceiling",
    DOUBT,
    "Plus d’heures dans le mois que le repère, tous employeurs confondus ; sans noms, en moyenne"
    " par personne.",
    f"{PRACTICE}, repère de vraisemblance",
    ("month_hours_ceiling",),
)
JUMP = Check(
    "jump",
    DOUBT,
    "Des heures loin de la moyenne des trois derniers mois déclarés de la personne sur ce marché"
    " (mois entiers seulement, deux au moins).",
    PRACTICE,
    ("jump_share", "jump_hours"),
)
TWO_EMPLOYERS = Check(
    "two_employers",
    DOUBT,
    "Des heures chez deux employeurs le même mois.",
    "Chaque heure d’une personne compte une fois",
)
RECORDED_TWICE = Check(
    "recorded_twice",
    DOUBT,
    "Deux contrats saisis pour la même personne chez le même employeur, aux mêmes dates, avec des"
    " heures le même mois, même saisis par deux structures.",
    "Chaque heure d’une personne compte une fois",
)
COUNTED_TWICE = Check(
    "counted_twice",
    SEVERE,
    "Les deux contrats ci-dessus ont le même nombre d’heures, ou plus que le repère à eux deux.",
    "Chaque heure d’une personne compte une fois",
    ("month_hours_ceiling",),
)
ELIGIBILITY = Check(
    "eligibility",
    DOUBT,
    "L’éligibilité à l’embauche : aucun critère saisi, aucun en vigueur ce jour-là dans la région,"
    " ou aucun parmi les publics de la clause. Le critère n’est jamais montré.",
    "Critères de la région, appréciés à l’embauche",
    asked=False,
)
PAST_ELIGIBILITY = Check(
    "past_eligibility",
    DOUBT,
    "Le mois est au-delà de la durée d’éligibilité, comptée du mois de la première heure validée"
    " sous une clause, chez qui que ce soit.",
    f"{PRACTICE}, à confirmer par la coordination ; aucun texte trouvé",
    ("eligibility_months",),
)
PAST_CDI = Check(
    "past_cdi",
    DOUBT,
    "Le mois est au-delà de la durée pendant laquelle les heures d’un CDI comptent.",
    f"{PRACTICE}, à confirmer par la coordination ; aucun texte trouvé",
    ("cdi_months",),
)
EMPLOYER_NOT_IN_AWARD = Check(
    "employer_not_in_award",
    DOUBT,
    "L’employeur n’est pas parmi les entreprises de l’attribution ce mois-ci.",
    "Entreprises saisies sur l’attribution",
    asked=False,
)
UNCOUNTED_KIND = Check(
    "uncounted_kind",
    DOUBT,
    "Des heures d’une nature que la clause ne compte pas ce mois-ci.",
    "Heures que la clause compte, à la date du mois",
)
ABOVE_CAP = Check(
    "above_cap",
    DOUBT,
    "Des heures d’une nature que la clause compte jusqu’à un plafond, dépassé.",
    "Plafonds de la clause, à la date du mois",
    asked=False,
)
CONTESTED = Check(
    "contested",
    SEVERE,
    "Une entreprise conteste les heures déclarées par une autre.",
    "Contestation enregistrée",
    asked=False,
)
OLD_MONTH = Check(
    "old_month",
    DOUBT,
    "Le mois est déclaré longtemps après : son année a pu être close.",
    PRACTICE,
    ("old_month_months",),
    asked=False,
)

CHECKS = {
    check.code: check
    for check in (
        OUTSIDE_DATES,
        OUTSIDE_ASSIGNMENT,
        OUTSIDE_EXECUTION,
        BEYOND_DAYS,
        ABOVE_CEILING,
        JUMP,
        TWO_EMPLOYERS,
        RECORDED_TWICE,
        COUNTED_TWICE,
        ELIGIBILITY,
        PAST_ELIGIBILITY,
        PAST_CDI,
        EMPLOYER_NOT_IN_AWARD,
        UNCOUNTED_KIND,
        ABOVE_CAP,
        CONTESTED,
        OLD_MONTH,
    )
}
"""Every check there is, by code."""
