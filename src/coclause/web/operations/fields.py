"""Dates and amounts typed the French way, and texts looked up in a list."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.render import numbers

FIRST_YEAR, LAST_YEAR = 1990, 2100
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_GROUPED = re.compile(r"\d{1,3}(\.\d{3})+,\d+")


class FrenchDateField(forms.DateField):
    """ "22/08/2026"; refuses years that no contract has (0202, 20226)."""

    widget = forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric"})

    def __init__(self, **options: Any) -> None:
        options["input_formats"] = ["%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d"]
        options["help_text"] = options.get("help_text") or "Jour, mois, année : 22/08/2026."
        options.setdefault("error_messages", {})["invalid"] = (
            "Cette date n’existe pas : écrivez le jour, le mois et l’année, comme 22/08/2026."
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(
                f"L'année {day.year:04d} n’est pas possible : "
                f"elle va de {FIRST_YEAR} à {LAST_YEAR}."
            )
        return day


class FrenchDecimalField(forms.DecimalField):
    """ "1 234 567,89", with or without spaces and unit; the dot is accepted for the comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, *, unit: str = "€", **options: Any) -> None:
        self.unit = unit
        options.setdefault("error_messages", {})["invalid"] = (
            "Ce n’est pas un nombre : écrivez-le comme 1 234 567,89."
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = _SPACES.sub("", value).removesuffix(self.unit).removesuffix("HT")
            value = value.removesuffix(self.unit)
            if _GROUPED.fullmatch(value):
                value = value.replace(".", "")
            value = value.replace("−", "-").replace(",", ".")
            if "e" in value.lower():
                # An exponent: nobody writes an amount so, and a large one cannot be computed.
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return numbers.decimal(value)
        return value


class EuroField(FrenchDecimalField):
    """An amount in euros, without tax, never below zero."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 0)
        super().__init__(unit="€", **options)


class HoursField(FrenchDecimalField):
    """A number of hours, to the hundredth."""

    def __init__(self, **options: Any) -> None:
        super().__init__(unit="h", max_digits=12, decimal_places=2, **options)


class WholePercentField(forms.IntegerField):
    """A share in per cent, without decimals: "20", "20 %"."""

    unit = "%"
    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def __init__(self, **options: Any) -> None:
        options["min_value"], options["max_value"] = 1, 100
        super().__init__(**options)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = _SPACES.sub("", value).removesuffix("%")
        return super().to_python(value)


class KnownField(forms.NullBooleanField):
    """Yes, no, or not known: never guessed."""

    widget = forms.NullBooleanSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        widget: Any = self.widget
        widget.choices = [("unknown", "Non connu"), ("true", "Oui"), ("false", "Non")]


class AskedField(forms.CharField):
    """Asked for, and may stay empty when another field of the form answers in its place.

    The form itself says when neither does.
    """

    def validate(self, value: Any) -> None:
        """Empty is for the form to judge."""


def keep_what_is_pasted(form: forms.BaseForm) -> None:
    """Let long texts come whole, to be refused in words: browsers would cut them silently."""
    for field in form.fields.values():
        field.widget.attrs.pop("maxlength", None)


def choose(
    form: forms.BaseForm, name: str, question: str, found: list[tuple[str, str]]
) -> str | None:
    """The code meant by the text typed in field `name`: the only one found, or the one chosen.

    When several answer, the form gains a list `<name>_choice` with an error that asks the question.
    """
    field = f"{name}_choice"
    chosen = str(form.data.get(form.add_prefix(field), ""))
    codes = [code for code, _ in found]
    if chosen in codes:
        return chosen
    if len(found) == 1:
        return codes[0]
    form.fields[field] = forms.ChoiceField(
        label=question, choices=found, widget=forms.RadioSelect, required=False
    )
    form.add_error(field, "Plusieurs réponses correspondent : choisissez.")
    return None
