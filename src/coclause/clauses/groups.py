"""Who executes an award: its group, its companies over time, and how they share a commitment.

Whatever the group, the debt is the award's: one company answers for it at a time (the holder, or
the leader of the group); co-contractors and subcontractors declare. Each act raises
`PermissionDenied` or `Refused` with a sentence for the user, and nothing changed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Model, Q, Sum

from coclause.clauses.choices import ANSWERABLE, Departure, Group, MemberPart
from coclause.clauses.globalising import leave_with_holder
from coclause.clauses.models import (
    Award,
    AwardMember,
    Commitment,
    Objective,
    ObjectiveEvent,
    Split,
    SplitPart,
)
from coclause.clauses.permissions import is_referent
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, hours

ZERO = Decimal(0)
SHARING = (MemberPart.LEADER, MemberPart.COCONTRACTOR)
"""The parts between which a commitment may be split: a subcontractor owes nothing."""
AS_WORD = {
    MemberPart.HOLDER: "titulaire",
    MemberPart.LEADER: "mandataire",
    MemberPart.COCONTRACTOR: "cotraitant",
    MemberPart.SUBCONTRACTOR: "sous-traitant",
    MemberPart.AGENCY: "structure de mise à disposition",
}


@transaction.atomic
def set_group(scope: Scope, award: Award, group: str) -> Award:
    """Say whether the award is held by one company or by a group, and how the group answers."""
    locked = _locked(scope, award)
    if group == locked.group:
        return locked
    if group not in Group.values:
        raise Refused("Cette forme de groupement n’existe pas : choisissez-la dans la liste.")
    members = locked.members
    if not group and members.filter(part=MemberPart.COCONTRACTOR).exists():
        raise Refused(
            "Des cotraitants sont enregistrés : ce marché est celui d’un groupement, conjoint ou"
            " solidaire."
        )
    if not group and Split.objects.filter(commitment__award=locked).exists():
        raise Refused("L’engagement est réparti entre des entreprises : c’est un groupement.")
    locked.group = group
    locked.save(update_fields=["group"])
    held, becomes = (
        (MemberPart.HOLDER, MemberPart.LEADER) if group else (MemberPart.LEADER, MemberPart.HOLDER)
    )
    members.filter(part=held).update(part=becomes)
    _told(scope, locked, "award.group", f"{locked.get_group_display()}.", scope.day)
    return locked


@transaction.atomic
def add_member(
    scope: Scope, award: Award, company: Organisation, part: str, *, starts_on: date
) -> AwardMember:
    """A co-contractor of the group, or a subcontractor, from a day on."""
    locked = _locked(scope, award)
    if part in ANSWERABLE:
        raise Refused(
            "Une seule entreprise répond du marché : pour en changer, remplacez le titulaire."
        )
    if part == MemberPart.COCONTRACTOR and not locked.group:
        raise Refused("Un cotraitant suppose un groupement : dites d’abord s’il est conjoint.")
    _must_be_company(company)
    _must_be_during(locked, starts_on)
    held = locked.members.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    if known := held.filter(organisation=company).order_by("starts_on").first():
        raise Conflict(
            f"{company} est déjà {AS_WORD[MemberPart(known.part)]} de ce marché depuis le"
            f" {date_fr(known.starts_on)}."
        )
    member = AwardMember.objects.create(
        award=locked, organisation=company, part=part, starts_on=starts_on
    )
    _told(
        scope,
        locked,
        "award.member_added",
        f"{company}, {AS_WORD[MemberPart(part)]} à partir du {date_fr(starts_on)}.",
        starts_on,
        company,
    )
    return member


@transaction.atomic
def end_member(scope: Scope, member: AwardMember, *, last_day: date, departure: str) -> AwardMember:
    """The last day of a co-contractor or of a subcontractor, and why it leaves."""
    award = _locked(scope, member.award)
    member = AwardMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.part in ANSWERABLE:
        raise Refused("Cette entreprise répond du marché : remplacez-la par une autre.")
    if departure not in Departure.values or not departure:
        raise Refused("Dites pourquoi l’entreprise quitte le marché.")
    if member.ends_on is not None and member.ends_on <= last_day:
        raise Conflict(f"{member.organisation} a déjà quitté le marché {_after(member.ends_on)}.")
    if last_day < member.starts_on:
        raise Refused(
            f"{member.organisation} n’entre que le {date_fr(member.starts_on)} : son dernier jour"
            " ne peut pas précéder."
        )
    if last_day > award.ends_on:
        raise Refused(f"Le marché finit le {date_fr(award.ends_on)} : choisissez un jour d’avant.")
    member.ends_on, member.departure = last_day, departure
    member.save(update_fields=["ends_on", "departure"])
    _told(
        scope,
        award,
        "award.member_left",
        f"{member.organisation} quitte le marché {_after(last_day)}"
        f" ({member.get_departure_display().lower()}).",
        last_day,
        member.organisation,
    )
    return member


@transaction.atomic
def replace_holder(
    scope: Scope,
    award: Award,
    company: Organisation,
    *,
    on: date,
    departure: str,
    reason: str,
    replacing: AwardMember | None = None,
) -> AwardMember:
    """Another company answers for the award from a day on; what remains due passes to it.

    The commitment does not move: it is the award's. `replacing` is who answered when the act was
    prepared; somebody else by now is a `Conflict`.
    """
    locked = _locked(scope, award)
    _must_be_company(company)
    if departure not in Departure.values or not departure:
        raise Refused("Dites pourquoi le titulaire est remplacé.")
    if not reason.strip():
        raise Refused("Donnez le motif : il sera inscrit au journal.")
    leaving = _answering(locked, on, replacing)
    if leaving.organisation_id == company.pk:
        raise Refused(f"{company} répond déjà du marché : choisissez une autre entreprise.")
    _must_be_during(locked, on)
    leaving.ends_on, leaving.departure = on - timedelta(days=1), departure
    leaving.save(update_fields=["ends_on", "departure"])
    leave_with_holder(locked, leaving.ends_on)
    member = _taking_over(locked, company, on, leaving.part)
    _told(
        scope,
        locked,
        "award.holder_replaced",
        f"{company} remplace {leaving.organisation} à partir du {date_fr(on)}"
        f" ({leaving.get_departure_display().lower()}) : {reason.strip()}.",
        on,
        leaving.organisation,
        company,
    )
    return member


def _answering(award: Award, on: date, replacing: AwardMember | None) -> AwardMember:
    """Who answers the day before and must leave. Refused when nobody can leave that day."""
    answering = award.members.filter(part__in=ANSWERABLE).select_related("organisation")
    last = answering.order_by("starts_on").last()
    if last is None or (last.ends_on is not None and last.ends_on < on - timedelta(days=1)):
        raise Refused("Aucune entreprise ne répond du marché ce jour-là : vérifiez la date.")
    if replacing is not None and last.pk != replacing.pk:
        raise Conflict(
            f"Le titulaire vient d’être remplacé par {last.organisation}. Relisez la page."
        )
    if last.starts_on >= on:
        raise Conflict(
            f"{last.organisation} répond du marché à partir du {date_fr(last.starts_on)} :"
            " choisissez un jour d’après."
        )
    return last


def _taking_over(award: Award, company: Organisation, on: date, part: str) -> AwardMember:
    """The new part; a company already in the award leaves its former part the day before."""
    former = (
        award.members.filter(organisation=company)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
        .order_by("starts_on")
        .first()
    )
    if former is not None and former.starts_on > on:
        raise Refused(
            f"{company} n’entre dans le marché que le {date_fr(former.starts_on)} : choisissez ce"
            " jour ou un jour d’après."
        )
    if former is not None and former.starts_on == on:
        former.part, former.ends_on, former.departure = part, None, Departure.NONE
        former.save(update_fields=["part", "ends_on", "departure"])
        return former
    if former is not None:
        former.ends_on = on - timedelta(days=1)
        former.save(update_fields=["ends_on"])
    return AwardMember.objects.create(award=award, organisation=company, part=part, starts_on=on)


@transaction.atomic
def split(
    scope: Scope,
    commitment: Commitment,
    parts: Mapping[int, Decimal],
    *,
    effective_on: date,
    reason: str,
) -> Split:
    """Record how the companies of a group share a commitment: hours by company id.

    The parts sum exactly to what is committed in hours that day; the debt stays the award's.
    """
    award = _locked(scope, commitment.award)
    # Amendments lock the objectives: while these are held, what is committed does not move.
    list(Objective.objects.select_for_update().filter(commitment=commitment).order_by("pk"))
    if not award.group:
        raise Refused("Une seule entreprise tient ce marché : il n’y a rien à répartir.")
    members = sharing_members(award, effective_on)
    companies = {member.organisation_id for member in members}
    if not companies.issuperset(parts):
        raise Refused(
            "La répartition se fait entre le mandataire et les cotraitants de ce jour-là : un"
            " sous-traitant ne doit rien."
        )
    if any(quantity < 0 for quantity in parts.values()):
        raise Refused("Une part ne peut pas être négative.")
    committed = committed_in_hours([commitment.pk], effective_on).get(commitment.pk)
    if committed is None:
        raise Refused(
            f"Au {date_fr(effective_on)}, l’engagement en heures n’est pas encore déterminable :"
            " il se répartira quand il le sera."
        )
    _must_sum(parts, committed)
    made = Split.objects.create(
        commitment=commitment, effective_on=effective_on, reason=reason.strip()
    )
    SplitPart.objects.bulk_create(
        SplitPart(split=made, organisation_id=pk, quantity=quantity)
        for pk, quantity in sorted(parts.items())
    )
    names = {member.organisation_id: member.organisation.name for member in members}
    told = ", ".join(f"{names[pk]} {hours(quantity)}" for pk, quantity in sorted(parts.items()))
    sentence = f"Engagement réparti au {date_fr(effective_on)} : {told}."
    _told(scope, award, "commitment.split", sentence, effective_on)
    return made


def _must_sum(parts: Mapping[int, Decimal], committed: Decimal) -> None:
    total = sum(parts.values(), ZERO)
    if total < committed:
        raise Refused(
            f"Il manque {hours(committed - total)} : les parts font {hours(total)} pour"
            f" {hours(committed)} engagées."
        )
    if total > committed:
        raise Refused(
            f"Les parts dépassent de {hours(total - committed)} : elles font {hours(total)} pour"
            f" {hours(committed)} engagées."
        )


@dataclass(frozen=True)
class Shared:
    """The split of a commitment in force on a day, and whether it still fits."""

    split: Split
    parts: list[SplitPart]
    committed: Decimal | None
    """What is committed in hours that day."""
    gone: list[str]
    """Companies of the split that are no longer in the group."""

    @property
    def to_review(self) -> str:
        """Why the split must be agreed again, in a sentence; empty when it holds."""
        total = sum((part.quantity for part in self.parts), ZERO)
        if self.committed is not None and total != self.committed:
            return (
                f"Répartition à revoir : l’engagement est passé de {hours(total)} à"
                f" {hours(self.committed)}."
            )
        if self.gone:
            return f"Répartition à revoir : {', '.join(self.gone)} ne fait plus partie du marché."
        return ""


def splits_on(commitment_ids: Collection[int], day: date) -> dict[int, Shared]:
    """The split in force by commitment, where there is one. Four queries."""
    rows = (
        Split.objects.filter(commitment__in=commitment_ids, effective_on__lte=day)
        .select_related("commitment")
        .prefetch_related("parts__organisation")
        .order_by("effective_on", "pk")
    )
    last = {row.commitment_id: row for row in rows}
    if not last:
        return {}
    committed = committed_in_hours(last, day)
    held = set(
        AwardMember.objects.on(day)
        .filter(award__in=[row.commitment.award_id for row in last.values()], part__in=SHARING)
        .values_list("award_id", "organisation_id")
    )
    return {
        pk: Shared(
            split=row,
            parts=list(row.parts.all()),
            committed=committed.get(pk),
            gone=[
                str(part.organisation)
                for part in row.parts.all()
                if part.quantity and (row.commitment.award_id, part.organisation_id) not in held
            ],
        )
        for pk, row in last.items()
    }


def sharing_members(award: Award, day: date) -> list[AwardMember]:
    """Those between whom the commitment may be split that day: the leader first."""
    rows = AwardMember.objects.on(day).filter(award=award, part__in=SHARING)
    return list(rows.select_related("organisation").order_by(F("part").desc(), "starts_on", "pk"))


def committed_in_hours(commitment_ids: Collection[int], day: date) -> dict[int, Decimal]:
    """Hours committed on that day, by commitment; absent while nothing is known."""
    rows = (
        ObjectiveEvent.objects.in_hours()
        .filter(objective__commitment__in=commitment_ids, effective_on__lte=day)
        .order_by()
        .values("objective__commitment")
        .annotate(total=Sum("quantity"))
    )
    return {row["objective__commitment"]: row["total"] for row in rows}


def _locked(scope: Scope, award: Award) -> Award:
    """The award, locked: two acts on the same one wait for each other."""
    locked = (
        Award.objects.select_for_update(of=("self",))
        .select_related("lot__contract__operation")
        .get(pk=award.pk)
    )
    if not is_referent(locked.lot.contract.operation, scope):
        raise PermissionDenied
    return locked


def _must_be_company(company: Organisation) -> None:
    if Role.COMPANY not in company.roles:
        raise Refused(f"« {company} » n’est pas une entreprise : corrigez son rôle d’abord.")


def _must_be_during(award: Award, day: date) -> None:
    if not award.starts_on <= day <= award.ends_on:
        raise Refused(
            f"L’exécution va du {date_fr(award.starts_on)} au {date_fr(award.ends_on)} :"
            " choisissez un jour de cette période."
        )


def _after(last_day: date) -> str:
    return f"après le {date_fr(last_day)}"


def _told(scope: Scope, award: Award, verb: str, sentence: str, day: date, *about: Model) -> None:
    record_act(
        scope.user,
        verb,
        f"{award.lot} : {sentence}" if len(sentence) < 300 else sentence,
        award.lot.contract.operation,
        *award.lot.clauses.all(),
        *about,
        day=day,
    )
