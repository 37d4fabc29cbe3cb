"""The register of contracts without a social condition: the buyer decides, writes why, answers for
it. Each act checks who asks. Reading is in `queries.py`.

Reasons are read in the register alone. Acts are filed under the entry and not under its buyer,
whose journal the coordination reads: the region knows how many contracts, never whose.
"""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from coclause.clauses.choices import LawBuyer
from coclause.clauses.duty import Need, answer, told
from coclause.clauses.models import OptOut
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.law.cases import Case, CaseError, ContractKind
from coclause.law.duty import with_exemption
from coclause.law.exemptions import Exemption, planned
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope


def may_record(buyer: Organisation, scope: Scope) -> bool:
    """The buyer alone: nobody decides in its place, and the reasons are its own words."""
    return buyer.pk in scope.buyers


@transaction.atomic
def record(scope: Scope, entry: OptOut, *, replaces: OptOut | None = None) -> OptOut:
    """Write an entry in the buyer's register, with the next number.

    Raises `Refused` when the law does not open that case here, or the reasons are blank; `Conflict`
    when the entry it replaces was replaced or withdrawn meanwhile; `PermissionDenied` for somebody
    else's register, or for a contract or an entry of another buyer.
    """
    if not may_record(entry.buyer, scope) or scope.user is None:
        raise PermissionDenied
    if entry.contract and entry.contract.operation.buyer_id != entry.buyer_id:
        raise PermissionDenied
    if replaces is not None and replaces.buyer_id != entry.buyer_id:
        raise PermissionDenied
    _one_at_a_time(entry.buyer_id)
    if replaces is not None and not OptOut.objects.in_force().filter(pk=replaces.pk).exists():
        raise Conflict(
            "Cette inscription vient d’être corrigée ou retirée. Relisez le registre, puis"
            " recommencez s’il le faut."
        )
    entry.verdict = _examined(entry)
    last = OptOut.objects.filter(buyer=entry.buyer).aggregate(last=Max("number"))["last"]
    entry.number = (last or 0) + 1
    entry.replaces, entry.author, entry.day = replaces, scope.user, scope.day
    entry.save(force_insert=True)
    record_act(
        scope.user,
        "opt_out.recorded",
        f"Inscription n° {entry.number} au registre des dispenses.",
        entry,
        day=scope.day,
    )
    return entry


@transaction.atomic
def withdraw(scope: Scope, entry: OptOut) -> OptOut:
    """The buyer puts a condition after all: the entry stays, and counts no more.

    Raises `Conflict` when it was replaced or withdrawn meanwhile.
    """
    if not may_record(entry.buyer, scope):
        raise PermissionDenied
    _one_at_a_time(entry.buyer_id)
    changed = OptOut.objects.in_force().filter(pk=entry.pk).update(withdrawn_on=scope.day)
    if not changed:
        raise Conflict("Cette inscription est déjà corrigée ou retirée : relisez le registre.")
    entry.refresh_from_db()
    record_act(
        scope.user,
        "opt_out.withdrawn",
        f"Inscription n° {entry.number} retirée du registre des dispenses.",
        entry,
        day=scope.day,
    )
    return entry


def need_of_entry(entry: OptOut) -> Need:
    """The contract of an entry, as the duty looks at it."""
    return Need(
        kind=entry.kind,
        market_type=entry.market_type,
        buyers=(entry.law_buyer,),
        value=entry.value,
        months=entry.months,
        days=(entry.notice_on,),
        framework=bool(entry.contract and entry.contract.framework),
    )


def invoked(entry: OptOut) -> Exemption | None:
    """The case that an entry invokes, as the law planned it on the day of its notice."""
    case = need_of_entry(entry).case()
    return next((one for one in planned(case) if one.code == entry.code), None)


def case_labels(day: date) -> dict[str, str]:
    """Every case that the law plans that day, by code, for lists and counts."""
    found: dict[str, str] = {}
    kinds: tuple[ContractKind, ...] = ("marche", "concession")
    for kind in kinds:
        for one in planned(Case(kind, "travaux", "collectivite", None, None, day)):
            found.setdefault(one.code, one.label)
    return found


def versions(entry: OptOut) -> list[OptOut]:
    """The entry, those it replaces and those that replace it, the first one first. One query."""
    rows = OptOut.objects.filter(buyer=entry.buyer_id).select_related("author")
    by_pk = {row.pk: row for row in rows}
    after = {row.replaces_id: row for row in by_pk.values() if row.replaces_id}
    first = by_pk[entry.pk]
    while first.replaces_id:
        first = by_pk[first.replaces_id]
    chain = [first]
    while (later := after.get(chain[-1].pk)) is not None:
        chain.append(later)
    return chain


def _one_at_a_time(buyer: int) -> None:
    """Until the act is kept: the numbers of a register follow each other, and of two people who
    change the same entry, the second is told what the first did.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=buyer)


def _examined(entry: OptOut) -> dict[str, Any]:
    """What the law says with this case invoked, as kept with the entry."""
    need = need_of_entry(entry)
    if entry.law_buyer == LawBuyer.UNKNOWN:
        raise Refused("Dites de quelle catégorie d’acheteur vous relevez : le seuil en dépend.")
    found = answer(need)
    if found.duty == "not_due":
        raise Refused(
            "L’obligation ne s’applique pas à ce contrat : il n’y a rien à inscrire au registre."
        )
    try:
        exempt = with_exemption(need.case(), entry.code, entry.reason)
    except CaseError as error:
        raise Refused(str(error)) from error
    return told(exempt)
