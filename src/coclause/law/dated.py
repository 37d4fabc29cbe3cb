"""Dated values read from `data/*.toml`: by code and day, never by the nearest period."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Dated:
    """A value in force from `first` to `last`, both included; no `last`: no announced end.

    `reference` is its article or source, `journal` the date of the Journal officiel when it was
    published there and the day is known, `text_date` the date of the version that was read.
    """

    code: str
    value: Decimal
    first: date
    last: date | None
    reference: str
    journal: date | None = None
    text_date: date | None = None


@dataclass(frozen=True)
class Text:
    """The version of the code that was read: `consolidated` on that date, `collected` before."""

    consolidated: date
    collected: str
    source: str


@cache
def tables(name: str) -> tuple[dict[str, Any], ...]:
    """The rows of that name, all files together, in the order of the files. Numbers are exact."""
    return tuple(row for content in _files() for row in content.get(name, ()))


@cache
def text() -> Text:
    """The version of the texts, to be shown with every answer."""
    (found,) = (content["text"] for content in _files() if "text" in content)
    return Text(**found)


@cache
def history(code: str) -> tuple[Dated, ...]:
    """Every period of a code, in order of time. Raises KeyError when no file knows it."""
    found = sorted((row for row in values() if row.code == code), key=lambda row: row.first)
    if not found:
        raise KeyError(code)
    return tuple(found)


def on(code: str, day: date) -> Dated | None:
    """The value in force that day; None when no period holds it, even just after the last one."""
    return next((row for row in history(code) if holds(day, row.first, row.last)), None)


def required(code: str, day: date) -> Dated:
    """The same, when an answer cannot do without. Raises LookupError, with a French sentence."""
    found = on(code, day)
    if found is None:
        raise LookupError(f"{code} : aucune valeur connue au {day:%d/%m/%Y}")
    return found


def known(code: str, day: date) -> Decimal:
    """The value itself. Raises LookupError as `required` does."""
    return required(code, day).value


def holds(day: date, first: date, last: date | None) -> bool:
    """Whether the day is in the period, both ends included."""
    return first <= day and (last is None or day <= last)


@cache
def values() -> tuple[Dated, ...]:
    """Every dated value of every file."""
    return tuple(
        Dated(
            code=row["code"],
            value=Decimal(row["value"]),
            first=row["from"],
            last=row.get("to"),
            reference=row["reference"],
            journal=row.get("journal"),
            text_date=row.get("text_date"),
        )
        for row in tables("value")
    )


def faults(rows: Iterable[Dated]) -> list[str]:
    """What is wrong in the periods: reversed, overlapping, or with a gap between two of a code."""
    by_code: dict[str, list[Dated]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
    return [fault for periods in by_code.values() for fault in _faults_of(periods)]


def _faults_of(periods: list[Dated]) -> Iterator[str]:
    ordered = sorted(periods, key=lambda row: row.first)
    for row in ordered:
        if row.last is not None and row.last < row.first:
            yield f"{row.code}: ends before it begins on {row.first}"
    for before, after in pairwise(ordered):
        if before.last is None or before.last >= after.first:
            yield f"{before.code}: overlap on {after.first}"
        elif before.last + ONE_DAY != after.first:
            yield f"{before.code}: gap after {before.last}"


@cache
def _files() -> tuple[dict[str, Any], ...]:
    return tuple(
        tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        for path in sorted(DATA.glob("*.toml"))
    )
