"""What every page of papers says: until when they stay, whether something looks for viruses."""

from datetime import date, timedelta

from django.conf import settings

from coclause.core.parameters import parameter
from coclause.hours.papers.adding import KEPT
from coclause.organisations.scopes import Scope


def last_kept_day(scope: Scope) -> date:
    """The last day of a paper put today."""
    return scope.day + timedelta(days=int(parameter(KEPT, scope.day)))


def antivirus() -> bool:
    return bool(settings.CLAMAV)
