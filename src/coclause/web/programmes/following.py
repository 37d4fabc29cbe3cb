"""The page of a programme: columns to confirm, progress, then the result."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from coclause.core.refusals import Refused
from coclause.network.choices import ProgrammeState
from coclause.network.programmes.columns import columns_of
from coclause.network.programmes.links import address_of, path_of
from coclause.network.programmes.receiving import choose_sheet, confirm_columns, sending_of
from coclause.web.door.links import acting, private
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.programmes.access import Held, closed_page, frame_of, of_link
from coclause.web.programmes.forms import ColumnsForm, SheetForm
from coclause.web.programmes.results import result_of


@login_not_required
@require_safe
def programme_page(request: ScopedRequest, link: str) -> HttpResponse:
    """Where the programme stands, for whoever holds its link."""
    held = of_link(request, link)
    if held.closed:
        return closed_page(request)
    if _shows_columns(request, held):
        return private(_columns_page(request, held, ColumnsForm(columns_of(held.programme))))
    if held.programme.state == ProgrammeState.DONE:
        return private(render(request, "programmes/result.html", result_of(request, held)))
    return private(render(request, "programmes/running.html", _common(request, held)))


@login_not_required
@require_POST
def columns(request: ScopedRequest, link: str) -> HttpResponse:
    """Confirm the columns, or ask for those of another sheet."""
    held = of_link(request, link)
    if held.closed:
        return closed_page(request)
    if not held.acts:
        raise PermissionDenied
    if "sheet" in request.POST:
        return private(_another_sheet(request, held))
    form = ColumnsForm(columns_of(held.programme), request.POST)

    def act() -> str:
        with acting(request):
            confirm_columns(
                held.programme,
                form.chosen(),
                year=form.cleaned_data["year"],
                at=timezone.now(),
            )
        messages.success(request, "Colonnes confirmées : l’analyse commence.")
        return held.programme.link_key

    if form.is_valid():
        try:
            return private(once(request, form.cleaned_data["once"], act, address=path_of))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    return private(_columns_page(request, held, form))


@login_not_required
@require_safe
def progress(request: ScopedRequest, link: str) -> HttpResponse:
    """The part of the page that advances; once it is over, the whole page is asked again."""
    held = of_link(request, link)
    if held.closed:
        return closed_page(request)
    context = _common(request, held)
    if held.programme.state != ProgrammeState.RUNNING and context["sending"] is None:
        return private(HttpResponseClientRefresh())
    if not request.headers.get("HX-Request"):
        return private(redirect(path_of(held.programme.link_key)))
    return private(render(request, "programmes/_progress.html", context))


def _another_sheet(request: ScopedRequest, held: Held) -> HttpResponse:
    form = SheetForm(request.POST)
    sheet = form.cleaned_data["sheet"] if form.is_valid() else ""
    try:
        with acting(request):
            made = choose_sheet(held.programme, sheet)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(
            request, f"Feuille « {made.sheet} » : vérifiez ses colonnes, puis confirmez-les."
        )
    return redirect(f"{path_of(held.programme.link_key)}?colonnes=1")


def _shows_columns(request: ScopedRequest, held: Held) -> bool:
    """To be confirmed, to be corrected after a refusal, or asked for while they may change."""
    programme = held.programme
    if not held.acts or programme.file_id is None:
        return False
    if programme.state in (ProgrammeState.MAPPING, ProgrammeState.FAILED):
        return True
    return (
        programme.state == ProgrammeState.DONE
        and "colonnes" in request.GET
        and not programme.lines.filter(request__isnull=False).exists()
    )


def _columns_page(request: ScopedRequest, held: Held, form: ColumnsForm) -> HttpResponse:
    context = _common(request, held) | {"form": form, "columns": columns_of(held.programme)}
    return render(request, "programmes/columns.html", context)


def _common(request: ScopedRequest, held: Held) -> dict[str, Any]:
    return {
        "frame": frame_of(request),
        "programme": held.programme,
        "link": held.link,
        "acts": held.acts,
        "address": address_of(held.programme),
        "sending": sending_of(held.programme),
        "running": held.programme.state == ProgrammeState.RUNNING,
    }
