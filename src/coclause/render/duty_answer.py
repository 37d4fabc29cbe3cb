"""« Garder cette réponse » : the public answer on the duty, on paper, with all that founds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from coclause.render.numbers import NO_BREAK, UNKNOWN, date_fr, integer
from coclause.render.pdf import TEMPLATES, pdf

Duty = Literal["due", "not_due", "exempt", "unknown"]
VERDICTS: Final[dict[Duty, str]] = {
    "due": "Une condition sociale est obligatoire",
    "not_due": "Une condition sociale n’est pas obligatoire",
    "exempt": "L’acheteur invoque une exception",
    "unknown": "La réponse n’est pas connue",
}
TITLE: Final = f"Condition sociale{NO_BREAK}: la réponse pour ce contrat"


@dataclass(frozen=True)
class Reason:
    """A sentence and the article on which it rests; ``article`` may be empty."""

    text: str
    article: str = ""


@dataclass(frozen=True)
class Assumption:
    """A value that the estimate takes, and where it comes from."""

    label: str
    value: str
    source: str


@dataclass(frozen=True)
class Estimate:
    """A first order of magnitude, in hours; ``None`` when it cannot be computed."""

    low: int | None
    high: int | None
    assumptions: Sequence[Assumption]
    note: str = ""


@dataclass(frozen=True)
class Contact:
    """Who answers for this place. ``note`` says why this person, or that nobody is in charge."""

    name: str
    host: str
    email: str = ""
    phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class DutyAnswerDocument:
    """The answer as it was shown, so that it can be kept."""

    answered_on: date
    about: Sequence[tuple[str, str]]
    """What was asked: label and value."""
    duty: Duty
    sentence: str
    reasons: Sequence[Reason]
    exemptions: Sequence[Reason]
    """Cases that the buyer may invoke here; empty when there is none."""
    keep_where: Reason | None
    """Where reasons are kept when a case is invoked."""
    text_date: date
    """Day of the consolidated text that was read."""
    text_source: str
    estimate: Estimate | None = None
    facilitator: Contact | None = None
    instrument: str = ""
    """The instrument that is recommended, in a sentence, if any."""


def duty_answer(document: DutyAnswerDocument, *, fonts: Path) -> bytes:
    """The tagged PDF of ``document``. Raises ``ValueError`` when Typst refuses it."""
    return pdf(
        TEMPLATES / "duty_answer.typ",
        as_data(document),
        fonts=fonts,
        title=TITLE,
        day=document.answered_on,
    )


def as_data(document: DutyAnswerDocument) -> dict[str, Any]:
    """``document`` in words, as the template reads it."""
    return {
        "dated": f"Réponse du {date_fr(document.answered_on)}",
        "facts": [{"label": label, "value": value} for label, value in document.about],
        "duty": document.duty,
        "verdict": VERDICTS[document.duty],
        "sentence": document.sentence,
        "reasons": [_reason(one) for one in document.reasons],
        "exemptions": [_reason(one) for one in document.exemptions],
        "keep_where": _reason(document.keep_where) if document.keep_where else None,
        "estimate": _estimate(document.estimate) if document.estimate else None,
        "facilitator": _contact(document.facilitator) if document.facilitator else None,
        "instrument": document.instrument,
        "text_date": date_fr(document.text_date),
        "text_source": document.text_source,
    }


def range_words(low: int | None, high: int | None) -> str:
    """``entre 400 et 850 h``, ``environ 400 h``, ``non connu``."""
    if low is None and high is None:
        return UNKNOWN
    if low is None or high is None or low == high:
        return f"environ {integer(high if low is None else low)}{NO_BREAK}h"
    return f"entre {integer(low)} et {integer(high)}{NO_BREAK}h"


def _reason(reason: Reason) -> dict[str, str]:
    return {"text": reason.text, "article": reason.article}


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "words": range_words(estimate.low, estimate.high),
        "known": estimate.low is not None or estimate.high is not None,
        "note": estimate.note,
        "assumptions": [
            {"label": one.label, "value": one.value, "source": one.source}
            for one in estimate.assumptions
        ],
    }


def _contact(contact: Contact) -> dict[str, Any]:
    rows = (
        ("Facilitateur", contact.name),
        ("Structure", contact.host),
        ("Courriel", contact.email),
        ("Téléphone", contact.phone),
    )
    return {
        "rows": [{"label": label, "value": value} for label, value in rows if value],
        "note": contact.note,
    }
