"""The acts on who follows an operation: handing over, associating a host, ending it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.choices import HostRole
from coclause.clauses.models import Operation, OperationHost
from coclause.clauses.sharing import (
    associate_host,
    end_association,
    hand_over,
    may_share,
    referents_seen,
)
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, sent
from coclause.web.sharing.forms import AssociationForm, EndForm, HandOverForm, followers


def hand_over_page(request: ScopedRequest, pk: int) -> HttpResponse:
    """Somebody else follows the operation from a day on."""
    scope, operation = request.scope, _operation(pk, request.scope)
    referent = OperationHost.objects.filter(operation=operation, role=HostRole.REFERENT)
    now = referent.on(scope.day).select_related("host", "facilitator").first()
    form = HandOverForm(
        followers(operation.region_id, scope),
        request.POST or None,
        initial={"on": scope.day, "seen": referents_seen(operation, scope.day)},
    )

    def act() -> str:
        said, (host, user) = form.cleaned_data, form.chosen
        hand_over(
            scope,
            operation,
            host,
            user,
            on=said["on"],
            reason=said["reason"],
            stays=said["stays"],
            seen=said["seen"] or None,
        )
        return _home(operation)

    done = sent(request, form, act, "L’opération change de mains à la date dite.")
    return done or _page(request, "sharing/hand_over.html", operation, form, now=now)


def associate(request: ScopedRequest, pk: int) -> HttpResponse:
    """Another host follows its own share."""
    scope, operation = request.scope, _operation(pk, request.scope)
    held = operation.hosts.on(scope.day).values_list("host_id", flat=True)
    form = AssociationForm(
        followers(operation.region_id, scope, without=held),
        request.POST or None,
        initial={"starts_on": scope.day},
    )

    def act() -> str:
        said, (host, user) = form.cleaned_data, form.chosen
        associate_host(
            scope, operation, host, user, starts_on=said["starts_on"], ends_on=said["ends_on"]
        )
        return _home(operation)

    done = sent(request, form, act, "La structure est associée à cette opération.")
    return done or _page(request, "sharing/associate.html", operation, form)


def end(request: ScopedRequest, pk: int) -> HttpResponse:
    """The association of a host ends."""
    scope = request.scope
    row = get_object_or_404(
        OperationHost.objects.filter(
            role=HostRole.ASSOCIATED, operation__in=Operation.objects.visible_to(scope)
        ).select_related("host", "operation"),
        pk=pk,
    )
    operation = _operation(row.operation_id, scope)
    form = EndForm(request.POST or None, initial={"last_day": scope.day})

    def act() -> str:
        end_association(scope, row, last_day=form.cleaned_data["last_day"])
        return _home(operation)

    done = sent(request, form, act, "La fin de l’association est enregistrée.")
    return done or _page(request, "sharing/end.html", operation, form, row=row)


def _operation(pk: int, scope: Scope) -> Operation:
    """The operation, for who may share it: 404 out of the scope, 403 for others."""
    operation = get_object_or_404(Operation.objects.visible_to(scope), pk=pk)
    if not may_share(operation, scope):
        raise PermissionDenied
    return operation


def _home(operation: Operation) -> str:
    return reverse("operation", args=[operation.pk])


def _page(
    request: ScopedRequest, template: str, operation: Operation, form: OnceForm, **more: Any
) -> HttpResponse:
    return render(request, template, {"form": form, "operation": operation} | more)
