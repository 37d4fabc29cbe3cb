"""Whose share a person of an operation is in, on a day.

The rule is in the database (`coclause_shares`, migration 0007), which row policies use too. An
employment is in the share of the host that put it on the award (`Assignment.host`) as long as
that host follows the operation; afterwards, those still at work are in the referent's. So a
handing over moves nothing: shares follow its date.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Value

from coclause.organisations.scopes import Scope

IDS = ArrayField(models.BigIntegerField())


class _Shares(Func):
    template = "(SELECT s.assignment_id FROM coclause_shares(%(expressions)s) AS s)"
    output_field = models.BigIntegerField()


def shared_with(scope: Scope) -> Func:
    """Ids of the assignments in the share of the scope's hosts on the day, for a `pk__in`."""
    return _Shares(Value(sorted(scope.hosts), IDS), Value(scope.day, models.DateField()))
