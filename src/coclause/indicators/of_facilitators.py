"""Facilitators in post, and who pays them."""

from collections.abc import Iterator

from coclause.indicators.fact_types import PostFact
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, Number, PeriodKind, Row, Value
from coclause.indicators.keys import UNKNOWN, ZERO, tally, unique, words
from coclause.organisations.choices import Funder

FTE = "Somme des temps de travail des facilitateurs en poste le dernier jour de la période"


def _posts(facts: Facts) -> list[PostFact] | None:
    """Posts belong to hosts: a place of execution or a buyer has none of its own, so None."""
    return None if facts.perimeter.by_operation else facts.posts


def _people(facts: Facts) -> list[PostFact]:
    """One post for each person."""
    return unique(_posts(facts) or (), lambda post: post.user)


def _count(facts: Facts) -> Value:
    return None if _posts(facts) is None else len(_people(facts))


def _fte(facts: Facts) -> Value:
    posts = _posts(facts)
    return None if posts is None else sum((post.fte for post in posts), ZERO)


def _funded(facts: Facts) -> Iterator[tuple[PostFact, str, Number]]:
    """Each part of a post that a funder pays, then what nobody is said to pay."""
    for post in _posts(facts) or ():
        parts = [(funder, fte) for pk, funder, fte in facts.fundings if pk == post.pk]
        for funder, fte in parts:
            yield post, funder, fte
        if rest := post.fte - sum((fte for _, fte in parts), ZERO):
            yield post, UNKNOWN, rest


def _by_funder(facts: Facts) -> Value:
    if _posts(facts) is None:
        return None
    return tally(((funder, fte) for _, funder, fte in _funded(facts)), Funder.values)


def _row(post: PostFact, value: Number, **more: object) -> Row:
    return {
        "facilitator": post.user,
        "facilitator_name": post.name,
        "host": post.host,
        **more,
        "value": value,
    }


INDICATORS = (
    Indicator(
        code="facilitators",
        label="Facilitateurs",
        unit="personnes",
        definition="Personnes en poste de facilitateur le dernier jour de la période, dans une"
        " structure porteuse du périmètre.",
        period=PeriodKind.STOCK,
        compute=_count,
        rows=lambda facts: [_row(post, 1) for post in _people(facts)],
    ),
    Indicator(
        code="facilitators_fte",
        label="ETP de facilitateurs",
        unit="ETP",
        definition=f"{FTE}, en équivalents temps plein.",
        period=PeriodKind.STOCK,
        compute=_fte,
        rows=lambda facts: [_row(post, post.fte) for post in _posts(facts) or ()],
    ),
    Indicator(
        code="facilitators_fte_by_funder",
        label="ETP de facilitateurs par financeur",
        unit="ETP",
        definition=f"{FTE}, selon qui les finance ; ce qui n’est pas réparti est dit non connu.",
        period=PeriodKind.STOCK,
        kind=Kind.BREAKDOWN,
        denominator="ETP de facilitateurs",
        compute=_by_funder,
        rows=lambda facts: [_row(p, value, key=funder) for p, funder, value in _funded(facts)],
        labels=words(Funder.choices),
        of="facilitators_fte",
    ),
)
