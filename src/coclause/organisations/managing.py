"""Changing an organisation, its members, its facilitators' posts and their territories.

Each act checks who asks, and raises `PermissionDenied` (nothing changed) or `Refused` with a
sentence for the user. Days are arguments; one transaction, journal inside.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import PERSON_ROLES, ROLE_OF_ORGANISATION
from coclause.organisations.models import (
    FacilitatorPost,
    Membership,
    Organisation,
    PostFunding,
    TerritoryCharge,
)
from coclause.organisations.scopes import Scope
from coclause.organisations.visibility import (
    PARTNERS,
    coordinates,
    may_edit,
    may_manage_members,
)
from coclause.render.numbers import date_fr, decimal


@transaction.atomic
def update_organisation(scope: Scope, organisation: Organisation) -> Organisation:
    """Save changed details. The rights are those on the organisation as it was before."""
    before = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not may_edit(before, scope):
        raise PermissionDenied
    _must_stay_in_region(scope, before, organisation)
    lost = set(before.roles) - set(organisation.roles)
    held = Membership.objects.filter(organisation=before).on(scope.day)
    if any(ROLE_OF_ORGANISATION[m.role] in lost for m in held):
        raise Refused("Des membres tiennent encore ce rôle : terminez d’abord leur période.")
    organisation.save()
    record_act(scope.user, "organisation.changed", "Fiche modifiée.", organisation, day=scope.day)
    return organisation


def _must_stay_in_region(scope: Scope, before: Organisation, after: Organisation) -> None:
    """The region of a host, a coordination or an observer opens that region to its members."""
    if after.region_id == before.region_id or set(after.roles) <= set(PARTNERS):
        return
    if after.region_id not in scope.coordinated_regions:
        raise Refused(
            "Cette commune est dans une autre région : une structure du réseau n’en change pas."
            " Demandez à la coordination de cette région de l’ajouter."
        )


@transaction.atomic
def add_member(scope: Scope, organisation: Organisation, user: User, role: str) -> Membership:
    """Someone's role in an organisation from today; a new account opens without a password.

    `user` is unsaved: an account of the same address is used as it is.
    """
    _must_manage(scope, organisation, role)
    user.set_unusable_password()
    names = {"first_name": user.first_name, "last_name": user.last_name}
    account, _ = User.objects.get_or_create(
        email__iexact=user.email,
        defaults={"email": user.email, "password": user.password, **names},
    )
    member = Membership(user=account, organisation=organisation, role=role, starts_on=scope.day)
    try:
        member.clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=scope.day)
    if Membership.objects.filter(
        running, user=member.user, organisation=organisation, role=role
    ).exists():
        raise Refused(f"{member.user} tient déjà ce rôle dans cette organisation.")
    if role in PERSON_ROLES and scope.user == member.user:
        raise Refused("Ce rôle ouvre les fiches des personnes : un autre que vous doit le donner.")
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        raise Conflict(f"{member.user} vient de recevoir ce rôle.") from error
    record_act(
        scope.user,
        "member.added",
        f"{member.user} devient membre : {member.get_role_display().lower()}.",
        organisation,
        day=scope.day,
    )
    return member


@transaction.atomic
def end_membership(scope: Scope, membership: Membership, last_day: date) -> Membership:
    """The last day of a membership, of its posts and of its territories with it."""
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    _must_manage(scope, membership.organisation, membership.role)
    _must_not_reopen(membership.ends_on, last_day)
    if last_day < membership.starts_on:
        raise Refused(
            f"Cette période commence le {date_fr(membership.starts_on)} : "
            "elle ne peut pas finir avant."
        )
    later = Q(ends_on__isnull=True) | Q(ends_on__gt=last_day)
    for held in (membership.posts, membership.charges):
        held.filter(starts_on__gt=last_day).delete()
        held.filter(later).update(ends_on=last_day)
    membership.ends_on = last_day
    membership.save(update_fields=["ends_on"])
    record_act(
        scope.user,
        "member.ended",
        f"{membership.user} n’est plus {membership.get_role_display().lower()} "
        f"après le {date_fr(last_day)}.",
        membership.organisation,
        day=scope.day,
    )
    return membership


@transaction.atomic
def set_post(
    scope: Scope, post: FacilitatorPost, fundings: Mapping[str, Decimal]
) -> FacilitatorPost:
    """A facilitator's working time from a day on; the post before it ends the day before.

    `fundings` are FTE by funder, none of them needed; together never more than the post.
    """
    host = post.membership.organisation
    if not coordinates(host, scope):
        raise PermissionDenied
    if sum(fundings.values(), Decimal(0)) > post.fte:
        raise Refused("Les parts des financeurs dépassent le temps de travail du poste.")
    _inside(post.membership, post.starts_on)
    if post.membership.posts.filter(starts_on__gte=post.starts_on).exists():
        raise Refused("Un poste commence déjà ce jour-là ou plus tard : donnez une date après lui.")
    post.membership.posts.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=post.starts_on)).update(
        ends_on=post.starts_on - timedelta(days=1)
    )
    post.ends_on = post.membership.ends_on
    post.save()
    PostFunding.objects.bulk_create(
        PostFunding(post=post, funder=funder, fte=fte) for funder, fte in fundings.items() if fte
    )
    record_act(
        scope.user,
        "post.set",
        f"{post.membership.user} : {decimal(post.fte)} ETP à partir du {date_fr(post.starts_on)}.",
        host,
        day=scope.day,
    )
    return post


@transaction.atomic
def give_territory(scope: Scope, charge: TerritoryCharge) -> TerritoryCharge:
    """A territory in a facilitator's charge from a day on."""
    host = charge.membership.organisation
    if not coordinates(host, scope):
        raise PermissionDenied
    _inside(charge.membership, charge.starts_on)
    same = charge.membership.charges.filter(
        region=charge.region,
        departement=charge.departement,
        epci=charge.epci,
        commune=charge.commune,
    )
    if same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=charge.starts_on)).exists():
        raise Refused(f"{charge.membership.user} suit déjà {charge.place}.")
    charge.ends_on = charge.membership.ends_on
    charge.save()
    record_act(
        scope.user,
        "territory.given",
        f"{charge.membership.user} suit {charge.place} à partir du {date_fr(charge.starts_on)}.",
        host,
        day=scope.day,
    )
    return charge


