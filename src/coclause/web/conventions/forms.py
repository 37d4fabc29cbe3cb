"""What is typed about a convention, and which one a contract answers to."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from coclause.clauses.choices import Programme
from coclause.clauses.models import Contract, Convention
from coclause.clauses.queries import ConventionQuerySet
from coclause.reference.models import PriorityDistrict, Region
from coclause.web.operations.fields import FrenchDateField, FrenchDecimalField
from coclause.web.operations.finding import TypedForm
from coclause.web.operations.forms import check_order

MOST_HOURS = 2_000_000_000
RUNNING, TO_COME, OVER = "en_cours", "a_venir", "terminee"
PERIODS = ((RUNNING, "En cours"), (TO_COME, "À venir"), (OVER, "Terminée"))


class ConventionFilters(forms.Form):
    """The filters of the list; what does not hold is left aside."""

    q = forms.CharField(label="Nom de la convention", required=False, max_length=200)
    programme = forms.ChoiceField(
        label="Programme", required=False, choices=[("", "Tous"), *Programme.choices]
    )
    periode = forms.ChoiceField(label="Période", required=False, choices=[("", "Toutes"), *PERIODS])

    @property
    def said(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ContractFilters(forms.Form):
    """Which contracts to look among."""

    q = forms.CharField(label="Opération, acheteur ou objet", required=False, max_length=200)


class ConventionForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """A convention: what is not written in it, or not known, stays empty."""

    target_hours = FrenchDecimalField(
        label="Objectif (heures)",
        unit="h",
        required=False,
        min_value=1,
        max_value=MOST_HOURS,
        decimal_places=0,
        help_text="Sur toute la convention. Laissez vide s’il n’est pas connu.",
    )
    district_share = FrenchDecimalField(
        label="Part réservée aux habitants des quartiers prioritaires",
        unit="%",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text="En pourcentage des heures. Laissez vide si elle n’est pas connue.",
    )
    chosen = forms.ModelMultipleChoiceField(
        PriorityDistrict.objects.none(),
        label="Quartiers prioritaires visés",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Avec leur millésime : les périmètres ont changé le 01/01/2024.",
    )

    class Meta:
        model = Convention
        fields = (
            "name",
            "programme",
            "region",
            "signed_on",
            "starts_on",
            "ends_on",
            "target_hours",
            "district_share",
            "source",
        )
        field_classes = {
            "signed_on": FrenchDateField,
            "starts_on": FrenchDateField,
            "ends_on": FrenchDateField,
        }
        labels = {
            "name": "Nom de la convention",
            "starts_on": "Début",
            "ends_on": "Fin",
            "signed_on": "Signée le",
        }
        help_texts = {"ends_on": "Laissez vide si elle n’est pas connue."}

    def __init__(self, regions: frozenset[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = Region.objects.filter(pk__in=regions)
        if self.instance.pk:
            # A convention never moves: the contracts that answer to it are of its region.
            del self.fields["region"]
        else:
            region: Any = self.fields["region"]
            region.queryset = offered
            region.empty_label = None
            if len(regions) == 1:
                region.initial, region.widget = min(regions), forms.HiddenInput()
        chosen: Any = self.fields["chosen"]
        chosen.queryset = districts_of({self.instance.region_id} if self.instance.pk else regions)
        chosen.label_from_instance = told
        if self.instance.pk:
            self.initial["chosen"] = [row.pk for row in self.instance.districts.all()]

    def clean_target_hours(self) -> int | None:
        typed: Decimal | None = self.cleaned_data["target_hours"]
        return None if typed is None else int(typed)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        check_order(self, "starts_on", "ends_on")
        return cleaned

    @property
    def districts_offered(self) -> int:
        field: Any = self.fields["chosen"]
        return len(field.queryset)


def districts_of(regions: set[str] | frozenset[str]) -> Any:
    """Districts of these regions, the latest vintage first; those whose commune is not known too.

    They cannot be told apart by region: nobody should have to give up on them.
    """
    place = Q(commune__departement__region__in=regions) | Q(commune__isnull=True)
    rows = PriorityDistrict.objects.filter(place).select_related("commune")
    return rows.order_by("-vintage", "search_key", "code")


def told(district: PriorityDistrict) -> str:
    """A district as a list names it."""
    place = district.commune.name if district.commune else "commune non connue"
    return f"{district.name}, {place} ({district.code}, millésime {district.vintage})"


class AttachForm(TypedForm):
    """The convention that a contract answers to; `seen` is the one it answers to now."""

    convention = forms.ModelChoiceField(
        Convention.objects.none(), label="Convention", required=False, empty_label="Aucune"
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, offered: ConventionQuerySet, contract: Contract, *args: Any, **o: Any):
        initial = {"convention": contract.convention_id, "seen": contract.convention_id}
        super().__init__(*args, initial=initial | (o.pop("initial", None) or {}), **o)
        field: Any = self.fields["convention"]
        field.queryset = offered
