"""Orders and call-offs of a framework agreement, and what each adds to what is owed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum

from coclause.clauses import permissions
from coclause.clauses.choices import Framework, Measure, OrderKind, Trigger
from coclause.clauses.debts import OVER
from coclause.clauses.engaging import tell_base, trigger
from coclause.clauses.models import Award, Contract, Objective, Order
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, euros

TRIGGER_OF = {OrderKind.ORDER: Trigger.ORDER, OrderKind.CALL_OFF: Trigger.CALL_OFF}
KINDS = {
    Framework.NONE: tuple(OrderKind),
    Framework.ORDERS: (OrderKind.ORDER,),
    Framework.CALL_OFFS: (OrderKind.CALL_OFF,),
    Framework.MIXED: tuple(OrderKind),
}
"""What each form of framework agreement is executed by."""


@transaction.atomic
def place_order(
    scope: Scope, order: Order, *, quantities: Mapping[int, Decimal] | None = None
) -> Order:
    """Record an order (or a call-off), and what its award owes from it.

    Its amount is the base of every objective per euro ordered; objectives triggered by such orders
    add what they planned, or `quantities[objective id]`, zero adding nothing. An order below zero
    mends an earlier one: it takes hours off by its amount and triggers nothing by itself.
    """
    award = _locked(order.award)
    operation = award.lot.contract.operation
    if not permissions.is_referent(operation, scope):
        raise PermissionDenied
    order.award = award
    order.number = order.number.strip()
    _must_be_possible(order, award)
    objectives = depending_on(award, order.kind)
    if not award.lot.contract.framework and not objectives:
        raise Refused(
            "Ce contrat n’est pas un accord-cadre et son engagement ne dépend d’aucune commande :"
            " il n’y a rien à enregistrer."
        )
    by_euro = [row for row in objectives if row.measure == Measure.PER_EURO]
    if by_euro and order.amount is None:
        raise Refused("Donnez le montant de la commande : l’engagement en dépend.")
    order.save()
    amount = f" de {euros(order.amount)} HT" if order.amount is not None else ""
    record_act(
        scope.user,
        "order.placed",
        f"{order}{amount}, notifié le {date_fr(order.ordered_on)}.",
        operation,
        *award.lot.clauses.all(),
        day=order.ordered_on,
    )
    for row in objectives:
        _add(scope, row, order, quantities or {})
    return order


def depending_on(award: Award, kind: str) -> list[Objective]:
    """The objectives of the award that an order of that kind adds to."""
    rows = (
        Objective.objects.filter(commitment__award=award)
        .exclude(commitment__clause__state__in=OVER)
        .filter(share__isnull=True)
        .order_by("pk")
    )
    wanted = TRIGGER_OF[OrderKind(kind)]
    return [
        row
        for row in rows
        if row.measure == Measure.PER_EURO
        or (row.trigger == wanted and row.measure != Measure.SHARE)
    ]


def above_maximum(contract: Contract) -> Decimal | None:
    """Euros ordered beyond the maximum of the contract; None within it, or when it has none."""
    if contract.maximum is None:
        return None
    ordered = Order.objects.filter(award__lot__contract=contract).aggregate(total=Sum("amount"))
    excess = (ordered["total"] or Decimal(0)) - contract.maximum
    return excess if excess > 0 else None


def _locked(award: Award) -> Award:
    rows = Award.objects.select_related("lot__contract__operation")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=award.pk)


def _must_be_possible(order: Order, award: Award) -> None:
    contract = award.lot.contract
    if not order.number:
        raise Refused("Donnez le numéro de la commande.")
    if order.kind not in KINDS[Framework(contract.framework)]:
        raise Refused(
            f"Ce contrat est un « {contract.get_framework_display()} » : changez la nature."
        )
    if order.amount is not None and order.amount == 0:
        raise Refused("Une commande a un montant : laissez le champ vide s’il n’est pas connu.")
    first, last = award.notified_on, award.ends_on
    if not first <= order.ordered_on <= last:
        raise Refused(
            f"L’accord-cadre court du {date_fr(first)} au {date_fr(last)} :"
            f" une commande du {date_fr(order.ordered_on)} n’y est pas."
        )
    if order.starts_on and order.ends_on and order.ends_on < order.starts_on:
        raise Refused("La commande finit avant de commencer : corrigez l’une des dates.")
    if Order.objects.filter(award=award, kind=order.kind, number=order.number).exists():
        raise Conflict(f"{order} est déjà enregistré : vérifiez son numéro.")


def _add(
    scope: Scope, objective: Objective, order: Order, quantities: Mapping[int, Decimal]
) -> None:
    due_from, due_until = _within(objective, order)
    if objective.measure == Measure.PER_EURO:
        assert order.amount is not None  # noqa: S101  refused above
        tell_base(
            scope,
            objective,
            base=order.amount,
            effective_on=order.ordered_on,
            due_from=due_from,
            due_until=due_until,
            order=order,
        )
        return
    quantity = quantities.get(objective.pk)
    if quantity is None:
        if order.amount is not None and order.amount < 0:
            return
        quantity = objective.planned
    if quantity is None:
        raise Refused(f"Dites combien {order} engage pour « {objective} ».")
    if quantity:
        trigger(
            scope,
            objective,
            effective_on=order.ordered_on,
            quantity=quantity,
            due_from=due_from,
            due_until=due_until,
            order=order,
        )


def _within(objective: Objective, order: Order) -> tuple[date | None, date | None]:
    """When what the order adds falls due: during the order, else during the objective's phase."""
    starts, ends = order.starts_on or objective.starts_on, order.ends_on or objective.ends_on
    return (None if starts and ends and starts > ends else starts), ends
