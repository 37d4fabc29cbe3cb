"""Forms of the companies of an award, of their split, of a globalisation."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from coclause.clauses.choices import Departure, Group, MemberPart
from coclause.clauses.groups import AS_WORD
from coclause.clauses.models import AwardMember, Commitment
from coclause.render.numbers import hours
from coclause.web.groups.section import contract_name
from coclause.web.operations.fields import FrenchDateField, HoursField
from coclause.web.operations.finding import CompanyFields, TypedForm

LEAVING = [("", "Choisissez"), *((d.value, d.label) for d in Departure if d != Departure.NONE)]
WHY_MISSING = {"required": "Dites pourquoi l’entreprise quitte le marché."}


class GroupForm(TypedForm):
    """One company, or a group."""

    group = forms.ChoiceField(
        label="Qui tient ce marché",
        required=False,
        choices=Group.choices,
        widget=forms.RadioSelect,
        help_text="Conjoint : chacun répond de sa part. Solidaire : chacun répond de tout. Dans les"
        " deux cas l’engagement d’insertion est celui du marché, et le mandataire en répond.",
    )


class MemberForm(CompanyFields):
    """A co-contractor or a subcontractor."""

    part = forms.ChoiceField(
        label="Son rôle",
        widget=forms.RadioSelect,
        help_text="Tous déclarent leurs heures. Un sous-traitant ne doit rien : l’engagement reste"
        " celui du marché.",
        error_messages={"required": "Dites si elle est cotraitante ou sous-traitante."},
    )
    starts_on = FrenchDateField(label="À partir du")
    field_order = ("company", "company_choice", "company_name", "company_siret", "part")

    def __init__(self, *args: Any, grouped: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        parts = [MemberPart.COCONTRACTOR, MemberPart.SUBCONTRACTOR, MemberPart.AGENCY]
        field: Any = self.fields["part"]
        field.choices = [(p.value, p.label) for p in (parts if grouped else parts[1:])]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.resolve_company()
        return cleaned


class HolderForm(CompanyFields):
    """Another company takes the award over."""

    on = FrenchDateField(
        label="La nouvelle entreprise répond du marché à partir du",
        help_text="L’ancienne s’arrête la veille. Jour, mois, année : 22/08/2026.",
    )
    departure = forms.ChoiceField(
        label="Pourquoi l’ancienne s’en va", choices=LEAVING, error_messages=WHY_MISSING
    )
    reason = forms.CharField(
        label="Motif",
        max_length=200,
        help_text="Inscrit au journal, lu de tous : « Jugement du 20/11/2026 ».",
    )
    replacing = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("company", "company_choice", "company_name", "company_siret", "on")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.resolve_company()
        return cleaned


class DepartureForm(TypedForm):
    """The last day of a company in an award."""

    last_day = FrenchDateField(label="Dernier jour sur le marché")
    departure = forms.ChoiceField(
        label="Pourquoi elle s’en va", choices=LEAVING, error_messages=WHY_MISSING
    )


class SplitForm(TypedForm):
    """The hours of each company of the group."""

    effective_on = FrenchDateField(label="Convenue le")
    reason = forms.CharField(
        label="Accord",
        max_length=300,
        required=False,
        help_text="Par exemple « Convention de groupement du 12/02/2026, article 4 ».",
    )

    def __init__(
        self,
        members: list[AwardMember],
        before: Mapping[int, Decimal],
        day: date,
        *args: Any,
        **options: Any,
    ) -> None:
        super().__init__(*args, initial={"effective_on": day}, **options)
        self._companies = [member.organisation_id for member in members]
        for member in members:
            self.fields[_part(member.organisation_id)] = HoursField(
                label=f"{member.organisation} ({AS_WORD[MemberPart(member.part)]})",
                min_value=0,
                initial=before.get(member.organisation_id),
                error_messages={"required": "Donnez sa part ; 0 si elle ne doit rien."},
            )

    @property
    def part_fields(self) -> list[forms.BoundField]:
        return [self[_part(pk)] for pk in self._companies]

    @property
    def parts(self) -> dict[int, Decimal]:
        return {pk: self.cleaned_data[_part(pk)] for pk in self._companies}


def _part(company: int) -> str:
    return f"part-{company}"


class PoolForm(TypedForm):
    """The commitments that one agreement pools."""

    commitments = forms.ModelMultipleChoiceField(
        label="Marchés réunis",
        queryset=Commitment.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Ceux dont l’entreprise répond, que vous suivez, et qui se comptent en heures.",
        error_messages={"required": "Cochez au moins deux marchés."},
    )
    starts_on = FrenchDateField(label="À partir du")
    agreement = forms.CharField(
        label="Accord",
        max_length=300,
        help_text="Qui a donné son accord, quand, par quel écrit : « Courriers des deux acheteurs"
        " du 28/05/2026 ».",
        error_messages={"required": "Dites qui a donné son accord, quand, et par quel écrit."},
    )

    def __init__(
        self, rows: Any, committed: Mapping[int, Decimal], *args: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["commitments"]
        # Those already pooled are not offered; a form sent again still means them.
        field.queryset = rows
        field.choices = [
            (row.pk, f"{contract_name(row.award)} : {_owed(committed.get(row.pk))}")
            for row in rows
            if not row.taken
        ]


def _owed(committed: Decimal | None) -> str:
    return "pas encore déterminable" if committed is None else f"{hours(committed)} engagées"


class LeaveForm(TypedForm):
    """The last day of a commitment in an agreement."""

    last_day = FrenchDateField(label="Dernier jour dans la globalisation")
    reason = forms.CharField(label="Motif", max_length=200)
