"""A version of a calibration as it is typed: values shared by all lots, then each lot's own.

Shares and rates are typed as percentages and kept as fractions. A lot without a value of its own
takes the shared one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.clauses.calibrating import Draft, DraftLine
from coclause.clauses.choices import CalibrationMethod, CostBasis
from coclause.clauses.models import Calibration, CalibrationLine, Contract, Lot
from coclause.core.refusals import Refused
from coclause.law.calibration import Defaults
from coclause.web.operations.fields import EuroField, FrenchDecimalField, HoursField
from coclause.web.operations.finding import TypedForm

MOST_OWN = 80
"""Lots above which a lot takes the shared values only: a form sends a thousand fields at most."""
PERCENT_PLACES = 2
SHARED = ("labour_share", "rate", "hourly_cost")
AS_PERCENT = ("labour_share", "rate")
LEFT_OUT = ""
OF_LOT_AMOUNT = "Montant saisi sur le contrat ou sur le lot"


class _Asked(forms.Field):
    """Shown as asked for; the forms say themselves when its absence matters."""

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class AskedHours(_Asked, HoursField):
    """Hours, asked for by one method."""


class AskedEuros(_Asked, EuroField):
    """An amount, asked for by one method."""


class AskedMethod(_Asked, forms.ChoiceField):
    """How a lot is computed; empty leaves it out."""


class CostField(_Asked, FrenchDecimalField):
    """Euros an hour, above zero."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, min_value=Decimal("0.01"), **options)


class PercentField(_Asked, FrenchDecimalField):
    """A share typed in per cent, above 0 and up to 100: "5", "7,5 %"."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {}).update(
            max_value="C’est plus de 100 %% : écrivez 5 pour 5 %%.",
        )
        super().__init__(
            unit="%", max_value=100, max_digits=5, decimal_places=PERCENT_PLACES, **options
        )

    def clean(self, value: Any) -> Decimal | None:
        found: Decimal | None = super().clean(value)
        if found is not None and found <= 0:
            raise ValidationError("Donnez un pourcentage plus grand que 0.")
        return found


class SourceField(forms.CharField):
    """Where a value comes from."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, required=False, max_length=300, **options)


