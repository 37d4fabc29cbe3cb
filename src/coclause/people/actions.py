"""Recording a person, reading named persons."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coclause.core.models import PersonReading
from coclause.core.refusals import Refused
from coclause.organisations.scopes import Scope
from coclause.people.identities import first_given_name, identity_of, normalised
from coclause.people.models import Person
from coclause.people.permissions import may_record_person

EARLIEST_BIRTH = date(1900, 1, 1)


@transaction.atomic
def record_person(scope: Scope, person: Person) -> Person:
    """Save a new person of the host, found again under their identity when already recorded."""
    if not may_record_person(person.host, scope):
        raise PermissionDenied
    if person.born_on >= scope.day:
        raise Refused("La date de naissance est dans le futur : corrigez-la.")
    if person.born_on < EARLIEST_BIRTH:
        raise Refused("La date de naissance est avant 1900 : corrigez l’année.")
    if not (normalised(person.birth_name) and normalised(first_given_name(person.given_names))):
        # Without letters, two different persons would have the same fingerprint.
        raise Refused("Le nom de naissance et le premier prénom s’écrivent avec des lettres.")
    identity = identity_of(person.birth_name, person.given_names, person.born_on)
    known = Person.objects.filter(host=person.host, identity=identity).first()
    if known is not None:
        return known
    person.identity = identity
    person.last_contact_on = scope.day
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        # The same form sent twice at once: the other one has just recorded this person.
        return Person.objects.get(host=person.host, identity=identity)
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
