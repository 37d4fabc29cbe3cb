"""What the tests of conventions share: a convention, the words of a page."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

from tests import builders
from tests.builders import DAY, World

from coclause.clauses.models import Contract, Convention
from coclause.core.actor import acting_as


def made(*worlds: World, name: str = "Convention des Hauts-Imaginés", **facts: Any) -> Convention:
    with acting_as("test", day=DAY):
        found = Convention.objects.create(
            region=builders.region(),
            name=name,
            starts_on=date(2024, 1, 1),
            **{"target_hours": 20_000, "district_share": Decimal(50), **facts},
        )
        operations = [one.operation for one in worlds]
        Contract.objects.filter(operation__in=operations).update(convention=found)
    return found


def text(answer: Any) -> str:
    """The page's words, tags out, spaces made one."""
    found = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(found.split())
