"""What the people of some companies did on awards that these companies owe nothing on."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import Q, Sum

from coclause.clauses.models import Award
from coclause.hours.models import EmploymentFact, StatementLine
from coclause.hours.progress import Progress, progress_of_awards
from coclause.organisations.scopes import Scope

ZERO = Decimal(0)


def of_employers(companies: Collection[int], path: str = "employment_month__employment") -> Q:
    """In a query over what holds an employment at `path`: those of people of these companies."""
    facts = EmploymentFact.objects.filter(employer__in=companies)
    return Q(**{f"{path}__in": facts.values("pk")})


def progress_of_employers(
    awards: Collection[int], companies: Collection[int]
) -> dict[int, Progress]:
    """By award, hours validated and waiting of the people of these companies. One query."""
    lines = StatementLine.objects.filter(of_employers(companies), statement__award__in=awards)
    validated = Sum("hours", filter=Q(pk__in=lines.validated().values("pk")))
    waiting = Sum("hours", filter=Q(pk__in=lines.to_check().values("pk")))
    sums = (
        lines.order_by()
        .values("statement__award")
        .annotate(validated=validated, waiting=waiting)
        .values_list("statement__award", "validated", "waiting")
    )
    found = {award: (done or ZERO, left or ZERO) for award, done, left in sums}
    return {award: Progress(*found.get(award, (ZERO, ZERO)), None, None, None) for award in awards}


def progress_told(awards: Collection[int], scope: Scope) -> tuple[dict[int, Progress], set[int]]:
    """By award, the progress that the reader is told, and the awards of which it is the whole."""
    whole = set(Award.objects.told_whole(scope).filter(pk__in=awards).values_list("pk", flat=True))
    found = progress_of_awards(sorted(whole), scope.day) if whole else {}
    rest = [award for award in awards if award not in whole]
    return found | (progress_of_employers(rest, scope.companies) if rest else {}), whole
