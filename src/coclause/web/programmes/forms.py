"""The file and who sends it, the columns, the filters of the result."""

from collections.abc import Callable
from typing import Any, Final

from django import forms

from coclause.clauses.choices import LawBuyer
from coclause.core.refusals import Refused
from coclause.network.needs import Contact
from coclause.network.programmes.columns import Columns
from coclause.network.programmes.reader.fields import LABELS, Field
from coclause.network.programmes.receiving import Upload, opened
from coclause.organisations.models import Organisation
from coclause.reference.models import Commune
from coclause.tables import limits
from coclause.web.columns import ColumnsChoice, chosen_twice
from coclause.web.door.forms import ContactForm
from coclause.web.door.places import commune_field, commune_meant
from coclause.web.once import OnceForm

FIRST_YEAR, LAST_YEAR = 2020, 2100
MAIN: Final = (
    Field.OBJECT,
    Field.AMOUNT,
    Field.KIND,
    Field.DURATION,
    Field.LAUNCH,
    Field.PLACE,
)
"""What answers depend on; the other columns are folded."""
WITHOUT_OBJECT: Final = "Indiquez la colonne qui donne l’objet de chaque achat."
CHOOSE_AGAIN: Final = "Choisissez de nouveau le fichier : le navigateur ne le garde pas."


def year_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="Année de la programmation",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="Elle sert quand une date dit « T3 » ou « mars » sans année.",
        error_messages={"invalid": "Écrivez une année, comme 2027."},
    )


class DepositForm(ContactForm):
    """A buyer's purchase programme. A signed-in buyer's own organisation is not asked again."""

    phone = None  # type: ignore[assignment]  # Django's way of leaving a field out
    message = None  # type: ignore[assignment]
    file = forms.FileField(
        label="Votre liste d’achats",
        help_text=f"Excel ou ODS, {limits.FILE_BYTES // 1024 // 1024} Mo au plus. Vos colonnes, "
        "dans votre ordre : elles sont reconnues, puis vous confirmez.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods"}),
        error_messages={
            "required": "Choisissez le fichier à analyser.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
        },
    )
    law_buyer = forms.ChoiceField(
        label="Catégorie d’acheteur",
        required=False,
        choices=[(LawBuyer.UNKNOWN.value, "Je ne sais pas"), *LawBuyer.choices[1:]],
        help_text="Pour des fournitures et des services, le seuil en dépend.",
    )
    commune = commune_field("Commune des lignes sans lieu")
    year = year_field()
    field_order = (
        "file",
        "buyer",
        "buyer_name",
        "buyer_siret",
        "law_buyer",
        "commune",
        "year",
        "name",
        "email",
    )
    found_commune: Commune | None = None
    upload: Upload

    def __init__(
        self,
        buyers: list[Organisation],
        *args: Any,
        may_open: Callable[[], None],
        **options: Any,
    ) -> None:
        super().__init__(buyers, *args, **options)
        self.may_open = may_open
        self.fields["email"].help_text = "Le lien de l’analyse et les réponses y arrivent."

    def clean(self) -> dict[str, Any]:
        """The file is opened last, once the rest is right: opening it is work, and is counted."""
        found = super().clean() or {}
        self.found_commune = commune_meant(self)
        sent = found.get("file")
        if sent is None:
            return found
        if self.errors:
            self.add_error("file", CHOOSE_AGAIN)
            return found
        try:
            self.may_open()
            # One byte more than what is admitted is enough to refuse it.
            self.upload = opened(sent.read(limits.FILE_BYTES + 1), sent.name)
        except Refused as refusal:
            self.add_error("file", refusal.sentence)
        return found

    def contact(self) -> Contact:
        said, buyer = self.cleaned_data, self.found_buyer
        return Contact(
            buyer_name=buyer.name if buyer else said["buyer_name"],
            buyer_siret=(buyer.siret or "") if buyer else said["buyer_siret"],
            name=said["name"],
            email=said["email"],
        )


class ColumnsForm(OnceForm):
    """Which column gives each information; one column for one information."""

    use_required_attribute = False
    year = year_field()

    def __init__(self, columns: Columns, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = ColumnsChoice(columns.columns)
        for field in Field:
            self.fields[field.value] = choice.field(
                LABELS[field],
                columns.fields.get(field),
                required=field == Field.OBJECT,
                error_messages={"required": WITHOUT_OBJECT},
            )
        self.fields["year"].initial = columns.year

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for field, problem in chosen_twice(found, {one: LABELS[one] for one in Field}).items():
            self.add_error(field.value, problem)
        return found

    @property
    def main_fields(self) -> list[Any]:
        return [self[field.value] for field in MAIN]

    @property
    def other_fields(self) -> list[Any]:
        return [self[field.value] for field in Field if field not in MAIN]

    @property
    def others_open(self) -> bool:
        """Whether a folded field holds an error."""
        return any(field.errors for field in self.other_fields)

    def chosen(self) -> dict[Field, int]:
        said = self.cleaned_data
        return {field: int(said[field.value]) for field in Field if said.get(field.value)}


class SheetForm(forms.Form):
    """Another sheet of the same workbook."""

    sheet = forms.CharField(max_length=200, required=True)


class SendForm(OnceForm):
    """Lines ticked on the page, or all those under the duty."""

    TICKED, DUE = "cochees", "obligation"
    what = forms.ChoiceField(choices=[(TICKED, ""), (DUE, "")])
    line = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ticks: Any = self.fields["line"]
        ticks.validate = lambda _: None

    def clean_line(self) -> list[int]:
        # Ids beyond any table are no line of this programme either.
        return [one for one in self.cleaned_data["line"] if 0 < one < 10**18]


class LineFilters(forms.Form):
    """What the table is narrowed to; the address keeps it."""

    obligation = forms.ChoiceField(label="Obligation", required=False)
    etat = forms.ChoiceField(label="Où en est la ligne", required=False)
    qui = forms.ChoiceField(label="Qui répond", required=False)

    DUTIES: Final = (
        ("due", "Sous l’obligation"),
        ("not_due", "Hors obligation"),
        ("unknown", "On ne sait pas"),
        ("refusee", "Lignes refusées"),
    )
    STATES: Final = (
        ("a-envoyer", "À envoyer"),
        ("envoyees", "Devenues des demandes"),
        ("a-verifier", "Avec un point à vérifier"),
    )

    def __init__(self, answering: list[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in (
            ("obligation", self.DUTIES),
            ("etat", self.STATES),
            ("qui", answering),
        ):
            field: Any = self.fields[name]
            field.choices = (
                [("", "Toutes"), *choices] if name != "qui" else [("", "Tous"), *choices]
            )

    @property
    def said(self) -> dict[str, str]:
        """The filters that hold; anything else in the address is left aside."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