class SharedForm(TypedForm):
    """The name of the version, and the values that hold for every lot without its own."""

    title = forms.CharField(
        label="Nom de la version",
        max_length=120,
        help_text="Ce qui la distingue : « Taux à 7 % », « Sans le lot peinture ».",
    )
    labour_share = PercentField(label="Part de main-d’œuvre")
    labour_share_source = SourceField("Source de cette part")
    rate = PercentField(label="Taux d’insertion")
    rate_source = SourceField("Source de ce taux")
    hourly_cost = CostField(label="Coût d’une heure")
    cost_basis = forms.ChoiceField(
        label="Ce que dit ce coût",
        choices=CostBasis.choices,
        widget=forms.RadioSelect,
        help_text="Le prix de vente comprend les frais et la marge : il donne moins d’heures.",
    )
    hourly_cost_source = SourceField("Source de ce coût")
    step = forms.TypedChoiceField(label="Arrondi", coerce=int, widget=forms.RadioSelect)
    amount_source = SourceField("Source des montants")
    hours_worked_source = SourceField("Source des heures travaillées")
    transferred_hours_source = SourceField("Source des heures reprises")
    note = forms.CharField(
        label="Ce qui explique ce choix",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    computed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, start: Defaults, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._start = start
        step: Any = self.fields["step"]
        step.choices = [
            (int(one.value), f"Aux {int(one.value)} heures supérieures") for one in start.steps
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in SHARED:
            default = getattr(self._start, name)
            value = _fraction(name, cleaned.get(name))
            told = cleaned.get(f"{name}_source", "")
            if value is not None and value != default.value and told == default.reference:
                self.add_error(
                    f"{name}_source",
                    "Ce texte est la source de la valeur proposée, que vous avez changée : dites"
                    " d’où vient la vôtre, ou videz-le.",
                )
        return cleaned


class LineForm(forms.Form):
    """What one lot, or the whole, is computed from."""

    method = AskedMethod(label="Méthode", widget=forms.RadioSelect)
    amount = AskedEuros(label="Montant HT", max_digits=14, decimal_places=2)
    hours_worked = AskedHours(label="Heures travaillées", min_value=0)
    transferred_hours = HoursField(
        label="Dont heures du personnel repris", required=False, min_value=0
    )
    labour_share = PercentField(label="Part de main-d’œuvre de ce lot", required=False)
    rate = PercentField(label="Taux d’insertion de ce lot", required=False)
    hourly_cost = CostField(label="Coût d’une heure pour ce lot", required=False)
    own_source = SourceField("Source de ces valeurs")

    use_required_attribute = False

    def __init__(self, lot: Lot | None, *, own: bool, **options: Any) -> None:
        super().__init__(**options)
        self.lot = lot
        method: Any = self.fields["method"]
        aside = [(LEFT_OUT, "Laisser ce lot de côté")] if lot is not None else []
        method.choices = [*CalibrationMethod.choices, *aside]
        if lot is None or not own:
            for name in (*SHARED, "own_source"):
                del self.fields[name]
        for one in self.fields.values():
            one.widget.attrs.pop("maxlength", None)

    @property
    def name(self) -> str:
        return str(self.lot) if self.lot else "Ensemble du contrat"

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*SHARED, "own_source") if name in self.fields]

    @property
    def has_own(self) -> bool:
        """A value of its own is typed, or refused."""
        return any(field.value() or field.errors for field in self.own_fields)

    @property
    def method_said(self) -> str:
        return str(self["method"].value() or "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        method = cleaned.get("method")
        if self.lot is None and not method and "method" not in self.errors:
            self.add_error("method", "Choisissez une méthode.")
        needed = {"montant": "amount", "heures": "hours_worked"}.get(method or "")
        if needed and needed not in self.errors and cleaned.get(needed) is None:
            told = "le montant" if needed == "amount" else "les heures travaillées"
            aside = "." if self.lot is None else ", ou laissez ce lot de côté."
            self.add_error(needed, f"Donnez {told}{aside}")
        worked, moved = cleaned.get("hours_worked"), cleaned.get("transferred_hours")
        if method == CalibrationMethod.HOURS and worked is not None and (moved or 0) > worked:
            self.add_error(
                "transferred_hours",
                "C’est plus que les heures travaillées : corrigez l’un des deux.",
            )
        return cleaned


@dataclass
class CalibrationForms:
    """The two parts of the page together: what is shared, and a form for each lot."""

    shared: SharedForm
    lines: list[LineForm]

    @property
    def is_bound(self) -> bool:
        return self.shared.is_bound

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(address in the page, name of the field, error), the shared part first."""
        found = [("", "", str(error)) for error in self.shared.non_field_errors()]
        found += [
            (_anchor(field), str(field.label), str(error))
            for field in self.shared
            for error in field.errors
        ]
        return found + [
            (_anchor(field), f"{line.name}, {field.label}", str(error))
            for line in self.lines
            for field in line
            for error in field.errors
        ]

    def is_valid(self) -> bool:
        valid = [self.shared.is_valid(), *(line.is_valid() for line in self.lines)]
        if not all(valid):
            return False
        for name, told in _MISSING.items():
            if any(self._lacks(line, name) for line in self.lines):
                self.shared.add_error(name, told)
        return self.shared.is_valid()

    def remember(self, told: str) -> None:
        """What the page shown again was computed from."""
        data: Any = self.shared.data
        data = data.copy()
        data["computed"] = told
        self.shared.data = data

    def draft(self) -> Draft:
        """What was typed, as the act takes it. The forms are valid. Raises Refused."""
        said = self.shared.cleaned_data
        lines = tuple(self._line(line) for line in self.lines if line.cleaned_data["method"])
        if not lines:
            raise Refused("Tous les lots sont laissés de côté : calculez-en un au moins.")
        return Draft(title=said["title"], step=said["step"], note=said["note"], lines=lines)

    def _lacks(self, line: LineForm, name: str) -> bool:
        method = line.cleaned_data.get("method")
        needs = bool(method) and (name == "rate" or method == CalibrationMethod.AMOUNT)
        own = line.cleaned_data.get(name)
        return needs and own is None and self.shared.cleaned_data.get(name) is None

    def _line(self, form: LineForm) -> DraftLine:
        shared, own = self.shared.cleaned_data, form.cleaned_data
        sources = {
            name: shared[f"{name}_source"]
            for name in (*SHARED, "amount", "hours_worked", "transferred_hours")
        }
        values: dict[str, Decimal | None] = {}
        for name in SHARED:
            value = shared[name]
            if own.get(name) is not None:
                value, sources[name] = own[name], own["own_source"]
            values[name] = _fraction(name, value)
        return DraftLine(
            method=own["method"],
            lot=form.lot,
            amount=own["amount"],
            hours_worked=own["hours_worked"],
            transferred_hours=own["transferred_hours"] or Decimal(0),
            cost_basis=shared["cost_basis"],
            sources=sources,
            rate=values["rate"],
            labour_share=values["labour_share"],
            hourly_cost=values["hourly_cost"],
        )


_MISSING = {
    "labour_share": "Donnez la part de main-d’œuvre : le calcul à partir du montant en part.",
    "rate": "Donnez le taux d’insertion.",
    "hourly_cost": "Donnez le coût d’une heure : le calcul à partir du montant en part.",
}


def forms_of(
    contract: Contract,
    lots: list[Lot],
    start: Defaults,
    *,
    data: Any = None,
    base: Calibration | None = None,
) -> CalibrationForms:
    """The forms for these lots (none: for the whole), filled from a version or from the day's
    starting values.
    """
    first = _from_version(base, start) if base else _from_defaults(start)
    shared = SharedForm(start, data, initial=first)
    own = len(lots) <= MOST_OWN
    kept = {line.lot_id: line for line in base.lines.all()} if base else {}
    computed: list[Lot | None] = list(lots) or [None]
    lines = [
        LineForm(
            lot,
            own=own,
            data=data,
            prefix=f"lot-{lot.pk}" if lot else "ensemble",
            initial=_line_initial(contract, lot, kept.get(lot.pk if lot else None), base, first),
        )
        for lot in computed
    ]
    return CalibrationForms(shared, lines)


def fingerprint(draft: Draft) -> str:
    """Changes when any value, text or choice of the draft does."""
    lines = [
        (line.lot.pk if line.lot else 0, line.method, *(_told(line, name) for name in line.inputs))
        for line in draft.lines
    ]
    told = repr((draft.step, lines))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _told(line: DraftLine, name: str) -> tuple[str, str]:
    """A value and its source, written the same however it was typed."""
    value = getattr(line, name)
    return (name, "" if value is None else str(Decimal(value).normalize()))


def _fraction(name: str, value: Decimal | None) -> Decimal | None:
    return value / 100 if value is not None and name in AS_PERCENT else value


def _typed(name: str, value: Decimal | None) -> Decimal | None:
    return value * 100 if value is not None and name in AS_PERCENT else value


def _from_defaults(start: Defaults) -> dict[str, Any]:
    found: dict[str, Any] = {
        "step": int(start.step),
        "cost_basis": CostBasis.COST,
        "amount_source": OF_LOT_AMOUNT,
    }
    for name in SHARED:
        default = getattr(start, name)
        found[name] = _typed(name, default.value)
        found[f"{name}_source"] = default.reference
    return found


def _from_version(base: Calibration, start: Defaults) -> dict[str, Any]:
    """The values most lots share in that version; those of a lot that differ stay its own."""
    lines = list(base.lines.all())
    found = _from_defaults(start) | {"step": base.step, "note": base.note}
    for name in (*SHARED, "amount", "hours_worked", "transferred_hours"):
        pairs = [
            (getattr(line, name), line.sources.get(name, ""))
            for line in lines
            if getattr(line, name) is not None
        ]
        if not pairs:
            continue
        value, source = max(pairs, key=pairs.count)
        if name in SHARED:
            found[name] = _typed(name, value)
        found[f"{name}_source"] = source
    basis = [line.cost_basis for line in lines if line.cost_basis]
    if basis:
        found["cost_basis"] = max(basis, key=basis.count)
    return found


def _line_initial(
    contract: Contract,
    lot: Lot | None,
    line: CalibrationLine | None,
    base: Calibration | None,
    shared: Mapping[str, Any],
) -> dict[str, Any]:
    amount = lot.amount if lot else contract.amount or contract.estimated_value
    if line is None:
        left = LEFT_OUT if lot and (base or amount is None) else CalibrationMethod.AMOUNT
        return {"method": left, "amount": amount}
    found: dict[str, Any] = {
        "method": line.method,
        "amount": amount if line.amount is None else line.amount,
        "hours_worked": line.hours_worked,
        "transferred_hours": line.transferred_hours or None,
    }
    if lot:
        for name in SHARED:
            value = _typed(name, getattr(line, name))
            if value is not None and value != shared[name]:
                found[name] = value
                found["own_source"] = line.sources.get(name, "")
    return found


def _anchor(field: forms.BoundField) -> str:
    return field.auto_id if field.use_fieldset else field.id_for_label
