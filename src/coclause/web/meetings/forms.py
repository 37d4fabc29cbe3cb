"""A meeting as people write it: a day, an hour ("14 h 30"), a place."""

import re
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.clauses.choices import MeetingKind
from coclause.clauses.models import Meeting
from coclause.web.operations.fields import FrenchDateField
from coclause.web.operations.finding import TypedForm

_HOUR = re.compile(r"(\d{1,2})\s*(?:h|heures?|:)\s*(\d{2})?", re.IGNORECASE)


class FrenchTimeField(forms.Field):
    """ "14 h 30", "14h30", "14:30", "9 h"."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return value or None
        read = _HOUR.fullmatch(str(value).replace("\u00a0", " ").replace("\u202f", " ").strip())
        try:
            return time(int(read[1]), int(read[2] or 0)) if read else self._refused()
        except ValueError:
            return self._refused()

    def prepare_value(self, value: Any) -> Any:
        return hour_in_words(value) if isinstance(value, time) else value

    def _refused(self) -> time:
        raise ValidationError("Cette heure n’existe pas : écrivez-la comme 14 h 30.")


class MeetingForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """A meeting to come; `seen` is what it said when its page was opened."""

    kind = forms.ChoiceField(
        label="Objet",
        choices=MeetingKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l’objet de la réunion."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    class Meta:
        model = Meeting
        fields = ("kind", "on", "at", "place", "note")
        field_classes = {"on": FrenchDateField, "at": FrenchTimeField}
        labels = {"on": "Jour", "at": "Heure", "place": "Lieu ou lien", "note": "Ordre du jour"}
        help_texts = {
            "on": "Jour, mois, année : 22/08/2026.",
            "at": "Comme 14 h 30.",
            "place": "Une adresse, ou le lien de la visioconférence.",
            "note": "En une phrase : l’acheteur et le réseau la lisent.",
        }
        widgets = {
            "at": forms.TextInput,
            "note": forms.Textarea(attrs={"rows": 3}),
        }


class CancelForm(TypedForm):
    """Why it will not be held."""

    reason = forms.CharField(
        label="Motif",
        max_length=300,
        help_text="L’acheteur le lira.",
        error_messages={"required": "Donnez le motif : l’acheteur le lira."},
    )


def hour_in_words(at: time) -> str:
    """ "14 h 30", "9 h"."""
    return f"{at.hour} h {at.minute:02d}" if at.minute else f"{at.hour} h"
