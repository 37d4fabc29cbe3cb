"""An entry of the register: what was decided, why, what the law said that day, its versions."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from coclause.clauses.models import OptOut
from coclause.clauses.opting_out import invoked, need_of_entry, versions, withdraw
from coclause.law.smaller import smaller_conditions
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, euros
from coclause.render.opt_out import OptOutDocument
from coclause.render.opt_out import opt_out as opt_out_paper
from coclause.web.middleware import ScopedRequest
from coclause.web.once import OnceForm, once
from coclause.web.optouts.register import replacing, state_in_words
from coclause.web.pages import download


def opt_out(request: ScopedRequest, pk: int) -> HttpResponse:
    """Read by the buyer's members and by the host that handles its operation that day."""
    entry = seen(pk, request.scope)
    own = entry.buyer_id in request.scope.buyers
    later = replacing(entry)
    context = {
        "entry": entry,
        "case": invoked(entry),
        "state": state_in_words(entry),
        "in_force": later is None and entry.withdrawn_on is None,
        "later": later,
        "chain": versions(entry),
        "own": own,
        "form": OnceForm(),
    }
    return render(request, "optouts/entry.html", context)


@require_POST
def opt_out_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """The buyer puts a condition after all. A `Conflict` is told on a page of its own."""
    scope = request.scope
    entry = seen(pk, scope)
    if entry.buyer_id not in scope.buyers:
        raise PermissionDenied

    def act() -> str:
        withdraw(scope, entry)
        return reverse("opt-out", args=[entry.pk])

    form = OnceForm(request.POST)
    if not form.is_valid():
        return redirect("opt-out", pk)
    done = once(request, form.cleaned_data["once"], act)
    messages.success(request, "L’inscription est retirée : elle reste lisible, et ne compte plus.")
    return done


def opt_out_pdf(request: ScopedRequest, pk: int) -> HttpResponse:
    """The paper for the buyer's file."""
    entry = seen(pk, request.scope)
    content = opt_out_paper(document(entry), fonts=settings.FONTS)
    return download(content, f"dispense-{entry.number}.pdf", "application/pdf")


def seen(pk: int, scope: Scope) -> OptOut:
    """The entry within the scope. Raises Http404 out of it."""
    rows = OptOut.objects.visible_to(scope)
    return get_object_or_404(
        rows.select_related("buyer", "author", "replaced_by", "replaces", "contract__operation"),
        pk=pk,
    )


def document(entry: OptOut) -> OptOutDocument:
    """The entry as it is printed."""
    case, chain = invoked(entry), versions(entry)
    place = [one.pk for one in chain].index(entry.pk) + 1
    keeping = entry.verdict["keep_reasons"] or {"text": "", "articles": []}
    articles = ", ".join(f"article {one}" for one in keeping["articles"])
    return OptOutDocument(
        buyer=entry.buyer.name,
        contract=entry.object,
        about=_about(entry),
        case=f"{case.label[:1].upper()}{case.label[1:]}" if case else entry.code,
        article=f"article {case.reference}" if case else "",
        reasons=entry.reason,
        shown=[
            f"{one.label} : {one.text}" for one in smaller_conditions(need_of_entry(entry).case())
        ],
        author=str(entry.author),
        author_role="",
        decided_on=entry.day,
        version=place,
        replaces=place - 1 or None,
        keep_where=keeping["text"],
        keep_article=articles,
        text_date=date.fromisoformat(entry.verdict["text_date"]),
    )


def _about(entry: OptOut) -> list[tuple[str, str]]:
    told = [
        ("Inscription", f"n° {entry.number} du registre de l’acheteur"),
        ("Numéro du marché", entry.reference),
        ("Nature", f"{entry.get_kind_display()}, {entry.get_market_type_display().lower()}"),
        ("Acheteur en tant que", entry.get_law_buyer_display()),
        ("Valeur estimée", f"{euros(entry.value)} HT"),
        ("Durée", f"{entry.months} mois" if entry.months else ""),
        ("Envoi de l’avis", date_fr(entry.notice_on)),
    ]
    return [(label, value) for label, value in told if value]
