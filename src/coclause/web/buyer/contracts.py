"""The contracts of a buyer as its space shows them: states, hours, persons, documents."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse

from coclause.clauses.models import Calibration, Clause, Contract, OptOut
from coclause.clauses.states import ClauseState
from coclause.core.parameters import parameter
from coclause.hours.choices import ProofKind
from coclause.hours.convention_progress import Totals
from coclause.hours.models import Proof
from coclause.hours.of_buyers import hours_of_contracts, persons_of_contracts, unnamed_of_contracts
from coclause.hours.proofs.queries import STATEMENTS
from coclause.network.models import Draft
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.people.disclosure import hide
from coclause.reference.keys import search_key
from coclause.render.numbers import Measure
from coclause.web.operations.turns import state_kind

ORDER = {state: place for place, state in enumerate(ClauseState)}


@dataclass(frozen=True)
class State:
    """A state that clauses of a contract are in."""

    code: ClauseState

    @property
    def kind(self) -> str:
        return state_kind(self.code)


@dataclass(frozen=True)
class Document:
    label: str
    url: str


@dataclass
class ContractRow:
    """One line. `persons`, and `unnamed` beside it, are counts, "hidden" when they are small."""

    contract: Any
    hours: Totals
    persons: Measure
    unnamed: Measure
    states: list[State] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    target: int | None = None
    """Hours proposed, before any award."""

    @property
    def reached(self) -> Decimal:
        return self.hours.validated + self.hours.waiting


def contracts_of(buyer: Organisation) -> QuerySet[Contract]:
    """Its contracts with a clause, whatever its state; dropped ones alone do not count."""
    kept = Clause.objects.filter(lot__contract=OuterRef("pk")).exclude(state=ClauseState.DROPPED)
    return Contract.objects.filter(Exists(kept), operation__buyer=buyer).select_related("operation")


def filtered(rows: QuerySet[Contract], said: dict[str, Any]) -> QuerySet[Contract]:
    for word in search_key(said.get("q", "")).split():
        rows = rows.filter(Q(operation__name_key__contains=word) | Q(object__icontains=word))
    if "etat" in said:
        held = Clause.objects.filter(lot__contract=OuterRef("pk"), state=said["etat"])
        rows = rows.filter(Exists(held))
    return rows


def rows_of(contracts: Collection[Any], scope: Scope) -> list[ContractRow]:
    """These contracts with all that a line shows. The same number of queries for any number."""
    pks = [contract.pk for contract in contracts]
    hours = hours_of_contracts(pks, scope.day)
    persons = persons_of_contracts(pks)
    unnamed = unnamed_of_contracts(pks)
    small = parameter("small_cell", scope.day)
    found = {
        contract.pk: ContractRow(
            contract,
            hours[contract.pk],
            hide(persons[contract.pk], small),
            hide(unnamed[contract.pk], small),
        )
        for contract in contracts
    }
    _add_states(found)
    for pk, document in _documents(pks, scope):
        found[pk].documents.append(document)
    return list(found.values())


def _add_states(found: dict[int, ContractRow]) -> None:
    clauses = Clause.objects.filter(lot__contract__in=found).exclude(state=ClauseState.DROPPED)
    states: dict[int, set[ClauseState]] = defaultdict(set)
    for pk, state, target in clauses.values_list("lot__contract_id", "state", "target_hours"):
        states[pk].add(ClauseState(state))
        if target:
            found[pk].target = (found[pk].target or 0) + target
    for pk, row in found.items():
        row.states = [State(state) for state in sorted(states[pk], key=ORDER.__getitem__)]


def _documents(pks: list[int], scope: Scope) -> list[tuple[int, Document]]:
    """What can be downloaded for each contract: note, last draft, opt-outs, statements in force."""
    told: list[tuple[int, str, str, int | str]] = []
    retained = Calibration.objects.visible_to(scope).filter(
        contract__in=pks, retained_on__isnull=False
    )
    for contract in retained.values_list("contract_id", flat=True):
        told.append((contract, "Note de calibrage", "calibration-note", contract))
    drafts = Draft.objects.visible_to(scope).filter(contract__in=pks)
    last = drafts.order_by("contract_id", "-number").distinct("contract_id")
    for contract, pk, number in last.values_list("contract_id", "pk", "number"):
        told.append((contract, f"Rédaction, version {number}", "draft-file", pk))
    kept = OptOut.objects.visible_to(scope).in_force().filter(contract__in=pks)
    for contract, pk, number in kept.order_by("number").values_list("contract_id", "pk", "number"):
        told.append((contract, f"Dispense n° {number}", "opt-out-pdf", pk))
    proofs = Proof.objects.visible_to(scope).in_force().filter(kind__in=STATEMENTS)
    issued = proofs.filter(award__lot__contract__in=pks).order_by("pk")
    for contract, kind, said in issued.values_list("award__lot__contract", "kind", "number"):
        told.append((contract, f"{ProofKind(kind).label} n° {said}", "proof-pdf", said))
    return [
        (contract, Document(label, url))
        for contract, label, name, pk in told
        if (url := _address(name, pk))
    ]


def _address(name: str, pk: int | str) -> str:
    """Empty while the page that gives that document does not exist."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
