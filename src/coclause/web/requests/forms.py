"""What is typed about a request: filters, messages, to whom it goes, why it is closed."""

from collections.abc import Iterable
from typing import Any

from django import forms

from coclause.network.choices import EntryKind
from coclause.network.requests.answering import LONGEST
from coclause.network.states import RequestState
from coclause.organisations.choices import Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope
from coclause.reference.models import Departement
from coclause.web.once import OnceForm
from coclause.web.operations.finding import TypedForm

ME, NOBODY = "moi", "personne"
TO_COORDINATION = "coordination"
LABELS = {
    EntryKind.ANSWER: "Une réponse, que l’acheteur reçoit par courriel",
    EntryKind.QUESTION: "Une question : l’acheteur doit répondre",
    EntryKind.NOTE: "Une note interne, que l’acheteur ne voit pas",
}


class RequestFilters(forms.Form):
    """The filters of the list; what does not hold is left aside."""

    q = forms.CharField(label="Objet, acheteur ou référence", required=False, max_length=200)
    etat = forms.ChoiceField(label="État", required=False)
    qui = forms.ChoiceField(label="Qui répond", required=False)
    departement = forms.ChoiceField(label="Département", required=False)
    retard = forms.BooleanField(label="Promesse dépassée", required=False)
    onglet = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, scope: Scope, states: Iterable[RequestState], **options: Any) -> None:
        super().__init__(**options)
        kept = list(states)
        if len(kept) > 1:
            self._offer("etat", "Tous", [(state.value, state.label) for state in kept])
        else:
            del self.fields["etat"]
        if not scope.working_regions:
            del self.fields["qui"], self.fields["departement"]
            return
        self._offer("qui", "Tous", _holders(scope))
        places = Departement.objects.filter(region__in=scope.working_regions, active=True)
        self._offer("departement", "Tous", list(places.values_list("code", "name")))

    def _offer(self, name: str, all_of_them: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", all_of_them), *choices]

    @property
    def said(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _holders(scope: Scope) -> list[tuple[str, str]]:
    """Whose requests: one's own; for a coordination, nobody's and each organisation's."""
    choices = [(ME, "Moi")]
    if scope.coordinated_regions:
        network = Organisation.objects.filter(
            region__in=scope.coordinated_regions, roles__overlap=[Role.HOST, Role.COORDINATION]
        )
        choices.append((NOBODY, "Personne"))
        choices += [(str(pk), name) for pk, name in network.values_list("pk", "name")]
    return choices


class _Text(forms.CharField):
    """A message: long, and what exceeds is refused in words by the act."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), max_length=LONGEST, **options)


class WriteForm(TypedForm):
    """A message to the buyer, or a note for the network."""

    kind = forms.ChoiceField(
        label="Vous écrivez",
        widget=forms.RadioSelect,
        error_messages={"required": "Dites à qui va ce texte."},
    )
    text = _Text(label="Texte", error_messages={"required": "Écrivez le texte avant d’envoyer."})

    def __init__(self, kinds: list[EntryKind], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["kind"]
        field.choices = [(kind.value, LABELS[kind]) for kind in kinds]
        if len(kinds) == 1:
            field.initial = kinds[0].value


class ReplyForm(TypedForm):
    """What the buyer writes back."""

    text = _Text(label="Votre message", error_messages={"required": "Écrivez votre réponse."})


class CloseForm(TypedForm):
    """Why a request ends without an operation."""

    reason = _Text(
        label="Motif",
        help_text="L’acheteur le lira tel quel. Dites-lui ce qu’il peut faire ensuite.",
        error_messages={"required": "Dites pourquoi : l’acheteur lira ce motif."},
    )


class RerouteForm(TypedForm):
    """To whom a request goes, and why."""

    to = forms.ChoiceField(
        label="À qui",
        help_text="Un facilitateur ou un coordinateur en poste aujourd’hui dans la région.",
        error_messages={"required": "Choisissez à qui confier la demande."},
    )
    reason = forms.CharField(
        label="Pourquoi",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        help_text="La personne suivante lira ce motif ; l’acheteur ne le voit pas.",
        error_messages={"required": "Dites pourquoi : la personne suivante lira ce motif."},
    )

    def __init__(
        self, people: list[Membership], *args: Any, coordination: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._people = {str(one.pk): one for one in people}
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in people:
            label = f"{one.user}, {one.get_role_display().lower()}"
            groups.setdefault(one.organisation.name, []).append((str(one.pk), label))
        field: Any = self.fields["to"]
        back = [(TO_COORDINATION, "La coordination régionale, sans nommer quelqu’un")]
        field.choices = [("", "Choisissez"), *(back if coordination else []), *groups.items()]

    @property
    def chosen(self) -> Membership | None:
        """Who was chosen; None for the coordination itself."""
        return self._people.get(self.cleaned_data["to"])


class ActForm(OnceForm):
    """A button alone."""
