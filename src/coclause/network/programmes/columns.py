"""What a programme keeps of its columns, so that its page asks nothing of the file again (JSON).

`fields` says which column (from 0) gives each field; `columns` are those of the sheet, each with
three values; `why` and `others` say how the sheet was chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coclause.core.throttle import bucket
from coclause.network.models import ColumnMemory, Programme
from coclause.network.programmes.reader.fields import Field
from coclause.network.programmes.reader.headers import ProgrammeLayout, recall
from coclause.organisations.models import Organisation
from coclause.tables.headers import Column, OtherSheet, fingerprint


@dataclass(frozen=True)
class Columns:
    """The columns of the chosen sheet and how they are read."""

    fields: dict[Field, int]
    columns: tuple[Column, ...]
    why: str
    others: tuple[OtherSheet, ...]
    year: int | None
    remembered: bool
    """The reading is the one kept from another time."""


def proposed(layout: ProgrammeLayout, owner: str, year: int | None) -> dict[str, Any]:
    """What is proposed for a sheet: the reading kept for these headers, else the reader's own."""
    kept = ColumnMemory.objects.filter(owner=owner, fingerprint=fingerprint(layout.headers)).first()
    known = recall(kept.mapping, layout) if kept else None
    fields = layout.mapping if known is None else known
    return {
        "fields": {field.value: column for field, column in fields.items()},
        "columns": [
            [one.index, one.letter, one.header, list(one.samples)] for one in layout.columns
        ],
        "why": layout.why,
        "others": [[one.name, one.hidden, one.why] for one in layout.others],
        "year": year,
        "remembered": known is not None,
    }


def columns_of(programme: Programme) -> Columns:
    """What the programme keeps; nothing is left of it once its link has ended."""
    kept: Mapping[str, Any] = programme.mapping
    return Columns(
        fields={Field(name): column for name, column in kept.get("fields", {}).items()},
        columns=tuple(
            Column(index, letter, header, tuple(samples))
            for index, letter, header, samples in kept.get("columns", [])
        ),
        why=kept.get("why", ""),
        others=tuple(OtherSheet(*one) for one in kept.get("others", [])),
        year=kept.get("year"),
        remembered=bool(kept.get("remembered")),
    )


def owner_of(buyer: Organisation | None, email: str) -> str:
    """Whose columns they are: the buyer's, else those of whoever sent them, by a keyed digest."""
    return f"organisation:{buyer.pk}" if buyer else bucket("columns", email)
