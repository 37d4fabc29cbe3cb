"""Opening an operation from a request, filled beforehand with what the buyer said."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from coclause.core.refusals import Refused
from coclause.network.models import BuyerRequest
from coclause.network.requests.answering import open_from
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.web.door.links import follow_address
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.operations.finding import named_commune, named_organisation
from coclause.web.operations.forms import OperationForm
from coclause.web.operations.opening import hosts_of
from coclause.web.requests.access import answered

KINDS_OF_LAW = {"etat": "etat", "entite": "entite"}
"""What the buyer said of itself, where it names one type of the directory."""


def request_open(request: ScopedRequest, pk: int) -> HttpResponse:
    """The form of an operation; once sent, the request is over and the operation goes on."""
    scope, found = request.scope, answered(pk, request.scope)
    if not found.opens:
        raise PermissionDenied
    asked = found.request
    if not found.live:
        return redirect("operation" if asked.operation_id else "request", asked.operation_id or pk)
    hosts = hosts_of(scope)
    form = OperationForm(hosts, request.POST or None, initial=_initial(asked, hosts))

    def act() -> str:
        operation, host = form.instance, form.chosen_host
        if host is None:
            raise Refused("Dites quelle structure suit l’opération.")
        operation.buyer = form.found_buyer
        opened = open_from(scope, asked, operation, host, follow=follow_address)
        return reverse("operation", args=[opened.pk])

    done = "Opération ouverte, avec son contrat et le lot 1. Calibrez, puis écrivez la clause."
    answer = sent(request, form, act, done)
    if answer is not None:
        return answer
    context = {"form": form, "asked": asked, "seen": found}
    return render(request, "requests/open.html", context, status=422 if form.is_bound else 200)


def _initial(asked: BuyerRequest, hosts: list[Organisation]) -> dict[str, Any]:
    """The name, the buyer known or to create, the place, and the host that has the request."""
    buyer = asked.buyer or _by_siret(asked.buyer_siret) or _by_name(asked.buyer_name)
    filled: dict[str, Any] = {"name": asked.object[:200]}
    if buyer is not None:
        filled["buyer"] = named_organisation(buyer)
    else:
        filled["buyer_name"] = asked.buyer_name
        filled["buyer_siret"] = asked.buyer_siret
        filled["buyer_kind"] = KINDS_OF_LAW.get(asked.law_buyer, "")
    if asked.commune is not None:
        filled["commune"] = named_commune(asked.commune)
    if asked.organisation_id in {host.pk for host in hosts}:
        filled["host"] = str(asked.organisation_id)
    return filled


def _by_siret(siret: str) -> Organisation | None:
    return Organisation.objects.filter(siret=siret).first() if siret else None


def _by_name(name: str) -> Organisation | None:
    """The only buyer of that very name: a doubt is for whoever opens the operation."""
    found = Organisation.objects.playing(Role.BUYER).matching(name)[:2]
    only = found[0] if len(found) == 1 else None
    return only if only and only.name.casefold() == name.strip().casefold() else None
