"""Versions of a contract's calibration: computing one, keeping it, choosing the one retained.

What a version computes from never changes: another try is another version. The one retained gives
its volume to the insertion clauses still being written, and to no other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from coclause.clauses.choices import CalibrationMethod, CostBasis, Theme
from coclause.clauses.models import Calibration, CalibrationLine, Clause, Contract, Lot
from coclause.clauses.permissions import is_referent
from coclause.clauses.states import ClauseState
from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.law import calibration as law
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours

LARGEST_HOURS = 5_000_000
"""What a clause may propose at most; beyond, an input is a slip."""
WHOLE = "Ensemble du contrat"

_NAMES = {
    "amount": "le montant",
    "labour_share": "la part de main-d’œuvre",
    "hourly_cost": "le coût horaire",
    "hours_worked": "les heures travaillées",
    "rate": "le taux d’insertion",
}


@dataclass(frozen=True)
class DraftLine:
    """What one lot, or the whole contract without `lot`, is computed from.

    Shares and rates are fractions, amounts in euros without tax, costs in euros an hour. Only the
    inputs of its method are read. `sources` says where each comes from, by the field's name.
    """

    method: str
    rate: Decimal | None
    lot: Lot | None = None
    amount: Decimal | None = None
    labour_share: Decimal | None = None
    hourly_cost: Decimal | None = None
    cost_basis: str = CostBasis.COST
    hours_worked: Decimal | None = None
    transferred_hours: Decimal = Decimal(0)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.lot) if self.lot else WHOLE

    @property
    def inputs(self) -> tuple[str, ...]:
        """The fields that its method reads."""
        if self.method == CalibrationMethod.AMOUNT:
            return ("amount", "labour_share", "hourly_cost", "rate")
        transferred = ("transferred_hours",) if self.transferred_hours else ()
        return ("hours_worked", *transferred, "rate")


@dataclass(frozen=True)
class Draft:
    """A version before it is kept. `step` is the rounding, in hours."""

    title: str
    step: int
    lines: tuple[DraftLine, ...]
    note: str = ""


@dataclass(frozen=True)
class Retained:
    """What retaining a version changed: the clauses written, and what it left, in sentences."""

    written: tuple[Clause, ...]
    left: tuple[str, ...]


def computed(draft: Draft, day: date) -> tuple[law.Calibration, ...]:
    """The result of each line, by the useful minimum of that day. Raises Refused."""
    start = law.defaults(day)
    if Decimal(draft.step) not in [step.value for step in start.steps]:
        told = " ou ".join(f"{step.value:.0f}" for step in start.steps)
        raise Refused(f"L’arrondi se fait à {told} heures : choisissez l’un des deux.")
    if not draft.lines:
        raise Refused("Rien à calculer : donnez le montant ou les heures d’un lot au moins.")
    return tuple(worked_out(line, draft.step, start.minimum.value) for line in draft.lines)


def worked_out(line: DraftLine, step: int, minimum: Decimal | int) -> law.Calibration:
    """The result of one line, with the steps of its calculation. Raises Refused."""
    missing = [name for name in line.inputs if getattr(line, name) is None]
    if missing:
        raise Refused(f"{line.name} : il manque {', '.join(_NAMES[name] for name in missing)}.")
    try:
        if line.method == CalibrationMethod.AMOUNT:
            found = law.from_amount(
                line.amount or 0,
                line.labour_share or 0,
                line.rate or 0,
                line.hourly_cost or 0,
                step=step,
                minimum=minimum,
            )
        else:
            found = law.from_hours(
                line.hours_worked or 0,
                line.rate or 0,
                transferred_hours=line.transferred_hours,
                step=step,
                minimum=minimum,
            )
    except law.CalibrationError as error:
        raise Refused(f"{line.name} : {error}.") from error
    if found.exact > LARGEST_HOURS:
        raise Refused(
            f"{line.name} : {hours(found.exact)}, c’est plus qu’une clause ne peut demander"
            f" ({hours(LARGEST_HOURS)}). Vérifiez le montant, les heures et le coût horaire."
        )
    return found


def as_draft(line: CalibrationLine) -> DraftLine:
    """A kept line as it was given."""
    return DraftLine(
        method=line.method,
        rate=line.rate,
        lot=line.lot,
        amount=line.amount,
        labour_share=line.labour_share,
        hourly_cost=line.hourly_cost,
        cost_basis=line.cost_basis,
        hours_worked=line.hours_worked,
        transferred_hours=line.transferred_hours,
        sources=line.sources,
    )


def together(
    parts: Iterable[tuple[Decimal, int | None]], step: int, minimum: Decimal | int
) -> law.Calibration | None:
    """What lots too small apart give once put together; None unless there are two of them.

    `parts` holds, for each lot, its exact hours and those to write, None when it is too small.
    """
    small = [exact for exact, written in parts if written is None and exact > 0]
    return law.globalised(small, step=step, minimum=minimum) if len(small) > 1 else None


@transaction.atomic
def calibrate(scope: Scope, contract: Contract, draft: Draft) -> Calibration:
    """Keep a new version, numbered after the last, by the referent host alone. Raises Refused."""
    operation = contract.operation
    if scope.user is None or not is_referent(operation, scope):
        raise PermissionDenied
    results = computed(draft, scope.day)
    locked = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    _check_lots(locked, draft)
    last = locked.calibrations.aggregate(last=Max("number"))["last"] or 0
    version = Calibration.objects.create(
        contract=locked,
        number=last + 1,
        title=draft.title.strip(),
        note=draft.note.strip(),
        step=draft.step,
        minimum=int(law.defaults(scope.day).minimum.value),
        author=scope.user,
        day=scope.day,
    )
    CalibrationLine.objects.bulk_create(
        _line(version, line, result) for line, result in zip(draft.lines, results, strict=True)
    )
    total = sum(result.hours or 0 for result in results)
    told = f"{hours(total)} à demander" if total else "trop petit pour une clause"
    record_act(
        scope.user,
        "calibration.recorded",
        f"Calibrage enregistré, version {version.number} « {version.title} » : {told}.",
        operation,
        locked,
        day=scope.day,
    )
    return version


@transaction.atomic
def retain(scope: Scope, version: Calibration, *, seen: int | None) -> Retained:
    """Choose a version; `seen` is the one retained when the page was read, None when none was.

    The volume goes to the insertion clauses of its lots that are still being written. Raises
    Conflict when another was retained meanwhile.
    """
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=version.contract_id)
    operation = contract.operation
    if not is_referent(operation, scope):
        raise PermissionDenied
    now = contract.calibrations.filter(retained_on__isnull=False).first()
    if (now.pk if now else None) != seen:
        raise Conflict(
            "Une autre version vient d’être retenue ou remplacée. Relisez le tableau, puis"
            " retenez celle que vous voulez."
        )
    if now is not None and now.pk == version.pk:
        raise Refused("Cette version est déjà celle qui est retenue.")
    contract.calibrations.filter(retained_on__isnull=False).update(retained_on=None)
    contract.calibrations.filter(pk=version.pk).update(retained_on=scope.day)
    version.retained_on = scope.day
    done = _write_volumes(version, contract)
    record_act(
        scope.user,
        "calibration.retained",
        f"Calibrage retenu : version {version.number} « {version.title} ».",
        operation,
        contract,
        *done.written,
        day=scope.day,
    )
    return done


def retained_hours(lot: Lot) -> int | None:
    """Hours that the retained version asks of that lot; the whole's for the only lot there is.

    None when no version is retained, when the lot is left out or too small, or when the version
    speaks of several lots together.
    """
    lines = CalibrationLine.objects.filter(
        calibration__contract=lot.contract_id, calibration__retained_on__isnull=False
    )
    own = lines.filter(lot=lot).first()
    if own is None and lot.contract.lots.count() == 1:
        own = lines.filter(lot=None).first()
    return own.hours if own else None


def lots_named(lots: Sequence[Lot]) -> str:
    """`Lot 2`, `Lots 2, 5 et 7`."""
    numbers = [str(lot.number) for lot in lots]
    if len(numbers) == 1:
        return f"Lot {numbers[0]}"
    return f"Lots {', '.join(numbers[:-1])} et {numbers[-1]}"


def _check_lots(contract: Contract, draft: Draft) -> None:
    """One line for the whole, or one for each of some lots of this contract."""
    lots = [line.lot.pk for line in draft.lines if line.lot]
    if len(lots) != len(draft.lines) and len(draft.lines) > 1:
        raise Refused("Une version porte sur l’ensemble ou sur des lots, pas sur les deux.")
    own = set(contract.lots.values_list("pk", flat=True))
    if len(set(lots)) != len(lots) or not own.issuperset(lots):
        raise Refused("Les lots du contrat ont changé entre-temps : reprenez le calibrage.")


def _line(version: Calibration, line: DraftLine, result: law.Calibration) -> CalibrationLine:
    by_amount = line.method == CalibrationMethod.AMOUNT
    inputs: dict[str, Any] = {name: getattr(line, name) for name in line.inputs}
    return CalibrationLine(
        **inputs,
        calibration=version,
        lot=line.lot,
        method=line.method,
        cost_basis=line.cost_basis if by_amount else "",
        sources={name: line.sources[name] for name in line.inputs if line.sources.get(name)},
        exact=result.exact,
        hours=result.hours,
    )


def _write_volumes(version: Calibration, contract: Contract) -> Retained:
    """Give the clauses being written their volume, each only if it still is being written."""
    lines = list(version.lines.select_related("lot"))
    lots = list(contract.lots.all())
    written: list[Clause] = []
    left: list[str] = []
    small: list[Lot] = []
    missing: list[Lot] = []
    clauses = list(Clause.objects.filter(lot__in=lots, theme=Theme.INSERTION).select_related("lot"))
    for line in lines:
        lot = line.lot or (lots[0] if len(lots) == 1 else None)
        if lot is None:
            left.append(
                "Cette version porte sur l’ensemble d’un contrat à plusieurs lots : répartissez le"
                " volume en écrivant la clause de chaque lot."
            )
            continue
        if line.hours is None:
            small.append(lot)
            continue
        found = [clause for clause in clauses if clause.lot_id == lot.pk]
        if not found:
            missing.append(lot)
        for clause in found:
            _write_volume(clause, line.hours, written, left)
    if small:
        left.append(f"{lots_named(small)} : trop petit, aucun volume n’est porté.")
    if missing:
        left.append(
            f"{lots_named(missing)} : pas encore de clause d’insertion ; elle s’écrira avec ce"
            " volume."
        )
    return Retained(tuple(written), tuple(left))


def _write_volume(clause: Clause, volume: int, written: list[Clause], left: list[str]) -> None:
    still = Clause.objects.filter(pk=clause.pk, state=ClauseState.DRAFT)
    if still.update(target_hours=volume):
        written.append(clause)
        return
    before = "non connu" if clause.target_hours is None else hours(clause.target_hours)
    left.append(
        f"{lots_named([clause.lot])} : sa clause n’est plus en projet, son volume proposé"
        f" ({before}) n’a pas changé."
    )