@transaction.atomic
def end_territory(scope: Scope, charge: TerritoryCharge, last_day: date) -> TerritoryCharge:
    """The last day of a territory in a facilitator's charge."""
    host = charge.membership.organisation
    if not coordinates(host, scope):
        raise PermissionDenied
    _must_not_reopen(charge.ends_on, last_day)
    if last_day < charge.starts_on:
        raise Refused(
            f"Ce suivi commence le {date_fr(charge.starts_on)} : il ne peut pas finir avant."
        )
    charge.ends_on = last_day
    charge.save(update_fields=["ends_on"])
    record_act(
        scope.user,
        "territory.ended",
        f"{charge.membership.user} ne suit plus {charge.place} après le {date_fr(last_day)}.",
        host,
        day=scope.day,
    )
    return charge


def _must_manage(scope: Scope, organisation: Organisation, role: str) -> None:
    """A host's manager rules the host's own people; the other roles are the coordination's."""
    if not may_manage_members(organisation, scope):
        raise PermissionDenied
    if role not in PERSON_ROLES and not coordinates(organisation, scope):
        raise PermissionDenied


def _must_not_reopen(ends_on: date | None, last_day: date) -> None:
    if ends_on is not None and last_day > ends_on:
        raise Refused(
            f"Cette période s’arrête déjà le {date_fr(ends_on)} : elle ne se prolonge pas ici."
        )


def _inside(membership: Membership, day: date) -> None:
    if not membership.holds_on(day):
        raise Refused(
            f"{membership.user} n’est pas membre au {date_fr(day)} : choisissez une autre date."
        )
