"""What is typed in the register: the contract's facts, then the case and the buyer's reasons."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.clauses.duty import Need, buyers_of
from coclause.clauses.models import Contract, OptOut
from coclause.law.cases import LONGEST_MONTHS
from coclause.law.exemptions import Exemption
from coclause.organisations.models import Organisation, OrganisationQuerySet
from coclause.web.door.forms import KINDS, TYPES, ValueField
from coclause.web.once import OnceForm
from coclause.web.operations.fields import FrenchDateField, keep_what_is_pasted
from coclause.web.operations.finding import TypedForm

LONGEST_REASON = 8000
IN_FORCE, REPLACED, WITHDRAWN = "en_vigueur", "corrigee", "retiree"
STATES = ((IN_FORCE, "En vigueur"), (REPLACED, "Corrigée depuis"), (WITHDRAWN, "Retirée"))


class RegisterFilters(forms.Form):
    """The filters of the list; what does not hold is left aside."""

    q = forms.CharField(label="Objet ou numéro du marché", required=False, max_length=200)
    cas = forms.ChoiceField(label="Cas invoqué", required=False)
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *STATES])

    def __init__(self, cases: Mapping[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["cas"]
        field.choices = [("", "Tous"), *cases.items()]

    @property
    def said(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class FactsForm(TypedForm):
    """The contract, as the law looks at it. `contract` links it to one that is followed here."""

    buyer = forms.ModelChoiceField(
        Organisation.objects.none(), label="Acheteur", empty_label="Choisir"
    )
    contract = forms.ModelChoiceField(
        Contract.objects.none(), required=False, widget=forms.HiddenInput
    )
    object = forms.CharField(
        label="Objet du contrat",
        max_length=1000,
        error_messages={"required": "Dites en quelques mots ce que vous achetez."},
    )
    reference = forms.CharField(
        label="Votre numéro", required=False, max_length=60, help_text="Celui de votre dossier."
    )
    type = forms.ChoiceField(
        label="Type de contrat",
        choices=TYPES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le type de contrat."},
    )
    law_buyer = forms.ChoiceField(
        label="Vous achetez en tant que",
        choices=[("", "Choisir"), *LawBuyer.choices[1:]],
        help_text="Le seuil et la façon de garder les motifs en dépendent.",
        error_messages={"required": "Dites en tant que quoi vous achetez : le seuil en dépend."},
    )
    value = ValueField(
        label="Valeur estimée, € HT",
        max_length=60,
        help_text="Tous les lots, options et reconductions ; pour un accord-cadre, le maximum.",
        error_messages={"required": "Donnez la valeur estimée de l’ensemble, hors taxes."},
    )
    months = forms.IntegerField(
        label="Durée, en mois",
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="De la notification à la fin. Un des cas en dépend.",
        error_messages={"invalid": "Écrivez un nombre entier de mois, comme 14."},
    )
    notice_on = FrenchDateField(
        label="Envoi de l’avis",
        help_text="Sans avis, le lancement de la consultation. Exemple : 12/01/2027.",
        error_messages={"required": "Donnez la date d’envoi de l’avis : la réponse en dépend."},
    )
    defense = forms.ChoiceField(
        label="Un marché de défense ou de sécurité ?",
        choices=[("non", "Non"), ("oui", "Oui")],
        initial="non",
        help_text="C’est la nature du contrat qui compte, pas l’acheteur.",
    )

    def __init__(self, buyers: OrganisationQuerySet, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["buyer"]
        chosen.queryset = buyers
        if len(buyers) == 1:
            chosen.initial, chosen.widget = buyers[0].pk, forms.HiddenInput()
            self.fields["law_buyer"].initial = _only(buyers_of("", buyers[0].buyer_kind))
        contract: Any = self.fields["contract"]
        contract.queryset = Contract.objects.filter(operation__buyer__in=buyers).select_related(
            "operation__buyer", "operation__commune"
        )

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        if value is not None and value <= 0:
            raise ValidationError("Donnez une valeur supérieure à zéro.")
        return value

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        contract, buyer = found.get("contract"), found.get("buyer")
        if contract and buyer and contract.operation.buyer_id != buyer.pk:
            self.add_error("buyer", "Ce contrat est celui d’un autre de vos acheteurs.")
        return found

    @property
    def linked(self) -> Contract | None:
        """The contract that the form is about, when it is one followed here."""
        field: Any = self.fields["contract"]
        asked = self["contract"].value()
        if not asked or not str(asked).isdecimal():
            return None
        found: Contract | None = field.queryset.filter(pk=asked).first()
        return found

    def need(self) -> Need:
        """The need of a valid form."""
        said = self.cleaned_data
        market_type = MarketType(said["type"])
        return Need(
            kind=KINDS[market_type],
            market_type=market_type,
            buyers=(said["law_buyer"],),
            value=said["value"],
            months=said["months"],
            days=(said["notice_on"],),
            defense=said["defense"] == "oui",
            framework=bool(said["contract"] and said["contract"].framework),
        )

    def entry(self, code: str, reason: str) -> OptOut:
        """What is to be written, not saved."""
        said, need = self.cleaned_data, self.need()
        return OptOut(
            buyer=said["buyer"],
            contract=said["contract"],
            object=said["object"],
            reference=said["reference"],
            kind=need.kind,
            market_type=need.market_type,
            law_buyer=said["law_buyer"],
            value=said["value"],
            months=said["months"],
            notice_on=said["notice_on"],
            code=code,
            reason=reason,
        )


class DecisionForm(OnceForm):
    """The case invoked, among those that this contract opens, and why."""

    use_required_attribute = False
    code = forms.ChoiceField(
        label="Cas que vous invoquez",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le cas que vous invoquez."},
    )
    reason = forms.CharField(
        label="Vos motifs, avec vos mots",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=(
            "Un juge y chercherait les faits de ce contrat-ci qui rendent la condition impossible"
            " ou inadaptée, ce que vous avez étudié avant de l’écarter, et sur quoi vous vous"
            " appuyez. Une ligne vide sépare deux paragraphes."
        ),
        error_messages={
            "required": "Écrivez vos motifs : personne ne peut le faire à votre place."
        },
    )

    def __init__(self, cases: list[Exemption], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The token is that of the facts: one form in several pages.
        del self.fields["once"]
        keep_what_is_pasted(self)
        field: Any = self.fields["code"]
        field.choices = [
            (one.code, f"{_capital(one.label)} (art. {one.reference})") for one in cases
        ]


def facts_of_contract(contract: Contract) -> dict[str, Any]:
    """What a form is filled with from a contract followed here. Unknown values stay empty."""
    market_type = MarketType(contract.market_type)
    if contract.kind == ContractKind.CONCESSION:
        market_type = MarketType.CONCESSION
    if contract.kind == ContractKind.PRIVATE:
        market_type = MarketType.PRIVATE
    buyer = contract.operation.buyer
    return {
        "buyer": buyer.pk,
        "contract": contract.pk,
        "object": contract.object,
        "reference": contract.reference,
        "type": market_type,
        "law_buyer": _only(buyers_of("", buyer.buyer_kind)),
        "value": contract.estimated_value,
        "months": contract.duration_months,
        "notice_on": contract.notice_on,
        "defense": "oui" if contract.defense else "non",
    }


def facts_of_entry(entry: OptOut) -> dict[str, Any]:
    """The same from an entry to be corrected."""
    return {
        "buyer": entry.buyer_id,
        "contract": entry.contract_id,
        "object": entry.object,
        "reference": entry.reference,
        "type": entry.market_type,
        "law_buyer": entry.law_buyer,
        "value": entry.value,
        "months": entry.months,
        "notice_on": entry.notice_on,
        "defense": "non",
    }


def _only(found: tuple[str, ...]) -> str:
    """The category of a buyer that can be of one only; what may be several is asked."""
    return str(found[0]) if len(found) == 1 else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
