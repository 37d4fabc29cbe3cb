"""What figures are computed from, read once: a fixed number of queries, whatever the rows.

Each property is one query, made when first asked for. Lines of hours come added up by award,
month, kind and referent; persons come as employments without a name (the view `EmploymentFact`).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from coclause.clauses.models import OperationHost
from coclause.core.models import Parameter
from coclause.core.periods import on_day
from coclause.indicators.expressions import MonthEnd
from coclause.indicators.fact_types import PostFact
from coclause.indicators.facts_of_front_door import DoorFacts
from coclause.indicators.facts_of_hours import HourFacts
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import FacilitatorPost, Organisation, PostFunding
from coclause.people.models import Criterion
from coclause.reference.models import Cpv, Departement, Epci

__all__ = ["Facts", "MonthEnd"]


@dataclass(frozen=True)
class Facts(HourFacts, DoorFacts):
    """The facts of a perimeter and a period, as known at the moment asked for."""

    @cached_property
    def posts(self) -> list[PostFact]:
        """Posts of facilitators on the last day of the period, in hosts of the region."""
        day, member = self.period.last, "membership__"
        rows = FacilitatorPost.objects.filter(
            on_day(day),
            on_day(day, member),
            self.perimeter.referents(f"{member}organisation", f"{member}user"),
            membership__role=MemberRole.FACILITATOR,
            membership__organisation__region=self.perimeter.region,
        ).annotate(name=Concat(f"{member}user__first_name", Value(" "), f"{member}user__last_name"))
        fields = ("pk", f"{member}user", "name", f"{member}organisation", "fte")
        return [PostFact(*row) for row in rows.order_by("pk").values_list(*fields)]

    @cached_property
    def fundings(self) -> list[tuple[int, str, Decimal]]:
        """Post, funder and FTE paid."""
        rows = PostFunding.objects.filter(post__in=[post.pk for post in self.posts])
        return list(rows.order_by("pk").values_list("post", "funder", "fte"))

    @cached_property
    def host_names(self) -> dict[int, str]:
        """Names of the structures that handle or handled these operations."""
        hosts = OperationHost.objects.filter(self.perimeter.places("operation__")).values("host")
        return dict(Organisation.objects.filter(pk__in=hosts).values_list("pk", "name"))

    @cached_property
    def share_host_names(self) -> dict[int, str]:
        """Names of the structures in whose share these employments work."""
        keys = {row.host for found in self.placements.values() for row in found}
        return dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name"))

    @cached_property
    def prescriber_names(self) -> dict[int, str]:
        keys = {row.prescriber for row in self.workers.values() if row.prescriber}
        return dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name"))

    @cached_property
    def departements(self) -> dict[str, tuple[str, str]]:
        """Name and region of every département, by its name."""
        rows = Departement.objects.order_by("search_key", "code")
        found = rows.values_list("code", "name", "region")
        return {code: (name, region) for code, name, region in found}

    @cached_property
    def epci_names(self) -> dict[str, str]:
        keys = {row.epci for row in self.operations.values() if row.epci}
        return dict(Epci.objects.filter(pk__in=keys).values_list("pk", "name"))

    @cached_property
    def division_labels(self) -> dict[str, str]:
        """Labels of the divisions of the CPV that these contracts use."""
        used = {row.division for row in self.all_contracts.values() if row.division}
        rows = Cpv.objects.filter(code__in=[f"{division}000000" for division in used])
        found = dict(rows.values_list("division", "label_fr"))
        return {division: found.get(division, f"Division {division}") for division in sorted(used)}

    @cached_property
    def criterion_labels(self) -> dict[str, str]:
        """Labels by code; the region's own stand in place of the network's."""
        region = self.perimeter.region
        rows = Criterion.objects.filter(Q(region=None) | Q(region=region))
        latest = rows.order_by(F("region").asc(nulls_first=True), "starts_on")
        return dict(latest.values_list("code", "label"))

    @cached_property
    def parameters(self) -> list[Parameter]:
        """Every dated value, the most recent first."""
        return list(Parameter.objects.order_by("code", "-period"))

    def parameter(self, code: str) -> Parameter | None:
        """The value in force on the last day of the period, None when there is none."""
        day = self.period.last
        held = (row for row in self.parameters if row.code == code and _holds(row, day))
        return next(held, None)


def _holds(row: Parameter, day: date) -> bool:
    lower, upper = row.period.lower, row.period.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)
