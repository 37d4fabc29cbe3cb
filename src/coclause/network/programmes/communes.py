"""Where a line is carried out: a commune found in the whole country, never guessed."""

from collections.abc import Iterable

from coclause.network.programmes.reader.places import Place
from coclause.reference.keys import search_key
from coclause.reference.models import Commune
from coclause.reference.queries import commune_by_code, find_communes
from coclause.render.numbers import integer

SEARCHED = 30


class Places:
    """Communes of a programme's places, each looked up once, in the region first."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._known: dict[tuple[str, str, str], tuple[Commune | None, str]] = {}

    def find(self, place: Place) -> tuple[Commune | None, str]:
        """The commune, or None and the reason in a sentence that begins in lower case."""
        key = (search_key(place.commune), place.postcode, place.department)
        if key not in self._known:
            self._known[key] = self._find(place)
        return self._known[key]

    def _find(self, place: Place) -> tuple[Commune | None, str]:
        if place.postcode:
            found, why = _by_code(place)
            if found is not None or why:
                return found, why
        name = place.commune
        for region in (self._region, None):
            exact = _exact(find_communes(name, limit=SEARCHED, region=region), name)
            exact = [one for one in exact if place.department in ("", one.departement_id)]
            if len(exact) == 1:
                return exact[0], ""
            if exact:
                return None, (
                    f"le lieu « {place.text[:80]} » désigne plusieurs communes : ajoutez son code"
                    " postal."
                )
        return None, (
            f"le lieu « {place.text[:80]} » n’est pas le nom d’une commune : écrivez la commune ou"
            " son code postal."
        )


def _by_code(place: Place) -> tuple[Commune | None, str]:
    """By the postcode, and the name among those that share it; an INSEE code does as well."""
    sharing = [
        one
        for one in find_communes(place.postcode, limit=SEARCHED)
        if place.postcode in one.postcodes
    ]
    if not sharing:
        coded = commune_by_code(place.postcode)
        if coded is not None:
            return coded, ""
        return None, f"le code postal {place.postcode} n’est celui d’aucune commune : vérifiez-le."
    if len(sharing) == 1:
        return sharing[0], ""
    exact = _exact(sharing, place.commune)
    if len(exact) == 1:
        return exact[0], ""
    return None, (
        f"{integer(len(sharing))} communes ont le code postal {place.postcode} : ajoutez le nom de"
        " la commune."
    )


def _exact(communes: Iterable[Commune], name: str) -> list[Commune]:
    key = search_key(name)
    return [one for one in communes if key and one.search_key == key]
