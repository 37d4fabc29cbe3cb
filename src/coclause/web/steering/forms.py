"""Terms of a penalty, a report to the buyer, a decision of the buyer: as they are typed."""

from decimal import Decimal
from typing import Any

from django import forms

from coclause.clauses.choices import PenaltyUnit
from coclause.clauses.models import PenaltyTerms
from coclause.hours.choices import DecisionKind
from coclause.hours.models import BuyerDecision
from coclause.web.operations.fields import EuroField, FrenchDateField, FrenchDecimalField
from coclause.web.operations.finding import TypedForm

PERCENT = Decimal(100)


class TermsForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """What the contract provides, in its own words; `seen` is what was recorded when opened.

    Shares are typed in per cent, and kept between 0 and 1.
    """

    unit = forms.ChoiceField(
        label="La pénalité est calculée",
        choices=PenaltyUnit.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez ce que prévoit le contrat."},
    )
    amount = EuroField(
        label="Montant (€)",
        required=False,
        max_digits=12,
        decimal_places=2,
        help_text="Par heure, par jour, ou le forfait.",
    )
    share = FrenchDecimalField(
        unit="%",
        label="Part du montant du marché (%)",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text="Si la pénalité est une part du montant du marché.",
    )
    cap_percent = FrenchDecimalField(
        unit="%",
        label="Plafond, en part du montant du marché (%)",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = (
        "unit",
        "amount",
        "share",
        "cap",
        "cap_percent",
        "notice",
        "notice_days",
        "article",
        "wording",
        "starts_on",
        "reason",
    )

    class Meta:
        model = PenaltyTerms
        fields = (
            "unit",
            "cap",
            "notice",
            "notice_days",
            "article",
            "wording",
            "starts_on",
            "reason",
        )
        field_classes = {"starts_on": FrenchDateField, "cap": EuroField}
        labels = {
            "cap": "Plafond (€)",
            "notice": "La pénalité suppose une mise en demeure restée sans effet",
            "notice_days": "Délai de la mise en demeure (jours)",
            "article": "Article du contrat",
            "wording": "Texte de l’article",
            "starts_on": "À partir du",
            "reason": "Motif du changement",
        }
        help_texts = {
            "article": "Comme « Article 8.2 du CCAP ».",
            "wording": "Recopiez-le : la lettre le cite mot pour mot.",
            "starts_on": "La notification du marché, ou la date de l’avenant qui les change.",
            "reason": "Avenant n° 1, erreur de saisie.",
        }
        error_messages = {
            "reason": {
                "required": "Dites pourquoi les pénalités changent : avenant, erreur de saisie."
            },
        }
        widgets = {"wording": forms.Textarea(attrs={"rows": 5})}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        unit = said.get("unit")
        share, amount, cap = said.get("share"), said.get("amount"), said.get("cap_percent")
        if unit == PenaltyUnit.SHARE:
            self.instance.rate = None if share is None else share / PERCENT
            self._needs(
                "share", share, "Donnez la part du montant du marché, plus grande que zéro."
            )
            self._only("amount", amount, "Cette pénalité est une part du montant : videz ce champ.")
        elif unit == PenaltyUnit.NONE:
            self.instance.rate = None
            none = "Le contrat n’en prévoit pas : videz ce champ."
            for name in ("amount", "share", "cap", "cap_percent"):
                self._only(name, said.get(name), none)
        elif unit:
            self.instance.rate = amount
            self._needs("amount", amount, "Donnez le montant, plus grand que zéro.")
            self._only("share", share, "Cette pénalité est en euros : videz ce champ.")
        self.instance.cap_share = cap / PERCENT if cap else None
        if said.get("cap") == 0:
            self.instance.cap = said["cap"] = None
        return said

    def _needs(self, name: str, value: Decimal | None, sentence: str) -> None:
        if not value and name not in self.errors:
            self.add_error(name, sentence)

    def _only(self, name: str, value: Decimal | None, sentence: str) -> None:
        if value:
            self.add_error(name, sentence)


def written(terms: PenaltyTerms) -> dict[str, Any]:
    """What the form shows of the terms in force, to be changed."""
    shared = terms.unit == PenaltyUnit.SHARE and terms.rate is not None
    return {
        "unit": terms.unit,
        "amount": None if shared or terms.rate is None else terms.rate.quantize(Decimal("0.01")),
        "share": terms.rate * PERCENT if shared and terms.rate else None,
        "cap": terms.cap,
        "cap_percent": terms.cap_share * PERCENT if terms.cap_share else None,
        "notice": terms.notice,
        "notice_days": terms.notice_days,
        "article": terms.article,
        "wording": terms.wording,
    }


class ReportForm(TypedForm):
    """What the buyer is told, and the draft of its letter."""

    message = forms.CharField(
        label="Mot à l’acheteur",
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce que vous avez tenté, ce que dit l’entreprise. Sans nom de personne.",
    )
    letter = forms.CharField(
        label="Projet de lettre à l’entreprise",
        max_length=12000,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="L’acheteur la signe, la change ou ne l’envoie pas. Une ligne vide sépare deux"
        " paragraphes.",
        error_messages={"required": "Le projet de lettre est vide : écrivez-le."},
    )
    last = forms.IntegerField(widget=forms.HiddenInput)
    missing = forms.DecimalField(widget=forms.HiddenInput)


class DecisionForm(TypedForm, forms.ModelForm):  # type: ignore[type-arg]
    """What the buyer decides; `seen` is the last decision when the page was opened."""

    kind = forms.ChoiceField(
        label="Décision",
        choices=DecisionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez la décision."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("kind", "decided_on", "until", "amount", "reason")

    class Meta:
        model = BuyerDecision
        fields = ("kind", "decided_on", "until", "amount", "reason")
        field_classes = {
            "decided_on": FrenchDateField,
            "until": FrenchDateField,
            "amount": EuroField,
        }
        labels = {
            "decided_on": "Décidée le",
            "until": "Délai donné à l’entreprise, jusqu’au",
            "amount": "Montant de la pénalité (€)",
            "reason": "Motif",
        }
        help_texts = {
            "until": "Pour une mise en demeure.",
            "reason": "Demandé pour une remise ou un classement sans suite. L’entreprise le lit.",
        }
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        kind = said.get("kind")
        needed = {
            DecisionKind.NOTICE: ("until", "Donnez le délai laissé à l’entreprise."),
            DecisionKind.PENALTY: ("amount", "Donnez le montant de la pénalité décidée."),
            DecisionKind.WAIVER: ("reason", "Donnez le motif : il reste au dossier."),
            DecisionKind.NOTHING: ("reason", "Donnez le motif : il reste au dossier."),
        }
        if kind:
            name, sentence = needed[DecisionKind(kind)]
            if not said.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if kind != DecisionKind.NOTICE and said.get("until"):
            self.add_error("until", "Seule une mise en demeure donne un délai : videz ce champ.")
        if kind != DecisionKind.PENALTY and said.get("amount"):
            self.add_error("amount", "Seule une pénalité a un montant : videz ce champ.")
        if said.get("amount") == 0:
            self.instance.amount = said["amount"] = None
        return said
