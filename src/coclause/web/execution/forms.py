"""Forms of the calendar: from which day, until when, why."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from coclause.clauses.choices import IN_HOURS
from coclause.clauses.models import Objective
from coclause.clauses.owed import in_words
from coclause.web.operations.fields import FrenchDateField, FrenchDecimalField, keep_what_is_pasted
from coclause.web.operations.finding import TypedForm

WHOLE, PARTIAL = "totale", "partielle"
EXAMPLE = "Il sera inscrit au journal."


def reason(example: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label="Motif", max_length=300, required=required, help_text=f"{example} {EXAMPLE}".strip()
    )


class SuspendForm(TypedForm):
    """From which day nobody works any more."""

    on = FrenchDateField(
        label="Suspendue à partir du",
        help_text="Le premier jour sans travail, comme 02/11/2026.",
    )
    reason = reason("Par exemple : fouilles archéologiques, ordre de service n° 4.")


class ResumeForm(TypedForm):
    """From which day work goes on, and until when."""

    on = FrenchDateField(
        label="Reprise le", help_text="Le premier jour de travail, comme 16/11/2026."
    )
    ends_on = FrenchDateField(label="Fin d’exécution")
    reason = reason("", required=False)


class ExtendForm(TypedForm):
    """The new end."""

    ends_on = FrenchDateField(label="Nouvelle fin d’exécution")
    effective_on = FrenchDateField(
        label="Décidée le", help_text="La date de l’avenant ou de l’ordre de service."
    )
    reason = reason("Par exemple : avenant n° 2, travaux supplémentaires.")


class TerminateForm(TypedForm):
    """The last day, or what is taken off; a field by objective that owes something."""

    extent = forms.ChoiceField(
        label="Ce qui est résilié",
        choices=[
            (WHOLE, "Tout le marché : l’exécution s’arrête"),
            (PARTIAL, "Une partie : l’exécution continue jusqu’à sa fin"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si tout le marché est résilié, ou une partie."},
    )
    on = FrenchDateField(
        label="Prend effet le",
        help_text="Le dernier jour d’exécution, ou celui à partir duquel la partie n’est plus due.",
    )
    reason = reason("Par exemple : faute du titulaire, intérêt général.")

    def __init__(self, owed: Mapping[Objective, Decimal], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for objective, quantity in owed.items():
            self.fields[f"removed-{objective.pk}"] = _removed(objective, quantity)
        self.fields["reason"] = self.fields.pop("reason")
        keep_what_is_pasted(self)

    @property
    def removed(self) -> dict[int, Decimal]:
        """What is no longer owed, by objective."""
        said = {
            int(name.removeprefix("removed-")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("removed-")
        }
        return {pk: quantity for pk, quantity in said.items() if quantity}


class UndoForm(TypedForm):
    """Why the last change is taken back."""

    reason = reason("Par exemple : saisie sur le mauvais lot.")


def _removed(objective: Objective, quantity: Decimal) -> FrenchDecimalField:
    in_hours = objective.measure in IN_HOURS
    label = objective.label or ("part réservée à un public" if objective.public else "")
    named = f" ({label})" if label else ""
    what = "Heures" if in_hours else objective.get_measure_display()
    return FrenchDecimalField(
        unit="h" if in_hours else "",
        label=f"{what} qui ne sont plus dues{named}" if in_hours else f"{what} en moins{named}",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2 if in_hours else 0,
        help_text=f"Sur {in_words(objective.measure, quantity)}. Laissez vide si tout reste dû.",
    )
