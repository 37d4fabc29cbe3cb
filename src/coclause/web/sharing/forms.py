"""Forms on who follows an operation."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms

from coclause.clauses.models import OperationHost
from coclause.core.models import User
from coclause.organisations.choices import PERSON_ROLES, Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope
from coclause.organisations.visibility import may_read_members
from coclause.web.operations.fields import FrenchDateField
from coclause.web.operations.finding import TypedForm


class Follower(NamedTuple):
    """A host, and who follows there; nobody yet when there is no user."""

    host: Organisation
    user: User | None


def followers(region: str, scope: Scope, *, without: Iterable[int] = ()) -> dict[str, Follower]:
    """The hosts of the region with the people who may follow an operation there. Three queries.

    Whoever may not read a host's members is offered those already named on operations.
    """
    hosts = Organisation.objects.filter(region=region, roles__contains=[Role.HOST]).exclude(
        pk__in=list(without)
    )
    found: dict[str, Follower] = {}
    members: dict[int, list[User]] = {}
    rows = Membership.objects.filter(organisation__in=hosts, role__in=PERSON_ROLES)
    named = OperationHost.objects.filter(operation__region=region).on(scope.day)
    known = set(named.values_list("host_id", "facilitator_id"))
    rows = rows.on(scope.day).select_related("user", "organisation")
    for row in rows.order_by("user__last_name", "user__first_name", "pk"):
        people = members.setdefault(row.organisation_id, [])
        told = (row.organisation_id, row.user_id) in known
        if row.user not in people and (told or may_read_members(row.organisation, scope)):
            people.append(row.user)
    for host in hosts.order_by("name_key", "pk"):
        found[f"{host.pk}"] = Follower(host, None)
        for user in members.get(host.pk, []):
            found[f"{host.pk}-{user.pk}"] = Follower(host, user)
    return found


class FollowerForm(TypedForm):
    """Who follows: a host, and one of its people."""

    follower = forms.ChoiceField(
        label="Qui suit",
        help_text="Une structure de la région, et l’un de ses facilitateurs s’il est connu.",
        error_messages={"required": "Choisissez une structure ou un facilitateur."},
    )

    def __init__(self, offered: dict[str, Follower], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._offered = offered
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, (host, user) in offered.items():
            label = str(user) if user else "Personne pour l’instant"
            groups.setdefault(str(host), []).append((key, label))
        field: Any = self.fields["follower"]
        field.choices = [("", "Choisissez"), *groups.items()]

    @property
    def chosen(self) -> Follower:
        return self._offered[self.cleaned_data["follower"]]


class HandOverForm(FollowerForm):
    """Another facilitator, of the same host or of another."""

    on = FrenchDateField(
        label="À partir du",
        help_text="Aujourd’hui ou plus tard. Les heures d’un mois comptent sous la structure qui"
        " suit l’opération le dernier jour de ce mois.",
    )
    reason = forms.CharField(label="Motif", max_length=300)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)
    stays = forms.BooleanField(
        label="La structure qui passe la main reste associée",
        required=False,
        help_text="Elle garde alors sa part : les personnes qu’elle suit déjà.",
    )


class AssociationForm(FollowerForm):
    """A host beside the referent."""

    starts_on = FrenchDateField(label="À partir du")
    ends_on = FrenchDateField(
        label="Jusqu’au", required=False, help_text="Vide : jusqu’à ce qu’on y mette fin."
    )


class EndForm(TypedForm):
    """The last day of an association."""

    last_day = FrenchDateField(label="Dernier jour")
