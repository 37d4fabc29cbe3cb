"""The years already closed: by the region up to 2024, by one host for 2025."""

from datetime import UTC, date, datetime

from coclause.closing.actions import close_year
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.demo.places import REGION
from coclause.demo.plan import YEARS
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import scope_of
from coclause.reference.models import Region

NOTE = "Reprise des années antérieures à l’outil."
LAST_OF_REGION = 2024


def close_past_years(day: date) -> None:
    """Close them as the demonstration's own coordination and host manager do."""
    region = Region.objects.get(pk=REGION)
    coordination = User.objects.get(email="coordination@demo.coclause.test")
    manager = User.objects.get(email="responsable@demo.coclause.test")
    with acting_as(coordination, day=day):
        for year in (year for year in YEARS if year <= LAST_OF_REGION):
            moment = datetime(year + 1, 3, 31, 9, tzinfo=UTC)
            close_year(scope_of(coordination, day), region, year, note=NOTE, at=moment)
    with acting_as(manager, day=day):
        of = Membership.objects.filter(user=manager, role=MemberRole.HOST_MANAGER)
        host = of.select_related("organisation").earliest("pk").organisation
        moment = datetime(2026, 2, 12, 9, tzinfo=UTC)
        if day > moment.date():
            close_year(scope_of(manager, day), region, 2025, host, at=moment)
