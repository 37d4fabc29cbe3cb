"""One contract out of all the rows that speak of it, in whatever order they come.

Rows are holders × successive states. States are told apart by the buyer's number, else by their
date; two amounts for one state are not added: the larger is kept and doubted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from coclause.watch.decp.records import Holder, RawContract, RawState
from coclause.watch.decp.social import ordered

_SAID_ONCE = tuple(
    field.name
    for field in fields(RawContract)
    if field.name
    not in {"where", "kind", "buyer_siret", "buyer_siret_doubtful", "published_id"}
    | {"states", "considerations"}
)


@dataclass(frozen=True, slots=True)
class Current:
    """What holds today: the last thing said of each fact."""

    notified_on: date
    amount: Decimal | None
    amount_doubtful: bool
    duration_months: int | None
    holders: tuple[Holder, ...]


def combine(rows: Sequence[RawContract]) -> RawContract:
    """The contract that the rows of one file make together; the order of rows does not matter.

    Of a fact said twice, the row with the latest state is believed.
    """
    in_order = sorted(rows, key=_rank)
    said = {name: _last_said(getattr(row, name) for row in in_order) for name in _SAID_ONCE}
    return replace(
        in_order[0],
        **said,
        where=min(row.where for row in rows),
        states=arrange((state for row in rows for state in row.states), _both),
        considerations=ordered(value for row in rows for value in row.considerations),
    )


def supersede(old: RawContract, new: RawContract) -> RawContract:
    """What is known once `new` is published after `old`: silence erases nothing."""
    said = {name: _last_said((getattr(old, name), getattr(new, name))) for name in _SAID_ONCE}
    return replace(
        new,
        **said,
        states=arrange((*old.states, *new.states), _later),
        considerations=new.considerations or old.considerations,
    )


def current(contract: RawContract) -> Current:
    """The first notification and the last state; never a sum."""
    states = contract.states
    awards = [state.dated_on for state in states if not state.number]
    priced = [state for state in states if state.amount is not None or state.amount_doubtful]
    return Current(
        notified_on=min(awards or [state.dated_on for state in states]),
        amount=priced[-1].amount if priced else None,
        amount_doubtful=bool(priced) and priced[-1].amount_doubtful,
        duration_months=_last_said(state.duration_months for state in states),
        holders=_last_said(state.holders for state in states) or (),
    )


def arrange(states: Iterable[RawState], merge: Any) -> tuple[RawState, ...]:
    """States in order, one per number or date; `merge(earlier, later)` joins two of one key."""
    numbered: dict[int, RawState] = {}
    dated: dict[date, RawState] = {}
    for state in states:
        if state.number is None:
            known = dated.get(state.dated_on)
            dated[state.dated_on] = merge(known, state) if known else state
        else:
            numbered[state.number] = (
                merge(numbered[state.number], state) if state.number in numbered else state
            )
    # A table and a JSON file may tell the same state, one with its number, the other without.
    for state in sorted(numbered.values(), key=lambda s: s.number or 0):
        if twin := dated.pop(state.dated_on, None):
            numbered[state.number or 0] = _fill(state, twin)
    if not dated:
        return tuple(numbered[number] for number in sorted(numbered))
    everything = (*numbered.values(), *dated.values())
    return tuple(sorted(everything, key=lambda s: (s.dated_on, s.number or 0)))


def _both(one: RawState, other: RawState) -> RawState:
    """Two rows of the same state of one file: holders add up, amounts do not."""
    amounts = [state.amount for state in (one, other) if state.amount is not None]
    months = [s.duration_months for s in (one, other) if s.duration_months is not None]
    return RawState(
        dated_on=min(one.dated_on, other.dated_on),
        number=one.number,
        amount=max(amounts, default=None),
        amount_doubtful=one.amount_doubtful or other.amount_doubtful or len(set(amounts)) > 1,
        duration_months=max(months, default=None),
        holders=_holders((*one.holders, *other.holders)),
    )


def _later(old: RawState, new: RawState) -> RawState:
    """The same state published again."""
    return _fill(new, old)


def _fill(state: RawState, other: RawState) -> RawState:
    """The state, with what only the other one says."""
    silent = state.amount is None and not state.amount_doubtful
    return replace(
        state,
        amount=other.amount if silent else state.amount,
        amount_doubtful=other.amount_doubtful if silent else state.amount_doubtful,
        duration_months=state.duration_months or other.duration_months,
        holders=_named(state.holders, other.holders) if state.holders else other.holders,
    )


def _holders(said: Iterable[Holder]) -> tuple[Holder, ...]:
    kept: dict[str, Holder] = {}
    for one in said:
        known = kept.get(one.identifier)
        kept[one.identifier] = reduce(max, filter(None, (known, one)))
    return tuple(sorted(kept.values()))


def _named(holders: tuple[Holder, ...], known: tuple[Holder, ...]) -> tuple[Holder, ...]:
    """Holders keep the name or type known before when it is not said again."""
    before = {holder.identifier: holder for holder in known}
    return tuple(
        replace(
            one,
            name=one.name or before[one.identifier].name,
            identifier_type=one.identifier_type or before[one.identifier].identifier_type,
        )
        if one.identifier in before
        else one
        for one in holders
    )


def _rank(row: RawContract) -> tuple[Any, ...]:
    """A total order on what rows say, so that their place in the file plays no part."""
    last = max(state.dated_on for state in row.states)
    return (last, row.published_on or date.min, repr(replace(row, where="")))


def _last_said(values: Iterable[Any]) -> Any:
    said = None
    for value in values:
        if said is None or value not in (None, "", ()):
            said = value
    return said
