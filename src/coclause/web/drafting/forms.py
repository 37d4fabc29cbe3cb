"""What is chosen before a version is prepared, and a document that comes back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from coclause.core.refusals import Refused
from coclause.network.choices import TextInstrument
from coclause.network.drafting.preparing import read_or_refuse
from coclause.network.library.offered import Offered
from coclause.render.numbers import integer
from coclause.render.word_reading import SIZE_LIMIT
from coclause.web.once import OnceForm
from coclause.web.operations.finding import TypedForm

MEGABYTE = 1024 * 1024
LIMIT = f"{integer(SIZE_LIMIT // MEGABYTE)} Mo"
TOO_LARGE = f"Ce fichier dépasse {LIMIT} : retirez les images, puis déposez-le."


class InstrumentForm(forms.Form):
    """What the contract asks for; it decides which texts are offered."""

    instrument = forms.ChoiceField(label="Instrument", choices=TextInstrument.choices)


class PrepareForm(OnceForm):
    """The texts to fill, among those in force."""

    instrument = forms.CharField(widget=forms.HiddenInput, required=False)
    texts = forms.MultipleChoiceField(
        label="Textes à préparer",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Cochez au moins un texte à préparer.",
            "invalid_choice": "Un texte choisi n’est plus proposé : il vient d’être remplacé ou"
            " retiré. Relisez la liste, puis recommencez.",
        },
    )

    def __init__(self, offered: Sequence[Offered], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offered = {str(one.version_id): one for one in offered}
        field: Any = self.fields["texts"]
        field.choices = [(key, one.text.title) for key, one in self._offered.items()]

    @property
    def chosen(self) -> list[Offered]:
        return [self._offered[key] for key in self.cleaned_data["texts"]]


class ReturnForm(TypedForm):
    """A Word document changed by hand."""

    document = forms.FileField(
        label="Document Word (.docx)",
        help_text=f"{LIMIT} au plus. Les macros, les modèles liés et"
        " les fichiers incorporés sont refusés.",
        error_messages={
            "required": "Choisissez le document Word à reprendre.",
            "empty": "Ce fichier est vide : choisissez-en un autre.",
            "missing": "Choisissez le document Word à reprendre.",
            "invalid": "Choisissez le document Word à reprendre.",
        },
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )
    note = forms.CharField(
        label="Ce qui change",
        required=False,
        max_length=300,
        help_text="Une phrase pour qui lira cette version : pénalité fixée, délai ajouté…",
    )

    def clean_document(self) -> Any:
        """Its size before it is read, then what it holds; the act checks again what it keeps."""
        sent: Any = self.cleaned_data["document"]
        if (sent.size or 0) > SIZE_LIMIT:
            raise ValidationError(TOO_LARGE)
        try:
            read_or_refuse(sent.read())
        except Refused as refusal:
            raise ValidationError(refusal.sentence) from refusal
        sent.seek(0)
        return sent
