"""Territories, the procurement vocabulary (CPV) and the data sets they come from.

Rows are never deleted: what a new vintage no longer holds stays, with ``active`` at false,
because clauses of past years point at it. Names are sorted by their stored ``search_key``:
the embedded database has no ICU collation.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from coclause.reference.choices import AliasKind, EpciKind, Level, Zone

# What every search asks, and what the search indexes hold: the same expression, word for word.
SEARCH_VECTOR = SearchVector("search_words", config="simple")


def _words_index(name: str) -> GinIndex:
    """Index the words; written at once, because a list of pending entries slows every search."""
    return GinIndex(SEARCH_VECTOR, name=name, fastupdate=False)


class Region(models.Model):
    """A région, or an overseas collectivity standing as one."""

    code = models.CharField("code INSEE", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    search_key = models.CharField("clé de recherche", max_length=100)
    zone = models.CharField("zone", max_length=5, choices=Zone)
    active = models.BooleanField("au millésime en cours", default=True)

    class Meta:
        verbose_name = "région"
        verbose_name_plural = "régions"
        ordering = ["search_key", "code"]

    def __str__(self) -> str:
        return self.name


class Departement(models.Model):
    """A département, or an overseas collectivity standing as one."""

    code = models.CharField("code INSEE", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    search_key = models.CharField("clé de recherche", max_length=100)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="departements", verbose_name="région"
    )
    zone = models.CharField("zone", max_length=5, choices=Zone)
    active = models.BooleanField("au millésime en cours", default=True)

    class Meta:
        verbose_name = "département"
        verbose_name_plural = "départements"
        ordering = ["search_key", "code"]

    def __str__(self) -> str:
        return self.name


class Epci(models.Model):
    """A group of communes with its own taxes; it may span several départements."""

    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    name = models.CharField("nom", max_length=200)
    search_key = models.CharField("clé de recherche", max_length=200)
    kind = models.CharField("nature", max_length=5, choices=EpciKind)
    population = models.PositiveIntegerField("population municipale", null=True)
    active = models.BooleanField("au millésime en cours", default=True)

    class Meta:
        verbose_name = "intercommunalité"
        verbose_name_plural = "intercommunalités"
        ordering = ["search_key", "siren"]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune of today. Delegated communes, districts and old codes are aliases of it."""

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    search_key = models.CharField("clé de recherche", max_length=100)
    search_words = models.TextField(
        "mots de recherche", help_text="Mots du nom, nom d'un seul tenant, code et codes postaux"
    )
    departement = models.ForeignKey(
        Departement, models.PROTECT, related_name="communes", verbose_name="département"
    )
    epci = models.ForeignKey(
        Epci,
        models.PROTECT,
        null=True,
        related_name="communes",
        verbose_name="intercommunalité",
    )
    population = models.PositiveIntegerField("population municipale", null=True)
    siren = models.CharField("SIREN", max_length=9, null=True)  # noqa: DJ001  null: not known
    # A list of text. Not an ArrayField: Django writes those row by row, eight times slower.
    postcodes = models.JSONField("codes postaux", default=list)
    active = models.BooleanField("au millésime en cours", default=True)

    class Meta:
        verbose_name = "commune"
        verbose_name_plural = "communes"
        ordering = ["search_key", "code"]
        indexes = [
            _words_index("reference_commune_search"),
        ]

    def __str__(self) -> str:
        return self.name


class CommuneAlias(models.Model):
    """Another name or code that still leads to a commune: delegated commune, district, old code."""

    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="aliases", verbose_name="commune"
    )
    kind = models.CharField("raison", max_length=24, choices=AliasKind)
    code = models.CharField("code INSEE", max_length=5)
    name = models.CharField("nom", max_length=100)
    search_key = models.CharField("clé de recherche", max_length=100)
    search_words = models.TextField("mots de recherche")
    active = models.BooleanField("au millésime en cours", default=True)

    class Meta:
        verbose_name = "autre nom de commune"
        verbose_name_plural = "autres noms de communes"
        ordering = ["search_key", "code", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["code", "kind"], name="reference_alias_unique"),
        ]
        indexes = [
            _words_index("reference_alias_search"),
        ]

    def __str__(self) -> str:
        return self.name


class Cpv(models.Model):
    """An entry of the Common Procurement Vocabulary, without its check digit."""

    code = models.CharField("code", max_length=8, primary_key=True)
    label_fr = models.CharField("libellé", max_length=300)
    search_words = models.TextField("mots de recherche")
    division = models.CharField("division", max_length=2, db_index=True)
    level = models.PositiveSmallIntegerField("niveau")
    active = models.BooleanField("au millésime en cours", default=True)

    class Meta:
        verbose_name = "code CPV"
        verbose_name_plural = "codes CPV"
        ordering = ["code"]
        indexes = [
            _words_index("reference_cpv_search"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label_fr}"


class PriorityDistrict(models.Model):
    """A quartier prioritaire de la politique de la ville, in one vintage of the perimeters.

    Loaded from a file that the user gives; perimeters changed on 1 January 2024 (décret
    n° 2023-1314 du 28 décembre 2023 for mainland France).
    """

    code = models.CharField("code", max_length=12)
    vintage = models.CharField("millésime", max_length=4)
    name = models.CharField("nom", max_length=200)
    search_key = models.CharField("clé de recherche", max_length=200)
    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="districts",
        verbose_name="commune",
    )

    class Meta:
        verbose_name = "quartier prioritaire"
        verbose_name_plural = "quartiers prioritaires"
        ordering = ["search_key", "code", "vintage"]
        constraints = [
            models.UniqueConstraint(fields=["code", "vintage"], name="district_once_a_vintage"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code}, {self.vintage})"


class Contour(models.Model):
    """The simplified outline of a territory, as a GeoJSON geometry (WGS 84, degrees).

    Exterior rings turn clockwise, as d3-geo and Vega want them, the reverse of RFC 7946.
    """

    level = models.CharField("niveau", max_length=11, choices=Level)
    code = models.CharField("code", max_length=9)
    geometry = models.JSONField("géométrie")

    class Meta:
        verbose_name = "contour"
        verbose_name_plural = "contours"
        ordering = ["level", "code"]
        constraints = [
            models.UniqueConstraint(fields=["level", "code"], name="reference_contour_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.code}"


class Dataset(models.Model):
    """Where a set of rows came from, and under which licence: shown beside the figures."""

    code = models.CharField("code", max_length=40, primary_key=True)
    title = models.CharField("titre", max_length=200)
    source = models.CharField("source", max_length=200)
    vintage = models.CharField("millésime", max_length=60)
    licence = models.CharField("licence", max_length=200)
    url = models.URLField("adresse", max_length=300)
    loaded_at = models.DateTimeField("chargé le")
    rows = models.PositiveIntegerField("lignes")

    class Meta:
        verbose_name = "jeu de données"
        verbose_name_plural = "jeux de données"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title
