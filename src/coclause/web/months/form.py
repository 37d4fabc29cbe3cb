"""The month of an award as a form: one field by person and kind of hours, typed the French way."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.clauses.choices import HoursKind
from coclause.hours.collective import MOST_PEOPLE
from coclause.hours.declaring import Entry
from coclause.render.numbers import decimal, hours

# No exponent: nobody writes hours so, and a large one is beyond what can be computed.
_NUMBER = re.compile(r"-?(\d{1,9}(\.\d*)?|\.\d+)")
_CLOCK = re.compile(r"(\d{1,4})[hH:]([0-5]\d)?")
NO_SUPERVISORS = "Sans les heures des encadrants : elles ne comptent jamais."
TYPED = "Écrivez un nombre d’heures, par exemple 35,5."
JUST_ADDED = (
    "Cette personne vient d’être ajoutée au marché : écrivez ses heures, ou laissez vide s’il n’y"
    " en a pas."
)


class HoursField(forms.CharField):
    """Hours to the hundredth, with a comma or a point; empty is zero.

    `label` names the field in a list of errors, `short` beside the field, under its person.
    """

    def __init__(self, label: str, short: str, *, below: int = 10_000, **attributes: Any) -> None:
        super().__init__(label=label, required=False, max_length=12, **attributes)
        self.short = short
        self.below = below
        self.widget.attrs.update(inputmode="decimal", autocomplete="off")

    def clean(self, value: Any) -> Any:
        text = _plain(super().clean(value))
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValidationError(TYPED)
        number = Decimal(text)
        if abs(number) >= self.below:
            raise ValidationError(f"{hours(number)} dans un mois : vérifiez le nombre.")
        if round(number, 2) != number:
            raise ValidationError(
                "Écrivez des heures avec deux décimales au plus, par exemple 35,5."
            )
        return number


class HeadcountField(forms.IntegerField):
    """How many people; empty is nobody."""

    short = "Effectif"

    def __init__(self, **attributes: Any) -> None:
        super().__init__(
            label="Déclaration collective, effectif",
            required=False,
            min_value=0,
            max_value=MOST_PEOPLE,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "invalid": "Écrivez un nombre entier de personnes, par exemple 12.",
                "min_value": "Un effectif ne peut pas être négatif.",
                "max_value": "Cet effectif est trop grand : vérifiez le nombre.",
            },
            **attributes,
        )

    def clean(self, value: Any) -> int:
        return super().clean(_plain(value)) or 0


@dataclass
class CollectiveMonth:
    """What is declared without names: what was declared before, what to start from."""

    kinds: dict[str, Decimal] = field(default_factory=dict)
    headcount: int = 0
    sent: bool = False
    """Something was already declared for this month."""
    previous: str = ""
    """What the month before held, in words."""
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.kinds.values(), Decimal(0))


@dataclass
class PersonMonth:
    """One employment on the page: who, what was declared before, what is there now."""

    employment_id: int
    name: str
    about: str
    kinds: dict[str, Decimal] = field(default_factory=dict)
    """What to start from: hours by kind."""
    previous: Decimal | None = None
    worked: Decimal | None = None
    reasons: list[str] = field(default_factory=list)
    """Why hours were sent back."""
    notes: list[str] = field(default_factory=list)
    """What is to be confirmed."""
    contests: list[str] = field(default_factory=list)
    """What another company says of these hours."""
    settled: list[str] = field(default_factory=list)
    """What became of what one's own company said of them."""
    waits: str = ""
    """The employer that declares by itself and has not yet; empty when hours are asked here."""


