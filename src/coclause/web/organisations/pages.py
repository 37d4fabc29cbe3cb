"""The list of organisations, the page of one, and the search for a commune."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from coclause.clauses.choices import HostRole
from coclause.clauses.contacts import may_keep_contacts
from coclause.clauses.models import AwardMember, Operation
from coclause.core.journal import subject
from coclause.core.models import JournalEntry
from coclause.core.periods import on_day
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import (
    FacilitatorPost,
    Membership,
    Organisation,
    OrganisationQuerySet,
    TerritoryCharge,
)
from coclause.organisations.scopes import Scope
from coclause.organisations.visibility import (
    coordinates,
    may_edit,
    may_manage_members,
    may_read_members,
    visible_organisations,
)
from coclause.reference.queries import find_communes
from coclause.render.sheets import Column, Sheet, workbook
from coclause.web.middleware import ScopedRequest
from coclause.web.organisations.forms import FilterForm
from coclause.web.pages import download, page_of, sorted_rows

SORTS = {
    "nom": "name_key",
    "commune": "commune__search_key",
    "departement": "commune__departement",
    "siret": "siret",
}
SHOWN = 20
"""Lines of journal, and awards, on the page of an organisation."""


def organisations(request: ScopedRequest) -> HttpResponse:
    """Everybody the network works with."""
    if not request.scope.working_regions:
        raise PermissionDenied
    form = FilterForm(request.GET, regions=request.scope.working_regions)
    rows = _filtered(visible_organisations(request.scope), form)
    rows, sort = sorted_rows(request, rows.select_related("commune__departement"), SORTS, "nom")
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(request, rows)
    context = {"page": page_of(request, rows), "sort": sort, "form": form}
    return render(request, "organisations/list.html", context)


def _filtered(rows: OrganisationQuerySet, form: FilterForm) -> OrganisationQuerySet:
    form.is_valid()
    asked = form.cleaned_data
    if asked.get("q"):
        rows = rows.matching(asked["q"])
    if asked.get("role"):
        rows = rows.playing(asked["role"])
    if asked.get("departement"):
        rows = rows.filter(commune__departement=asked["departement"])
    return rows


def role_names(organisation: Organisation) -> str:
    return ", ".join(Role(role).label for role in organisation.roles)


def _spreadsheet(request: ScopedRequest, rows: OrganisationQuerySet) -> HttpResponse:
    columns = [
        Column("Nom", width=48),
        Column("Rôles", width=32),
        Column("SIRET", width=18),
        Column("Type d’acheteur", width=24),
        Column("Commune", width=24),
        Column("Département", width=24),
    ]
    lines = (
        (
            row.name,
            role_names(row),
            row.siret or "",
            row.get_buyer_kind_display() if row.buyer_kind else "",
            row.commune.name if row.commune else "",
            row.commune.departement.name if row.commune else "",
        )
        for row in rows.iterator(chunk_size=500)
    )
    content = workbook(
        [Sheet("Organisations", columns, lines)],
        title="Organisations",
        day=request.scope.day,
    )
    return download(content, "organisations.xlsx")


def organisation(request: ScopedRequest, pk: int) -> HttpResponse:
    """One organisation, with what the scope opens of it."""
    scope = request.scope
    rows = visible_organisations(scope).select_related("commune__departement", "region")
    found = get_object_or_404(rows, pk=pk)
    context: dict[str, Any] = {
        "organisation": found,
        "roles": role_names(found),
        "may_edit": may_edit(found, scope),
        "may_manage_members": may_manage_members(found, scope),
        "coordinates": coordinates(found, scope),
        "is_host": Role.HOST in found.roles,
        "is_buyer": Role.BUYER in found.roles,
        "is_company": Role.COMPANY in found.roles,
        "keeps_contacts": Role.COMPANY in found.roles and may_keep_contacts(found, scope),
        "shown": SHOWN,
    }
    if Role.HOST in found.roles:
        context |= _host(found, scope)
    if Role.BUYER in found.roles:
        bought = Operation.objects.visible_to(scope).filter(buyer=found)
        context["bought"] = bought.count()
    if Role.COMPANY in found.roles:
        context["parts"] = _parts(found, scope)
    if may_read_members(found, scope):
        context |= _inside(found)
    return render(request, "organisations/organisation.html", context)


def _host(host: Organisation, scope: Scope) -> dict[str, Any]:
    """Its facilitators of the day with their posts and territories, and its operations."""
    posts: Any = FacilitatorPost.objects.order_by("-starts_on").prefetch_related("fundings")
    charges: Any = TerritoryCharge.objects.order_by("-starts_on", "pk").select_related(
        "region", "departement", "epci", "commune"
    )
    facilitators = (
        host.memberships.filter(on_day(scope.day), role=MemberRole.FACILITATOR)
        .select_related("user")
        .prefetch_related(Prefetch("posts", posts), Prefetch("charges", charges))
        .order_by("user__last_name", "user__first_name", "pk")
    )
    handled = Operation.objects.visible_to(scope).filter(
        on_day(scope.day, "hosts__"), hosts__host=host, hosts__role=HostRole.REFERENT
    )
    return {
        "facilitators": [_facilitator(member, scope) for member in facilitators],
        "handled": handled.count(),
    }


def _facilitator(member: Membership, scope: Scope) -> dict[str, Any]:
    running = [post for post in member.posts.all() if post.holds_on(scope.day)]
    return {
        "member": member,
        "post": running[0] if running else None,
        "charges": [c for c in member.charges.all() if c.holds_on(scope.day)],
        "past_posts": [post for post in member.posts.all() if not post.holds_on(scope.day)],
        "past_charges": [c for c in member.charges.all() if not c.holds_on(scope.day)],
    }


def _parts(company: Organisation, scope: Scope) -> list[AwardMember]:
    """The latest awards it has a part in, among operations open to the scope."""
    open_ones = Operation.objects.visible_to(scope).values("pk")
    return list(
        AwardMember.objects.filter(
            organisation=company, award__lot__contract__operation__in=open_ones
        )
        .select_related("award__lot__contract__operation")
        .order_by("-starts_on", "-pk")[:SHOWN]
    )


def _inside(found: Organisation) -> dict[str, Any]:
    return {
        "members": found.memberships.select_related("user").order_by(
            "user__last_name", "user__first_name", "-starts_on", "pk"
        ),
        "journal": JournalEntry.objects.filter(subjects__contains=[subject(found)]).select_related(
            "actor"
        )[:SHOWN],
        "reads_members": True,
    }


def communes(request: HttpRequest) -> HttpResponse:
    """Options of communes for what was typed, to put in a datalist."""
    asked = request.GET.get("q") or request.GET.get("commune", "")
    return render(request, "organisations/_communes.html", {"communes": find_communes(asked)})
