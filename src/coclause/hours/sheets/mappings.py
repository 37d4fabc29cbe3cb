"""Which column says what, for one organisation's spreadsheets: kept once the user said so.

Kept under the fingerprint of the headers, as the rank of each header in alphabetical order: no word
of a file is stored, and the next file is recognised with its columns moved.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction

from coclause.core.refusals import Refused
from coclause.hours.models import ColumnMapping
from coclause.hours.sheets.fields import KINDS, PERSON, Field
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.tables.headers import Column
from coclause.tables.matching import folded_header


def kept(
    organisations: frozenset[int], fingerprint: str, columns: Sequence[Column]
) -> dict[Field, int] | None:
    """The reading kept for these headers, on these columns; None when there is none."""
    rows = ColumnMapping.objects.filter(organisation__in=organisations, fingerprint=fingerprint)
    row = rows.order_by("-saved_at").first()
    if row is None:
        return None
    places, known = _places(columns), {field.value for field in Field}
    if any(rank >= len(places) for rank in row.columns.values()):
        return None
    return {Field(name): places[rank] for name, rank in row.columns.items() if name in known}


@transaction.atomic
def keep(
    scope: Scope,
    organisation: Organisation,
    fingerprint: str,
    columns: Sequence[Column],
    mapping: Mapping[Field, int],
) -> bool:
    """Keep this reading; False when a chosen column has no header of its own to be known by.

    Raises `Refused` when nothing says whose hours they are, or how many.
    """
    must_be_whole(mapping)
    ranks = {column: rank for rank, column in enumerate(_places(columns))}
    if scope.user is None or any(column not in ranks for column in mapping.values()):
        return False
    ColumnMapping.objects.update_or_create(
        organisation=organisation,
        fingerprint=fingerprint,
        defaults={
            "columns": {field.value: ranks[column] for field, column in mapping.items()},
            "saved_by": scope.user,
        },
    )
    return True


def must_be_whole(mapping: Mapping[Field, int]) -> None:
    """Raises `Refused` for a reading that gives no hours of anybody."""
    if not PERSON & mapping.keys():
        raise Refused(
            "Indiquez la colonne du nom des personnes, ou celle du numéro de leur contrat."
        )
    if not KINDS.keys() & mapping.keys():
        raise Refused("Indiquez au moins une colonne d’heures.")


def _places(columns: Sequence[Column]) -> list[int]:
    """The columns in the order of their headers; of two with the same one, the first."""
    first: dict[str, int] = {}
    for column in columns:
        header = folded_header(column.header)
        if header:
            first.setdefault(header, column.index)
    return [first[header] for header in sorted(first)]