class MonthForm(forms.Form):
    """Built for the persons of a month; `entries` is what to declare once it is valid.

    `collective` adds fields for hours and people without names.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    later = forms.BooleanField(
        label="Pas encore prêt : ne pas l’envoyer cette fois", required=False
    )

    def __init__(
        self,
        people: Iterable[PersonMonth],
        *args: Any,
        collective: CollectiveMonth | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        self.collective = collective
        for person in self.people:
            for kind in HoursKind.values:
                short = HoursKind(kind).label
                label = f"{person.name}, {short.lower()}"
                self.fields[field_name(person.employment_id, kind)] = HoursField(
                    label, short, initial=_written(person.kinds.get(kind))
                )
            self.fields[worked_name(person.employment_id)] = HoursField(
                f"{person.name}, total du mois",
                "Total travaillé du mois, tous chantiers",
                initial=_written(person.worked),
            )

        if collective is not None:
            self._add_collective(collective)

    def clean(self) -> dict[str, Any]:
        """Nobody is sent at zero by a page that did not show them."""
        said = super().clean() or self.cleaned_data
        if said.get("later") or "neant" in self.data:
            return said
        for person in self.people:
            name = field_name(person.employment_id, HoursKind.WORK)
            if not person.waits and self.add_prefix(name) not in self.data:
                self.add_error(name, JUST_ADDED)
        return said

    def _add_collective(self, start: CollectiveMonth) -> None:
        for kind in HoursKind.values:
            name = HoursKind(kind).label.lower()
            self.fields[collective_name(kind)] = HoursField(
                f"Déclaration collective, {name}",
                f"Heures de {name}",
                below=1_000_000,
                help_text=NO_SUPERVISORS if kind == HoursKind.WORK else "",
                initial=_written(start.kinds.get(kind)),
            )
        self.fields[HEADCOUNT] = HeadcountField(
            help_text="Combien de personnes ont fait ces heures.",
            initial=start.headcount or "",
        )

    def collective_hours(self) -> dict[str, Decimal]:
        """Hours by kind declared without names, once valid."""
        cleaned = self.cleaned_data
        return {kind: cleaned[collective_name(kind)] or Decimal(0) for kind in HoursKind.values}

    def collective_headcount(self) -> int:
        return int(self.cleaned_data[HEADCOUNT])

    def collective_fields(self) -> list[Any]:
        """What the template draws of it."""
        return [self[collective_name(kind)] for kind in HoursKind.values]

    def headcount_field(self) -> Any:
        return self[HEADCOUNT]

    def refuse_collective(self, sentence: str, *, about_headcount: bool) -> None:
        self.add_error(HEADCOUNT if about_headcount else collective_name(HoursKind.WORK), sentence)

    def entries(self) -> list[Entry]:
        """What is declared, for every person of the month: an emptied field is a zero.

        Of people whose employer declares by itself, only what was typed.
        """
        found = [
            Entry(
                person.employment_id,
                {
                    kind: self.cleaned_data[field_name(person.employment_id, kind)] or Decimal(0)
                    for kind in HoursKind.values
                },
                self.cleaned_data[worked_name(person.employment_id)],
            )
            for person in self.people
        ]
        waits = {person.employment_id for person in self.people if person.waits}
        return [entry for entry in found if entry.total or entry.employment_id not in waits]

    def refuse(self, problems: Mapping[int, str]) -> None:
        """Write at each person's line why the month was refused."""
        known = {person.employment_id for person in self.people}
        for employment_id, problem in problems.items():
            name = field_name(employment_id, HoursKind.WORK)
            self.add_error(name if employment_id in known else None, problem)

    def own_lines(self) -> list[dict[str, Any]]:
        """Those asked of who types."""
        return [self._line(person) for person in self.people if not person.waits]

    def other_lines(self) -> list[dict[str, Any]]:
        """Those whose employer declares by itself."""
        return [self._line(person) for person in self.people if person.waits]

    def totals(self) -> list[tuple[str, Decimal]]:
        """Hours by kind as they stand in the fields, readable ones only."""
        found = []
        for kind in HoursKind.values:
            names = [field_name(person.employment_id, kind) for person in self.people]
            if self.collective is not None:
                names.append(collective_name(kind))
            total = sum((_read(self[name].value()) for name in names), Decimal(0))
            if total or kind == HoursKind.WORK:
                found.append((HoursKind(kind).label, total))
        return found

    @property
    def total(self) -> Decimal:
        return sum((hours for _, hours in self.totals()), Decimal(0))

    def _line(self, person: PersonMonth) -> dict[str, Any]:
        fields = {k: self[field_name(person.employment_id, k)] for k in HoursKind.values}
        main = fields.pop(HoursKind.WORK)
        # Most people only work: what they do not do stays folded, one click away.
        shown = [bound for bound in fields.values() if bound.value() or bound.errors]
        hidden = [bound for bound in fields.values() if bound not in shown]
        worked = self[worked_name(person.employment_id)]
        return {
            "person": person,
            "main": main,
            "shown": shown,
            "hidden": hidden,
            "worked": worked,
            "open": bool(worked.value() or worked.errors),
        }


def field_name(employment_id: int, kind: str) -> str:
    return f"h-{employment_id}-{kind}"


def collective_name(kind: str) -> str:
    return f"h-collectif-{kind}"


HEADCOUNT = "effectif-collectif"


def worked_name(employment_id: int) -> str:
    return f"total-{employment_id}"


def _written(hours: Decimal | None) -> str:
    return decimal(hours).replace("\u202f", "") if hours else ""


def _read(value: Any) -> Decimal:
    text = _plain(value)
    return Decimal(text) if _NUMBER.fullmatch(text) else Decimal(0)


def _plain(value: Any) -> str:
    """As a number is written for a machine; « 35h30 » is 35.5."""
    text = "".join(str(value or "").split()).replace(",", ".")
    if clock := _CLOCK.fullmatch(text):
        return str(round(Decimal(clock[1]) + Decimal(clock[2] or 0) / 60, 2))
    return text
