"""Forms of commitments. An objective's fields follow its kind: what is promised, from which event.

The kind is chosen first, the page then asks its fields: nothing needs a script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.clauses.choices import HoursKind, Measure, OrderKind, Trigger
from coclause.clauses.engaging import Terms
from coclause.clauses.models import Award, Objective
from coclause.web.operations.fields import (
    EuroField,
    FrenchDateField,
    FrenchDecimalField,
    HoursField,
    WholePercentField,
    keep_what_is_pasted,
)
from coclause.web.operations.finding import TypedForm

Choices = Sequence[tuple[str, str]]
RESERVED = "reserve"
"""A part of another objective, kept for a public: chosen as a measure is."""

MEASURES = [*Measure.choices, (RESERVED, "Part réservée à un public, dans un autre objectif")]
TRIGGERS = [
    (Trigger.NOTIFICATION, "Dès la notification"),
    (Trigger.YEAR, "Chaque année ou reconduction"),
    (Trigger.TRANCHE, "Si une tranche optionnelle est affermie"),
    (Trigger.ORDER, "À chaque bon de commande"),
    (Trigger.CALL_OFF, "À chaque marché subséquent"),
]
HOURS_KINDS = [("", "Toutes celles que la clause compte"), *HoursKind.choices]
PLANNED = {
    Trigger.YEAR: "par année",
    Trigger.TRANCHE: "si la tranche est affermie",
    Trigger.ORDER: "par bon de commande",
    Trigger.CALL_OFF: "par marché subséquent",
}
NAMES = {
    Measure.HOURS: "Heures",
    Measure.PERSONS: "Personnes",
    Measure.CONTRACTS: "Contrats de travail",
    Measure.APPRENTICES: "Apprentis",
}


class CountField(FrenchDecimalField):
    """A whole number of persons or contracts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(unit="", max_digits=9, **options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        number = super().to_python(value)
        if number is not None and number != number.to_integral_value():
            raise ValidationError("Écrivez un nombre entier, sans virgule.")
        return number


class PercentField(FrenchDecimalField):
    """ "50" or "50 %": from 0 to 100."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            unit="%", min_value=0, max_value=100, max_digits=5, decimal_places=2, **options
        )


class CommitmentForm(TypedForm):
    """Which award commits itself; its objectives are forms of their own."""

    award = forms.ModelChoiceField(
        label="Entreprise qui s’engage", queryset=Award.objects.none(), empty_label=None
    )

    def __init__(self, awards: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["award"]
        field.queryset = awards
        field.label_from_instance = lambda award: f"{award.holder} ({award.lot})"


class KindForm(forms.Form):
    """The first step: what is promised, and from which event it is due."""

    use_required_attribute = False
    mesure = forms.ChoiceField(label="Ce qui est promis", choices=MEASURES)
    declencheur = forms.ChoiceField(label="Dû", choices=TRIGGERS)


@dataclass(frozen=True)
class Wrong:
    """One error of several forms sent together, and the field it leads to."""

    words: str
    target: str = ""


def wrong_in(*sent: forms.BaseForm | None) -> list[Wrong]:
    """The errors of these forms, in the order of the page."""
    found = []
    for form in sent:
        if form is None or not form.is_bound:
            continue
        found += [Wrong(str(error)) for error in form.non_field_errors()]
        found += [
            Wrong(f"{field.label} : {error}", field.id_for_label)
            for field in form
            for error in field.errors
        ]
    return found


class OnceTokenForm(TypedForm):
    """A form that carries nothing but its token."""


class ObjectiveForm(forms.Form):
    """The fields of one objective, by its kind. `terms()` once it is valid."""

    use_required_attribute = False

    def __init__(
        self, measure: str, trigger: str, *, publics: Choices, wholes: Choices, **options: Any
    ) -> None:
        super().__init__(**options)
        self.measure, self.trigger = measure, trigger
        for name, value, codes in (
            ("measure", measure, MEASURES),
            ("trigger", trigger, TRIGGERS),
        ):
            self.fields[name] = forms.ChoiceField(
                choices=codes, initial=value, widget=forms.HiddenInput, required=False
            )
        self.fields |= _fields(measure, trigger, publics, wholes)
        keep_what_is_pasted(self)

    @property
    def heading(self) -> str:
        """ "Volume d’heures, dès la notification"."""
        what = dict(MEASURES)[self.measure]
        if self.measure in (RESERVED, Measure.PER_EURO):
            return str(what)
        when = dict(TRIGGERS)[Trigger(self.trigger)]
        return f"{what}, {when[0].lower()}{when[1:]}"

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "La fin précède le début : corrigez l’une des dates.")
        both_or_none = (said.get("share") is None) == (said.get("quantity") is None)
        if self.measure == RESERVED and not self.errors and both_or_none:
            raise ValidationError("Donnez la part en pourcentage, ou en nombre : l’un des deux.")
        return said

    def terms(self, part_of: Objective | int | None = None) -> Terms:
        said = {name: value for name, value in self.cleaned_data.items() if value is not None}
        for name in ("measure", "trigger", "part_of"):
            said.pop(name, None)
        if self.measure == RESERVED:
            return Terms(part_of=part_of, **said)
        return Terms(measure=self.measure, trigger=self.trigger, **said)


def _fields(measure: str, trigger: str, publics: Choices, wholes: Choices) -> dict[str, Any]:
    if measure == RESERVED:
        return _reserved(publics, wholes)
    found: dict[str, Any] = {}
    if measure == Measure.SHARE:
        found["rate"] = PercentField(
            label="Part des heures travaillées",
            help_text="Par exemple 50 : la moitié des heures travaillées sur le marché. Les heures"
            " dues se calculent quand les heures travaillées sont connues.",
        )
    elif measure == Measure.PER_EURO:
        found["rate"] = HoursField(label="Heures", help_text="Par exemple 5.", min_value=0)
        found["per"] = EuroField(
            label="Pour un montant commandé (HT) de",
            help_text="Par exemple 10 000 : 5 h par 10 000 € HT commandés.",
            initial=Decimal(10_000),
        )
    else:
        found |= _quantity(measure, trigger)
    found["label"] = forms.CharField(
        label="Intitulé",
        required=False,
        max_length=120,
        help_text="Pour le reconnaître, par exemple « Tranche optionnelle 1 ».",
    )
    if trigger in (Trigger.NOTIFICATION, Trigger.YEAR, Trigger.TRANCHE):
        found["starts_on"] = FrenchDateField(
            label="Début de la phase",
            required=False,
            help_text="Si l’objectif ne court pas sur toute l’exécution : phase de travaux, puis"
            " d’exploitation.",
        )
        found["ends_on"] = FrenchDateField(label="Fin de la phase", required=False)
    return found


def _quantity(measure: str, trigger: str) -> dict[str, Any]:
    in_hours = measure == Measure.HOURS
    kind: Any = HoursField if in_hours else CountField
    name = NAMES[Measure(measure)]
    found: dict[str, Any] = {}
    if trigger == Trigger.NOTIFICATION:
        label = "Heures engagées" if in_hours else name
        found["quantity"] = kind(
            label=label, min_value=1, help_text="Par exemple 1 240." if in_hours else ""
        )
    else:
        each = trigger in (Trigger.ORDER, Trigger.CALL_OFF)
        found["planned"] = kind(
            label=f"{name} {PLANNED[Trigger(trigger)]}",
            min_value=1,
            required=not each,
            help_text="Laissez vide si ce nombre change d’une commande à l’autre." if each else "",
        )
    if in_hours:
        found["hour_kind"] = forms.ChoiceField(
            label="Nature des heures", choices=HOURS_KINDS, required=False
        )
    return found


def _reserved(publics: Choices, wholes: Choices) -> dict[str, Any]:
    return {
        "part_of": forms.ChoiceField(
            label="Dans l’objectif",
            choices=wholes,
            error_messages={"required": "Dites dans quel objectif cette part est prise."},
        ),
        "public": forms.ChoiceField(label="Part réservée à", choices=publics),
        "share": PercentField(
            label="En pourcentage", required=False, help_text="Par exemple 30 % des heures."
        ),
        "quantity": FrenchDecimalField(
            unit="h",
            label="Ou en nombre",
            required=False,
            min_value=1,
            max_digits=12,
            decimal_places=2,
            help_text="Heures, personnes ou contrats, comme l’objectif dont elle est prise.",
        ),
    }


class AmendmentForm(TypedForm):
    """Hours added to, or removed from, a commitment from a date on."""

    quantity = HoursField(
        label="Heures ajoutées ou retirées", help_text="120 ajoute des heures, −40 en retire."
    )
    effective_on = FrenchDateField(label="Prend effet le")
    reason = forms.CharField(label="Motif", max_length=300)

    def __init__(self, objective: Objective, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if objective.measure in NAMES and objective.measure != Measure.HOURS:
            name = NAMES[Measure(objective.measure)].lower()
            self.fields["quantity"] = CountField(
                label=f"En plus ou en moins ({name})", help_text="2 en ajoute, −1 en retire."
            )


class TriggerForm(TypedForm):
    """A tranche affirmed, a year engaged, an order or a call-off that makes hours due."""

    effective_on = FrenchDateField(label="Prend effet le")
    due_from = FrenchDateField(label="Du", required=False)
    due_until = FrenchDateField(label="Au", required=False)
    reason = forms.CharField(
        label="Précision",
        required=False,
        max_length=300,
        help_text="Le numéro de la décision, par exemple.",
    )

    def __init__(self, objective: Objective, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        in_hours = objective.measure == Measure.HOURS
        kind: Any = HoursField if in_hours else CountField
        name = NAMES[Measure(objective.measure)] if objective.measure in NAMES else "Heures"
        self.fields["quantity"] = kind(
            label=f"{name} à engager", min_value=1, initial=objective.planned
        )
        self.order_fields(("effective_on", "quantity", "due_from", "due_until", "reason"))
        if objective.trigger != Trigger.YEAR:
            del self.fields["due_from"], self.fields["due_until"]


class WorkedForm(TypedForm):
    """The hours worked on the contract by everybody, over a period."""

    base = HoursField(
        label="Heures travaillées sur le marché",
        min_value=0,
        help_text="Par toutes les personnes, en insertion ou non.",
    )
    due_from = FrenchDateField(label="Travaillées du")
    due_until = FrenchDateField(label="Au")
    effective_on = FrenchDateField(label="Connues le")
    reason = forms.CharField(
        label="Précision",
        required=False,
        max_length=300,
        help_text="D’où vient ce chiffre : attestation de l’entreprise, bilan…",
    )


class RateForm(TypedForm):
    """Another rate, from a day on."""

    effective_on = FrenchDateField(label="À partir du")
    reason = forms.CharField(label="Motif", max_length=300)

    def __init__(self, objective: Objective, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        share = objective.measure == Measure.SHARE
        self.fields["rate"] = (
            PercentField(label="Nouvelle part des heures travaillées")
            if share
            else HoursField(label="Nouveau nombre d’heures", min_value=0)
        )
        self.order_fields(("rate", "effective_on", "reason"))


class CountingForm(TypedForm):
    """Which hours count from a day on, and their caps."""

    starts_on = FrenchDateField(
        label="À partir du",
        help_text="Un mois suit la règle de son dernier jour. Les heures déjà validées sont"
        " recomptées avec la nouvelle règle à partir de ce jour.",
    )
    hour_kinds = forms.MultipleChoiceField(
        label="Heures qui comptent",
        choices=HoursKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une nature d’heures."},
    )
    training_cap = WholePercentField(
        label="Plafond des heures de formation",
        required=False,
        help_text="En part de l’engagement, par exemple 20. Vide : aucun plafond.",
    )
    internship_cap = WholePercentField(
        label="Plafond des heures de stage", required=False, help_text="Vide : aucun plafond."
    )
    reason = forms.CharField(label="Motif", max_length=300)


class OrderForm(TypedForm):
    """An order or a call-off of a framework agreement."""

    kind = forms.ChoiceField(label="Nature", choices=OrderKind.choices)
    number = forms.CharField(label="Numéro", max_length=60)
    object = forms.CharField(label="Objet", max_length=300, required=False)
    ordered_on = FrenchDateField(label="Notifié le")
    amount = FrenchDecimalField(
        label="Montant (HT)",
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text="Par exemple 124 000. Au-dessous de zéro, il corrige une commande précédente.",
    )
    starts_on = FrenchDateField(label="Début", required=False)
    ends_on = FrenchDateField(label="Fin", required=False)

    def __init__(self, depending: Sequence[Objective], kinds: Choices, **options: Any) -> None:
        super().__init__(**options)
        field: Any = self.fields["kind"]
        field.choices = kinds
        if len(kinds) == 1:
            field.widget = forms.HiddenInput()
            field.initial = kinds[0][0]
        for objective in depending:
            kind: Any = HoursField if objective.measure == Measure.HOURS else CountField
            self.fields[f"objectif-{objective.pk}"] = kind(
                label=f"{NAMES[Measure(objective.measure)]} engagées par cette commande"
                if objective.measure == Measure.HOURS
                else f"{NAMES[Measure(objective.measure)]} à engager par cette commande",
                required=objective.planned is not None,
                initial=objective.planned,
                min_value=0,
                help_text=f"{objective.label}. 0 : aucune." if objective.label else "0 : aucune.",
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "La fin précède le début : corrigez l’une des dates.")
        return said

    @property
    def quantities(self) -> dict[int, Decimal]:
        """By objective, what this order engages."""
        return {
            int(name.removeprefix("objectif-")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("objectif-") and value is not None
        }
