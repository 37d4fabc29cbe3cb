"""Forms of operations, contracts, lots, clauses, awards, commitments. What is typed stays typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from coclause.clauses.choices import Basis, ContractKind, HoursKind, Theme
from coclause.clauses.models import Award, Clause, Contract, Lot, Operation
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.people.models import Criterion
from coclause.web.operations.fields import (
    EuroField,
    FrenchDateField,
    KnownField,
    WholePercentField,
    keep_what_is_pasted,
)
from coclause.web.operations.finding import BuyerFields, CompanyFields, TypedForm

MOST_LOTS = 200


class OperationForm(BuyerFields, forms.ModelForm):  # type: ignore[type-arg]
    """A new operation: its name, its buyer, its place."""

    commune = forms.CharField(
        label="Commune d’exécution",
        required=False,
        max_length=100,
        help_text="Nom ou code postal. Le lieu des travaux ou du service.",
    )
    host = forms.ChoiceField(label="Structure qui suit l’opération")
    field_order = ("name", "buyer", "buyer_choice", "buyer_name", "buyer_siret", "buyer_kind")

    class Meta:
        model = Operation
        fields = ("name",)
        labels = {"name": "Nom de l’opération"}

    def __init__(self, hosts: list[Organisation], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._hosts = {str(host.pk): host for host in hosts}
        offer_hosts(self, hosts)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.resolve_buyer()
        host = self.chosen_host
        if host is not None:
            self.instance.commune = self.resolve_commune(host.region_id)
        return cleaned

    @property
    def chosen_host(self) -> Organisation | None:
        return self._hosts.get(self.cleaned_data.get("host", ""))


def offer_hosts(form: forms.BaseForm, hosts: list[Organisation]) -> None:
    """Ask which host follows the operation, unless there is one only."""
    field: Any = form.fields["host"]
    field.choices = [(str(host.pk), host.name) for host in hosts]
    if len(hosts) == 1:
        field.widget = forms.HiddenInput()
        field.initial = str(hosts[0].pk)


class ContractForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """A contract, before its lots."""

    cpv_text = forms.CharField(
        label="Code CPV",
        required=False,
        max_length=200,
        help_text="Le code (45261000) ou des mots (couverture).",
    )
    field_order = ("kind", "market_type", "object", "cpv_text", "amount", "duration_months")

    class Meta:
        model = Contract
        fields = (
            "kind",
            "market_type",
            "reference",
            "object",
            "amount",
            "duration_months",
            "notified_on",
            "framework",
            "maximum",
            "estimated_value",
            "notice_on",
            "defense",
            "ccag",
        )
        field_classes = {
            "amount": EuroField,
            "notified_on": FrenchDateField,
            "maximum": EuroField,
            "estimated_value": EuroField,
            "notice_on": FrenchDateField,
            "defense": KnownField,
        }
        labels = {
            "reference": "Référence du contrat",
            "estimated_value": "Valeur estimée du besoin, HT",
            "notice_on": "Envoi de l’avis",
            "defense": "Marché de défense ou de sécurité",
        }
        help_texts = {"reference": "Le numéro que l’acheteur lui donne."}
        widgets = {
            "object": forms.Textarea(attrs={"rows": 3}),
            "duration_months": forms.TextInput(attrs={"inputmode": "numeric"}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.instance.cpv = self.resolve_cpv()
        if cleaned.get("maximum") and not cleaned.get("framework"):
            self.add_error(
                "framework", "Un maximum vaut pour un accord-cadre : dites lequel, ou videz-le."
            )
        if cleaned.get("estimated_value") == 0:
            self.add_error("estimated_value", "Laissez vide si la valeur n’est pas connue.")
        return cleaned


class ContractChangeForm(ContractForm):
    """A contract already recorded; `seen` says which state of it was read."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.cpv_id:
            self.fields["cpv_text"].initial = self.instance.cpv_id


