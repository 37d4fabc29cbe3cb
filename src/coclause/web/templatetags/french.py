"""Filters that write figures and dates the French way: built in, no ``{% load %}`` needed.

An undefined template variable arrives as an empty string: it is unknown, like ``None``.
"""

from datetime import date, datetime

from django import template
from django.utils import timezone

from coclause.render import numbers

register = template.Library()


def _number(value: numbers.Number | str | None) -> numbers.Number | None:
    """``value``, or ``None`` for the empty string of an undefined template variable."""
    return None if isinstance(value, str) else value


def _measure(value: numbers.Measure | str) -> numbers.Measure:
    """The same for a figure that may be hidden because it counts too few persons."""
    return "hidden" if value == numbers.HIDDEN else _number(value)


def _day(value: date | str | None) -> date | None:
    """The calendar day of a date or of an instant, in the time zone of the site."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).date()
    return value if isinstance(value, date) else None


@register.filter
def number(value: numbers.Measure) -> str:
    """``1051292`` → ``1 051 292``; ``16.8`` → ``16,8``; hidden → ``< 5``."""
    return numbers.amount(_measure(value))


@register.filter
def hours(value: numbers.Measure) -> str:
    """``1051292`` → ``1 051 292 h``."""
    return numbers.amount(_measure(value), "h")


@register.filter
def euros(value: numbers.Number | None) -> str:
    """``40000`` → ``40 000 €``."""
    return numbers.euros(_number(value))


@register.filter
def percent(part: numbers.Number | None, whole: numbers.Number | None) -> str:
    """``{{ validated|percent:committed }}`` → ``38 %``, without decimals."""
    return numbers.percent(_number(part), _number(whole), places=0)


@register.filter
def date_fr(value: date | None) -> str:
    """``22/08/2026``."""
    return numbers.date_fr(_day(value))


@register.filter
def month_fr(value: date | None) -> str:
    """``octobre 2026``."""
    return numbers.month_fr(_day(value))


@register.filter
def since(value: date | None, today: date) -> str:
    """``{{ day|since:today }}`` → ``depuis 4 jours``."""
    return numbers.days_since(_day(value), today)
