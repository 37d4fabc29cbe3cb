"""Which texts of a region's library are offered for a contract and an instrument, on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from coclause.network.choices import TextContract, TextInstrument
from coclause.network.library.texts import BLOCKS
from coclause.network.models import ClauseText, ClauseTextVersion

# Where no text was written for a case, the one that says the same thing. A concession never falls
# back on a marché: other articles govern it.
SAME_INSTRUMENT = {TextInstrument.BOTH: TextInstrument.CONDITION}
SAME_CONTRACT = {TextContract.FRAMEWORK: TextContract.MARCHE}


@dataclass(frozen=True)
class Offered:
    """A text with the words in force that day."""

    text: ClauseText
    version_id: int
    number: int
    body: str
    exact: bool
    """Written for this very case, not for the one that says the same."""


def offered_for(region: str, day: date, instrument: str, contract: str) -> list[Offered]:
    """By block, in the order in which a consultation is written. Two queries."""
    # Annotated with what is in force: version_id, body.
    rows: list[Any] = list(ClauseText.objects.filter(region=region).offered(day))
    numbers = dict(
        ClauseTextVersion.objects.filter(pk__in=[row.version_id for row in rows]).values_list(
            "pk", "number"
        )
    )
    found: list[Offered] = []
    for block in BLOCKS:
        here = [row for row in rows if row.block == block]
        for row in _suited(here, instrument, contract):
            exact = (row.instrument, row.contract) == (instrument, contract)
            found.append(Offered(row, row.version_id, numbers[row.version_id], row.body, exact))
    return found


def _suited(rows: Sequence[Any], instrument: str, contract: str) -> list[Any]:
    """Texts for this case, else for the nearest case that has some."""
    for kind in (contract, SAME_CONTRACT.get(TextContract(contract)) if contract else None):
        for tool in (instrument, SAME_INSTRUMENT.get(TextInstrument(instrument))):
            there = [row for row in rows if (row.instrument, row.contract) == (tool, kind)]
            if there and kind and tool:
                return sorted(there, key=lambda row: (row.order, row.pk))
    return []
