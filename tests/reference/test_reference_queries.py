"""Search: someone who types a place as they say it must land on the right commune."""

from pathlib import Path

import pytest
from django.db import connection
from tests.reference.npm_sample import NO_FLOORS, small_country, write_packages

from coclause.reference.choices import Level
from coclause.reference.keys import plain_words, search_key, search_words
from coclause.reference.loading import load_all
from coclause.reference.models import Commune, Departement
from coclause.reference.queries import (
    commune_by_code,
    find_communes,
    find_cpv,
    matching_communes,
)
from coclause.reference.territories import Territory, communes_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(tmp_path: Path) -> None:
    packages = write_packages(tmp_path, small_country())
    load_all(node_modules=packages, contour_region="no such region", floors=NO_FLOORS)


def names(text: str, region: str | None = None) -> list[str]:
    return [commune.name for commune in find_communes(text, region=region)]


@pytest.mark.usefixtures("country")
class TestFindCommunes:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("besancon", "Besançon"),
            ("BESANÇON", "Besançon"),
            ("Besan", "Besançon"),
            ("25000", "Besançon"),
            ("25056", "Besançon"),
            ("besançon 25", "Besançon"),
            ("st vit", "Saint-Vit"),
            ("Saint Cl", "Saint-Claude"),
            ("claude", "Saint-Claude"),
            ("lisle", "L'Isle-sur-le-Doubs"),
            ("l’isle s/ le doubs", "L'Isle-sur-le-Doubs"),
            ("isle-doubs", "L'Isle-sur-le-Doubs"),
            ("coeur d'azans", "Dole"),
            ("25001", "Besançon"),
            ("25999", "Besançon"),
            ("98800", "Nouméa"),
        ],
    )
    def test_a_commune_is_found_as_it_is_said(self, typed: str, found: str) -> None:
        assert names(typed) == [found]

    def test_the_exact_name_comes_before_a_larger_commune(self) -> None:
        assert names("dole") == ["Dole", "Dole-la-Petite"]

    def test_the_largest_comes_first_among_equals(self) -> None:
        assert names("39100") == ["Dole-la-Petite", "Dole"]
        assert names("sai") == ["Saint-Claude", "Saint-Vit"]

    @pytest.mark.parametrize("typed", ["", "  ", "'-", "&|!", "zzz", "x" * 5_000, "\x00"])
    def test_what_is_no_place_finds_nothing(self, typed: str) -> None:
        assert names(typed) == []

    def test_another_region_is_left_out(self) -> None:
        assert names("noumea", region="27") == []
        assert names("coeur azans", region="988") == []
        assert names("dole", region="27") == ["Dole", "Dole-la-Petite"]

    def test_no_more_than_asked(self) -> None:
        assert len(find_communes("39", limit=2)) == 2


def test_the_search_probes_the_index_instead_of_reading_every_commune(country: None) -> None:
    Commune.objects.bulk_create(
        Commune(
            code=f"{number:05}",
            name=f"Lieu-{number}",
            search_key=search_key(f"Lieu-{number}"),
            search_words=search_words(f"Lieu-{number}", f"{number:05}"),
            departement=Departement.objects.get(code="39"),
            postcodes=[],
        )
        for number in range(40_000, 43_000)
    )
    with connection.cursor() as cursor:
        # The planner's statistics come when autovacuum likes: what is asked is whether it can.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for typed in ("besancon", "25000", "st vit"):
            sql, parameters = matching_communes(plain_words(typed)).query.sql_with_params()
            cursor.execute(f"EXPLAIN {sql}", parameters)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Scan on reference_commune_search" in plan
            assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("code", "name"), [("25056", "Besançon"), ("25901", "Besançon"), ("39998", "Dole")]
)
def test_a_code_of_open_data_leads_to_the_commune_of_today(
    country: None, code: str, name: str
) -> None:
    commune = commune_by_code(code)
    assert commune is not None
    assert commune.name == name


def test_an_unknown_code_is_no_commune(country: None) -> None:
    assert commune_by_code("00000") is None


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("45", ["45000000", "45400000"]),
        ("45400000-1", ["45400000"]),
        ("454 000 00", ["45400000"]),
        ("travaux", ["45000000", "45400000"]),
        ("batiments", ["45400000"]),
        ("parachevement du bâtiment", ["45400000"]),
        ("Nettoyages", ["90910000"]),
        ("", []),
        ("de", ["45000000", "45400000", "90910000"]),
    ],
)
def test_a_cpv_code_is_found_by_its_code_or_its_words(
    country: None, typed: str, codes: list[str]
) -> None:
    assert [entry.code for entry in find_cpv(typed)] == codes


@pytest.mark.parametrize(
    ("level", "code", "inside"),
    [
        (Level.COMMUNE, "25056", {"25056"}),
        (Level.EPCI, "242500361", {"25056", "25527"}),
        (Level.DEPARTEMENT, "39", {"39478", "39209", "39999"}),
        (Level.REGION, "988", {"98818"}),
        (Level.REGION, "", set()),
        (Level.EPCI, "000000000", set()),
    ],
)
def test_a_territory_holds_its_communes_and_no_other(
    country: None, level: Level, code: str, inside: set[str]
) -> None:
    assert {commune.code for commune in communes_in(level, code)} == inside
    territory = Territory(level, code)
    for commune in Commune.objects.all():
        assert territory.contains(commune.code) == (commune.code in inside)


def test_a_territory_says_its_name(country: None) -> None:
    assert Territory(Level.EPCI, "242500361").name() == "CU Grand Besançon Métropole"
    assert Territory(Level.REGION, "99").name() == "99"


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="canton"):
        communes_in("canton", "2501")
