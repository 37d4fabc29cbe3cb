"""Before a year is closed: what is still open, what will be frozen, and the button."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.closing.actions import check_closable, close_year
from coclause.closing.models import FIRST_YEAR, LAST_YEAR, LONGEST_NOTE
from coclause.closing.permissions import may_close, may_close_something
from coclause.closing.queries import hosts_not_closed
from coclause.closing.remaining import remaining
from coclause.core.refusals import Conflict, Refused
from coclause.indicators.figures import Figure, figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.organisations.visibility import visible_organisations
from coclause.reference.models import Region
from coclause.web.dashboard.views import words
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, once
from coclause.web.operations.fields import keep_what_is_pasted
from coclause.web.pages import PER_PAGE, id_in

SHOWN = ("hours_validated", "beneficiaries", "operations_followed", "facilitators_fte")
"""The figures named before they are frozen, among all those of the catalogue."""


class ClosingForm(OnceForm):
    """The reason of a region that does not wait for its hosts; nothing else to type."""

    note = forms.CharField(
        label="Pourquoi clore sans attendre ces structures",
        help_text="Ce motif reste écrit à côté de la clôture : « clôture d’office ».",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any, *, missing: bool) -> None:
        super().__init__(data)
        if not missing:
            del self.fields["note"]
        keep_what_is_pasted(self)


def close(request: ScopedRequest, year: int) -> HttpResponse:
    """Read what a year still waits for, then close it: a host's manager, or the coordination."""
    scope = request.scope
    if not may_close_something(scope):
        raise PermissionDenied
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    region, host = _asked(request)
    missing = _missing(region, year) if host is None else []
    form = ClosingForm(request.POST or None, missing=bool(missing))
    refusal: Refused | None = None
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            note = form.cleaned_data.get("note", "")
            close_year(scope, region, year, host, note=note)
            return reverse("closings")

        try:
            answer = once(request, form.cleaned_data["once"], act)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(
                request, f"{year} est close. Ce qui changera ensuite se lira à côté des chiffres."
            )
            return answer
    blocked = refusal.sentence if refusal else _blocked(scope, region, year, host)
    context = {"form": form, "year": year, "region": region, "host": host, "blocked": blocked}
    context |= _review(request, region, year, host)
    context["missing"] = missing
    status = 409 if isinstance(refusal, Conflict) else 200
    return render(request, "closing/review.html", context, status=status)


def _asked(request: ScopedRequest) -> tuple[Region, Organisation | None]:
    """What is to be closed: `?structure=`, or the region for its coordination, or one's host."""
    scope, asked = request.scope, request.GET.get("structure")
    if asked is None and scope.coordinated_regions:
        return Region.objects.get(pk=min(scope.coordinated_regions)), None
    managed = scope.organisations(MemberRole.HOST_MANAGER)
    pk = min(managed) if asked is None else id_in(asked)
    hosts = visible_organisations(scope).playing(Role.HOST).select_related("region")
    host = get_object_or_404(hosts, pk=pk)
    if host.region is None or not may_close(scope, host.region.pk, host):
        raise PermissionDenied
    return host.region, host


def _missing(region: Region, year: int) -> list[Organisation]:
    """The hosts that the region would not wait for."""
    return list(Organisation.objects.filter(pk__in=hosts_not_closed(region.pk, year)))


def _blocked(scope: Scope, region: Region, year: int, host: Organisation | None) -> str:
    try:
        check_closable(scope, region.pk, year, host)
    except Refused as refused:
        return refused.sentence
    return ""


def _review(
    request: ScopedRequest, region: Region, year: int, host: Organisation | None
) -> dict[str, Any]:
    pk = host.pk if host else None
    found: dict[str, Figure] = figures(
        Perimeter(region.pk, host=pk), Period.year(year), codes=SHOWN
    )
    left = remaining(region.pk, year, pk)
    return {
        "shown": [(found[code], words(found[code])) for code in SHOWN],
        "left": left,
        "page": Paginator(left.operations, PER_PAGE).get_page(request.GET.get("page")),
    }
