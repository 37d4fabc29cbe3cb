"""Facilitators in post, and who pays them."""

from decimal import Decimal

from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, PeriodKind, Row, Value

ZERO = Decimal(0)


def _known(facts: Facts) -> bool:
    """Posts belong to hosts: a place of execution or a buyer has none of its own."""
    return not facts.perimeter.by_operation


def _count(facts: Facts) -> Value:
    return len({post.user for post in facts.posts}) if _known(facts) else None


def _fte(facts: Facts) -> Value:
    return sum((post.fte for post in facts.posts), ZERO) if _known(facts) else None


def _rows(facts: Facts) -> list[Row]:
    """One row for each person in post."""
    people = {post.user: post for post in facts.posts} if _known(facts) else {}
    return [
        {"facilitator": post.user, "facilitator_name": post.name, "host": post.host, "value": 1}
        for post in people.values()
    ]


def _post_rows(facts: Facts) -> list[Row]:
    return [
        {
            "facilitator": post.user,
            "facilitator_name": post.name,
            "host": post.host,
            "value": post.fte,
        }
        for post in (facts.posts if _known(facts) else ())
    ]


INDICATORS = (
    Indicator(
        code="facilitators",
        label="Facilitateurs",
        unit="personnes",
        definition="Personnes en poste de facilitateur le dernier jour de la période, dans une"
        " structure porteuse du périmètre.",
        period=PeriodKind.STOCK,
        compute=_count,
        rows=_rows,
    ),
    Indicator(
        code="facilitators_fte",
        label="ETP de facilitateurs",
        unit="ETP",
        definition="Somme des temps de travail des facilitateurs en poste le dernier jour de la"
        " période, en équivalents temps plein.",
        period=PeriodKind.STOCK,
        compute=_fte,
        rows=_post_rows,
    ),
)
