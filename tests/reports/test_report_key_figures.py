"""The page of key figures says what the dashboard says, and nothing about a few persons."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader
from tests import builders
from tests.builders import DAY, World, at

from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.reference.models import Contour, Region
from coclause.reports.key_figures import (
    CODES,
    document,
    finding,
    key_figures,
    key_figures_pdf,
    region_map,
)

pytestmark = pytest.mark.django_db
SQUARE = {"type": "Polygon", "coordinates": [[[4, 47], [4, 48], [5, 48], [5, 47], [4, 47]]]}


@pytest.fixture
def world() -> World:
    """A month of 123.5 hours, at a known place with its outline."""
    world = builders.world()
    with acting_as("test", day=DAY):
        world.operation.commune = builders.commune()
        world.operation.save()
        epci = builders.commune().epci
        assert epci is not None
        Contour.objects.create(level="epci", code=epci.pk, geometry=SQUARE)
    entry = Entry(world.employment.pk, {"travail": Decimal("123.5")})
    with acting_as(world.facilitator, day=DAY):
        statement = declare_month(world.scope, world.award, date(2026, 9, 1), [entry], version=0)
        pks = list(statement.lines.values_list("pk", flat=True))
        validate_lines(world.scope, statement, pks, at=at(date(2026, 11, 10)))
    return world


def test_page_and_dashboard_give_the_same_figures(world: World) -> None:
    found = key_figures(Region.objects.get(pk="27"), 2026, day=DAY)
    same = figures(Perimeter("27"), Period.year(2026))
    assert {code: found.figures[code] for code in CODES} == {code: same[code] for code in CODES}
    assert found.state == "provisoire"


def test_the_pdf_holds_the_figures_on_one_page(world: World) -> None:
    found = key_figures(Region.objects.get(pk="27"), 2026, day=DAY)
    reader = PdfReader(BytesIO(key_figures_pdf(found, fonts=settings.FONTS)))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    assert "124 h" in text.replace("\u202f", " ").replace("\xa0", " ")
    assert "provisoire" in text
    assert "en Bourgogne-Franche-Comté" in text


def test_the_page_says_until_when_hours_were_counted(world: World) -> None:
    region = Region.objects.get(pk="27")
    before = key_figures(region, 2026, day=DAY, known_on=at(date(2026, 11, 9)))
    assert before.number("hours_validated") == 0
    assert before.known_on == date(2026, 11, 9)
    assert finding(before) == "Aucune heure validée pour 2026 à ce jour."


def test_few_persons_are_not_in_the_sentence(world: World) -> None:
    found = key_figures(Region.objects.get(pk="27"), 2026, day=DAY)
    assert "personnes" not in finding(found)
    assert {share.value for part in document(found).people for share in part.rows} == {"hidden"}


def test_the_map_names_where_hours_are_worked(world: World) -> None:
    found = key_figures(Region.objects.get(pk="27"), 2026, day=DAY)
    drawn = region_map(found, palette="screen", width=400)
    assert drawn is not None
    assert "Communauté de Montfictif" in drawn.alternative
    assert drawn.svg.startswith("<svg")


def test_a_region_without_outlines_has_no_map(world: World) -> None:
    with acting_as("test", day=DAY):
        Contour.objects.all().delete()
    found = key_figures(Region.objects.get(pk="27"), 2026, day=DAY)
    assert document(found).map is None
