"""A request received by telephone, by mail or in a meeting, typed in by the network."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from coclause.clauses.duty import told
from coclause.core.refusals import Refused
from coclause.network.choices import Channel
from coclause.network.door import answer_to, told_estimate
from coclause.network.models import BuyerRequest
from coclause.network.needs import Described
from coclause.network.requests.receiving import receive
from coclause.organisations.scopes import Scope
from coclause.reference.models import Region
from coclause.web.door.forms import ContactForm, DoorForm
from coclause.web.door.links import desk_address, follow_address
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent

Words = Mapping[str, tuple[str, str]]
NEED_WORDS: Words = {
    "objet": ("Ce qui est acheté", "Les mots de l’acheteur."),
    "acheteur": (
        "Catégorie d’acheteur",
        "Pour des fournitures et des services, le seuil en dépend.",
    ),
}
CALLER_WORDS: Words = {
    "buyer_name": ("Acheteur", "L’organisation qui achète."),
    "buyer_siret": ("SIRET", "14 chiffres, vérifiés. Il aide à trouver qui répond."),
    "name": ("Nom du contact", ""),
    "email": ("Adresse électronique", "Sans adresse, aucun courriel ne part."),
    "message": ("Ce qui est demandé", ""),
}


class NeedForm(DoorForm):
    """The questions of the front door, asked of somebody else than the buyer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _reword(self, NEED_WORDS)


class CallerForm(ContactForm):
    """Who asked, as the network notes it: without an address, the answer is given by voice."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__([], *args, **options)
        del self.fields["site_web"]
        self.fields["email"].required = False
        _reword(self, CALLER_WORDS)


def _described(need: NeedForm, scope: Scope) -> Described:
    """The need, in the region of whoever types it when its place is not known."""
    described = need.described()
    if described.commune is None and described.region.pk not in scope.working_regions:
        own = Region.objects.get(pk=min(scope.working_regions))
        return replace(described, region=own)
    return described


def _reword(form: forms.Form, words: Words) -> None:
    for name, (label, help_text) in words.items():
        form.fields[name].label, form.fields[name].help_text = label, help_text


def request_new(request: ScopedRequest) -> HttpResponse:
    """Type in what a buyer asked: it is routed, acknowledged and measured as any other."""
    scope = request.scope
    if not scope.working_regions:
        raise PermissionDenied
    need = NeedForm(request.POST or None)
    contact = CallerForm(request.POST or None)

    def act() -> str:
        described, who = _described(need, scope), contact.contact()
        if described.region.pk not in scope.working_regions:
            raise Refused("Cette commune est dans une autre région : elle a sa propre porte.")
        answered = answer_to(described, day=scope.day, siret=who.buyer_siret)
        made = receive(
            described,
            who,
            verdict=told(answered.verdict),
            estimate=told_estimate(answered),
            channel=Channel.AGENT,
            at=timezone.now(),
            follow=follow_address,
            desk=desk_address(),
            author=scope.user,
        )
        seen = BuyerRequest.objects.visible_to(scope).filter(pk=made.pk).exists()
        return reverse("request", args=[made.pk]) if seen else reverse("requests")

    if request.method == "POST" and need.is_valid():
        done = "Demande enregistrée. Qui répond est prévenu, et l’acheteur reçoit un accusé."
        answer = sent(request, contact, act, done)
        if answer is not None:
            return answer
    bound = need.is_bound
    context = {"need": need, "contact": contact}
    return render(request, "requests/new.html", context, status=422 if bound else 200)
