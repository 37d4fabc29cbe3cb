"""Opening an operation, and the page of one."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.actions import open_operation
from coclause.clauses.meeting import announced
from coclause.clauses.models import Operation
from coclause.clauses.permissions import may_open_operation
from coclause.clauses.sharing import may_share
from coclause.core.journal import subject
from coclause.core.models import JournalEntry
from coclause.core.refusals import Refused
from coclause.organisations.actions import register_organisation
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.operations.forms import OperationForm
from coclause.web.operations.tree import full_view, next_step, tree_of

JOURNAL_SHOWN = 30


def operation_new(request: ScopedRequest) -> HttpResponse:
    """Open an operation for one's host."""
    scope = request.scope
    if not may_open_operation(scope):
        raise PermissionDenied
    form = OperationForm(hosts_of(scope), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return once(request, form.cleaned_data["once"], lambda: _open(scope, form))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    return render(request, "operations/operation_new.html", {"form": form})


def hosts_of(scope: Scope) -> list[Organisation]:
    """The hosts for which the user opens operations."""
    return list(Organisation.objects.filter(pk__in=scope.hosts))


@transaction.atomic
def _open(scope: Scope, form: OperationForm) -> str:
    operation, host = form.instance, form.chosen_host
    if host is None or host.region is None:
        raise Refused("Votre structure n’a pas de région : demandez à la coordination de la dire.")
    operation.buyer = save_organisation(scope, form.found_buyer, host)
    operation.region = host.region
    open_operation(scope, operation, host)
    return reverse("contract-new", args=[operation.pk])


def save_organisation(scope: Scope, found: Organisation, host: Organisation) -> Organisation:
    """A known organisation as it is; a new one registered in the region of the host."""
    if found.pk:
        return found
    found.region = host.region
    return register_organisation(scope, found, scope.day)


def operation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Contracts, lots, clauses and awards of an operation, as far as the user may see."""
    scope = request.scope
    found = get_object_or_404(
        Operation.objects.visible_to(scope).select_related("buyer", "commune__departement"), pk=pk
    )
    full = full_view(found, scope)
    tree = tree_of(found, scope)
    journal = (
        JournalEntry.objects.filter(subjects__contains=[subject(found)])
        .select_related("actor")
        .order_by("-at", "-pk")[:JOURNAL_SHOWN]
        if full
        else JournalEntry.objects.none()
    )
    rows = found.hosts.select_related("host", "facilitator")
    followed = list(rows.order_by("-role", "-starts_on", "pk"))
    context = {
        "base": frame(scope),
        "operation": found,
        "tree": tree,
        "hosts": [row for row in followed if not row.ends_on or row.ends_on >= scope.day],
        "past_hosts": [row for row in followed if row.ends_on and row.ends_on < scope.day],
        "may_share": may_share(found, scope),
        "published": found.published.all() if scope.working_regions else [],
        "full": full,
        "meetings": announced(found, scope.day) if full else [],
        "step": next_step(found, tree) if tree.referent else None,
        "journal": journal,
    }
    return render(request, "operations/operation.html", context)
