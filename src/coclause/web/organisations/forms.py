"""What is typed about an organisation, its members, their posts and territories."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.organisations.choices import (
    ROLE_OF_ORGANISATION,
    BuyerKind,
    Funder,
    MemberRole,
    Role,
)
from coclause.organisations.models import Membership, Organisation, check_siret
from coclause.reference.models import Departement, Epci, Region
from coclause.reference.queries import find_communes
from coclause.web.operations.fields import FrenchDateField, FrenchDecimalField, choose


class FilterForm(forms.Form):
    """The filters of the list, in the address."""

    q = forms.CharField(label="Nom ou SIRET", required=False, max_length=200)
    role = forms.ChoiceField(label="Rôle", required=False)
    departement = forms.ChoiceField(label="Département", required=False)

    def __init__(self, *args: Any, regions: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Departement.objects.filter(region__in=regions).values_list("code", "name")
        _list(self, "role").choices = [("", "Tous"), *Role.choices]
        _list(self, "departement").choices = [("", "Tous"), *places]


class OrganisationForm(forms.Form):
    """An organisation's details; the roles offered depend on who asks."""

    name = forms.CharField(label="Nom", max_length=200)
    siret = forms.CharField(
        label="SIRET", required=False, max_length=20, help_text="14 chiffres, espaces acceptés."
    )
    roles = forms.MultipleChoiceField(label="Ce qu’elle fait", widget=forms.CheckboxSelectMultiple)
    buyer_kind = forms.ChoiceField(
        label="Type d’acheteur",
        required=False,
        choices=[("", "Choisir"), *BuyerKind.choices],
        help_text="Pour un acheteur seulement.",
    )
    commune = forms.CharField(
        label="Commune",
        required=False,
        max_length=100,
        help_text="Le nom ou le code postal.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "communes"}),
    )

    def __init__(
        self,
        *args: Any,
        roles: Iterable[str],
        organisation: Organisation | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        offered = [(role, Role(role).label) for role in roles]
        _list(self, "roles").choices = offered

    def clean_siret(self) -> str | None:
        typed = "".join(str(self.cleaned_data["siret"]).split())
        if not typed:
            return None
        check_siret(typed)
        # A new one of a known SIRET is that one: `register_organisation` finds it again.
        if self.organisation is not None:
            known = Organisation.objects.filter(siret=typed).exclude(pk=self.organisation.pk)
            other = known.first()
            if other is not None:
                raise ValidationError(f"Ce SIRET est déjà celui de « {other} » : vérifiez-le.")
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        buyer = Role.BUYER in data.get("roles", [])
        if buyer and not data.get("buyer_kind"):
            self.add_error("buyer_kind", "Choisissez le type d’acheteur.")
        if not buyer:
            data["buyer_kind"] = ""
        self._find_commune(data)
        return data

    def _find_commune(self, data: dict[str, Any]) -> None:
        typed = data.get("commune", "")
        data["commune_code"] = None
        if not typed:
            return
        found = find_communes(typed, limit=8)
        if not found:
            self.add_error("commune", "Aucune commune ne répond à ce nom ou à ce code postal.")
            return
        exact = [c for c in found if typed.strip() in {_named(c), c.code}]
        options = [(c.code, _named(c)) for c in exact or found]
        data["commune_code"] = choose(self, "commune", "De quelle commune s’agit-il ?", options)


def _named(commune: Any) -> str:
    return f"{commune.name} ({commune.departement_id})"


class MemberForm(forms.Form):
    email = forms.EmailField(label="Adresse électronique", max_length=200)
    first_name = forms.CharField(label="Prénom", max_length=80)
    last_name = forms.CharField(label="Nom", max_length=80)
    role = forms.ChoiceField(label="Rôle")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _list(self, "role").choices = [
            (role, MemberRole(role).label)
            for role, needed in ROLE_OF_ORGANISATION.items()
            if needed in organisation.roles
        ]


class LastDayForm(forms.Form):
    last_day = FrenchDateField(label="Dernier jour")


class MemberChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Members by their name alone."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user)


class PostForm(forms.Form):
    """A facilitator's working time from a day on, and who pays it."""

    membership = MemberChoice(
        label="Facilitateur", queryset=Membership.objects.none(), empty_label="Choisir"
    )
    starts_on = FrenchDateField(label="À partir du")
    fte = FrenchDecimalField(
        label="Temps de travail",
        unit="ETP",
        min_value=Decimal("0.01"),
        max_value=1,
        max_digits=3,
        decimal_places=2,
        help_text="1 pour un temps plein, 0,8 pour quatre jours sur cinq.",
    )

    def __init__(self, *args: Any, host: Organisation, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _members(self, host, day)
        for funder in Funder:
            self.fields[f"by_{funder}"] = FrenchDecimalField(
                label=f"Financé par : {funder.label}",
                unit="ETP",
                required=False,
                min_value=0,
                max_value=1,
                max_digits=3,
                decimal_places=2,
            )

    @property
    def fundings(self) -> dict[str, Decimal]:
        given = {funder: self.cleaned_data[f"by_{funder}"] for funder in Funder}
        return {str(funder): fte for funder, fte in given.items() if fte}


class ChargeForm(forms.Form):
    """A territory in a facilitator's charge from a day on."""

    membership = MemberChoice(
        label="Facilitateur", queryset=Membership.objects.none(), empty_label="Choisir"
    )
    place = forms.ChoiceField(label="Territoire")
    starts_on = FrenchDateField(label="À partir du")

    def __init__(self, *args: Any, host: Organisation, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _members(self, host, day)
        _list(self, "place").choices = _places(host.region)

    def territory(self) -> dict[str, str]:
        """The one level that the charge holds, as a field of its model."""
        level, _, code = str(self.cleaned_data["place"]).partition(":")
        return {f"{level}_id": code}


def _members(form: forms.Form, host: Organisation, day: date) -> None:
    """Offer the host's facilitators of the day."""
    held = Membership.objects.filter(organisation=host, role=MemberRole.FACILITATOR).on(day)
    rows = held.select_related("user", "organisation").order_by("user__last_name", "pk")
    _list(form, "membership").queryset = rows


def _places(region: Region | None) -> list[Any]:
    if region is None:
        return []
    departements = Departement.objects.filter(region=region).values_list("code", "name")
    groups = Epci.objects.filter(communes__departement__region=region).distinct()
    return [
        ("", "Choisir"),
        (f"region:{region.code}", f"Toute la région {region.name}"),
        ("Départements", [(f"departement:{code}", name) for code, name in departements]),
        ("Intercommunalités", [(f"epci:{group.siren}", group.name) for group in groups]),
    ]


def _list(form: forms.Form, name: str) -> Any:
    """A field of choices, filled once it is known who asks."""
    return form.fields[name]
