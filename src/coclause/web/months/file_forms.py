"""A file that says a month: a spreadsheet, a payroll; and which column says what."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from coclause.core.refusals import Refused
from coclause.hours.sheets.fields import LABELS, Field, unfit
from coclause.hours.sheets.mappings import must_be_whole
from coclause.hours.sheets.matching import LONGEST_INVOICE
from coclause.hours.sheets.reading import Table
from coclause.tables import limits
from coclause.web.columns import ColumnsChoice, chosen_twice

MEGABYTES: Final = limits.FILE_BYTES // 1024 // 1024
MAIN: Final = (Field.LAST, Field.FIRST, Field.NAME, Field.AWARD, Field.WORK)
"""What most files say; the other columns are folded."""
OTHERS: Final = (
    Field.BORN,
    Field.CONTRACT,
    Field.MONTH,
    Field.TRAINING,
    Field.INTERNSHIP,
    Field.WORKED,
    Field.INVOICE,
)
ASKED: Final = (*MAIN, *OTHERS)


class SheetFileForm(forms.Form):
    """A company's own spreadsheet, our template filled in, or an agency's invoice."""

    prefix = "tableur"
    use_required_attribute = False
    file = forms.FileField(
        label="Votre tableau d’heures",
        help_text=f"Excel, ODS ou CSV, {MEGABYTES} Mo au plus, avec vos colonnes.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt"}),
        error_messages={
            "required": "Choisissez le fichier à lire.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
        },
    )
    invoice = forms.CharField(
        label="Numéro de facture ou de relevé",
        required=False,
        max_length=LONGEST_INVOICE,
        help_text="Pour une agence : il reste attaché aux heures. Inutile si le tableau le dit.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    again = forms.BooleanField(
        label="Revoir quelle colonne dit quoi, même si ce tableau est déjà connu", required=False
    )


class PayrollFileForm(forms.Form):
    """The month's declaration, as the payroll software writes it."""

    prefix = "paie"
    use_required_attribute = False
    file = forms.FileField(
        label="Fichier DSN du mois",
        help_text="Le fichier que votre logiciel de paie envoie à la DSN, tel quel.",
        widget=forms.FileInput(),
        error_messages={
            "required": "Choisissez le fichier de paie à lire.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
        },
    )


class ColumnsForm(forms.Form):
    """Which column gives each information; one column for one information."""

    use_required_attribute = False

    def __init__(self, table: Table, chosen: Mapping[Field, int], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._proposed = frozenset(chosen)
        choice = ColumnsChoice(table.columns)
        for one in ASKED:
            self.fields[one.value] = choice.field(LABELS[one], chosen.get(one), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for field, problem in chosen_twice(found, {one: LABELS[one] for one in ASKED}).items():
            self.add_error(field.value, problem)
        if not self.errors:
            try:
                must_be_whole(self.chosen())
            except Refused as refusal:
                self.add_error(None, refusal.sentence)
        return found

    def chosen(self) -> dict[Field, int]:
        said = self.cleaned_data
        return {one: int(said[one.value]) for one in ASKED if said.get(one.value)}

    @property
    def asks(self) -> bool:
        """Whether what is proposed does not say yet whose hours they are, and how many."""
        return not self.is_bound and bool(unfit("", self._proposed))

    @property
    def main_fields(self) -> list[Any]:
        return [self[one.value] for one in MAIN]

    @property
    def other_fields(self) -> list[Any]:
        return [self[one.value] for one in OTHERS]

    @property
    def others_open(self) -> bool:
        """Whether a folded field holds an error."""
        return any(field.errors for field in self.other_fields)
