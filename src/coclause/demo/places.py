"""The real communes of the region, as scenery for invented organisations."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate

from coclause.demo.chance import Chance
from coclause.reference.models import Commune

REGION = "27"
"""Bourgogne-Franche-Comté."""
DEPARTEMENTS = ("21", "25", "39", "58", "70", "71", "89", "90")


@dataclass(frozen=True)
class Place:
    """A commune, with what draws need."""

    code: str
    departement: str
    epci: str | None
    population: int


class Map:
    """The communes of the region, drawn in proportion of their inhabitants."""

    def __init__(self, places: list[Place]) -> None:
        self.by_departement: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            self.by_departement[place.departement].append(place)
        self._sums = {
            code: list(accumulate(place.population for place in inside))
            for code, inside in self.by_departement.items()
        }

    def draw(self, dice: Chance, departement: str) -> Place:
        """Any commune of the département."""
        return dice.choices(self.by_departement[departement], cum_weights=self._sums[departement])[
            0
        ]

    def town(self, departement: str, rank: int) -> Place:
        """The town of that rank by inhabitants, 0 for the largest; ranks go round."""
        towns = self.by_departement[departement][:12]
        return towns[rank % len(towns)]

    def epcis(self, departement: str) -> list[str]:
        """Its EPCI, the most inhabited inside the département first."""
        inhabitants: dict[str, int] = defaultdict(int)
        for place in self.by_departement[departement]:
            if place.epci:
                inhabitants[place.epci] += place.population
        return sorted(inhabitants, key=lambda siren: (-inhabitants[siren], siren))


def load_map(*, using: str) -> Map:
    """Read the region's communes. Raises ValueError when the reference data are not loaded."""
    rows = (
        Commune.objects.using(using)
        .filter(departement__region=REGION, active=True, population__gt=0)
        .order_by("-population", "code")
        .values_list("code", "departement_id", "epci_id", "population")
    )
    places = [
        Place(code, departement, epci, population or 0)
        for code, departement, epci, population in rows
    ]
    if {place.departement for place in places} != set(DEPARTEMENTS):
        raise ValueError("the communes of the region are not loaded")
    return Map(places)
