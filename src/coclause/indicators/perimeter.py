"""What a figure covers: where, whose, and from which day to which day."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import Q

from coclause.core.models import User
from coclause.organisations.models import Organisation
from coclause.reference.models import Departement, Epci, Region
from coclause.render.numbers import date_fr


@dataclass(frozen=True)
class Period:
    """From one day to another, both included: a year unless told otherwise."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends after it begins")

    @classmethod
    def year(cls, year: int) -> Self:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def flow(self) -> str:
        """How the period of a flow is said."""
        return f"du {date_fr(self.first)} au {date_fr(self.last)}"

    @property
    def stock(self) -> str:
        """How the day of a stock is said."""
        return f"au {date_fr(self.last)}"

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True)
class Perimeter:
    """A region, and what narrows it. Places are those of execution.

    `host` and `facilitator` are the referents: for hours and persons, those of the last day of the
    month worked; for requests, whoever has them in hand today; for everything else, the last ones
    known on the last day of the period.
    """

    region: str
    departement: str | None = None
    epci: str | None = None
    buyer: int | None = None
    host: int | None = None
    facilitator: int | None = None

    @property
    def by_referent(self) -> bool:
        return self.host is not None or self.facilitator is not None

    @property
    def by_operation(self) -> bool:
        """Narrowed by something that only operations have."""
        return any(value is not None for value in (self.departement, self.epci, self.buyer))

    def places(self, path: str = "") -> Q:
        """Operations, at `path`, of this region, place and buyer, whoever is referent."""
        asked = {
            "region": self.region,
            "commune__departement": self.departement,
            "commune__epci": self.epci,
            "buyer": self.buyer,
        }
        return Q(**{f"{path}{field}": value for field, value in asked.items() if value is not None})

    def referents(self, host: str, facilitator: str) -> Q:
        """The referent host and facilitator asked for, in the columns of these names."""
        asked = {host: self.host, facilitator: self.facilitator}
        return Q(**{field: value for field, value in asked.items() if value is not None})

    def sentence(self) -> str:
        """The perimeter in French. One query for each thing that is named."""
        parts = [_name(Region, self.region)]
        if self.departement is not None:
            parts.append(f"département {_name(Departement, self.departement)}")
        if self.epci is not None:
            parts.append(_name(Epci, self.epci))
        if self.buyer is not None:
            parts.append(f"acheteur {_name(Organisation, self.buyer)}")
        if self.host is not None:
            parts.append(f"structure {_name(Organisation, self.host)}")
        if self.facilitator is not None:
            user = User.objects.filter(pk=self.facilitator).first()
            parts.append(f"facilitateur {user or self.facilitator}")
        return ", ".join(parts)


def _name(
    model: type[Region] | type[Departement] | type[Epci] | type[Organisation], key: str | int
) -> str:
    names = model._default_manager.filter(pk=key).values_list("name", flat=True)
    return str(names.first() or key)
