"""A request in words: what the law and the assumptions answered, where it stands, what to do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from coclause.network.models import BuyerRequest
from coclause.network.states import LIVE, WAITING, RequestState
from coclause.render.numbers import date_fr
from coclause.web.door.showing import range_in_words
from coclause.web.requests.access import Seen
from coclause.web.verdicts import verdict_title

S = RequestState


@dataclass(frozen=True)
class ToldVerdict:
    """What the buyer was told that day, as it was kept."""

    title: str
    threshold: int | None
    reasons: list[dict[str, Any]]
    keep: dict[str, Any] | None
    note: str


def told_verdict(asked: BuyerRequest) -> ToldVerdict | None:
    """None when nothing was kept."""
    kept = asked.verdict or {}
    if not kept.get("duty"):
        return None
    return ToldVerdict(
        title=verdict_title(kept["duty"], asked.kind),
        threshold=kept.get("threshold"),
        reasons=list(kept.get("reasons") or []),
        keep=kept.get("keep_reasons"),
        note=kept.get("text_note") or "",
    )


@dataclass(frozen=True)
class ToldEstimate:
    """The first range of hours that the buyer was given, and what it supposes."""

    hours: str
    assumptions: list[dict[str, Any]]


def told_estimate(asked: BuyerRequest) -> ToldEstimate | None:
    """None when no estimate could be given."""
    kept = asked.estimate
    if not kept or kept.get("high") is None:
        return None
    return ToldEstimate(
        hours=range_in_words(kept.get("low"), kept["high"]),
        assumptions=list(kept.get("assumptions") or []),
    )


def is_late(asked: BuyerRequest, day: date) -> bool:
    """No first answer yet, past the day promised."""
    live = asked.state in (*WAITING, S.ASKED)
    return live and asked.answered_on is None and asked.answer_by < day


def state_kind(asked: BuyerRequest, *, network: bool, day: date) -> str:
    """The colour of the state: the reader's turn, late, or at rest."""
    if asked.state not in LIVE:
        return "off"
    if is_late(asked, day):
        return "bad"
    turn = WAITING if network else (S.ASKED,)
    return "todo" if asked.state in turn else "ok"


@dataclass(frozen=True)
class Step:
    """What comes now, in a sentence, and what it is for."""

    title: str
    note: str
    mine: bool


def next_step(seen: Seen, day: date) -> Step:
    """What to do first, for who reads."""
    return _for_network(seen.request, day) if seen.answers else _for_buyer(seen.request)


def _for_network(asked: BuyerRequest, day: date) -> Step:
    promise = f"Première réponse promise le {date_fr(asked.answer_by)}"
    if asked.answered_on is None and asked.answer_by < day:
        promise += f" : {(day - asked.answer_by).days} jours de retard"
    if asked.answered_on is not None:
        promise = f"Première réponse faite le {date_fr(asked.answered_on)}"
    since = date_fr(asked.state_since)
    return {
        S.NEW: Step("Prendre la demande, ou la confier à quelqu’un", f"{promise}.", mine=True),
        S.TAKEN: Step(
            "Répondre à l’acheteur" if asked.answered_on is None else "Poursuivre l’échange",
            f"{promise}. Écrivez ci-dessous : il reçoit un courriel.",
            mine=True,
        ),
        S.ASKED: Step(
            "L’acheteur doit répondre à la question",
            f"Question posée le {since}. Un appel peut suffire.",
            mine=False,
        ),
        S.ANSWERED: Step(
            "Ouvrir l’opération, ou classer la demande",
            f"Réponse faite le {since}. L’acheteur peut encore écrire.",
            mine=True,
        ),
        S.OPENED: Step("La demande est devenue une opération", f"Depuis le {since}.", mine=False),
        S.CLOSED: Step("La demande est classée", f"Depuis le {since}.", mine=False),
    }[S(asked.state)]


def _for_buyer(asked: BuyerRequest) -> Step:
    who = str(asked.facilitator or asked.organisation or "Le réseau")
    since = date_fr(asked.state_since)
    promised = f"{who} vous répond au plus tard le {date_fr(asked.answer_by)}"
    waiting = promised if asked.answered_on is None else f"{who} a lu votre dernier message"
    return {
        S.NEW: Step("Votre demande est arrivée", f"{promised}.", mine=False),
        S.TAKEN: Step("Votre demande est prise en charge", f"{waiting}.", mine=False),
        S.ASKED: Step(
            "Répondre à la question posée",
            f"{who} attend votre réponse depuis le {since}.",
            mine=True,
        ),
        S.ANSWERED: Step(
            "Lire la réponse", f"Faite le {since}. Vous pouvez encore écrire ci-dessous.", mine=True
        ),
        S.OPENED: Step(
            "Votre demande est devenue une opération",
            f"Depuis le {since}. Suivez-la dans vos opérations.",
            mine=False,
        ),
        S.CLOSED: Step("Votre demande est terminée", f"Depuis le {since}.", mine=False),
    }[S(asked.state)]
