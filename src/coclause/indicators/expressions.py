"""Expressions of SQL that figures need."""

from collections.abc import Collection

from django.db import models
from django.db.models import F, Func, Value


class MonthEnd(Func):
    """The last day of the month of a first day."""

    template = "(%(expressions)s + interval '1 month - 1 day')::date"
    output_field = models.DateField()


class Unnest(Func):
    """One row for each item of an array."""

    function = "unnest"
    set_returning = True
    output_field = models.TextField()


class AnyOf(Func):
    """Whether a column is one of many values, sent as one array: a list of thousands is slow."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()

    def __init__(self, column: str, values: Collection[int]) -> None:
        super().__init__(F(column), Value(list(values)))
