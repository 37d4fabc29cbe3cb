"""Who is written to in a company, in which order: for its own people, and for hosts in charge."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.clauses.contacts import may_keep_contacts
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.organisations.visibility import visible_organisations
from coclause.web.clauses.access import frame
from coclause.web.contacts.showing import sections
from coclause.web.middleware import ScopedRequest


def contacts(request: ScopedRequest) -> HttpResponse:
    """Those of every company of the user."""
    scope = request.scope
    if not scope.companies:
        raise PermissionDenied
    own = Organisation.objects.filter(pk__in=scope.companies).order_by("name_key", "pk")
    context = {"sections": sections(list(own), scope), "frame": frame(scope)}
    return render(request, "contacts/contacts.html", context)


def of_company(request: ScopedRequest, pk: int) -> HttpResponse:
    """Those of one company, with the way back to it."""
    scope = request.scope
    company = kept_company(pk, scope)
    context = {
        "sections": sections([company], scope),
        "company": company,
        "frame": frame(scope),
    }
    return render(request, "contacts/contacts.html", context)


def kept_company(pk: int, scope: Scope) -> Organisation:
    """The company, for who keeps its contacts: 404 out of the scope, 403 for others."""
    rows = visible_organisations(scope).filter(roles__contains=[Role.COMPANY])
    company = get_object_or_404(rows, pk=pk)
    if not may_keep_contacts(company, scope):
        raise PermissionDenied
    return company
