"""One agreement on what a company owes over several contracts: entering it, leaving it.

The debt is pooled, never the hours: each one stays on its own award. Each act raises
`PermissionDenied` or `Refused` with a sentence for the user, and nothing changed.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from coclause.clauses.choices import ANSWERABLE, IN_HOURS, HostRole
from coclause.clauses.models import (
    Award,
    AwardMember,
    Commitment,
    Globalisation,
    GlobalisedCommitment,
    Objective,
    Operation,
    OperationHost,
)
from coclause.clauses.states import ClauseState
from coclause.core.journal import record_act
from coclause.core.periods import PeriodQuerySet, on_day
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr

OVER = (ClauseState.CLOSED, ClauseState.DROPPED)


def ruled(operations: Collection[Operation], scope: Scope) -> set[int]:
    """Those whose commitments this user pools: as their referent, or as their coordination."""
    found = {op.pk for op in operations if op.region_id in scope.coordinated_regions}
    left = {op.pk for op in operations} - found
    if not left or not scope.hosts:
        return found
    held = OperationHost.objects.filter(
        on_day(scope.day), operation__in=left, host__in=scope.hosts, role=HostRole.REFERENT
    )
    return found | set(held.values_list("operation_id", flat=True))


def may_globalise(operations: Collection[Operation], scope: Scope) -> bool:
    """The referent of every one of these operations, or the coordination of their region."""
    return bool(operations) and len(ruled(operations, scope)) == len({op.pk for op in operations})


@transaction.atomic
def globalise(
    scope: Scope,
    company: Organisation,
    commitments: Iterable[Commitment],
    *,
    starts_on: date,
    agreement: str,
) -> Globalisation:
    """Pool what a company owes under several commitments in hours, from a day on.

    `agreement` says who agreed, when, and by which writing.
    """
    rows = _locked(commitment.pk for commitment in commitments)
    operations = {row.award.lot.contract.operation for row in rows}
    if not rows or not may_globalise(operations, scope):
        raise PermissionDenied
    if len(rows) < 2:
        raise Refused("Une globalisation réunit au moins deux marchés : cochez-en un autre.")
    if not agreement.strip():
        raise Refused("Dites qui a donné son accord, quand, et par quel écrit.")
    if len({operation.region_id for operation in operations}) > 1:
        raise Refused("Ces marchés sont dans plusieurs régions : globalisez région par région.")
    _must_be_free(rows, starts_on)
    _must_answer(rows, company, starts_on)
    made = Globalisation.objects.create(
        region=rows[0].award.lot.contract.operation.region,
        company=company,
        starts_on=starts_on,
        agreement=agreement.strip(),
    )
    GlobalisedCommitment.objects.bulk_create(
        GlobalisedCommitment(globalisation=made, commitment=row, starts_on=starts_on)
        for row in rows
    )
    _told(
        scope,
        rows,
        "commitment.globalised",
        f"Engagements de {company} globalisés sur {len(rows)} marchés à partir du"
        f" {date_fr(starts_on)} : {agreement.strip()}",
        starts_on,
        company,
    )
    return made


@transaction.atomic
def leave_globalisation(
    scope: Scope, member: GlobalisedCommitment, *, last_day: date, reason: str
) -> GlobalisedCommitment:
    """Take a commitment out after a day, today or later: figures already given stay.

    With fewer than two commitments left there is nothing to pool: the agreement ends with it.
    """
    pool = Globalisation.objects.select_for_update(of=("self",)).get(pk=member.globalisation_id)
    member = GlobalisedCommitment.objects.select_related(
        "commitment__award__lot__contract__operation", "commitment__clause"
    ).get(pk=member.pk)
    if not may_globalise([member.commitment.award.lot.contract.operation], scope):
        raise PermissionDenied
    if not reason.strip():
        raise Refused("Donnez le motif : il sera inscrit au journal.")
    if member.ends_on is not None:
        raise Conflict(
            f"Cet engagement a déjà quitté la globalisation après le {date_fr(member.ends_on)}."
        )
    if last_day < member.starts_on:
        raise Refused(
            f"La globalisation commence le {date_fr(member.starts_on)} : son dernier jour ne peut"
            " pas précéder."
        )
    if last_day < scope.day - timedelta(days=1):
        raise Refused(
            "La sortie prend effet aujourd’hui ou plus tard : les chiffres déjà donnés restent."
        )
    ended = _end(pool, [member], last_day)
    _told(
        scope,
        [row.commitment for row in ended],
        "commitment.left_globalisation",
        f"{'Globalisation terminée' if len(ended) > 1 else 'Sortie de la globalisation'} après le"
        f" {date_fr(last_day)} : {reason.strip()}.",
        last_day,
        pool.company,
    )
    member.refresh_from_db()
    return member


def leave_with_holder(award: Award, last_day: date) -> None:
    """A company that stops answering for an award takes it out of its agreement that day.

    Called inside the act that replaces the holder, whose journal line tells it.
    """
    running = Q(ends_on__isnull=True) | Q(ends_on__gt=last_day)
    rows = GlobalisedCommitment.objects.filter(running, commitment__award=award)
    for member in rows.order_by("globalisation_id", "pk"):
        if member.starts_on > last_day:
            raise Refused(
                "Cet engagement est globalisé à partir du"
                f" {date_fr(member.starts_on)} : le remplacement doit prendre effet après."
            )
        pool = Globalisation.objects.select_for_update().get(pk=member.globalisation_id)
        _end(pool, [member], last_day)


def _end(
    pool: Globalisation, leaving: list[GlobalisedCommitment], last_day: date
) -> list[GlobalisedCommitment]:
    """End these, and the whole agreement when fewer than two would stay. Returns all that ended."""
    staying = list(
        pool.members.exclude(pk__in=[row.pk for row in leaving])
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day))
        .select_related("commitment__award__lot__contract__operation", "commitment__clause")
    )
    ended = leaving if len(staying) > 1 else [*leaving, *staying]
    GlobalisedCommitment.objects.filter(pk__in=[row.pk for row in ended]).update(ends_on=last_day)
    if len(staying) <= 1:
        Globalisation.objects.filter(pk=pool.pk).update(ends_on=last_day)
    return ended


def _locked(ids: Iterable[int]) -> list[Commitment]:
    """The commitments, and their awards first: nobody waits in a ring."""
    wanted = sorted(set(ids))
    awards = Award.objects.filter(commitments__in=wanted).values("pk")
    list(Award.objects.select_for_update().filter(pk__in=awards).order_by("pk"))
    return list(
        Commitment.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .select_related("award__lot__contract__operation__region", "clause")
        .order_by("pk")
    )


def _must_be_free(rows: list[Commitment], starts_on: date) -> None:
    """In hours, of distinct awards, not over, and not pooled already."""
    if len({row.award_id for row in rows}) < len(rows):
        raise Refused(
            "Deux de ces engagements portent sur le même marché : les mêmes heures y compteraient"
            " deux fois. N’en gardez qu’un."
        )
    in_hours = set(
        Objective.objects.filter(commitment__in=rows, measure__in=IN_HOURS, public="").values_list(
            "commitment_id", flat=True
        )
    )
    for row in rows:
        if row.pk not in in_hours:
            raise Refused(f"{row.award.lot} : cet engagement ne se compte pas en heures.")
        if row.clause.state in OVER:
            raise Refused(f"{row.award.lot} : la clause est close, elle ne se globalise plus.")
    held = GlobalisedCommitment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), commitment__in=rows
    )
    taken = held.select_related("commitment__award__lot").order_by("pk").first()
    if taken is not None:
        raise Conflict(
            f"{taken.commitment.award.lot} : cet engagement est déjà globalisé depuis le"
            f" {date_fr(taken.starts_on)}."
        )


def _must_answer(rows: list[Commitment], company: Organisation, day: date) -> None:
    answering = set(
        AwardMember.objects.on(day)
        .filter(award__in=[row.award_id for row in rows], part__in=ANSWERABLE, organisation=company)
        .values_list("award_id", flat=True)
    )
    for row in rows:
        if row.award_id not in answering:
            raise Refused(f"{row.award.lot} : {company} n’en répond pas le {date_fr(day)}.")


def _told(
    scope: Scope, rows: list[Commitment], verb: str, sentence: str, day: date, *about: Model
) -> None:
    """One line, filed under each operation and clause concerned."""
    operations = {row.award.lot.contract.operation for row in rows}
    record_act(
        scope.user,
        verb,
        sentence,
        *sorted(operations, key=lambda operation: operation.pk),
        *[row.clause for row in rows],
        *about,
        day=day,
    )


def visible_globalisations(scope: Scope) -> PeriodQuerySet[Globalisation]:
    """The network reads those of its region, a company its own, a buyer those of its contracts."""
    bought = GlobalisedCommitment.objects.filter(
        commitment__award__lot__contract__operation__buyer__in=scope.buyers
    )
    return Globalisation.objects.filter(
        Q(region__in=scope.working_regions)
        | Q(company__in=scope.companies)
        | Q(pk__in=bought.values("globalisation"))
    )


def poolable(scope: Scope, company: Organisation) -> QuerySet[Commitment]:
    """What this user may pool of what the company answers for today: in hours, not over.

    Each row says whether an agreement already holds it (`taken`).
    """
    referent = OperationHost.objects.filter(
        on_day(scope.day), host__in=scope.hosts, role=HostRole.REFERENT
    )
    answering = AwardMember.objects.on(scope.day).filter(organisation=company, part__in=ANSWERABLE)
    taken = GlobalisedCommitment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=scope.day), commitment=OuterRef("pk")
    )
    in_hours = Objective.objects.filter(measure__in=IN_HOURS, public="")
    operation = "award__lot__contract__operation"
    return (
        Commitment.objects.filter(
            Q(**{f"{operation}__in": referent.values("operation")})
            | Q(**{f"{operation}__region__in": scope.coordinated_regions}),
            award__in=answering.values("award"),
            pk__in=in_hours.values("commitment"),
        )
        .exclude(clause__state__in=OVER)
        .annotate(taken=Exists(taken))
        .select_related(operation, "clause")
        .order_by(f"{operation}__name_key", "pk")
    )
