"""The few questions of the front door, and who asks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.law.cases import LONGEST_MONTHS
from coclause.network.needs import Contact, Described
from coclause.network.programmes.reader.amounts import parse_amount
from coclause.organisations.models import Organisation
from coclause.reference.models import Commune, Region
from coclause.web.door.places import commune_field, commune_meant
from coclause.web.once import OnceForm
from coclause.web.operations.fields import FrenchDateField, keep_what_is_pasted
from coclause.web.operations.finding import TypedForm

KINDS = {
    MarketType.WORKS: ContractKind.MARCHE,
    MarketType.SERVICES: ContractKind.MARCHE,
    MarketType.SUPPLIES: ContractKind.MARCHE,
    MarketType.INTELLECTUAL: ContractKind.MARCHE,
    MarketType.CONCESSION: ContractKind.CONCESSION,
    MarketType.PRIVATE: ContractKind.PRIVATE,
}
TYPES = [
    (MarketType.WORKS.value, "Travaux"),
    (MarketType.SERVICES.value, "Services"),
    (MarketType.SUPPLIES.value, "Fournitures"),
    (MarketType.INTELLECTUAL.value, "Études, conseil"),
    (MarketType.CONCESSION.value, "Concession"),
    (MarketType.PRIVATE.value, "Contrat privé"),
]
DEFENSE = {"oui": True, "non": False}
ASKED_MORE = ("acheteur", "accord_cadre", "plusieurs", "defense")
"""Questions under « Préciser »: most needs do without them."""
LONGEST_MESSAGE = 4000


class ValueField(forms.CharField):
    """The whole value, in euros without tax: "6 200 000", "1,2 M€"."""

    widget = forms.TextInput

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        read = parse_amount(text)
        if read.value is None:
            why = read.doubts[-1] if read.doubts else "ce n’est pas un montant."
            raise ValidationError(why[:1].upper() + why[1:])
        return read.value


class DoorForm(forms.Form):
    """What a buyer says of its need. Only the object is needed; the address keeps the answers."""

    use_required_attribute = False

    objet = forms.CharField(
        label="Que voulez-vous acheter ?",
        max_length=1000,
        error_messages={"required": "Dites en quelques mots ce que vous achetez."},
    )
    type = forms.ChoiceField(
        label="Type de contrat",
        choices=TYPES,
        widget=forms.RadioSelect,
        initial=MarketType.WORKS,
        error_messages={"required": "Choisissez le type de contrat : la réponse en dépend."},
    )
    valeur = ValueField(
        label="Valeur totale, € HT",
        required=False,
        max_length=60,
        help_text="Tous les lots, options et reconductions ; pour un accord-cadre, le maximum.",
    )
    mois = forms.IntegerField(
        label="Durée, en mois",
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="De la notification à la fin.",
        error_messages={"invalid": "Écrivez un nombre entier de mois, comme 14."},
    )
    commune = commune_field("Commune où il s’exécute")
    avis = FrenchDateField(
        label="Envoi de l’avis",
        required=False,
        help_text="Même approché, comme 12/01/2027. Sans avis : le lancement.",
    )
    acheteur = forms.ChoiceField(
        label="Qui achète ?",
        required=False,
        choices=[(LawBuyer.UNKNOWN.value, "Je ne sais pas"), *LawBuyer.choices[1:]],
        help_text="Pour des fournitures et des services, le seuil en dépend.",
    )
    accord_cadre = forms.BooleanField(label="C’est un accord-cadre", required=False)
    plusieurs = forms.BooleanField(label="Plusieurs lieux, ou toute la région", required=False)
    defense = forms.ChoiceField(
        label="Un marché de défense ou de sécurité ?",
        required=False,
        choices=[("", "Je ne sais pas"), ("non", "Non"), ("oui", "Oui")],
        help_text="C’est la nature du contrat qui compte, pas l’acheteur.",
    )
    found_commune: Commune | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        keep_what_is_pasted(self)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.found_commune = commune_meant(self)
        return found

    @property
    def query(self) -> str:
        """The answers given, as an address keeps them."""
        kept = QueryDict(mutable=True)
        for name in self.base_fields:
            if said := self.data.get(name):
                kept[name] = said
        return kept.urlencode()

    @property
    def asks_more(self) -> bool:
        """Whether « Préciser » holds an answer or an error."""
        return any(self.data.get(name) or name in self.errors for name in ASKED_MORE)

    def described(self) -> Described:
        """The need of a valid form. A commune outside the region served is of its own region."""
        said, commune = self.cleaned_data, self.found_commune
        market_type = MarketType(said["type"])
        return Described(
            object=said["objet"],
            kind=KINDS[market_type],
            market_type=market_type,
            region=commune.departement.region if commune else home_region(),
            law_buyer=said["acheteur"],
            value=said["valeur"],
            months=said["mois"],
            notice_on=said["avis"],
            commune=commune,
            several_sites=said["plusieurs"],
            defense=DEFENSE.get(said["defense"]),
            framework=said["accord_cadre"],
        )


class ContactForm(TypedForm):
    """Who asks. A signed-in buyer's own organisation is not asked again."""

    # A program fills every field; nobody sees this one.
    site_web = forms.CharField(required=False, label="Ne remplissez pas ce champ")
    buyer = forms.ModelChoiceField(
        label="Pour quelle organisation ?", queryset=Organisation.objects.none(), empty_label=None
    )
    buyer_name = forms.CharField(
        label="Votre organisation",
        max_length=200,
        help_text="La commune, l’hôpital, le service qui achète.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": "Dites quelle organisation achète."},
    )
    buyer_siret = forms.CharField(
        label="SIRET",
        required=False,
        max_length=40,
        help_text="14 chiffres, vérifiés. Il aide à trouver qui vous répond.",
    )
    name = forms.CharField(
        label="Vos nom et prénom",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Dites à qui répondre."},
    )
    email = forms.EmailField(
        label="Adresse électronique professionnelle",
        max_length=254,
        help_text="L’accusé de réception et la réponse y arrivent.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Donnez une adresse : la réponse y arrive.",
            "invalid": "Cette adresse n’est pas complète : écrivez-la comme nom@exemple.fr.",
        },
    )
    phone = forms.CharField(
        label="Téléphone",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    message = forms.CharField(
        label="Votre message",
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce que vous voulez demander, ce qui est déjà décidé.",
    )

    def __init__(self, buyers: list[Organisation], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.buyers = buyers
        if buyers:
            del self.fields["buyer_name"], self.fields["buyer_siret"]
        if len(buyers) > 1:
            chosen: Any = self.fields["buyer"]
            chosen.queryset = Organisation.objects.filter(pk__in=[one.pk for one in buyers])
            chosen.initial = buyers[0]
        else:
            del self.fields["buyer"]

    def clean_buyer_siret(self) -> str:
        return self.clean_siret_field("buyer_siret")

    def clean_site_web(self) -> str:
        """A program that fills every field goes no further, and a person is told what to do."""
        if self.cleaned_data["site_web"]:
            raise ValidationError(
                "Un champ qui devait rester vide est arrivé rempli, peut-être par votre navigateur."
                " Il est vidé : envoyez de nouveau."
            )
        return ""

    @property
    def found_buyer(self) -> Organisation | None:
        """The signed-in buyer's organisation."""
        if len(self.buyers) > 1:
            chosen: Organisation = self.cleaned_data["buyer"]
            return chosen
        return self.buyers[0] if self.buyers else None

    def contact(self) -> Contact:
        said, buyer = self.cleaned_data, self.found_buyer
        return Contact(
            buyer_name=buyer.name if buyer else said["buyer_name"],
            buyer_siret=(buyer.siret or "") if buyer else said["buyer_siret"],
            name=said["name"],
            email=said["email"],
            phone=said["phone"],
            message=said["message"],
        )


class ReplyForm(OnceForm):
    """What the buyer writes back."""

    use_required_attribute = False
    text = forms.CharField(
        label="Votre message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez votre message."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        keep_what_is_pasted(self)


class PlaceForm(forms.Form):
    """A commune, to find who is in charge of it."""

    use_required_attribute = False
    commune = commune_field("Commune", required=True)
    found_commune: Commune | None = None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.found_commune = commune_meant(self)
        return found


def home_region() -> Region:
    return get_object_or_404(Region, pk=settings.HOME_REGION)
