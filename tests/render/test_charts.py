"""A chart is read by every eye, by a screen reader, and passes the strict policy of the pages."""

import re
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from coclause.render import palette
from coclause.render.charts import Bar, Period, Target, bars, columns
from coclause.render.maps import Area, choropleth

SHEET = Path(palette.__file__).parents[1] / "web/static/coclause/css/charts.css"
ROWS = (
    Bar("Travaux", 712_400),
    Bar("Services", Decimal("361900.5")),
    Bar("Prestations intellectuelles", 41_230),
    Bar("Privé", None),
    Bar("<script>alert(1)</script> & syndicat mixte d’assainissement des Hypothèses", "hidden"),
)
YEARS = (Period("2024", 14), Period("2025", 19), Period("2026", 21, provisional=True))


def _square(west: float, south: float, *, clockwise: bool) -> dict[str, object]:
    ring = [[west, south], [west, south + 1], [west + 1, south + 1], [west + 1, south]]
    ring.append(ring[0])
    return {"type": "Polygon", "coordinates": [ring if clockwise else ring[::-1]]}


AREAS = (
    Area("1", "CC du Peut-Être", _square(4, 46, clockwise=True)),
    Area("2", "CC de l’À-Peu-Près", _square(5, 46, clockwise=False)),
    Area("3", "CC du Sans-Réponse", _square(4, 47, clockwise=True)),
)


def _all(chart_palette: palette.Palette = "screen") -> list[str]:
    return [
        bars(ROWS, title="Heures par type", unit="h", total=1_184_630, palette=chart_palette),
        columns(
            YEARS, title="Part", unit="%", target=Target(30, "objectif"), palette=chart_palette
        ),
        choropleth(AREAS, {"1": 120, "2": 0}, title="Carte", unit="h", palette=chart_palette),
    ]


def _tags(svg: str, name: str) -> list[Element]:
    return [element for element in fromstring(svg).iter() if element.tag.endswith(f"}}{name}")]


def _words(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in _tags(svg, "text")]


@pytest.mark.parametrize("svg", _all(), ids=["bars", "columns", "map"])
def test_the_strict_policy_of_the_pages_lets_it_through(svg: str) -> None:
    root = fromstring(svg)
    assert not [e for e in root.iter() if "style" in e.attrib or e.tag.endswith("}style")]
    assert not [name for e in root.iter() for name in e.attrib if name.startswith("on")]
    assert "<script" not in svg


@pytest.mark.parametrize("svg", _all(), ids=["bars", "columns", "map"])
def test_a_screen_reader_hears_french_and_only_once(svg: str) -> None:
    root = fromstring(svg)
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    assert [e.get("id") for e in list(root)[:2]] == named
    inside = [name for e in list(root.iter())[1:] for name in e.attrib]
    assert not [name for name in inside if name.startswith("aria") or name == "role"]
    assert "mark" not in svg


def test_the_figures_are_told_with_their_shares() -> None:
    told = _tags(bars(ROWS, title="T", unit="h", total=1_184_630), "desc")[0].text or ""
    assert "Travaux : 712\u202f400\u00a0h, soit 60,1\u202f%." in told
    assert "Privé : non connu." in told


def test_every_colour_follows_the_theme_of_the_page() -> None:
    sheet = SHEET.read_text()
    for svg in _all():
        for element in fromstring(svg).iter():
            for attribute in ("fill", "stroke"):
                colour = element.get(attribute, "none")
                assert colour == "none" or colour.startswith("url(") or element.get("class")
            for name in (element.get("class") or "").split():
                assert f".{name} " in sheet or f"svg.{name} " in sheet
    for role, hue in palette.PRINT.items():
        assert f"--vl-{role}: light-dark({hue}," in sheet


def test_market_types_keep_their_colour_on_paper_too() -> None:
    svg = bars(ROWS, title="T", unit="h", palette="print")
    assert "class=" not in svg
    assert {"#166534", "#1d4ed8", "#7c3aed"} <= set(re.findall(r'fill="(#\w+)"', svg))


def test_two_charts_in_a_page_share_no_id() -> None:
    charts = [*_all(), bars(ROWS, title="T", chart_id="a"), bars(ROWS, title="T", chart_id="b")]
    ids = [found for svg in charts for found in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in charts:
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(re.findall(r'\bid="([^"]+)"', svg))


@pytest.mark.parametrize("width", [330, 480])
def test_a_phone_gets_readable_text_within_its_width(width: int) -> None:
    months = [Period(f"mois{n}", 98_000 + n) for n in range(12)]
    svgs = [
        bars(ROWS, title="T", unit="h", total=10, width=width),
        columns(months, title="T", unit="h", width=width),
        choropleth(AREAS, {"1": 1}, title="T", width=width),
    ]
    for svg in svgs:
        assert fromstring(svg).get("width") == str(width)
        sizes = [float(e.get("font-size", "0").removesuffix("px")) for e in _tags(svg, "text")]
        assert min(sizes) >= 12


def test_unknown_and_hidden_rows_are_said_in_words_without_a_bar() -> None:
    svg = bars(ROWS, title="T", unit="h")
    assert {"non connu", "<\u00a05"} <= set(_words(svg))
    assert len(re.findall(r'fill="url\(#\w+-hatch\)"', svg)) == 2


def test_twelve_months_on_a_phone_read_on_a_scale_in_french() -> None:
    months = [Period(f"m{n}", 98_000 + n) for n in range(12)]
    words = _words(columns(months, title="T", unit="h", width=330))
    assert "20\u202f000" in words


def test_the_map_names_each_area_whatever_way_its_outline_turns() -> None:
    svg = choropleth(AREAS, {"1": 120, "2": 0}, title="T", unit="h")
    names = [e.text for e in _tags(svg, "title")][1:]
    assert names == [
        "CC du Peut-Être : 120\u00a0h",
        "CC de l’À-Peu-Près : 0\u00a0h",
        "CC du Sans-Réponse : non connu",
    ]
    paths = [e.get("d", "") for e in _tags(svg, "path")[:3]]
    # An outline drawn the wrong way round would cover everything but its area.
    assert all(path.count("M") == 1 for path in paths)


def test_the_legend_says_its_classes_in_words_and_only_those() -> None:
    values = {"1": 120, "2": 5_000, "3": None}
    words = _words(choropleth(AREAS, values, title="T", unit="h", bounds=[1000, 3000]))
    assert words == [
        "moins de 1\u202f000\u00a0h",
        "de 1\u202f000 à 3\u202f000\u00a0h",
        "3\u202f000\u00a0h et plus",
        "non connu",
    ]


def test_a_map_that_cannot_be_drawn_is_refused_with_its_reason() -> None:
    with pytest.raises(ValueError, match="au moins un territoire"):
        choropleth([], {}, title="T")
    with pytest.raises(ValueError, match="au plus 3 limites"):
        choropleth(AREAS, {}, title="T", bounds=[1, 2, 3, 4])


def test_empty_lists_draw_an_empty_picture_not_an_error() -> None:
    assert fromstring(bars([], title="T")).get("role") == "img"
    assert fromstring(columns([], title="T")).get("role") == "img"
