"""Recording a person, reading named persons."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from coclause.core.models import PersonReading
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.people.identities import identity_of
from coclause.people.models import Person
from coclause.people.permissions import may_record_person


@transaction.atomic
def record_person(scope: Scope, person: Person) -> Person:
    """Save a new person of the host, found again under their identity when already recorded."""
    if not may_record_person(person.host, scope):
        raise PermissionDenied
    if person.born_on >= scope.day:
        raise Refused("La date de naissance est dans le futur : corrigez-la.")
    identity = identity_of(person.birth_name, person.given_names, person.born_on)
    known = Person.objects.filter(host=person.host, identity=identity).first()
    if known is not None:
        return known
    person.identity = identity
    person.last_contact_on = scope.day
    person.save()
    return person


def names_of(scope: Scope, identities: Iterable[UUID], *, page: str) -> dict[UUID, str]:
    """Names by identity, as far as the row policies show them; the reading is logged.

    The single door from figures to names: a page that shows names goes through here.
    """
    wanted = set(identities)
    if not wanted or scope.user is None:
        return {}
    people = Person.objects.filter(identity__in=wanted).order_by("pk")
    names = {person.identity_id: str(person) for person in people}
    if names:
        PersonReading.objects.create(
            actor=scope.user, page=page[:200], identities=sorted(names, key=str)
        )
    return names