class LotForm(forms.ModelForm):  # type: ignore[type-arg]
    """One lot of a contract."""

    class Meta:
        model = Lot
        fields = ("number", "title", "amount")
        field_classes = {"amount": EuroField}
        widgets = {"number": forms.TextInput(attrs={"inputmode": "numeric"})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        keep_what_is_pasted(self)


class BaseLots(forms.BaseFormSet):  # type: ignore[type-arg]
    """Lots typed row by row; an empty row is left aside."""

    def clean(self) -> None:
        seen: set[int] = set()
        for form in self.forms:
            number = getattr(form, "cleaned_data", {}).get("number")
            if number is None:
                continue
            if number in seen:
                form.add_error("number", f"Le lot {number} est donné deux fois.")
            seen.add(number)

    def lots(self) -> list[Lot]:
        return [form.instance for form in self.forms if form.has_changed()]


_LotForms = forms.formset_factory(
    LotForm,
    formset=BaseLots,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=MOST_LOTS,
    validate_max=True,
)


def lot_forms(data: Any = None, *, initial: list[dict[str, Any]] | None = None) -> BaseLots:
    """The rows of lots, under the prefix "lots"."""
    made: BaseLots = _LotForms(data, initial=initial, prefix="lots")  # type: ignore[assignment]
    return made


class ClauseForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """The clause being written."""

    publics = forms.MultipleChoiceField(
        label="Publics visés",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucun coché : tous les publics de la région.",
    )
    hour_kinds = forms.MultipleChoiceField(
        label="Heures qui comptent",
        choices=HoursKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une nature d’heures."},
    )

    class Meta:
        model = Clause
        fields = (
            "instrument",
            "theme",
            "basis",
            "publics",
            "hour_kinds",
            "training_cap",
            "internship_cap",
            "collective",
            "target_hours",
            "terms",
            "act_by",
        )
        field_classes = {
            "act_by": FrenchDateField,
            "training_cap": WholePercentField,
            "internship_cap": WholePercentField,
        }
        help_texts = {
            "training_cap": "Au-delà de cette part de l’engagement, elles ne comptent plus."
            " Vide : aucun plafond.",
            "internship_cap": "Vide : aucun plafond.",
        }
        labels = {
            "training_cap": "Plafond des heures de formation",
            "internship_cap": "Plafond des heures de stage",
        }
        widgets = {"target_hours": forms.TextInput(attrs={"inputmode": "numeric"})}

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        region = self.instance.lot.contract.operation.region_id
        publics: Any = self.fields["publics"]
        publics.choices = criteria_of(region, scope)
        if self.instance.lot.contract.kind == ContractKind.PRIVATE:
            self._ask_basis()

    def _ask_basis(self) -> None:
        """The code does not bind a private contract: its clause comes from elsewhere."""
        basis: Any = self.fields["basis"]
        basis.choices = [
            ("", "À choisir"),
            *((code, label) for code, label in Basis.choices if code != Basis.CODE),
        ]
        basis.help_text = "Ce qui oblige le donneur d’ordre : charte, vente du terrain, aide reçue…"
        basis.error_messages["required"] = "Dites d’où vient la clause de ce contrat privé."
        if self.instance.basis == Basis.CODE:
            self.initial["basis"] = ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kinds = cleaned.get("hour_kinds") or []
        for name, kind in (("training_cap", "formation"), ("internship_cap", "stage")):
            if cleaned.get(name) and kind not in kinds:
                self.add_error(name, f"Cochez les heures de {kind}, ou videz ce plafond.")
        same = Clause.objects.filter(
            lot=self.instance.lot,
            instrument=cleaned.get("instrument"),
            theme=cleaned.get("theme"),
        ).exclude(pk=self.instance.pk)
        if same.exists():
            theme = Theme(cleaned["theme"]).label
            raise ValidationError(
                f"Ce lot a déjà une clause avec cet instrument et le thème « {theme} » : "
                "modifiez-la, ou changez de thème."
            )
        return cleaned


def criteria_of(region: str, scope: Scope) -> list[tuple[str, str]]:
    """Publics of the region that day: its own row stands in place of the network's default."""
    rows = Criterion.objects.on(scope.day).filter(Q(region=region) | Q(region__isnull=True))
    held = {row.code: row.label for row in rows.order_by("code", "region").reverse()}
    own = {row.code: row.label for row in rows if row.region_id}
    return [(code, own.get(code, label)) for code, label in sorted(held.items())]


class AwardForm(CompanyFields, forms.ModelForm):  # type: ignore[type-arg]
    """A lot awarded to a company, or to a group through its leader."""

    field_order = ("company", "company_choice", "company_name", "company_siret", "group")

    class Meta:
        model = Award
        fields = ("group", "notified_on", "starts_on", "ends_on", "amount")
        labels = {"group": "Qui tient ce marché"}
        widgets = {"group": forms.RadioSelect}
        help_texts = {
            "group": "Pour un groupement, donnez ci-dessus son mandataire : il répond de"
            " l’engagement. Les cotraitants s’ajoutent ensuite, depuis la clause."
        }
        field_classes = {
            "notified_on": FrenchDateField,
            "starts_on": FrenchDateField,
            "ends_on": FrenchDateField,
            "amount": EuroField,
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.resolve_company()
        check_order(self, "starts_on", "ends_on")
        return cleaned


def check_order(form: forms.BaseForm, first: str, last: str) -> None:
    """Refuse an execution that ends before it starts."""
    starts, ends = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if starts and ends and ends < starts:
        form.add_error(
            last, f"La fin précède le début ({starts:%d/%m/%Y}) : corrigez l’une des dates."
        )
