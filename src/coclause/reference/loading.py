"""Loading of the reference data from the packages that carry them.

Everything is read and checked before the first write; each source is then written in one
transaction. Only rows that changed are written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now

from coclause.reference.choices import AliasKind, EpciKind, Zone
from coclause.reference.contours import build_contours
from coclause.reference.keys import search_key, search_words
from coclause.reference.models import (
    Commune,
    CommuneAlias,
    Contour,
    Cpv,
    Dataset,
    Departement,
    Epci,
    Region,
)
from coclause.reference.sources import (
    DIVISIONS,
    OUTLINES,
    VOCABULARY,
    LoadingError,
    Package,
    npm_package,
    python_package,
    read_rows,
    reading,
)

WHOLE_COUNTRY = "*"

# Fewer rows than this is a broken file, not a reform of the map.
FLOORS: Mapping[str, int] = {
    "regions": 18,
    "departements": 101,
    "epci": 1_000,
    "communes": 34_000,
    "communes-autres-noms": 2_000,
    "cpv": 9_000,
    "contours": 1,
}
# A new vintage that loses more than a tenth of its rows is refused.
KEPT_SHARE = 0.9
BATCH_SIZE = 2_000


@dataclass(frozen=True)
class Batch:
    """Rows of one table, ready to be written."""

    code: str
    title: str
    package: Package
    model: type[models.Model]
    key: tuple[str, ...]  # the unique fields a row is recognised by
    rows: Sequence[models.Model]

    @property
    def follows_vintages(self) -> bool:
        """Whether rows that vanish are marked; contours only follow the territories they draw."""
        return self.model is not Contour


def load_all(
    *,
    node_modules: Path,
    using: str = "default",
    contour_region: str = "",
    floors: Mapping[str, int] = FLOORS,
) -> list[Dataset]:
    """Load territories, CPV and contours, and return what was loaded, with vintage and licence.

    ``contour_region`` is the INSEE code of the région whose contours are drawn: by default the
    home region, ``WHOLE_COUNTRY`` for all. Raises ``LoadingError``, with nothing written, when a
    file is missing, unreadable or implausibly short.
    """
    territories = _read_territories(node_modules)
    sources = [
        territories,
        [_read_cpv(node_modules)],
        [_read_contours(territories, contour_region or settings.HOME_REGION)],
    ]
    for batch in (batch for batches in sources for batch in batches):
        _refuse_implausible(batch, floors[batch.code], using)
    loaded = []
    for batches in sources:
        with transaction.atomic(using=using):
            loaded += [_write(batch, using) for batch in batches]
    return loaded


def _read_territories(node_modules: Path) -> list[Batch]:
    package = npm_package(node_modules, DIVISIONS)
    files = {
        name: read_rows(node_modules, DIVISIONS, f"{name}.json")
        for name in ("regions", "departements", "epci", "communes")
    }
    with reading(DIVISIONS):
        regions = [_region(row) for row in files["regions"]]
        departements = [_departement(row) for row in files["departements"]]
        epcis = [_epci(row) for row in files["epci"]]
        epci_of = {
            member["code"]: row["code"] for row in files["epci"] for member in row["membres"]
        }
        present = [row for row in files["communes"] if row["type"] == "commune-actuelle"]
        communes = [_commune(row, epci_of.get(row["code"])) for row in present]
        aliases = [
            *(_alias(row) for row in files["communes"] if row["type"] != "commune-actuelle"),
            *(_former_code(row, code) for row in present for code in row.get("anciensCodes", [])),
        ]
    return [
        Batch("regions", "Régions", package, Region, ("code",), regions),
        Batch("departements", "Départements", package, Departement, ("code",), departements),
        Batch("epci", "Intercommunalités à fiscalité propre", package, Epci, ("siren",), epcis),
        Batch("communes", "Communes", package, Commune, ("code",), communes),
        Batch(
            "communes-autres-noms",
            "Communes déléguées, arrondissements municipaux et anciens codes",
            package,
            CommuneAlias,
            ("code", "kind"),
            aliases,
        ),
    ]


def _region(row: dict[str, Any]) -> Region:
    return Region(
        code=row["code"],
        name=row["nom"],
        search_key=search_key(row["nom"]),
        zone=Zone(row["zone"]),
    )


def _departement(row: dict[str, Any]) -> Departement:
    return Departement(
        code=row["code"],
        name=row["nom"],
        search_key=search_key(row["nom"]),
        region_id=row["region"],
        zone=Zone(row["zone"]),
    )


def _epci(row: dict[str, Any]) -> Epci:
    return Epci(
        siren=row["code"],
        name=row["nom"],
        search_key=search_key(row["nom"]),
        kind=EpciKind(row["type"]),
        population=row["populationMunicipale"],
    )


def _commune(row: dict[str, Any], epci: str | None) -> Commune:
    postcodes: list[str] = row.get("codesPostaux", [])
    return Commune(
        code=row["code"],
        name=row["nom"],
        search_key=search_key(row["nom"]),
        search_words=search_words(row["nom"], row["code"], *postcodes),
        departement_id=row["departement"],
        epci_id=epci,
        population=row.get("population"),
        siren=row.get("siren"),
        postcodes=postcodes,
    )


def _alias(row: dict[str, Any]) -> CommuneAlias:
    """A delegated or associated commune leads to its chef-lieu, a district to its commune."""
    kind = AliasKind(row["type"])
    return CommuneAlias(
        commune_id=row["commune" if kind == AliasKind.DISTRICT else "chefLieu"],
        kind=kind,
        code=row["code"],
        name=row["nom"],
        search_key=search_key(row["nom"]),
        search_words=search_words(row["nom"], row["code"], *row.get("codesPostaux", [])),
    )


def _former_code(row: dict[str, Any], code: str) -> CommuneAlias:
    """The source gives former codes without the names they had: only the code is searched."""
    return CommuneAlias(
        commune_id=row["code"],
        kind=AliasKind.FORMER_CODE,
        code=code,
        name=row["nom"],
        search_key=search_key(row["nom"]),
        search_words=code.lower(),
    )


def _read_cpv(node_modules: Path) -> Batch:
    rows = read_rows(node_modules, VOCABULARY, "cpv.json")
    with reading(VOCABULARY):
        entries = [
            Cpv(
                code=row["code"],
                label_fr=row["labels"]["fr"],
                search_words=search_key(row["labels"]["fr"]),
                division=row["code"][:2],
                level=row["level"],
            )
            for row in rows
        ]
    package = npm_package(node_modules, VOCABULARY)
    title = "Vocabulaire commun des marchés publics (CPV)"
    return Batch("cpv", title, package, Cpv, ("code",), entries)


def _read_contours(territories: Sequence[Batch], region: str) -> Batch:
    rows = {batch.code: batch.rows for batch in territories}
    departements = frozenset(
        row.code
        for row in rows["departements"]
        if isinstance(row, Departement) and region in (row.region_id, WHOLE_COUNTRY)
    )
    communes = (row for row in rows["communes"] if isinstance(row, Commune))
    return Batch(
        "contours",
        "Contours simplifiés des territoires",
        python_package(OUTLINES),
        Contour,
        ("level", "code"),
        build_contours(communes, departements),
    )


def _refuse_implausible(batch: Batch, floor: int, using: str) -> None:
    count = len(batch.rows)
    if count < floor:
        raise LoadingError(
            f"{batch.title} : {count} lignes lues, au moins {floor} attendues ; "
            "rien n'a été chargé."
        )
    if not batch.follows_vintages:
        return
    before = _table(batch, using).filter(active=True).count()
    if count < KEPT_SHARE * before:
        raise LoadingError(
            f"{batch.title} : {count} lignes lues contre {before} déjà chargées, "
            "soit moins de 90 % ; rien n'a été chargé."
        )


def _write(batch: Batch, using: str) -> Dataset:
    """Insert or update the rows, mark those that vanished, and note where they came from."""
    fields = [field for field in batch.model._meta.concrete_fields if field.name != "id"]
    names = [field.attname for field in fields]
    present = {_values(row, batch.key): row for row in batch.rows}
    stored = {_values(row, batch.key): row for row in _table(batch, using).iterator()}
    _table(batch, using).bulk_create(
        [
            row
            for key, row in present.items()
            if key not in stored or _values(row, names) != _values(stored[key], names)
        ],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=batch.key,
        update_fields=[field.name for field in fields if field.name not in batch.key],
    )
    if batch.follows_vintages:
        # Kept, for past clauses point at them.
        vanished = [row.pk for key, row in stored.items() if key not in present]
        _table(batch, using).filter(active=True, pk__in=vanished).update(active=False)
    dataset, _ = Dataset.objects.using(using).update_or_create(
        code=batch.code,
        defaults={
            "title": batch.title,
            "source": batch.package.name,
            "vintage": batch.package.vintage,
            "licence": batch.package.licence,
            "url": batch.package.url,
            "loaded_at": Now(),
            "rows": len(batch.rows),
        },
    )
    dataset.refresh_from_db(using=using)
    return dataset


def _values(row: models.Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _table(batch: Batch, using: str) -> models.QuerySet[models.Model]:
    return batch.model._default_manager.using(using)
