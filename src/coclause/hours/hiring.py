"""Recording who works on an award, with the statistical facts of the day of hiring."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import Award, AwardMember
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import Way
from coclause.hours.models import Assignment, Employment
from coclause.hours.permissions import may_hire
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.people.models import Person
from coclause.reference.models import Commune


def age_on(born_on: date, day: date) -> int:
    """Full years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@transaction.atomic
def hire(
    scope: Scope,
    award: Award,
    person: Person,
    employment: Employment,
    place: Commune | None = None,
) -> Assignment:
    """Record an employment of that person and assign it to the award, in the host's share.

    `place` is where they work, None where the operation is. Facts that the record holds (sex,
    commune) and the age are fixed here, once.
    """
    if not may_hire(award, scope) or person.host_id not in scope.hosts:
        raise PermissionDenied
    _must_overlap(award, employment)
    employment.identity = person.identity
    employment.host = person.host
    employment.sex = person.sex
    employment.commune = employment.commune or person.commune
    employment.age = age_on(person.born_on, employment.starts_on)
    if employment.age < 14:
        raise Refused("Cette personne aurait moins de 14 ans à l’embauche : vérifiez les dates.")
    if employment.age > 99:
        raise Refused("Cette personne aurait plus de 99 ans à l’embauche : vérifiez les dates.")
    try:
        with transaction.atomic():
            employment.save()
    except IntegrityError as error:
        raise Refused(
            "Cet emploi est déjà enregistré (même employeur, même personne, même date de début,"
            " même numéro de contrat) : affectez-le plutôt que de le saisir à nouveau."
        ) from error
    return assign(scope, award, employment, person.host, place)


@transaction.atomic
def assign(
    scope: Scope,
    award: Award,
    employment: Employment,
    host: Organisation,
    place: Commune | None = None,
) -> Assignment:
    """Put an employment on one more award, in that place (None: where the operation is)."""
    if not may_hire(award, scope) or host.pk not in scope.hosts:
        raise PermissionDenied
    assignment, created = Assignment.objects.get_or_create(
        employment=employment,
        award=award,
        defaults={
            "host": host,
            "commune": place,
            "starts_on": max(employment.starts_on, award.starts_on),
            "ends_on": min(employment.ends_on or award.ends_on, award.ends_on),
        },
    )
    if not created:
        raise Refused("Cette personne est déjà affectée à ce marché.")
    _join(award, employment, assignment.starts_on)
    record_act(
        scope.user,
        "employment.assigned",
        f"Une personne affectée ({employment.get_type_display()}, {employment.employer}).",
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        day=scope.day,
    )
    return assignment


def _join(award: Award, employment: Employment, since: date) -> None:
    """The employer takes part in the award from its first person's first day."""
    employer = employment.employer
    parts = AwardMember.objects.filter(award=award, organisation=employer).order_by("starts_on")
    part = parts.first()
    if part is None:
        agency = employment.way == Way.MADE_AVAILABLE
        AwardMember.objects.create(
            award=award,
            organisation=employer,
            part=MemberPart.AGENCY if agency else MemberPart.SUBCONTRACTOR,
            starts_on=since,
        )
    elif part.part == MemberPart.AGENCY and since < part.starts_on:
        part.starts_on = since
        part.save(update_fields=["starts_on"])


@transaction.atomic
def set_place(
    scope: Scope, assignment: Assignment, place: Commune | None, *, seen: str
) -> Assignment:
    """Say where this employment works on its award; None is where the operation is.

    Only the host whose share it is in. `seen` is the code of the place that was read, empty for
    none. Raises PermissionDenied, or Conflict when somebody changed it since.
    """
    award = assignment.award
    if not may_hire(award, scope) or assignment.host_id not in scope.hosts:
        raise PermissionDenied
    kept = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if (kept.commune_id or "") != seen:
        raise Conflict("Ce lieu vient d’être changé par quelqu’un d’autre. Rechargez la page.")
    code = place.pk if place else None
    if kept.commune_id == code:
        return kept
    kept.commune = place
    kept.save(update_fields=["commune"])
    record_act(
        scope.user,
        "employment.placed",
        f"Lieu de travail d’une affectation : {place or 'la commune de l’opération'}.",
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        day=scope.day,
    )
    return kept


def _must_overlap(award: Award, employment: Employment) -> None:
    if employment.starts_on > award.ends_on or (
        employment.ends_on and employment.ends_on < award.starts_on
    ):
        raise Refused(
            f"L'exécution va du {award.starts_on:%d/%m/%Y} au {award.ends_on:%d/%m/%Y} :"
            " cet emploi est en dehors."
        )
