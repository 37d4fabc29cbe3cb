"""Whatever happens to a clause, in any order, its figures are those of an independent recount.

Lost if this fails: trust in every figure, the frozen ones and those "as known on" a past day.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.conftest import undone
from tests.lives.ledger import Closed, Ledger
from tests.lives.living import ACTS, Life, begin, live

from coclause.clauses.models import Commitment
from coclause.closing.models import FrozenFigure
from coclause.core.actor import acting_as
from coclause.hours.globalised import pool_of
from coclause.hours.models import StatementLine
from coclause.hours.progress import progress_of_awards, progress_of_clauses
from coclause.hours.queries import LineQuerySet
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
CODES = ("hours_validated", "hours_declared", "beneficiaries", "hours_committed_running")


@settings(
    max_examples=8,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_figures_of_any_life_are_those_of_the_recount(data: st.DataObject) -> None:
    with undone():
        life = begin(data.draw)
        for act in data.draw(st.lists(st.sampled_from(ACTS), min_size=18, max_size=34)):
            live(life, act)
        _agrees(life, life.ledger, life.day, None)
        _agrees(life, life.ledger, life.day + timedelta(days=100), None)
        for count, day, moment in data.draw(
            st.lists(st.sampled_from(life.moments), max_size=3, unique=True)
        ):
            _agrees(life, life.ledger.upto(count), day, moment)
        _closures_hold(life)


def _agrees(life: Life, ledger: Ledger, day: date, known_on: datetime | None) -> None:
    """By award, clause, contract, person, pool, host and region."""
    awards = [award.pk for award in life.awards]
    found = progress_of_awards(awards, day, known_on)
    of_clauses = progress_of_clauses([life.clauses[award].pk for award in awards], day, known_on)
    for award in awards:
        stand = ledger.stand(award, day)
        for shown in (found[award], of_clauses[life.clauses[award].pk]):
            assert shown.committed == stand.committed
            assert shown.validated == stand.validated
            assert shown.waiting == stand.waiting
            assert shown.left == stand.left
            assert _close(shown.expected, stand.expected)
    lines = StatementLine.objects.validated(known_on)
    for award in awards:
        assert _sum(lines.filter(statement__award=award)) == ledger.hours(
            validated=True, awards=[award]
        )
        for row in life.employments[award]:
            mine = lines.filter(employment_month__employment=row)
            assert _sum(mine) == ledger.hours(validated=True, employment=row.pk)
    if known_on is None:
        _pools_agree(life, ledger, day)
    _catalogue_agrees(life, ledger, known_on)


def _pools_agree(life: Life, ledger: Ledger, day: date) -> None:
    commitments = {row.award_id: row.pk for row in Commitment.objects.filter(award__in=life.awards)}
    pools = pool_of(list(commitments.values()), day)
    for award in life.awards:
        members = ledger.pool_of(award.pk, day)
        pool = pools.get(commitments[award.pk])
        assert (pool is not None) == bool(members)
        if pool is None:
            continue
        stands = [ledger.stand(member, day) for member in members]
        assert pool.progress.validated == sum((s.validated for s in stands), ZERO)
        known = [s.committed for s in stands if s.committed is not None]
        assert pool.progress.committed == (sum(known, ZERO) if len(known) == len(stands) else None)


def _catalogue_agrees(life: Life, ledger: Ledger, known_on: datetime | None) -> None:
    """Hours by host follow every handover told by now: what is rewound is hours and debts."""
    region = life.hosts[0].region_id
    assert region is not None
    operations = {award: operation.pk for award, operation in life.operations.items()}
    hands = life.ledger
    for year in (2025, 2026):
        for host in (None, *life.hosts):
            asked = Perimeter(region, host=host.pk if host else None)
            with acting_as("test", day=life.day):
                shown = figures(asked, Period.year(year), known_on, codes=CODES, hide=False)
            for code, validated in (("hours_validated", True), ("hours_declared", False)):
                of_host = _by_host(
                    ledger, hands, operations, host.pk if host else None, year, validated=validated
                )
                assert shown[code].value == of_host, (code, year, host)
            if host is None:
                assert shown["beneficiaries"].value == len(ledger.people(year))


def _by_host(
    ledger: Ledger,
    hands: Ledger,
    operations: dict[int, int],
    host: int | None,
    year: int,
    *,
    validated: bool,
) -> Decimal:
    if host is None:
        return ledger.hours(validated=validated, year=year)
    return ledger.hours(validated=validated, year=year, host=(operations, host), hands=hands)


def _closures_hold(life: Life) -> None:
    """What was frozen is what was known then, and still is when it is asked again."""
    operations = {award: operation.pk for award, operation in life.operations.items()}
    for count, act in enumerate(life.acts, start=1):
        if not isinstance(act, Closed):
            continue
        frozen = FrozenFigure.objects.get(closure=act.closure, code="hours_validated")
        then = life.ledger.upto(count)
        expected = _by_host(then, then, operations, act.host, act.year, validated=True)
        assert Decimal(str(frozen.value)) == expected


def _sum(lines: LineQuerySet) -> Decimal:
    total: Decimal | None = lines.aggregate(total=Sum("hours"))["total"]
    return total or ZERO


def _close(shown: Decimal | None, counted: Decimal | None) -> bool:
    """Rounded to the hour on both sides: shares are divided to different depths."""
    if shown is None or counted is None:
        return shown is None and counted is None
    return abs(shown - counted) <= 1
