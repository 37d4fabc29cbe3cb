"""A company's globalised commitments: making the agreement, its page, taking a contract out."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.globalising import (
    globalise,
    leave_globalisation,
    may_globalise,
    poolable,
    ruled,
    visible_globalisations,
)
from coclause.clauses.groups import committed_in_hours
from coclause.clauses.models import Clause, Globalisation, GlobalisedCommitment
from coclause.hours.globalised import Pool, pool_of
from coclause.organisations.choices import Role
from coclause.organisations.scopes import Scope
from coclause.organisations.visibility import visible_organisations
from coclause.web.clauses.access import frame
from coclause.web.groups.forms import LeaveForm, PoolForm
from coclause.web.groups.section import contract_name
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.pages import id_in


def new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Pool commitments of a company."""
    scope = request.scope
    company = get_object_or_404(visible_organisations(scope), pk=pk)
    if not (scope.hosts or scope.coordinated_regions) or Role.COMPANY not in company.roles:
        raise PermissionDenied
    rows = poolable(scope, company)
    found: list[Any] = list(rows)
    asked = id_in(request.GET.get("engagement", ""))
    form = PoolForm(
        rows,
        committed_in_hours([row.pk for row in found], scope.day),
        request.POST or None,
        initial={
            "starts_on": scope.day,
            "commitments": [row.pk for row in found if row.pk == asked and not row.taken],
        },
    )

    def act() -> str:
        said = form.cleaned_data
        made = globalise(
            scope,
            company,
            said["commitments"],
            starts_on=said["starts_on"],
            agreement=said["agreement"],
        )
        return reverse("globalisation", args=[made.pk])

    done = sent(request, form, act, "Les engagements sont globalisés.")
    enough = form.is_bound or sum(not row.taken for row in found) > 1
    context = {"form": form, "company": company, "enough": enough}
    return done or render(request, "groups/pool_new.html", context)


def page(request: ScopedRequest, pk: int) -> HttpResponse:
    """What a company owes over the contracts of an agreement, and what is done."""
    scope = request.scope
    found = get_object_or_404(visible_globalisations(scope).select_related("company"), pk=pk)
    pool, day = pool_on(found, scope.day)
    context = {
        "frame": frame(scope),
        "globalisation": found,
        "day": day,
        "pool": pool,
        **(_lines(pool, scope) if pool else {"lines": [], "unseen": 0}),
    }
    return render(request, "groups/pool.html", context)


def pool_on(found: Globalisation, day: date) -> tuple[Pool | None, date]:
    """The pool on that day, or on the nearest one when the agreement is to come or over."""
    shown = max(found.starts_on, min(day, found.ends_on or day))
    ids = found.members.on(shown).order_by("pk").values_list("commitment_id", flat=True)[:1]
    return next(iter(pool_of(list(ids), shown).values()), None), shown


def _lines(pool: Pool, scope: Scope) -> dict[str, Any]:
    """A line by contract that the reader may see; the others are counted."""
    clauses = {row.commitment.clause_id for row in pool.members}
    seen = set(Clause.objects.visible_to(scope).filter(pk__in=clauses).values_list("pk", flat=True))
    shown = [row for row in pool.members if row.commitment.clause_id in seen]
    mine = ruled([row.commitment.award.lot.contract.operation for row in shown], scope)
    return {
        "lines": [
            {
                "member": row,
                "name": contract_name(row.commitment.award),
                "progress": pool.parts[row.commitment_id],
                "may_leave": row.ends_on is None
                and row.commitment.award.lot.contract.operation_id in mine,
            }
            for row in shown
        ],
        "unseen": len(pool.members) - len(shown),
    }


def leave(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a contract out of the agreement."""
    scope = request.scope
    member = get_object_or_404(
        GlobalisedCommitment.objects.filter(
            globalisation__in=visible_globalisations(scope)
        ).select_related(
            "globalisation__company",
            "commitment__award__lot__contract__operation",
            "commitment__clause",
        ),
        pk=pk,
    )
    if not _may(member, scope):
        raise PermissionDenied
    form = LeaveForm(request.POST or None, initial={"last_day": scope.day})
    address = reverse("globalisation", args=[member.globalisation_id])

    def act() -> str:
        said = form.cleaned_data
        leave_globalisation(scope, member, last_day=said["last_day"], reason=said["reason"])
        return address

    done = sent(request, form, act, "La sortie est enregistrée.")
    context = {
        "form": form,
        "member": member,
        "name": contract_name(member.commitment.award),
        "back": address,
        "last": member.globalisation.members.filter(ends_on=None).count() <= 2,
    }
    return done or render(request, "groups/pool_leave.html", context)


def _may(member: GlobalisedCommitment, scope: Scope) -> bool:
    return may_globalise([member.commitment.award.lot.contract.operation], scope)
