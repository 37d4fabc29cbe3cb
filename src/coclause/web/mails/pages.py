"""The messages written about one's contracts and companies, and what became of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from coclause.clauses.mails import mails_visible_to, operations_handled, read_in_full
from coclause.core.models import Mail, MailState
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.render.sheets import Column, Sheet, workbook
from coclause.web.clauses.access import frame
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download, page_of

SHOWN_LOST = 5
"""Abandoned messages shown above the list."""
COMPANY = "organisation:"
KINDS = {MailState.WAITING: "todo", MailState.SENT: "ok", MailState.ABANDONED: "bad"}


class FilterForm(forms.Form):
    """The filters of the list, in the address."""

    q = forms.CharField(label="Objet ou destinataire", required=False, max_length=200)
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), *MailState.choices]
    )


@dataclass(frozen=True)
class Line:
    """A message as the list shows it."""

    mail: Mail
    company: Organisation | None
    """The company it is about, whose contacts may be mended."""
    body: str
    """What it says, to who may read it all."""

    @property
    def kind(self) -> str:
        return KINDS[MailState(self.mail.state)]


def mails(request: ScopedRequest) -> HttpResponse:
    """For hosts and companies; 403 for whoever has no messages to look after."""
    scope = request.scope
    if not (scope.hosts or scope.companies):
        raise PermissionDenied
    form = FilterForm(request.GET)
    rows = mails_visible_to(scope)
    shown = _filtered(rows, form)
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(shown, scope)
    page = page_of(request, shown)
    lost = _lost(rows) if not form.changed_data and page.number == 1 else []
    context: dict[str, Any] = {
        "page": page,
        "lines": _lines(page.object_list, scope),
        "lost": _lines(lost, scope),
        "form": form,
        "filtered": bool(form.changed_data),
        "frame": frame(scope),
    }
    return render(request, "mails/list.html", context)


def _filtered(rows: QuerySet[Mail], form: FilterForm) -> QuerySet[Mail]:
    form.is_valid()
    asked = form.cleaned_data
    if asked.get("etat"):
        rows = rows.filter(state=asked["etat"])
    if asked.get("q"):
        found = rows.filter(subject__icontains=asked["q"])
        rows = found | rows.filter(recipient__icontains=asked["q"])
    return rows


def _lost(rows: QuerySet[Mail]) -> list[Mail]:
    """The latest that were given up, one for each address, unless something left for it since."""
    found: dict[str, Mail] = {}
    for mail in rows.exclude(state=MailState.WAITING).order_by("-created_at", "-pk")[:500]:
        found.setdefault(mail.recipient.lower(), mail)
    lost = [mail for mail in found.values() if mail.state == MailState.ABANDONED]
    return lost[:SHOWN_LOST]


def _lines(mails: Iterable[Mail], scope: Scope) -> list[Line]:
    """Two queries, none without any message."""
    rows = list(mails)
    if not rows:
        return []
    ids = {
        int(one.removeprefix(COMPANY))
        for mail in rows
        for one in mail.about
        if one.startswith(COMPANY)
    }
    companies = Organisation.objects.filter(roles__contains=[Role.COMPANY]).in_bulk(ids)
    handled = operations_handled(scope)
    return [
        Line(
            mail,
            _company(mail, companies),
            _words(mail) if read_in_full(mail, scope, handled) else "",
        )
        for mail in rows
    ]


def _words(mail: Mail) -> str:
    """What it says, without the addresses that are its recipient's own."""
    lines = mail.body.split("\n")
    return "\n".join("(lien personnel)" if one.startswith("http") else one for one in lines)


def _company(mail: Mail, companies: dict[int, Organisation]) -> Organisation | None:
    named = (one.removeprefix(COMPANY) for one in mail.about if one.startswith(COMPANY))
    return next((companies[int(pk)] for pk in named if int(pk) in companies), None)


def _spreadsheet(rows: QuerySet[Mail], scope: Scope) -> HttpResponse:
    columns = [
        Column("Écrit le", width=18),
        Column("Objet", width=60),
        Column("Destinataire", width=36),
        Column("État", width=14),
        Column("Envoyé le", width=18),
        Column("Essais", width=8),
        Column("Dernier refus", width=48),
    ]
    lines = (
        (
            _day(row.created_at),
            row.subject,
            row.recipient,
            row.get_state_display(),
            _day(row.sent_at),
            row.attempts,
            row.last_error,
        )
        for row in rows.iterator(chunk_size=500)
    )
    content = workbook([Sheet("Courriels", columns, lines)], title="Courriels", day=scope.day)
    return download(content, "courriels.xlsx")


def _day(moment: Any) -> Any:
    return timezone.localtime(moment).date() if moment else None
