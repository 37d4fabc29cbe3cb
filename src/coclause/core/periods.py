"""Periods of validity: a first day, and a last day that may be still unknown."""

from datetime import date
from typing import Any, ClassVar, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value


class DateRange(Func):
    """daterange(first, last, '[]') of two columns; an unknown last day leaves it open."""

    function = "daterange"
    output_field = DateRangeField()


PERIOD = DateRange(F("starts_on"), F("ends_on"), Value("[]"))


def on_day(day: date, prefix: str = "") -> Q:
    """The periods that hold on that day, both ends included."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": day})
    )


T = TypeVar("T", bound="Period")


class PeriodQuerySet(models.QuerySet[T]):
    def on(self, day: date) -> "PeriodQuerySet[T]":
        return self.filter(on_day(day))


class Period(models.Model):
    """Something that holds from one day to another, both included."""

    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="%(class)s_period_in_order",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            )
        ]

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


def one_at_a_time(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """No two overlapping periods for the same values of these fields."""
    expressions: list[tuple[Any, str]] = [(field, RangeOperators.EQUAL) for field in fields]
    expressions.append((PERIOD, RangeOperators.OVERLAPS))
    return ExclusionConstraint(name=name, expressions=expressions, condition=condition)
