"""Establishing a document: what will be frozen is shown first, then sent."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.asking import Asked, must_be_possible
from coclause.hours.proofs.gathering import figures_of
from coclause.hours.proofs.issuing import digest_of, issue, must_say_something, names_in
from coclause.hours.proofs.wording import Signed, document_of
from coclause.organisations.scopes import Scope
from coclause.render.proofs import ProofDocument
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.once import once
from coclause.web.proofs.access import desk_of
from coclause.web.proofs.forms import ChoiceForm, IssueForm

CONSEQUENCES = {
    ProofKind.INTERIM: "Le document est figé, numéroté et envoyé à l’acheteur par un message.",
    ProofKind.FINAL: "Le document est figé, numéroté et envoyé à l’acheteur par un message.",
    ProofKind.CERTIFICATE: "Le document est figé, numéroté ; l’entreprise en reçoit un message.",
    ProofKind.CONTROL: "Le document est figé et numéroté. Votre structure seule le lit.",
}


@dataclass(frozen=True)
class Preview:
    """What would be frozen now, in words; without `fresh`, `refusal` says why nothing can be."""

    asked: Asked
    last: Proof | None
    shown: ProofDocument | None = None
    fresh: IssueForm | None = None
    refusal: str = ""

    @property
    def version(self) -> int:
        return self.last.version + 1 if self.last else 1


def proof_issue(request: ScopedRequest, pk: int) -> HttpResponse:
    """For the referent host: what is chosen stays in the address, the rest is read again."""
    scope = request.scope
    desk = desk_of(pk, scope)
    if not desk.issues:
        raise PermissionDenied
    kind = _kind(request.GET.get("nature", ""))
    if not desk.view.awards:
        raise Http404
    choice = ChoiceForm(kind, desk.view.awards, request.GET.dict(), scope.day)
    until = scope.day if kind == ProofKind.FINAL else choice.until
    asked = Asked(kind, desk.clause, choice.award, choice.company, until)
    form = IssueForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return _issued(request, asked, form)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            status = 409 if isinstance(refusal, Conflict) else 200
    context = {
        "frame": frame(scope),
        "clause": desk.clause,
        "kind": kind,
        "choice": choice,
        "form": form,
        "preview": preview_of(asked, scope),
        "consequence": CONSEQUENCES[kind],
    }
    return render(request, "proofs/issue.html", context, status=status)


def _kind(text: str) -> ProofKind:
    if text not in ProofKind.values:
        raise Http404
    return ProofKind(text)


def _issued(request: ScopedRequest, asked: Asked, form: IssueForm) -> HttpResponse:
    said, scope = form.cleaned_data, request.scope

    def act() -> str:
        issue(
            scope,
            asked.kind,
            asked.clause,
            asked.award,
            company=asked.company,
            until=asked.until,
            version=said["version"],
            read=said["read"],
        )
        return reverse("proofs", args=[asked.clause.pk])

    done = once(request, said["once"], act)
    messages.success(request, "Le document est établi : il est en tête de sa liste.")
    return done


def preview_of(asked: Asked, scope: Scope) -> Preview:
    """The document as it would be established now."""
    last = asked.last()
    try:
        must_be_possible(asked, scope.day)
    except Refused as refusal:
        return Preview(asked, last, refusal=refusal.sentence)
    figures = figures_of(asked, scope.day)
    names = names_in(scope, figures, page=f"Fiche de contrôle, clause {asked.clause.pk}")
    signed = Signed(day=scope.day, until=asked.until, author=str(scope.user))
    shown = document_of(asked.kind, figures, signed, names)
    try:
        must_say_something(asked, figures, last)
    except Refused as refusal:
        return Preview(asked, last, shown, refusal=refusal.sentence)
    read = {"version": last.version if last else 0, "read": digest_of(figures)}
    return Preview(asked, last, shown, IssueForm(initial=read))
