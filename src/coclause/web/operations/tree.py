"""An operation unfolded: contracts, lots, clauses and awards that the user may see, with hours."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from coclause.clauses.choices import Instrument
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    Lot,
    Operation,
)
from coclause.clauses.permissions import handles, is_referent
from coclause.clauses.states import ClauseState
from coclause.hours.employers import progress_of_employers
from coclause.hours.progress import Progress, progress_of_awards, progress_of_clauses
from coclause.organisations.scopes import Scope
from coclause.web.calibrations.words import DutyLine, duty_line
from coclause.web.operations.awaiting import awaited
from coclause.web.operations.rows import sides
from coclause.web.operations.turns import Whose, state_kind, whose_turn


@dataclass
class ClauseLine:
    clause: Clause
    progress: Progress
    turn: Whose | None
    commitments: list[Commitment]
    may_commit: bool
    whole: bool = True
    """False where the hours are those of the reader's own people, and what is owed not told."""

    @property
    def kind(self) -> str:
        return state_kind(self.clause.state)


@dataclass
class LotBlock:
    lot: Lot
    clauses: list[ClauseLine] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)


@dataclass
class ContractBlock:
    contract: Contract
    lots: list[LotBlock] = field(default_factory=list)
    duty: DutyLine | None = None
    """What the law answers, for who sees the whole operation."""


@dataclass
class Tree:
    contracts: list[ContractBlock]
    referent: bool

    @property
    def lots(self) -> list[LotBlock]:
        return [block for contract in self.contracts for block in contract.lots]

    @property
    def total(self) -> Progress:
        """Hours of all the clauses together; committed is not known when none is."""
        return _together(
            [line.progress for block in self.lots for line in block.clauses if line.whole]
        )


@dataclass(frozen=True)
class Step:
    """What the operation lacks first: the button, and where it leads."""

    label: str
    url: str


def full_view(operation: Operation, scope: Scope) -> bool:
    """The network and the buyer see the whole operation; a company only its own lots."""
    return operation.region_id in scope.working_regions or operation.buyer_id in scope.buyers


def tree_of(operation: Operation, scope: Scope) -> Tree:
    """The same number of queries whatever the number of lots."""
    full = full_view(operation, scope)
    awards = _awards(operation, scope)
    clauses = list(
        Clause.objects.visible_to(scope)
        .filter(lot__contract__operation=operation)
        .select_related("lot__contract__operation")
        .order_by("pk")
    )
    lots = Lot.objects.filter(contract__operation=operation).select_related("contract__cpv")
    if not full:
        lots = lots.filter(awards__in=[award.pk for award in awards]).distinct()
    blocks = {lot.pk: LotBlock(lot) for lot in lots.order_by("contract", "number")}
    for award in awards:
        if award.lot_id in blocks:
            blocks[award.lot_id].awards.append(award)
    whole, progress = _progress(clauses, awards, scope, full=full)
    commitments = _commitments(clauses, [award for award in awards if award.lot_id in whole])
    held = sides(operation, scope, handled=handles(operation, scope))
    seen = Award.objects.visible_to(scope).filter(lot__contract__operation=operation)
    months = awaited(seen, scope, lambda award: award.lot_id)
    for clause in clauses:
        if clause.lot_id in blocks:
            blocks[clause.lot_id].clauses.append(
                ClauseLine(
                    clause=clause,
                    progress=progress[clause.pk],
                    turn=whose_turn(
                        [(clause.state, clause.state_since)],
                        to_check=progress[clause.pk].waiting > 0,
                        months=months.get(clause.lot_id, {}),
                        sides=held,
                    ),
                    commitments=commitments[clause.pk],
                    whole=clause.lot_id in whole,
                    may_commit=_may_commit(
                        clause, blocks[clause.lot_id].awards, commitments[clause.pk]
                    ),
                )
            )
    return Tree(_contracts(operation, blocks, full=full), is_referent(operation, scope))


def _progress(
    clauses: list[Clause], awards: list[Award], scope: Scope, *, full: bool
) -> tuple[set[int], dict[int, Progress]]:
    """The lots of which the reader is told everything, and the progress of each clause as told."""
    if full:
        whole = {clause.lot_id for clause in clauses}
        return whole, progress_of_clauses([clause.pk for clause in clauses], scope.day)
    told = Award.objects.told_whole(scope).filter(pk__in=[award.pk for award in awards])
    held = dict(told.values_list("pk", "lot"))
    whole = set(held.values())
    others = Award.objects.filter(lot__in=whole).exclude(pk__in=held)
    shared = set(others.values_list("lot", flat=True))
    alone = [c.pk for c in clauses if c.lot_id in whole - shared]
    found = progress_of_clauses(alone, scope.day)
    apart = [pk for pk, lot in held.items() if lot in shared]
    parts = progress_of_awards(apart, scope.day) if apart else {}
    rest = [award.pk for award in awards if award.lot_id not in whole]
    parts |= progress_of_employers(rest, scope.companies) if rest else {}
    by_lot: dict[int, list[Progress]] = defaultdict(list)
    for award in awards:
        if award.pk in parts:
            by_lot[award.lot_id].append(parts[award.pk])
    return whole, {c.pk: found.get(c.pk) or _together(by_lot[c.lot_id]) for c in clauses}


