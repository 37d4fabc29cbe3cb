"""Pages that explain: definitions, sources, states of a clause, accessibility, personal data."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coclause.clauses.states import TRANSITIONS, TURN, ClauseState, Turn
from coclause.core.models import Parameter
from coclause.indicators.catalogue import THEMES
from coclause.reference.models import Dataset

PARAMETERS = {
    "insertion_fte_hours": "Heures d’un ETP d’insertion",
    "month_hours_ceiling": "Heures d’un mois au-delà desquelles une remarque est faite",
    "statement_due_day": "Jour du mois suivant pour déclarer",
    "validation_delay": "Jours ouvrés pour vérifier un mois déclaré",
    "shortfall_alert": "Part des heures attendues sous laquelle une alerte est donnée",
    "foreseen_alert": "Part de l’engagement dont le manque prévu à la fin donne une alerte",
    "foreseen_months": "Mois déclarés à partir desquels la fin d’une clause est surveillée",
    "small_cell": "Personnes en dessous desquelles un groupe est masqué",
    "public_mail_per_day": "Messages qu’une adresse reçoit en un jour à la demande de visiteurs",
    "front_door_promise": "Jours ouvrés promis pour une première réponse à un acheteur",
    "front_door_link_days": "Jours pendant lesquels un lien de suivi s’ouvre",
    "front_door_per_hour": "Demandes sans compte acceptées d’un même lieu en une heure",
    "front_door_per_hour_everybody": "Demandes sans compte acceptées en tout en une heure",
    "contact_kept_days": "Jours au bout desquels le contact d’une demande terminée est effacé",
    "papers_kept_days": "Jours au bout desquels une pièce justificative est effacée",
    "mail_kept_days": "Jours au bout desquels un message envoyé est effacé",
    "login_codes_per_hour": "Codes de connexion envoyés à une adresse en une heure",
    "login_codes_per_hour_place": "Codes de connexion demandés d’un même lieu en une heure",
    "reminder_again_days": "Jours ouvrés de retard avant de relancer le premier contact",
    "reminder_second_days": "Jours ouvrés de retard avant de prévenir le second contact",
    "reminder_call_days": "Jours ouvrés de retard avant de demander au facilitateur d’appeler",
    "contacts_invited_per_day": "Contacts qu’une entreprise invite au plus en un jour",
    "achieved_contracts_least": "Contrats comparables en dessous desquels rien n’est montré",
    "day_hours_ceiling": "Heures par jour de contrat au-delà desquelles une remarque est faite",
    "jump_share": "Écart à la moyenne d’une personne qui surprend, en part de cette moyenne",
    "jump_hours": "Écart à la moyenne d’une personne qui surprend, en heures (les deux à la fois)",
    "eligibility_months": "Mois d’éligibilité depuis la première heure validée sous une clause",
    "cdi_months": "Mois pendant lesquels les heures d’un CDI comptent",
    "old_month_months": "Mois au-delà desquels une déclaration tardive est remarquée",
    "verifications_per_hour": "Codes de documents essayés d’un même lieu en une heure",
}


@login_not_required
def definitions(request: HttpRequest) -> HttpResponse:
    """The whole catalogue, as the computation itself knows it, and the values it depends on."""
    parameters = [
        (PARAMETERS.get(row.code, row.code), row)
        for row in Parameter.objects.order_by("code", "period")
    ]
    context = {"families": THEMES.items(), "parameters": parameters}
    return render(request, "public/definitions.html", context)


@login_not_required
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "public/sources.html", {"datasets": Dataset.objects.order_by("title")})


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@login_not_required
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "public/personal_data.html")


@dataclass(frozen=True)
class Change:
    """One line of the published table: from a state to another, by whom."""

    label: str
    source: str
    target: str
    by: str
    reason_needed: bool


@login_not_required
def states(request: HttpRequest) -> HttpResponse:
    """The table that the database itself applies, printed as it is."""
    changes = [
        Change(
            label=change.label,
            source=source.label,
            target=change.target.label,
            by=" ou ".join(turn.label.lower() for turn in change.by),
            reason_needed=change.reason_needed,
        )
        for source in ClauseState
        for change in TRANSITIONS
        if source in change.sources
    ]
    turns = [(state, TURN[state], TURN[state] == Turn.NOBODY) for state in ClauseState]
    return render(request, "public/states.html", {"changes": changes, "turns": turns})
