"""The calibration note: how the hours of a clause were computed, version beside version.

The caller computes; this module words and lays out. What closed contracts achieved is a finding,
never a recommendation, and is not shown when fewer than ``FEWEST`` contracts are behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from coclause.render.duty_answer import Reason
from coclause.render.numbers import NO_BREAK, UNKNOWN, amount, date_fr, hours, integer
from coclause.render.pdf import TEMPLATES, pdf

FEWEST: Final = 5
"""Contracts under which nothing of what was achieved is shown."""
ABREAST: Final = 3
"""Versions that stand side by side on the width of a page; more go on the next rows."""


@dataclass(frozen=True)
class Input:
    """One value that the computation takes, worded with its unit, and where it comes from."""

    label: str
    value: str
    source: str


@dataclass(frozen=True)
class Effort:
    """The result for a lot, or for the whole. ``hours`` is ``None`` when nothing is committed.

    ``remark`` says why: below the useful minimum, or unknown. ``exact`` is before rounding.
    """

    name: str
    method: str
    inputs: Sequence[Input]
    exact: Decimal | None
    hours: int | None
    remark: str = ""


@dataclass(frozen=True)
class Version:
    """One computation, kept: who made it, when, for the whole and for each lot."""

    name: str
    author: str
    made_on: date
    whole: Effort
    lots: Sequence[Effort] = ()
    retained: bool = False


@dataclass(frozen=True)
class Quartiles:
    """First quartile, median, third quartile; hours per 1 000 € HT."""

    low: Decimal
    median: Decimal
    high: Decimal


@dataclass(frozen=True)
class Achieved:
    """What closed contracts of the region did, in one CPV division."""

    division: str
    """Code and label: ``45 Travaux de construction``."""
    period: str
    contracts: int
    achieved: Quartiles | None
    committed: Quartiles | None
    rate: str
    """Achieved hours on committed hours, worded; empty when unknown."""
    proposed: Decimal | None
    """Hours per 1 000 € HT of the retained version."""
    place: str = ""
    """Where the proposed figure stands, in words: ``entre la médiane et le troisième quartile``."""


@dataclass(frozen=True)
class CalibrationNoteDocument:
    """Everything the note says."""

    operation: str
    buyer: str
    contract: str
    author: str
    day: date
    about: Sequence[tuple[str, str]]
    versions: Sequence[Version]
    formulas: Sequence[tuple[str, str]]
    """Method and its formula in words."""
    achieved: Achieved | None
    globalisation: Sequence[str]
    instrument: str
    instrument_reasons: Sequence[Reason]
    duty: str
    """The verdict in a sentence; empty when it was not asked."""
    duty_reasons: Sequence[Reason]
    text_date: date
    """Day of the consolidated text that was read."""


def calibration_note(document: CalibrationNoteDocument, *, fonts: Path) -> bytes:
    """The tagged PDF of ``document``. Raises ``ValueError`` when Typst refuses it."""
    return pdf(
        TEMPLATES / "calibration_note.typ",
        as_data(document),
        fonts=fonts,
        title=title_of(document),
        day=document.day,
    )


def title_of(document: CalibrationNoteDocument) -> str:
    """``Note de calibrage : Rénovation de l’école``."""
    return f"Note de calibrage{NO_BREAK}: {document.operation}"


def as_data(document: CalibrationNoteDocument) -> dict[str, Any]:
    """``document`` in words, as the template reads it."""
    sources = _sources(document.versions)
    rows = [
        document.versions[at : at + ABREAST] for at in range(0, len(document.versions), ABREAST)
    ]
    facts = (
        ("Opération", document.operation),
        ("Acheteur", document.buyer),
        ("Contrat", document.contract),
        *document.about,
        ("Note établie par", document.author),
    )
    retained = next((one for one in document.versions if one.retained), None)
    return {
        "dated": f"Note du {date_fr(document.day)}",
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "retained": _retained(retained),
        "groups": [_group(row, sources) for row in rows],
        "sources": list(sources),
        "formulas": [{"method": method, "words": words} for method, words in document.formulas],
        "achieved": _achieved(document.achieved),
        "globalisation": list(document.globalisation),
        "instrument": document.instrument,
        "instrument_reasons": [_reason(one) for one in document.instrument_reasons],
        "duty": document.duty,
        "duty_reasons": [_reason(one) for one in document.duty_reasons],
        "text_date": date_fr(document.text_date),
    }


def _sources(versions: Sequence[Version]) -> dict[str, int]:
    """Each source once, with the number that inputs bear."""
    found: dict[str, int] = {}
    for version in versions:
        for effort in (version.whole, *version.lots):
            for one in effort.inputs:
                if one.source:
                    found.setdefault(one.source, len(found) + 1)
    return found


def _retained(version: Version | None) -> dict[str, str]:
    if version is None:
        return {"words": "Aucune version n’est retenue", "sentence": ""}
    return {
        "words": _committed(version.whole),
        "sentence": f"Version retenue{NO_BREAK}: {version.name}. {version.whole.remark}".strip(),
    }


def _committed(effort: Effort) -> str:
    return hours(effort.hours) if effort.hours is not None else "Pas d’engagement"


def _group(versions: Sequence[Version], sources: dict[str, int]) -> dict[str, Any]:
    labels = dict.fromkeys(one.label for version in versions for one in version.whole.inputs)
    names = dict.fromkeys(lot.name for version in versions for lot in version.lots)
    return {
        "heads": [
            {
                "name": version.name,
                "by": f"{version.author}, {date_fr(version.made_on)}",
                "retained": version.retained,
            }
            for version in versions
        ],
        "whole": [
            _line("Méthode", [[_said(one.whole.method)] for one in versions]),
            *(
                _line(label, [_given(one.whole, label, sources) for one in versions])
                for label in labels
            ),
            _line("Résultat exact", [[_said(_exact(one.whole))] for one in versions]),
            _line("Engagement", [_result(one.whole) for one in versions], strong=True),
        ],
        "lots": [
            _line(name, [_lot(version, name, sources) for version in versions]) for name in names
        ],
    }


def _line(
    label: str, cells: Sequence[Sequence[dict[str, str]]], *, strong: bool = False
) -> dict[str, Any]:
    return {"label": label, "cells": [list(cell) for cell in cells], "strong": strong}


def _said(words: str, mark: str = "", kind: str = "plain") -> dict[str, str]:
    return {"words": words, "mark": mark, "kind": kind}


def _given(effort: Effort, label: str, sources: dict[str, int]) -> list[dict[str, str]]:
    return [
        _said(one.value, str(sources.get(one.source, "")))
        for one in effort.inputs
        if one.label == label
    ] or [_said("sans objet", kind="small")]


def _exact(effort: Effort) -> str:
    return amount(effort.exact, "h")


def _result(effort: Effort) -> list[dict[str, str]]:
    found = [_said(_committed(effort), kind="strong")]
    return [*found, _said(effort.remark, kind="small")] if effort.remark else found


def _lot(version: Version, name: str, sources: dict[str, int]) -> list[dict[str, str]]:
    effort = next((one for one in version.lots if one.name == name), None)
    if effort is None:
        return [_said("non calculé", kind="small")]
    found = [
        _said(_committed(effort), kind="strong"),
        _said(f"exact{NO_BREAK}: {_exact(effort)}", kind="small"),
    ]
    if effort.method != version.whole.method:
        found.append(_said(effort.method, kind="small"))
    found.extend(
        _said(f"{one.label}{NO_BREAK}: {one.value}", str(sources.get(one.source, "")), "small")
        for one in effort.inputs
        if one not in version.whole.inputs
    )
    return [*found, _said(effort.remark, kind="small")] if effort.remark else found


def _reason(reason: Reason) -> dict[str, str]:
    return {"text": reason.text, "article": reason.article}


def _achieved(found: Achieved | None) -> dict[str, Any]:
    if found is None or found.contracts < FEWEST or found.achieved is None:
        return {"shown": False, "fewest": FEWEST, "division": found.division if found else ""}
    scale = max(found.achieved.high, found.proposed or Decimal(0)) or Decimal(1)
    rows = [_quartile_row("Heures réalisées", found.achieved)]
    if found.committed is not None:
        rows.append(_quartile_row("Heures engagées", found.committed))
    return {
        "shown": True,
        "division": found.division,
        "period": found.period,
        "contracts": integer(found.contracts),
        "rows": rows,
        "rate": found.rate or UNKNOWN,
        "proposed": _two_places(found.proposed) if found.proposed is not None else UNKNOWN,
        "place": found.place,
        "low": float(found.achieved.low / scale),
        "median": float(found.achieved.median / scale),
        "high": float(found.achieved.high / scale),
        "tick": float(found.proposed / scale) if found.proposed is not None else None,
    }


def _quartile_row(label: str, quartiles: Quartiles) -> dict[str, Any]:
    values = (quartiles.low, quartiles.median, quartiles.high)
    return {"label": label, "values": [_two_places(one) for one in values]}


def _two_places(value: Decimal) -> str:
    """Hours per 1 000 €, always with two decimals so that figures compare down a column."""
    return f"{value:.2f}".replace(".", ",")
