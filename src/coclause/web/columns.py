"""Choosing which column of somebody's table gives what: the same fields, whatever the table."""

from collections.abc import Collection, Mapping
from typing import Any, Final, TypeVar

from django import forms

from coclause.tables.headers import Column

LONGEST_OPTION: Final = 90

Name = TypeVar("Name", bound=str)


class ColumnsChoice:
    """The columns of a table, as the options of each field."""

    def __init__(self, columns: Collection[Column]) -> None:
        self._by_index = {one.index: one for one in columns}
        self._choices = [
            ("", "Aucune colonne"),
            *((str(one.index), option_of(one)) for one in columns),
        ]

    def field(self, label: str, index: int | None, **more: Any) -> forms.ChoiceField:
        """A field whose column is `index` to begin with, with what that column holds."""
        column = None if index is None else self._by_index.get(index)
        return forms.ChoiceField(
            label=label,
            choices=self._choices,
            initial="" if column is None else str(column.index),
            help_text=_samples(column),
            **more,
        )


def chosen_twice(said: Mapping[str, Any], labels: Mapping[Name, str]) -> dict[Name, str]:
    """Fields whose column already gives another information, and what to do about it."""
    used: dict[str, Name] = {}
    problems: dict[Name, str] = {}
    for one in labels:
        column = said.get(one)
        if column and column in used:
            problems[one] = (
                f"Cette colonne est déjà choisie pour « {labels[used[column]]} » : gardez-la pour"
                " un seul des deux."
            )
        elif column:
            used[column] = one
    return problems


def option_of(column: Column) -> str:
    """`C, Montant HT (1,2 M€ · 450 000)`."""
    name = f"{column.letter}, {column.header}" if column.header else f"Colonne {column.letter}"
    shown = " · ".join(shortened(one, 24) for one in column.samples)
    name = shortened(name, 60)
    return shortened(f"{name} ({shown})", LONGEST_OPTION) if shown else name


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _samples(column: Column | None) -> str:
    if column is None or not column.samples:
        return ""
    return "Par exemple : " + " · ".join(shortened(one, 60) for one in column.samples)
