"""Repeatable chance: the same seed tells the same story."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Chance(random.Random):
    """A seeded source with the draws that stories need."""

    def pick(self, choices: Mapping[T, float]) -> T:
        """One key, in proportion of its weight."""
        return self.choices(list(choices), weights=list(choices.values()))[0]

    def happens(self, probability: float) -> bool:
        return self.random() < probability

    def day_between(self, first: date, last: date) -> date:
        """A day from `first` to `last`; `first` when they are reversed."""
        return first + timedelta(days=self.randint(0, max((last - first).days, 0)))

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """That many different ones, or all of them when there are fewer."""
        return self.sample(choices, min(count, len(choices)))


def chance(topic: str) -> Chance:
    """A source for one topic: more rows in one do not change the rows of another."""
    return Chance(f"CoClause, {topic}")
