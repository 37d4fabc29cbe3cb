"""The forms of a hiring: the person, then their employment."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.hours.choices import EmploymentType, Way
from coclause.hours.models import Employment
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.people.choices import Level, Sex
from coclause.people.models import Criterion, Person
from coclause.reference.models import Commune, PriorityDistrict
from coclause.reference.queries import commune_by_code, find_communes

DATE_HELP = "Par exemple 17/05/1995"
WITH_CODE = re.compile(r"\((\w{5})\)\s*$")
ROME = r"^[A-Na-n]\d{4}$"


def day_field(label: str, **more: Any) -> forms.DateField:
    """A date typed the French way."""
    text = forms.DateInput(attrs={"placeholder": "jj/mm/aaaa"}, format="%d/%m/%Y")
    return forms.DateField(label=label, widget=text, input_formats=["%d/%m/%Y", "%Y-%m-%d"], **more)


class CommuneField(forms.CharField):
    """A commune typed by name, INSEE code or both, as "Montfictif (21231)"; several of one name ask
    for the code.
    """

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        coded = WITH_CODE.search(text)
        exact = commune_by_code((coded[1] if coded else text).strip().upper())
        if exact is not None:
            return exact
        found = find_communes(text, limit=4)
        named = [c for c in found if c.name.casefold() == text.strip().casefold()] or found
        if len(named) == 1:
            return named[0]
        if not named:
            raise ValidationError("Cette commune n’est pas connue : vérifiez le nom ou le code.")
        names = ", ".join(f"{c.name} ({c.code})" for c in named)
        raise ValidationError(f"Plusieurs communes répondent : écrivez le code. {names}.")


class PersonForm(forms.Form):
    """The minimum to recognise a person."""

    birth_name = forms.CharField(label="Nom de naissance", max_length=80)
    used_name = forms.CharField(label="Nom d’usage", max_length=80, required=False)
    given_names = forms.CharField(
        label="Prénoms", max_length=120, help_text="Dans l’ordre de l’état civil"
    )
    born_on = day_field("Date de naissance", help_text=DATE_HELP)
    sex = forms.ChoiceField(
        label="Sexe", choices=[("", "Choisir")] + [(s.value, s.label) for s in Sex]
    )
    commune = CommuneField(
        label="Commune de résidence", required=False, help_text="Nom ou code INSEE"
    )

    def person(self, host: Organisation) -> Person:
        """The record to save."""
        return Person(host=host, **self.cleaned_data)


class EmploymentForm(forms.Form):
    """The work contract, and the facts of the day of hiring."""

    employer = forms.ModelChoiceField(Organisation.objects.none(), label="Employeur")
    type = forms.ChoiceField(label="Type de contrat", choices=EmploymentType.choices)
    way = forms.ChoiceField(label="Modalité", choices=Way.choices)
    starts_on = day_field("Début du contrat", help_text="Par exemple 09/03/2026")
    ends_on = day_field("Fin du contrat", required=False, help_text="Vide si elle n’est pas connue")
    contract_number = forms.CharField(label="Numéro du contrat", max_length=40, required=False)
    trade = forms.RegexField(
        ROME,
        label="Métier (code ROME)",
        required=False,
        help_text="Une lettre et quatre chiffres, par exemple F1703",
        error_messages={"invalid": "Un code ROME est une lettre de A à N et quatre chiffres."},
    )
    level = forms.ChoiceField(
        label="Niveau de formation", choices=Level.choices, initial=Level.UNKNOWN
    )
    criteria = forms.MultipleChoiceField(
        label="Critères d’éligibilité",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Visibles de votre structure seulement, jamais de l’entreprise ni de l’acheteur",
    )
    prescriber = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Prescripteur",
        required=False,
        empty_label="Aucun ou non connu",
    )
    known_district = forms.ChoiceField(
        label="Quartier prioritaire de résidence",
        required=False,
        help_text="Laissez vide s’il n’est pas connu",
    )
    district = forms.CharField(
        label="Autre quartier prioritaire (code)",
        max_length=12,
        required=False,
        help_text="Un quartier qui n’est pas dans la liste, par exemple QN02101M",
    )
    district_vintage = forms.ChoiceField(
        label="Millésime des quartiers",
        choices=[("", "Choisir"), ("2015", "2015"), ("2024", "2024")],
        required=False,
    )
    place = CommuneField(label="Lieu de travail", required=False)

    def __init__(
        self,
        *args: Any,
        region: str,
        day: date,
        home: Commune | None = None,
        site: Commune | None = None,
        **kwargs: Any,
    ) -> None:
        """`home` is where the person lives, when known; `site` where the operation is."""
        super().__init__(*args, **kwargs)
        self.home = home
        self._offer_districts(region)
        usual = f", {site}" if site else ""
        self.fields["place"].help_text = f"Nom ou code INSEE. Vide : celui de l’opération{usual}"
        near = Organisation.objects.filter(region=region)
        self.fields["employer"].queryset = near.playing(Role.COMPANY)  # type: ignore[attr-defined]
        self.fields["prescriber"].queryset = near.playing(Role.PRESCRIBER)  # type: ignore[attr-defined]
        self.fields["criteria"].choices = criteria_of(region, day)  # type: ignore[attr-defined]

    def _offer_districts(self, region: str) -> None:
        """The districts loaded for the person's commune; for the region while it is not known."""
        rows = PriorityDistrict.objects.select_related("commune")
        if self.home is not None:
            rows = rows.filter(commune=self.home)
        else:
            rows = rows.filter(commune__departement__region=region)
        self.loaded = {f"{row.code}|{row.vintage}": row for row in rows}
        if not self.loaded:
            del self.fields["known_district"]
            self.fields["district"].label = "Quartier prioritaire (code)"
            self.fields["district"].help_text = "Vide s’il n’est pas connu. Par exemple QN02101M"
            return
        field: Any = self.fields["known_district"]
        field.choices = [("", "Non connu"), *self._by_commune()]

    def _by_commune(self) -> list[tuple[str, list[tuple[str, str]]]]:
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, row in self.loaded.items():
            groups.setdefault(str(row.commune), []).append((key, str(row)))
        return sorted(groups.items())

    def choose_district(self, home: Commune | None) -> bool:
        """Check what was chosen against where the person lives. False, and told, if elsewhere."""
        chosen = self.loaded.get(self.cleaned_data.get("known_district") or "")
        if chosen and home and chosen.commune_id != home.pk:
            self.add_error(
                "known_district",
                f"Ce quartier est à {chosen.commune} ; la personne habite {home}. Choisissez un"
                " quartier de sa commune, ou corrigez sa commune.",
            )
            return False
        return True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = self.loaded.get(data.get("known_district") or "")
        if chosen and data.get("district"):
            self.add_error(
                "district", "Choisissez un quartier dans la liste ou écrivez un code, pas les deux."
            )
        elif chosen:
            data["district"], data["district_vintage"] = chosen.code, chosen.vintage
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "La fin est avant le début : corrigez l’une des deux dates.")
        if starts_on and not date(1990, 1, 1) <= starts_on <= date(2100, 12, 31):
            self.add_error("starts_on", "Cette date est hors de propos : vérifiez l’année.")
        if data.get("district") and not data.get("district_vintage"):
            self.add_error("district_vintage", "Choisissez le millésime de ce code de quartier.")
        if data.get("district_vintage") and not data.get("district"):
            data["district_vintage"] = ""
        return data

    def employment(self) -> Employment:
        """The employment to hire; the person's facts are added by the act."""
        facts = dict(self.cleaned_data)
        facts.pop("known_district", None)
        facts.pop("place")
        facts["trade"] = facts["trade"].upper()
        return Employment(**facts)


def criteria_of(region: str, day: date) -> list[tuple[str, str]]:
    """Criteria in force: a region's row stands in place of the default of the same code."""
    rows = Criterion.objects.on(day).filter(region__isnull=True)
    own = Criterion.objects.on(day).filter(region=region)
    found = {row.code: row.label for row in [*rows, *own]}
    return sorted(found.items(), key=lambda pair: pair[1])
