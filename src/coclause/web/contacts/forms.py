"""Who joins, as typed."""

from django import forms

from coclause.clauses.contacts import Newcomer
from coclause.web.operations.finding import TypedForm


class NewcomerForm(TypedForm):
    """A name and an address."""

    first_name = forms.CharField(
        label="Prénom",
        max_length=80,
        error_messages={"required": "Donnez le prénom."},
    )
    last_name = forms.CharField(
        label="Nom",
        max_length=80,
        error_messages={"required": "Donnez le nom."},
    )
    email = forms.EmailField(
        label="Adresse électronique",
        max_length=200,
        help_text="Une adresse professionnelle : c’est là qu’arrivent les codes pour entrer.",
        error_messages={
            "required": "Donnez l’adresse électronique.",
            "invalid": "Cette adresse n’existe pas : écrivez-la comme prenom.nom@entreprise.fr.",
        },
    )

    def newcomer(self) -> Newcomer:
        data = self.cleaned_data
        return Newcomer(data["email"], data["first_name"], data["last_name"])


class UpForm(TypedForm):
    """Ahead of whom."""

    ahead_of = forms.IntegerField(min_value=1)
