"""What a buyer says of a need, and of itself."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from coclause.reference.models import Commune, Cpv, Region


@dataclass(frozen=True)
class Described:
    """A need as the front door or a line of a programme describes it.

    Euros without tax, months; None or empty is not known. `notice_on` is the day the notice is
    sent or the consultation begins: the day that decides of the law.
    """

    object: str
    kind: str
    market_type: str
    region: Region
    law_buyer: str = ""
    value: Decimal | None = None
    months: int | None = None
    notice_on: date | None = None
    commune: Commune | None = None
    several_sites: bool = False
    defense: bool | None = None
    framework: bool = False
    cpv: Cpv | None = None


@dataclass(frozen=True)
class Contact:
    """Who asks, and for which buyer."""

    buyer_name: str
    buyer_siret: str
    name: str
    email: str
    phone: str = ""
    message: str = ""
