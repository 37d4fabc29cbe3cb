"""A paper to put: a file already there, or a photo taken at once."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms

from coclause.hours.choices import PaperKind
from coclause.hours.models import Statement
from coclause.hours.papers.adding import Upload
from coclause.hours.papers.examining import EMPTY, TOO_HEAVY
from coclause.organisations.models import Organisation
from coclause.web.clauses.months import of_month
from coclause.web.once import OnceForm

ACCEPTED: Final = "application/pdf,image/jpeg,image/png"
NONE_CHOSEN: Final = "Choisissez un fichier, ou photographiez la pièce."
TWO_CHOSEN: Final = "Deux pièces à la fois : gardez le fichier ou la photo, puis recommencez."


class OneOfTwoField(forms.FileField):
    """Needed, unless the other is given: the form says when both are missing."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return super().clean(data, initial) if data else None


class PaperForm(OnceForm):
    """The file or the photo, and what its sender says of the number."""

    use_required_attribute = False
    file = OneOfTwoField(
        label="Fichier",
        help_text="PDF, JPEG ou PNG, 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"empty": EMPTY},
    )
    photo = OneOfTwoField(
        label="Ou une photo prise maintenant",
        help_text="Le lieu et l’appareil, que la photo porte souvent, sont retirés.",
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        error_messages={"empty": EMPTY},
    )
    masked = forms.BooleanField(
        label="Le numéro de sécurité sociale est masqué, ou n’y figure pas",
        help_text="Au feutre noir sur le papier, puis une photo : un rectangle posé dans un PDF ne"
        " le cache pas.",
        error_messages={
            "required": "Masquez le numéro de sécurité sociale, puis cochez cette case."
        },
    )

    def __init__(self, *args: Any, cut: bool = False, **options: Any) -> None:
        """`cut`: a file of this request was larger than what is received."""
        super().__init__(*args, **options)
        self.cut = cut

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        sent = [found[name] for name in ("file", "photo") if found.get(name)]
        if self.cut:
            self.add_error(None, TOO_HEAVY)
        elif len(sent) == 2:
            self.add_error(None, TWO_CHOSEN)
        elif not sent and not (self.errors.keys() & {"file", "photo"}):
            self.add_error("file", NONE_CHOSEN)
        return found

    def upload(self) -> Upload:
        said = self.cleaned_data
        sent = said["file"] or said["photo"]
        return Upload(sent.read(), sent.name or "", masked=said["masked"])


class PersonPaperForm(PaperForm):
    """About an employment: its contract, or the payslip of a month already declared."""

    what = forms.ChoiceField(label="Pièce", error_messages={"required": "Choisissez la pièce."})
    field_order = ("what", "file", "photo", "masked")

    def __init__(self, statements: Iterable[Statement], *args: Any, **options: Any) -> None:
        """`statements`: the months declared, the latest first."""
        super().__init__(*args, **options)
        self.statements = {str(one.pk): one for one in statements}
        what: Any = self.fields["what"]
        what.choices = [
            *(
                (pk, f"Bulletin de paie {of_month(one.month)}")
                for pk, one in self.statements.items()
            ),
            (PaperKind.CONTRACT.value, PaperKind.CONTRACT.label),
        ]

    @property
    def statement(self) -> Statement | None:
        """The month of a payslip; None for a contract."""
        return self.statements.get(self.cleaned_data["what"])

    @property
    def kind(self) -> PaperKind:
        return PaperKind.PAYSLIP if self.statement else PaperKind.CONTRACT


class InvoiceForm(PaperForm):
    """The invoice of one company of the award; which one is asked only when there are several."""

    company = forms.ModelChoiceField(
        Organisation.objects.none(), label="Facture de", empty_label=None
    )
    field_order = ("company", "file", "photo", "masked")

    def __init__(self, companies: Iterable[Organisation], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ids = [one.pk for one in companies]
        field: Any = self.fields["company"]
        field.queryset = Organisation.objects.filter(pk__in=ids).order_by("name", "pk")
        if len(ids) == 1:
            field.widget = forms.HiddenInput()
            field.initial = ids[0]
