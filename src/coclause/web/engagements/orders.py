"""Orders and call-offs of a framework agreement: the list, and recording one."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from coclause.clauses.choices import Framework, Measure, OrderKind
from coclause.clauses.debts import OVER
from coclause.clauses.models import Award, Objective, Order
from coclause.clauses.ordering import KINDS, above_maximum, depending_on, place_order
from coclause.clauses.owed import in_words
from coclause.clauses.permissions import is_referent
from coclause.clauses.queries import AwardQuerySet
from coclause.organisations.scopes import Scope
from coclause.render.numbers import euros
from coclause.web.clauses.access import frame
from coclause.web.engagements.forms import OrderForm
from coclause.web.middleware import ScopedRequest
from coclause.web.once import sent
from coclause.web.operations.contracts import must_be_referent
from coclause.web.pages import page_of


def order_list(request: ScopedRequest, pk: int) -> HttpResponse:
    """What was ordered from an award, and what each order adds to what is owed."""
    scope = request.scope
    award = _told(pk, scope)
    rows = award.orders.order_by("-ordered_on", "-pk")
    page = page_of(request, rows.prefetch_related("events__objective"))
    for order in page.object_list:
        order.adds = _adds(order)
    contract = award.lot.contract
    context: dict[str, Any] = {
        "frame": frame(scope),
        "award": award,
        "contract": contract,
        "operation": contract.operation,
        "back": _back(award, scope),
        "page": page,
        "total": rows.aggregate(total=Sum("amount"))["total"],
        "excess": above_maximum(contract),
        "referent": is_referent(contract.operation, scope),
    }
    return render(request, "engagements/orders.html", context)


def order_new(request: ScopedRequest, pk: int) -> HttpResponse:
    """Record an order: its amount, and what it engages."""
    scope = request.scope
    award = _award(pk, scope)
    contract = award.lot.contract
    must_be_referent(contract.operation, scope)
    kinds = [(str(kind), str(kind.label)) for kind in KINDS[Framework(contract.framework)]]
    form = OrderForm(
        _asked(award), kinds, data=request.POST or None, initial={"ordered_on": scope.day}
    )

    def act() -> str:
        names = ("kind", "number", "object", "ordered_on", "amount", "starts_on", "ends_on")
        said = {name: form.cleaned_data[name] for name in names}
        place_order(scope, Order(award=award, **said), quantities=form.quantities)
        return reverse("orders", args=[award.pk])

    answer = sent(request, form, act, "Commande enregistrée : ce qui est dû est à jour.")
    if answer:
        excess = above_maximum(contract)
        if excess is not None:
            messages.warning(
                request,
                f"Le total des commandes dépasse le maximum de {euros(contract.maximum)} HT"
                f" de {euros(excess, cents=True)} : vérifiez les montants avec l’acheteur.",
            )
        return answer
    context = {
        "form": form,
        "extra": [form[name] for name in form.fields if name.startswith("objectif-")],
        "award": award,
        "operation": contract.operation,
    }
    return render(request, "engagements/order_new.html", context)


def _award(pk: int, scope: Scope) -> Any:
    return _one(Award.objects.visible_to(scope), pk, scope)


def _told(pk: int, scope: Scope) -> Any:
    """Orders say what is owed: 404 for who only employs people there, or left."""
    return _one(Award.objects.told_whole(scope), pk, scope)


def _one(rows: AwardQuerySet, pk: int, scope: Scope) -> Any:
    related = rows.with_holder(scope.day).select_related("lot__contract__operation__buyer")
    return get_object_or_404(related, pk=pk)


def _asked(award: Award) -> list[Objective]:
    """The objectives whose quantity the form asks: those that do not follow the amount."""
    found: dict[int, Objective] = {}
    for kind in OrderKind:
        found |= {row.pk: row for row in depending_on(award, kind)}
    return [row for row in found.values() if row.measure != Measure.PER_EURO]


def _adds(order: Order) -> str:
    """ "+ 62 h, + 2 apprentis"; nothing when nothing depends on orders."""
    words = [
        in_words(event.objective.measure, event.quantity)
        for event in order.events.all()
        if event.quantity and not event.objective.public
    ]
    return ", ".join(words)


def _back(award: Award, scope: Scope) -> str:
    """The clause that the orders answer, else the operation."""
    clauses = award.lot.clauses.exclude(state__in=OVER) or award.lot.clauses.all()
    seen = clauses.visible_to(scope).order_by("pk").first()
    if seen is None:
        return reverse("operation", args=[award.lot.contract.operation_id])
    return f"{reverse('clause', args=[seen.pk])}?onglet=engagement"
