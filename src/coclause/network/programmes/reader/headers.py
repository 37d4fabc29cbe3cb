"""Where a programme is in its workbook, and what is remembered of its columns.

The buyer corrects the proposal; what is kept is remembered by the words of the headers, so that
next year's file is recognised even with its columns moved.
"""

from collections.abc import Mapping, Sequence

from coclause.network.programmes.reader.fields import Field
from coclause.network.programmes.reader.vocabulary import PROGRAMME
from coclause.tables import headers
from coclause.tables.headers import Column, Layout
from coclause.tables.matching import folded_header
from coclause.tables.reading import Workbook

ProgrammeLayout = Layout[Field]


def find_layout(workbook: Workbook, sheet: str | None = None) -> ProgrammeLayout:
    """The sheet named, else the one that most looks like a programme. Raises `Refused`."""
    return headers.find_layout(workbook, PROGRAMME, sheet)


def remember(columns: Sequence[Column], mapping: Mapping[Field, int]) -> dict[str, str]:
    """Field → folded header, to be kept for next year (JSON)."""
    headers = {column.index: folded_header(column.header) for column in columns}
    return {
        field.value: headers[column] for field, column in mapping.items() if headers.get(column)
    }


def recall(kept: Mapping[str, str], layout: ProgrammeLayout) -> dict[Field, int] | None:
    """The mapping kept last year on this year's columns; None when a header has changed."""
    places: dict[str, int] = {}
    for column in layout.columns:
        places.setdefault(folded_header(column.header), column.index)
    known = {field.value for field in Field}
    if not kept or any(header not in places for header in kept.values()):
        return None
    return {Field(field): places[header] for field, header in kept.items() if field in known}
