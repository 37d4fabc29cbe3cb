"""The desk of a user: what is late, what to do this week, what comes next, whom they wait for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from coclause.clauses import due as clauses_due
from coclause.clauses.due import DueItem
from coclause.core.models import JournalEntry
from coclause.hours import due as hours_due
from coclause.hours.due import Running
from coclause.hours.planning_due import count_steps_due, steps_due
from coclause.hours.proofs.due import count_proofs_due, proofs_due
from coclause.hours.steering.due import count_reports_due, reports_due
from coclause.network import due as network_due
from coclause.organisations.scopes import Scope

WEEK = timedelta(days=6)
"""This week: today and the six days that follow."""
DONE_SHOWN = 50


@dataclass(frozen=True)
class Desk:
    """Things to do, each in one list only, the most pressing first."""

    late: list[DueItem]
    week: list[DueItem]
    next: list[DueItem]
    watch: list[DueItem]
    """Advice without a date: whom to call before it is too late. Not counted as due."""
    waiting: list[DueItem]
    done_this_week: list[JournalEntry]
    running: Running
    """What the user follows in execution."""

    @property
    def count(self) -> int:
        return len(self.late) + len(self.week) + len(self.next)


def due(scope: Scope) -> Desk:
    """Compose the desk. The number of queries depends on the user's roles, never on the rows."""
    items = [*clauses_due.due(scope), *hours_due.due(scope), *steps_due(scope)]
    items += [*reports_due(scope), *proofs_due(scope)]
    own_turns = clauses_due.turns(scope)
    theirs = [item for item in items if item.theirs or item.turn not in own_turns]
    mine = [
        item
        for item in items
        if not item.theirs and item.turn in own_turns and item.kind != "silent"
    ]
    mine += clauses_due.operations_due(scope)
    requests = network_due.due(scope)
    mine += requests.mine
    silent = [item for item in items if item.kind == "silent"]
    late, week, later = _by_urgency(mine, scope.day)
    running = hours_due.running_of(scope)
    return Desk(
        late=late,
        week=week,
        next=later,
        watch=[*silent, *hours_due.to_watch(scope, running), *requests.watch],
        waiting=_ordered([*theirs, *requests.waiting]),
        done_this_week=done_since(scope, scope.day - timedelta(days=scope.day.weekday())),
        running=running,
    )


def count_due(scope: Scope) -> int:
    """The number beside "À faire": `due(scope).count` in at most eight queries for one role, six
    more for a referent whose final statements may be out of date.
    """
    count = clauses_due.count_due(scope) + hours_due.count_due(scope)
    count += network_due.count_due(scope) + count_steps_due(scope) + count_reports_due(scope)
    count += count_proofs_due(scope)
    if scope.coordinated_regions:
        count += clauses_due.unfollowed_operations(scope).count()
    return count


def done_since(scope: Scope, day: date) -> list[JournalEntry]:
    """The user's own acts since that day, the last first."""
    if scope.user is None:
        return []
    start = timezone.make_aware(datetime.combine(day, time.min))
    return list(JournalEntry.objects.filter(actor=scope.user, at__gte=start)[:DONE_SHOWN])


def _by_urgency(
    items: list[DueItem], day: date
) -> tuple[list[DueItem], list[DueItem], list[DueItem]]:
    late = [item for item in items if item.by and item.by < day]
    week = [item for item in items if _is_this_week(item, day)]
    later = [item for item in items if item not in late and item not in week]
    return _ordered(late), _ordered(week), _ordered(later)


def _is_this_week(item: DueItem, day: date) -> bool:
    """What was sent back is to be mended now: the facilitator waits, without a date."""
    if item.by is None:
        return item.kind == "correct"
    return day <= item.by <= day + WEEK


def _ordered(items: Iterable[DueItem]) -> list[DueItem]:
    """By date due, those without a date last, then the longest waiting first."""
    return sorted(items, key=lambda item: (item.by or date.max, item.since, item.url_args))
