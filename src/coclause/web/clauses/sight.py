"""What a company is told of a contract that it joined late, or left: the months of its part."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from coclause.clauses.choices import EMPLOYING
from coclause.clauses.models import AwardMember, Clause
from coclause.clauses.queries import linked
from coclause.core.months import first_day, last_day
from coclause.organisations.scopes import Scope
from coclause.web.middleware import ScopedRequest

COMPANIES = "entreprises"
"""The facts of a story that are about companies."""


@dataclass(frozen=True)
class Sight:
    """The period that a reader is told of; without bounds for who follows or bought the contract.

    Sums (what is owed, what is done) reach back before `since`: the company took them over.
    """

    since: date | None = None
    """The first day of the company's part; None when it came with the award."""
    until: date | None = None
    """The last day of the company, once it left."""
    left: frozenset[int] = frozenset()
    """Awards of the lot that the company left while it still executes another one."""
    of_company: bool = False
    """The reader only works for a company of the award."""
    employers: frozenset[int] = frozenset()
    """Companies of whose people alone the reader is told, and of nothing that is owed: an agency's
    or a subcontractor's. Empty for who is told of everybody.
    """

    def covers(self, month: date) -> bool:
        """Whether that month worked is the reader's concern."""
        return (self.since is None or last_day(month) >= self.since) and (
            self.until is None or month <= self.until
        )

    def tells(self, about: str, *, ahead: bool) -> bool:
        """Whether a fact of the story is told; `ahead` ones take effect later.

        A company is not told who comes next, nor anything of what follows its departure.
        """
        return not ahead or (self.until is None and not (self.of_company and about == COMPANIES))

    def months(self, path: str = "") -> Q:
        """The same, in a query over statements at `path`."""
        found = Q()
        if self.since is not None:
            found &= Q(**{f"{path}month__gte": first_day(self.since)})
        if self.until is not None:
            found &= Q(**{f"{path}month__lte": self.until})
        return found

    def days(self) -> Q:
        """In a query over acts: those that took effect in the period."""
        found = Q()
        if self.since is not None:
            found &= Q(day__gte=self.since)
        if self.until is not None:
            found &= Q(day__lte=self.until)
        return found

    def touching(self) -> Q:
        """In a query over periods: those with a day in this one."""
        found = Q()
        if self.since is not None:
            found &= Q(ends_on__isnull=True) | Q(ends_on__gte=self.since)
        if self.until is not None:
            found &= Q(starts_on__lte=self.until)
        return found

    def scope(self, scope: Scope) -> Scope:
        """The reader's scope, on the last day that they are told of."""
        return scope if self.until is None else replace(scope, day=self.until)

    def request(self, request: ScopedRequest) -> ScopedRequest:
        """The request, as if asked on that day."""
        if self.until is None:
            return request
        asked = copy(request)
        asked.scope = self.scope(request.scope)
        return asked


EVERYTHING = Sight()


def sight_of(clause: int, scope: Scope) -> Sight:
    """The sight of that clause, by the parts of the reader's companies. One query for these, one
    more for who also works in the network or buys.
    """
    if not scope.companies or _reads_as_network(clause, scope):
        return EVERYTHING
    parts = AwardMember.objects.filter(
        award__lot__clauses=clause, organisation__in=scope.companies
    ).values_list("award_id", "award__starts_on", "starts_on", "ends_on", "part")
    # A part that comes with the award is told of before its first day; one to come later is not.
    rows = [row for row in parts if row[2] <= max(scope.day, row[1])]
    held = {award for award, _, _, ends, _ in rows if ends is None or ends >= scope.day}
    if not rows:
        return EVERYTHING
    owes = any(part not in EMPLOYING for *_, part in rows)
    employers = frozenset() if owes else scope.companies
    first = min((row for row in rows if row[0] in held or not held), key=lambda row: row[2])
    since = None if first[2] <= first[1] else first[2]
    if held:
        left = frozenset(award for award, *_ in rows if award not in held)
        return Sight(since, left=left, of_company=True, employers=employers)
    until = max(ends for *_, ends, _ in rows if ends is not None)
    return Sight(since, until, of_company=True, employers=employers)


def _reads_as_network(clause: int, scope: Scope) -> bool:
    """Whether the reader is told of it for another reason than its companies."""
    if not (scope.working_regions or scope.buyers):
        return False
    linked_ones = Clause.objects.filter(linked("lot__contract__operation__", scope), pk=clause)
    return linked_ones.exists()
