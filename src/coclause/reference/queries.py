"""Finding communes and CPV codes from what a person types, and communes from a code."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, IntegerField, Min, Q, QuerySet, Value, When

from coclause.reference.choices import Level
from coclause.reference.keys import plain_words, prefix_query, search_key
from coclause.reference.models import SEARCH_VECTOR, Commune, CommuneAlias, Contour, Cpv
from coclause.reference.territories import COMMUNE_PATHS, Territory

# Beyond these, what was typed is no name.
_LONGEST_TEXT, _MOST_WORDS = 200, 12
_CPV_CODE = re.compile(r"\d{2,7}|\d{8}(?:-\d)?")
_CPV_LENGTH = 8


def find_communes(text: str, *, limit: int = 10, region: str | None = None) -> list[Commune]:
    """Find communes by words of the name, postcode or INSEE code, whole or begun.

    Accents, case, hyphens, apostrophes, "St" for "Saint" and "œ" make no difference; names and
    codes of delegated communes and districts lead to their commune. Exact names and codes come
    first, then names that begin with ``text``, each by population, the largest first. ``region``
    is an INSEE code. Départements and EPCI come along.
    """
    words = _words(text)
    if not words:
        return []
    ranks = dict(_own_names(words, region, limit))
    for code, rank in _other_names(words, region, limit):
        ranks[code] = min(rank, ranks.get(code, rank))
    found = Commune.objects.select_related("departement", "epci").filter(code__in=ranks)
    return sorted(
        found,
        key=lambda row: (ranks[row.code], -(row.population or 0), row.search_key, row.code),
    )[:limit]


def commune_by_code(code: str) -> Commune | None:
    """Return the commune of an INSEE code: its own, a district's, or one it had before a merger."""
    present = Commune.objects.filter(code=code).first()
    if present and present.active:
        return present
    alias = CommuneAlias.objects.filter(code=code).select_related("commune").first()
    return alias.commune if alias else present


def find_cpv(text: str, *, limit: int = 20) -> list[Cpv]:
    """Find CPV entries by the beginning of the code, or by words of the French label.

    The check digit may be given ("45000000-7"). Singular and plural find each other; general
    entries come before detailed ones.
    """
    typed = "".join(text.split())
    entries = Cpv.objects.filter(active=True)
    if _CPV_CODE.fullmatch(typed):
        return list(entries.filter(code__startswith=typed[:_CPV_LENGTH]).order_by("code")[:limit])
    words = _words(text)
    # "de", "l'" say nothing, unless there is nothing else.
    words = [word.rstrip("sx") or word for word in words if len(word) > 2] or words
    if not words:
        return []
    found = entries.alias(found=SEARCH_VECTOR).filter(found=_asked(words))
    return list(found.order_by("level", "code")[:limit])


def contours(level: Level, *, inside: Territory) -> QuerySet[Contour]:
    """Return the contours of the territories of a level that lie, even in part, inside another."""
    codes = inside.communes().filter(active=True).values(COMMUNE_PATHS[level])
    return Contour.objects.filter(level=level, code__in=codes)


def matching_communes(words: list[str]) -> QuerySet[Commune]:
    """Return the communes of today whose own name, code or postcodes hold all ``words``."""
    return Commune.objects.alias(found=SEARCH_VECTOR).filter(active=True, found=_asked(words))


def _words(text: str) -> list[str]:
    return plain_words(text[:_LONGEST_TEXT])[:_MOST_WORDS]


def _asked(words: list[str]) -> SearchQuery:
    return SearchQuery(prefix_query(words), search_type="raw", config="simple")


def _rank(words: list[str], *exact: Q) -> Case:
    """Return 0 for an exact name or code, 2 for a name that begins so, 4 for the others.

    A name that only leads to the commune comes just after an own name as good: one more.
    """
    key = search_key(" ".join(words))
    exactly = Q(search_key=key) | Q(code=key.upper())
    for condition in exact:
        exactly |= condition
    return Case(
        When(exactly, then=Value(0)),
        When(search_key__startswith=key, then=Value(2)),
        default=Value(4),
        output_field=IntegerField(),
    )


def _own_names(words: list[str], region: str | None, limit: int) -> list[tuple[str, int]]:
    """Return codes and ranks of the best communes found by their own name, code or postcodes."""
    postcode = Q(postcodes__contains=["".join(words)])
    rows = matching_communes(words).annotate(rank=_rank(words, postcode))
    if region is not None:
        rows = rows.filter(departement__region=region)
    ordered = rows.order_by("rank", F("population").desc(nulls_last=True), "search_key", "code")
    return list(ordered.values_list("code", "rank")[:limit])


def _other_names(words: list[str], region: str | None, limit: int) -> list[tuple[str, int]]:
    """Return codes and ranks of the best communes found by a name or code that leads to them."""
    rows = CommuneAlias.objects.alias(found=SEARCH_VECTOR).filter(active=True, found=_asked(words))
    if region is not None:
        rows = rows.filter(commune__departement__region=region)
    by_commune = rows.order_by().values("commune").annotate(rank=Min(_rank(words)) + 1)
    ordered = by_commune.order_by("rank", F("commune__population").desc(nulls_last=True), "commune")
    return list(ordered.values_list("commune", "rank")[:limit])
