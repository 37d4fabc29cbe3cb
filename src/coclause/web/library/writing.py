"""The coordination adds a text, a version, or retires one."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from coclause.network.choices import Block, TextContract, TextInstrument
from coclause.network.library import keeping as keeping_texts
from coclause.network.library.filling import TEXT_LIMIT, VARIABLES, check
from coclause.network.models import ClauseText
from coclause.organisations.scopes import Scope
from coclause.reference.models import Region
from coclause.render.numbers import date_fr, integer
from coclause.web.library.access import coordinated_text
from coclause.web.library.page import shown_text
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, sent
from coclause.web.operations.fields import FrenchDateField
from coclause.web.operations.finding import TypedForm


def text_new(request: ScopedRequest) -> HttpResponse:
    """A text of the region's own."""
    scope = request.scope
    if not scope.coordinated_regions:
        raise PermissionDenied
    form = TextForm(scope, request.POST or None, initial={"starts_on": scope.day})

    def act() -> str:
        said = form.cleaned_data
        names = ("title", "block", "instrument", "contract", "advice")
        made = ClauseText(region_id=said["region"], **{name: said[name] for name in names})
        keeping_texts.add_text(
            scope, made, said["body"], starts_on=said["starts_on"], note=said["note"]
        )
        return reverse("library-text", args=[made.pk])

    done = "Texte ajouté. Il est proposé aux rédactions à partir de son premier jour."
    return sent(request, form, act, done) or _page(request, form, None)


def version_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Other words from a day on; the ones before stay readable."""
    scope, text = request.scope, coordinated_text(pk, request.scope)
    if text.retired_on is not None:
        return redirect("library-text", pk=pk)
    last = text.versions.order_by("-number").first()
    initial = {"body": last.body, "starts_on": scope.day, "seen": last.number}
    form = VersionForm(scope, request.POST or None, initial=initial)

    def act() -> str:
        said = form.cleaned_data
        keeping_texts.add_version(
            scope,
            text,
            said["body"],
            starts_on=said["starts_on"],
            seen=said["seen"] or 0,
            note=said["note"],
        )
        return reverse("library-text", args=[pk])

    done = "Version enregistrée. Les documents déjà préparés gardent la leur."
    return sent(request, form, act, done) or _page(request, form, text)


def retire(request: ScopedRequest, pk: int) -> HttpResponse:
    """POST: the text is no longer offered."""
    text = coordinated_text(pk, request.scope)
    if request.method != "POST":
        return redirect("library-text", pk=pk)
    form = OnceForm(request.POST)

    def act() -> str:
        keeping_texts.retire(request.scope, text)
        return reverse("library")

    done = f"« {text.title} » est retiré : il n’est plus proposé. Ses documents restent."
    return sent(request, form, act, done) or shown_text(request, text, form)


def _page(request: ScopedRequest, form: forms.Form, text: Any) -> HttpResponse:
    context = {"form": form, "text": text, "variables": VARIABLES.values()}
    return render(request, "library/form.html", context, status=422 if form.is_bound else 200)


class VersionForm(TypedForm):
    """The words of a text, and the day they hold from."""

    body = forms.CharField(
        label="Texte",
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
        help_text=f"Une ligne vide sépare deux paragraphes. « ## » au début d’un intertitre, « - »"
        f" au début d’un point de liste. {integer(TEXT_LIMIT)} caractères au plus.",
        error_messages={"required": "Écrivez le texte."},
    )
    starts_on = FrenchDateField(
        label="À partir du",
        help_text="Aujourd’hui ou plus tard : 22/08/2026.",
        error_messages={"required": "Dites à partir de quel jour."},
    )
    note = forms.CharField(
        label="Ce qui change",
        required=False,
        max_length=300,
        help_text="Une phrase pour le réseau : ce que vous avez changé, et pourquoi.",
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._day = scope.day

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n").strip()
        refusals = check(body)
        if refusals:
            raise ValidationError(refusals)
        return body

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < self._day:
            raise ValidationError(
                f"Ce jour est passé : donnez le {date_fr(self._day)} ou un jour suivant."
            )
        return day


class TextForm(VersionForm):
    """A new text: what it is for, then its words."""

    region = forms.ChoiceField(label="Région")
    title = forms.CharField(
        label="Titre",
        max_length=200,
        help_text="Commencez par la pièce : « CCAP : clause d’insertion d’un marché de service ».",
        error_messages={"required": "Donnez un titre."},
    )
    block = forms.ChoiceField(label="Pièce", choices=[("", "Choisissez"), *Block.choices])
    instrument = forms.ChoiceField(
        label="Instrument", choices=[("", "Choisissez"), *TextInstrument.choices]
    )
    contract = forms.ChoiceField(
        label="Contrat", choices=[("", "Choisissez"), *TextContract.choices]
    )
    advice = forms.CharField(
        label="Conseil d’emploi",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qu’il faut vérifier ou choisir avant de l’utiliser. Il n’est pas imprimé.",
    )
    field_order = (
        "region", "title", "block", "instrument", "contract", "body", "advice", "starts_on",
    )  # fmt: skip

    def __init__(self, scope: Scope, *args: Any, **options: Any) -> None:
        super().__init__(scope, *args, **options)
        del self.fields["seen"], self.fields["note"]
        self._only = min(scope.coordinated_regions) if len(scope.coordinated_regions) == 1 else ""
        if self._only:
            del self.fields["region"]
            return
        field: Any = self.fields["region"]
        offered = Region.objects.filter(pk__in=scope.coordinated_regions).order_by("pk")
        field.choices = list(offered.values_list("pk", "name"))

    def clean(self) -> dict[str, Any]:
        cleaned = {**(super().clean() or self.cleaned_data), "note": ""}
        return {**cleaned, "region": self._only} if self._only else cleaned
