"""A territory as the rest of the product names it: a level and a code."""

from dataclasses import dataclass

from django.db.models import QuerySet

from coclause.reference.choices import Level
from coclause.reference.models import Commune, Departement, Epci, Region

# The way from a commune to the territory of each level.
COMMUNE_PATHS = {
    Level.COMMUNE: "code",
    Level.EPCI: "epci",
    Level.DEPARTEMENT: "departement",
    Level.REGION: "departement__region",
}


def communes_in(level: Level | str, code: str) -> QuerySet[Commune]:
    """Return the communes of a territory, those of past vintages too.

    ``code`` is an INSEE code, or the SIREN of an EPCI. An unknown or empty code gives nothing;
    an unknown level raises ``ValueError``.
    """
    return Commune.objects.filter(**{COMMUNE_PATHS[Level(level)]: code})


@dataclass(frozen=True)
class Territory:
    """A level and a code: what a facilitator, a host or a coordination is in charge of."""

    level: Level
    code: str

    def communes(self) -> QuerySet[Commune]:
        """Return the communes of the territory."""
        return communes_in(self.level, self.code)

    def contains(self, commune_code: str) -> bool:
        """Tell whether the commune of this INSEE code is inside."""
        return self.communes().filter(code=commune_code).exists()

    def name(self) -> str:
        """Return the official name, or the code where it is not known."""
        models = {
            Level.COMMUNE: Commune,
            Level.EPCI: Epci,
            Level.DEPARTEMENT: Departement,
            Level.REGION: Region,
        }
        found = models[self.level]._default_manager.filter(pk=self.code)
        return found.values_list("name", flat=True).first() or self.code
