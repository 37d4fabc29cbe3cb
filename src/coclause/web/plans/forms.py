"""Lines and steps of a plan, as they are typed."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from coclause.clauses.models import Meeting
from coclause.hours.choices import Way
from coclause.hours.models import PlannedHours, PlanStep
from coclause.hours.models.plans import PLAN_TURNS
from coclause.organisations.choices import Role
from coclause.web.operations.fields import FrenchDateField, HoursField
from coclause.web.operations.finding import TypedForm, named_organisation

MOST = Decimal(1_000_000)
"""Hours that no plan of an award holds."""


class HoursForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """Hours in a way, with whom, between two dates; `seen` is what the line said when opened."""

    way = forms.ChoiceField(
        label="Modalité",
        choices=Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez comment ces heures seront faites."},
    )
    whom = forms.CharField(
        label="Avec quelle structure",
        required=False,
        max_length=200,
        help_text="ETTI, AI, GEIQ, agence ou sous-traitant : son nom ou son SIRET, tel qu’il est"
        " dans l’annuaire. Laissez vide si elle n’est pas encore choisie.",
    )
    hours = HoursField(
        label="Heures prévues",
        min_value=Decimal("0.01"),
        max_value=MOST,
        help_text="Réparties également entre les deux dates.",
        error_messages={"min_value": "Le nombre d’heures est plus grand que zéro : corrigez-le."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    field_order = ("way", "whom", "hours", "starts_on", "ends_on", "note")

    class Meta:
        model = PlannedHours
        fields = ("way", "hours", "starts_on", "ends_on", "note")
        field_classes = {
            "starts_on": FrenchDateField,
            "ends_on": FrenchDateField,
        }
        labels = {
            "starts_on": "À partir du",
            "ends_on": "Jusqu’au",
            "note": "Précision",
        }
        help_texts = {
            "note": "Par exemple : deux apprentis maçons. Sans nom de personne.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        partner = self.instance.partner
        if partner is not None:
            self.initial.setdefault("whom", named_organisation(partner))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        whom = said.get("whom", "").strip()
        if whom and said.get("way") == Way.DIRECT:
            self.add_error(
                "whom", "Une embauche directe se fait sans autre structure : videz ce champ."
            )
        elif whom:
            self.instance.partner = self.resolve_organisation("whom", Role.COMPANY)
        else:
            self.instance.partner = None
        first, last = said.get("starts_on"), said.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "La fin vient avant le début : corrigez l’une des dates.")
        return said


class StepForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """Who does what by when; `seen` is what the step said when its page was opened."""

    turn = forms.ChoiceField(
        label="Par qui",
        choices=PLAN_TURNS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez qui le fait."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    field_order = ("label", "turn", "by", "meeting", "agreed_on")

    class Meta:
        model = PlanStep
        fields = ("label", "turn", "by", "meeting", "agreed_on")
        field_classes = {"by": FrenchDateField, "agreed_on": FrenchDateField}
        labels = {
            "label": "Quoi",
            "by": "Pour le",
            "meeting": "À quelle réunion",
            "agreed_on": "Convenu le",
        }
        help_texts = {
            "label": "Par exemple : envoyer deux fiches de poste. Sans nom de personne.",
            "meeting": "La réunion où l’étape a été convenue, si elle est notée ici.",
        }

    def __init__(self, meetings: Any, day: date, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked: Any = self.fields["meeting"]
        asked.queryset, asked.empty_label = meetings, "Aucune, ou non notée"
        asked.label_from_instance = _named
        if self.instance.pk is None:
            held = [meeting for meeting in meetings if meeting.on <= day]
            self.initial["agreed_on"] = held[0].on if held else day
            self.initial["meeting"] = held[0].pk if held else None


class GiveUpForm(TypedForm):
    """Why a step will not be done."""

    reason = forms.CharField(
        label="Motif",
        max_length=300,
        help_text="L’entreprise et l’acheteur le lisent.",
        error_messages={"required": "Donnez le motif : l’entreprise et l’acheteur le liront."},
    )


def _named(meeting: Meeting) -> str:
    return f"{meeting.get_kind_display()}, {meeting.on:%d/%m/%Y}"
