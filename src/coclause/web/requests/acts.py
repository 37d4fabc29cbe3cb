"""What is done with a request: take, write, pass on, close; and for its buyer, reply, take back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest
from coclause.network.requests import answering
from coclause.network.requests.routing import coordination_of
from coclause.organisations.scopes import Scope
from coclause.web.door.links import desk_address, follow_address
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.requests.access import Seen, answered, asked
from coclause.web.requests.forms import ActForm, CloseForm, ReplyForm, RerouteForm, WriteForm
from coclause.web.requests.page import shown

WRITTEN = {
    EntryKind.ANSWER: "Votre réponse part par courriel. Ouvrez l’opération quand l’acheteur"
    " est prêt, ou classez la demande.",
    EntryKind.QUESTION: "Votre question part par courriel : la demande attend l’acheteur.",
    EntryKind.NOTE: "Note gardée, pour le réseau seulement.",
}


def take(request: ScopedRequest, pk: int) -> HttpResponse:
    """POST: the request is under one's own name."""
    found = answered(pk, request.scope)
    if request.method != "POST":
        return redirect("request", pk=pk)
    form = ActForm(request.POST)

    def act() -> str:
        answering.take(request.scope, found.request)
        return _home(pk)

    told = "Vous prenez cette demande en charge. Répondez maintenant à l’acheteur."
    return sent(request, form, act, told) or shown(request, found, take_form=form)


def write(request: ScopedRequest, pk: int) -> HttpResponse:
    """POST: a question, an answer or a note."""
    scope, found = request.scope, answered(pk, request.scope)
    if request.method != "POST":
        return redirect("request", pk=pk)
    form = WriteForm(found.writings, request.POST)

    def act() -> str:
        text, one = form.cleaned_data["text"], found.request
        match form.cleaned_data["kind"]:
            case EntryKind.QUESTION:
                answering.ask(scope, one, text, follow=follow_address)
            case EntryKind.ANSWER:
                answering.answer(scope, one, text, follow=follow_address)
            case _:
                answering.note(scope, one, text)
        return f"{_home(pk)}#echange"

    told = WRITTEN.get(EntryKind(form.data["kind"]), "") if form.is_valid() else ""
    return sent(request, form, act, told) or shown(request, found, write_form=form)


def reroute(request: ScopedRequest, pk: int) -> HttpResponse:
    """Somebody else answers from now on, or the coordination."""
    scope, found = request.scope, answered(pk, request.scope)
    if not found.live:
        return _over(request, pk)
    one = found.request
    people = [
        member
        for member in answering.reachable(one, scope)
        if (member.organisation_id, member.user_id) != (one.organisation_id, one.facilitator_id)
    ]
    form = RerouteForm(
        people, request.POST or None, coordination=coordination_of(one.region) is not None
    )

    def act() -> str:
        reason = form.cleaned_data["reason"]
        answering.reroute(scope, one, form.chosen, reason=reason, desk=desk_address())
        return _home(pk) if _still_seen(one, scope) else reverse("requests")

    told = f"Demande {one.reference} confiée à qui vous avez choisi : elle attend sur son bureau."
    return sent(request, form, act, told) or _act_page(
        request, "requests/reroute.html", found, form
    )


def close(request: ScopedRequest, pk: int) -> HttpResponse:
    """The request ends, with a reason that the buyer reads."""
    found = answered(pk, request.scope)
    if not found.live:
        return _over(request, pk)
    form = CloseForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        answering.close(request.scope, found.request, reason, follow=follow_address)
        return _home(pk)

    told = "Demande classée. L’acheteur reçoit le motif par courriel."
    return sent(request, form, act, told) or _act_page(request, "requests/close.html", found, form)


def answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """POST: the buyer writes back."""
    found = asked(pk, request.scope)
    if request.method != "POST":
        return redirect("request", pk=pk)
    form = ReplyForm(request.POST)

    def act() -> str:
        answering.reply(
            found.request,
            form.cleaned_data["text"],
            author=request.scope.user,
            at=timezone.now(),
            desk=desk_address(),
        )
        return f"{_home(pk)}#echange"

    told = "Votre message est arrivé : le réseau le lit et vous répond."
    return sent(request, form, act, told) or shown(request, found, reply_form=form)


def withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """POST: the buyer takes its request back."""
    found = asked(pk, request.scope)
    if request.method != "POST":
        return redirect("request", pk=pk)
    form = ActForm(request.POST)

    def act() -> str:
        answering.withdraw(
            found.request, author=request.scope.user, at=timezone.now(), desk=desk_address()
        )
        return _home(pk)

    told = "Votre demande est retirée. Vous pourrez en envoyer une autre."
    return sent(request, form, act, told) or shown(request, found, withdraw_form=form)


def _act_page(request: ScopedRequest, template: str, found: Seen, form: Any) -> HttpResponse:
    context = {"form": form, "asked": found.request, "seen": found}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _over(request: ScopedRequest, pk: int) -> HttpResponse:
    messages.info(request, "Cette demande est terminée : il n’y a plus rien à en faire.")
    return redirect("request", pk=pk)


def _still_seen(one: BuyerRequest, scope: Scope) -> bool:
    return BuyerRequest.objects.visible_to(scope).filter(pk=one.pk).exists()


def _home(pk: int) -> str:
    return reverse("request", args=[pk])
