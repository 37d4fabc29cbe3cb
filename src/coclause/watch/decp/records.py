"""What a row of open data says, once read. `None` and `""` mean that the publisher does not say."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """A holder as published. Doubtful: the identifier is not what its type promises."""

    identifier: str
    identifier_type: str = ""
    name: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class RawState:
    """What was true from one date on: the award, then each modification.

    `number` is the buyer's (0 for the award); None where rows are successive states known only
    by their date. Amount in € before tax; None, or no holders: not said again, hence unchanged.
    """

    dated_on: date
    number: int | None = None
    amount: Decimal | None = None
    amount_doubtful: bool = False
    duration_months: int | None = None
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class RawContract:
    """A row, or several of one contract merged. `where` names the file and the place in it."""

    where: str
    kind: str
    buyer_siret: str
    published_id: str
    states: tuple[RawState, ...]
    buyer_siret_doubtful: bool = False
    buyer_name: str = ""
    nature: str = ""
    object: str = ""
    cpv: str = ""
    procedure: str = ""
    published_type: str = ""
    published_on: date | None = None
    place_code: str = ""
    place_type: str = ""
    buyer_place_code: str = ""
    buyer_departement: str = ""
    buyer_region: str = ""
    considerations: tuple[str, ...] = ()
    framework_id: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it one contract: buyer, number, kind."""
        return (self.buyer_siret, self.published_id, self.kind)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that was not taken, where it stands and why, in French.

    `whole_row` is false when only a modification was left out and its contract kept.
    """

    where: str
    why: str
    whole_row: bool = True


class RowError(ValueError):
    """A row cannot be taken. The message is the sentence shown to the user."""