def _together(parts: list[Progress]) -> Progress:
    if len(parts) == 1:
        return parts[0]
    return Progress(
        validated=sum((p.validated for p in parts), Decimal(0)),
        waiting=sum((p.waiting for p in parts), Decimal(0)),
        committed=_sum(p.committed for p in parts),
        expected=_sum(p.expected for p in parts),
        projected=None,
    )


def _awards(operation: Operation, scope: Scope) -> list[Award]:
    """With the company that answers; for who left, the one that did on their last day."""
    rows = Award.objects.visible_to(scope).filter(lot__contract__operation=operation)
    found: dict[int, Any] = {row.pk: row for row in rows.with_holder(scope.day).order_by("pk")}
    for day, left in _left(found, scope).items():
        then: Iterable[Any] = Award.objects.filter(pk__in=left).with_holder(day)
        for row in then:
            found[row.pk].holder, found[row.pk].holder_id = row.holder, row.holder_id
    return list(found.values())


def _left(awards: Collection[int], scope: Scope) -> dict[date, list[int]]:
    """By last day of the reader's companies, the awards that they left."""
    if scope.working_regions or scope.buyers:
        return {}
    parts = AwardMember.objects.filter(award__in=awards, organisation__in=scope.companies)
    gone: dict[int, date] = {}
    stays = set()
    for award, ends_on in parts.values_list("award", "ends_on"):
        if ends_on is None or ends_on >= scope.day:
            stays.add(award)
        else:
            gone[award] = max(ends_on, gone.get(award, ends_on))
    days: dict[date, list[int]] = defaultdict(list)
    for award, day in gone.items():
        if award not in stays:
            days[day].append(award)
    return days


def _commitments(clauses: list[Clause], awards: list[Award]) -> dict[int, list[Commitment]]:
    found: dict[int, list[Commitment]] = defaultdict(list)
    rows = Commitment.objects.filter(clause__in=clauses, award__in=awards)
    for commitment in rows.prefetch_related("objectives__events").order_by("pk"):
        found[commitment.clause_id].append(commitment)
    return found


def _may_commit(clause: Clause, awards: list[Award], commitments: list[Commitment]) -> bool:
    """An accepted or running clause with an award that owes nothing under it yet."""
    ready = clause.state in (ClauseState.AGREED, ClauseState.RUNNING)
    return ready and len(awards) > len(commitments)


def _contracts(
    operation: Operation, blocks: dict[int, LotBlock], *, full: bool
) -> list[ContractBlock]:
    found: dict[int, ContractBlock] = {}
    if full:
        contracts = operation.contracts.select_related("cpv", "convention")
        found = {one.pk: ContractBlock(one, duty=duty_line(one)) for one in contracts}
    for block in blocks.values():
        contract = block.lot.contract
        found.setdefault(contract.pk, ContractBlock(contract)).lots.append(block)
    return list(found.values())


def next_step(operation: Operation, tree: Tree) -> Step | None:
    """What is missing first, for the referent: contract, clause, award, commitment, check."""
    if not tree.contracts:
        return Step("Ajouter un contrat", reverse("contract-new", args=[operation.pk]))
    lines = [line for block in tree.lots for line in block.clauses]
    if not lines:
        return Step("Écrire la clause", reverse("clause-new", args=[tree.lots[0].lot.pk]))
    for block in tree.lots:
        for line in block.clauses:
            step = _step_of(block, line)
            if step is not None:
                return step
    return None


def _step_of(block: LotBlock, line: ClauseLine) -> Step | None:
    """What this clause lacks; None when it runs, waits for its buyer or is over."""
    clause = line.clause
    if clause.state == ClauseState.DRAFT and clause.target_hours is None:
        return Step("Compléter la clause", reverse("clause-edit", args=[clause.pk]))
    if clause.state == ClauseState.AGREED and not block.awards:
        return Step("Enregistrer l’attribution", reverse("award-new", args=[block.lot.pk]))
    reserved = clause.instrument == Instrument.RESERVED
    if line.may_commit and not reserved:
        return Step("Enregistrer l’engagement", reverse("commitment-new", args=[clause.pk]))
    label = _ON_ITS_PAGE.get(clause.state)
    if clause.state == ClauseState.RUNNING and line.progress.waiting:
        label = "Vérifier les heures"
    return Step(label, reverse("clause", args=[clause.pk])) if label else None


_ON_ITS_PAGE: dict[str, str] = {
    ClauseState.DRAFT: "Relire et proposer la clause",
    ClauseState.AGREED: "Démarrer l’exécution",
    ClauseState.ENDED: "Clore la clause",
}
"""States whose next act is the main button of the clause's page."""


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None
