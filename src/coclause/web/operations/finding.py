"""Finding what a person typed: a commune, a CPV code, a buyer or a company, known or new."""

import re
from typing import Any

from django import forms

from coclause.organisations.choices import BuyerKind, Role
from coclause.organisations.models import Organisation, check_siret
from coclause.reference.keys import search_key
from coclause.reference.models import Commune, Cpv
from coclause.reference.queries import commune_by_code, find_communes, find_cpv
from coclause.web.once import OnceForm
from coclause.web.operations.fields import AskedField, choose, keep_what_is_pasted

SHOWN = 12
"""Answers offered when a name means several things."""

# A form filled beforehand names a thing with its code: the code then tells which one.
_COMMUNE_CODE = re.compile(r"\((\d[\dAB]\d{3})\)$")
_CPV_CODE = re.compile(r"\d{8}")
_SIRET = re.compile(r"\(SIRET (\d{14})\)$")


def named_commune(commune: Commune) -> str:
    """A commune as a form is filled with it."""
    return f"{commune.name} ({commune.code})"


def named_organisation(organisation: Organisation) -> str:
    """An organisation as a form is filled with it."""
    if not organisation.siret:
        return organisation.name
    return f"{organisation.name} (SIRET {organisation.siret})"


class TypedForm(OnceForm):
    """A form sent once, whose long texts are refused rather than cut.

    Fields left empty are told by the page too, in its own words, beside the others.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        keep_what_is_pasted(self)

    def resolve_commune(self, region: str | None) -> Commune | None:
        """The commune meant by the field `commune`, in that region."""
        typed = self.cleaned_data.get("commune")
        if not typed:
            return None
        coded = _COMMUNE_CODE.search(typed)
        named = commune_by_code(coded[1]) if coded else None
        if named is not None and named.departement.region_id == region:
            return named
        found = find_communes(typed, limit=SHOWN, region=region)
        if not found:
            self.add_error(
                "commune",
                "Aucune commune de la région ne correspond : vérifiez le nom ou le code postal.",
            )
            return None
        told = [(one.code, f"{one.name} ({', '.join(one.postcodes[:3])})") for one in found]
        exact = [one for one in found if one.search_key == search_key(typed)]
        if len(exact) == 1 and "commune_choice" not in self.data:
            return exact[0]
        code = choose(self, "commune", "Quelle commune ?", told)
        return commune_by_code(code) if code else None

    def resolve_cpv(self) -> Cpv | None:
        """The CPV entry meant by the field `cpv_text`."""
        typed = self.cleaned_data.get("cpv_text")
        if not typed:
            return None
        coded = _CPV_CODE.match(typed)
        if coded:
            typed = coded[0]
        found = find_cpv(typed, limit=SHOWN)
        exact = [one for one in found if one.code == "".join(typed.split())[:8]]
        if not found:
            self.add_error("cpv_text", "Aucun code CPV ne correspond : essayez un autre mot.")
            return None
        code = choose(
            self, "cpv_text", "Quel code CPV ?", [(c.code, str(c)) for c in exact or found]
        )
        return next((one for one in found if one.code == code), None)

    def resolve_organisation(self, name: str, role: Role) -> Organisation | None:
        """The organisation of that role meant by field `name` (a name or a SIRET)."""
        typed = self.cleaned_data.get(name)
        if not typed:
            return None
        coded = _SIRET.search(typed)
        if coded:
            typed = coded[1]
        known = Organisation.objects.matching(typed).playing(role)
        found = [
            (str(one.pk), f"{one.name}, SIRET {one.siret or 'non connu'}") for one in known[:SHOWN]
        ]
        if not found:
            self.add_error(
                name,
                "Personne ne correspond dans l’annuaire : vérifiez le nom, "
                "ou complétez la fiche à créer ci-dessous.",
            )
            return None
        chosen = choose(self, name, "Laquelle ?", found)
        return known.get(pk=chosen) if chosen else None

    def clean_siret_field(self, name: str) -> str:
        """The digits of a SIRET, checked."""
        typed = "".join(str(self.cleaned_data.get(name) or "").split())
        if typed:
            check_siret(typed)
        return typed


class BuyerFields(TypedForm):
    """A buyer found by name or SIRET, or a new one."""

    buyer = AskedField(
        label="Acheteur",
        max_length=200,
        help_text="Son nom ou son SIRET, tel qu’il est dans l’annuaire.",
    )
    buyer_name = forms.CharField(label="Nom du nouvel acheteur", required=False, max_length=200)
    buyer_siret = forms.CharField(
        label="SIRET", required=False, max_length=40, help_text="14 chiffres, vérifiés."
    )
    buyer_kind = forms.ChoiceField(
        label="Type d’acheteur",
        required=False,
        choices=[*((c.value, c.label) for c in BuyerKind if c != BuyerKind.UNKNOWN)],
    )
    found_buyer: Organisation

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds: Any = self.fields["buyer_kind"]
        kinds.choices = [(BuyerKind.UNKNOWN, BuyerKind.UNKNOWN.label), *kinds.choices]

    def clean_buyer_siret(self) -> str:
        return self.clean_siret_field("buyer_siret")

    def resolve_buyer(self) -> None:
        """Set `found_buyer`: known, or new and not saved yet."""
        new = self.cleaned_data.get("buyer_name")
        if new:
            self.found_buyer = Organisation(
                name=new,
                siret=self.cleaned_data.get("buyer_siret") or None,
                roles=[Role.BUYER],
                buyer_kind=self.cleaned_data.get("buyer_kind") or BuyerKind.UNKNOWN,
            )
        elif self.cleaned_data.get("buyer"):
            found = self.resolve_organisation("buyer", Role.BUYER)
            if found:
                self.found_buyer = found
        elif "buyer" not in self.errors:
            self.add_error("buyer", "Dites quel est l’acheteur, ou créez-le ci-dessous.")


class CompanyFields(TypedForm):
    """A company found by SIRET or name, or a new one."""

    company = AskedField(
        label="Entreprise",
        max_length=200,
        help_text="Son SIRET ou son nom, tel qu’il est dans l’annuaire.",
    )
    company_name = forms.CharField(
        label="Nom de la nouvelle entreprise", required=False, max_length=200
    )
    company_siret = forms.CharField(
        label="SIRET", required=False, max_length=40, help_text="14 chiffres, vérifiés."
    )
    found_company: Organisation | None = None

    def clean_company_siret(self) -> str:
        return self.clean_siret_field("company_siret")

    def resolve_company(self) -> None:
        """Set `found_company`: known, or new and not saved yet."""
        new = self.cleaned_data.get("company_name")
        if new:
            siret = self.cleaned_data.get("company_siret")
            if not siret and "company_siret" not in self.errors:
                self.add_error("company_siret", "Donnez le SIRET : il identifie l’entreprise.")
            self.found_company = Organisation(name=new, siret=siret, roles=[Role.COMPANY])
        elif self.cleaned_data.get("company"):
            self.found_company = self.resolve_organisation("company", Role.COMPANY)
        elif "company" not in self.errors:
            self.add_error("company", "Dites quelle entreprise, ou créez-la ci-dessous.")
