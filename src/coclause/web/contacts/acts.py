"""Adding a contact, warning them earlier, ending their part, handing over one's own."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coclause.clauses import contacts as acts
from coclause.clauses.contacts import contacts_of, may_keep_contacts, must_hand_over
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import Scope
from coclause.organisations.visibility import visible_organisations
from coclause.web.clauses.access import frame
from coclause.web.contacts.forms import NewcomerForm, UpForm
from coclause.web.contacts.pages import kept_company
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, once, sent


def new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Somebody joins, and is invited."""
    scope, company = request.scope, kept_company(pk, request.scope)
    form = NewcomerForm(request.POST or None)

    def act() -> str:
        acts.add_contact(scope, company, form.newcomer())
        return list_address(company, scope)

    done = sent(request, form, act, "Le contact est ajouté. Un message l’invite à entrer.")
    return done or _page(request, "contacts/new.html", company, form)


def hand_over(request: ScopedRequest, pk: int) -> HttpResponse:
    """A colleague takes one's own place."""
    scope, company = request.scope, kept_company(pk, request.scope)
    if company.pk not in scope.companies:
        raise PermissionDenied
    form = NewcomerForm(request.POST or None)

    def act() -> str:
        acts.hand_over(scope, company, form.newcomer())
        return list_address(company, scope)

    told = "C’est fait : votre collègue est prévenu à votre place. Vous gardez l’accès ce jour."
    done = sent(request, form, act, told)
    return done or _page(request, "contacts/hand_over.html", company, form)


def end(request: ScopedRequest, pk: int) -> HttpResponse:
    """They no longer work there."""
    scope, member = request.scope, _contact(pk, request.scope)
    company = member.organisation
    form = OnceForm(request.POST if request.method == "POST" else None)
    mine = member.user_id == request.user.pk

    def act() -> str:
        acts.end_contact(scope, member)
        return reverse("home") if mine else list_address(company, scope)

    told = "Vous n’êtes plus contact." if mine else "Ce contact ne recevra plus rien."
    done = sent(request, form, act, told)
    if done:
        return done
    current = contacts_of(company, scope.day)
    context = {
        "member": member,
        "mine": mine,
        "last": len(current) == 1,
        "stuck": must_hand_over(member, current, scope),
    }
    return _page(request, "contacts/end.html", company, form, **context)


@require_POST
def up(request: ScopedRequest, pk: int) -> HttpResponse:
    """Warn this contact ahead of another."""
    scope, member = request.scope, _contact(pk, request.scope)
    form = UpForm(request.POST)
    address = list_address(member.organisation, scope)
    if not form.is_valid():
        return redirect(address)

    def act() -> str:
        acts.move_up(scope, member, form.cleaned_data["ahead_of"])
        return address

    return once(request, form.cleaned_data["once"], act)


def list_address(company: Organisation, scope: Scope) -> str:
    """The page from which acts are made: one's own list, or that of the company."""
    if company.pk in scope.companies:
        return reverse("contacts")
    return reverse("company-contacts", args=[company.pk])


def _contact(pk: int, scope: Scope) -> Membership:
    """A contact of that day: 404 out of the scope, 403 for who does not keep the list."""
    rows = Membership.objects.filter(
        role=MemberRole.COMPANY, organisation__in=visible_organisations(scope)
    )
    member = get_object_or_404(rows.on(scope.day).select_related("user", "organisation"), pk=pk)
    if not may_keep_contacts(member.organisation, scope):
        raise PermissionDenied
    return member


def _page(
    request: ScopedRequest, template: str, company: Organisation, form: OnceForm, **context: Any
) -> HttpResponse:
    found = {
        "company": company,
        "form": form,
        "frame": frame(request.scope),
        "back": list_address(company, request.scope),
        **context,
    }
    return render(request, template, found, status=422 if form.is_bound else 200)
