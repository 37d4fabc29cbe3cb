"""Maps in classes said in words: areas and figures in, a finished SVG out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from coclause.render import svg
from coclause.render.numbers import HIDDEN_WORDS, UNKNOWN, Measure, Number, amount, is_number
from coclause.render.palette import HATCHED, Palette, paint

CLASSES: Final = 4
"""Number of shades; a reader tells no more apart."""
_LEGEND_SIZE: Final = 13
_LEGEND_LINE: Final = 22
Ring = list[list[float]]


@dataclass(frozen=True)
class Area:
    """One shape: its code, its name and a GeoJSON ``Polygon`` or ``MultiPolygon`` in degrees."""

    code: str
    name: str
    geometry: Mapping[str, Any]


@dataclass(frozen=True)
class MapClass:
    """One entry of the legend: its words and its colour."""

    words: str
    role: str


def choropleth(
    areas: Sequence[Area],
    values: Mapping[str, Measure],
    *,
    title: str,
    unit: str = "",
    bounds: Sequence[Number] | None = None,
    outlines: Sequence[Area] = (),
    width: int = 520,
    palette: Palette = "screen",
    chart_id: str = "",
) -> str:
    """A map of ``values`` by area code, with a legend in words and each area's figure on hover.

    ``bounds`` are the limits between classes, at most three; without them the known figures above
    zero are cut into four groups of equal number. Zero, hidden and unknown are classes of their
    own; an area without a value is unknown. ``outlines`` (départements) are drawn over the areas.
    Raises ``ValueError`` without any area or with too many bounds.
    """
    if not areas:
        raise ValueError("une carte a au moins un territoire")
    known = [value for value in values.values() if is_number(value)]
    limits = list(bounds) if bounds is not None else _quantiles([v for v in known if v > 0])
    if len(limits) >= CLASSES:
        raise ValueError(f"au plus {CLASSES - 1} limites de classe, reçu {len(limits)}")
    measures = {area.code: values.get(area.code) for area in areas}
    classes = {code: classify(value, limits, unit) for code, value in measures.items()}
    features = [
        {
            **_feature(area.geometry),
            "paint": paint(classes[area.code].role),
            "label": f"{svg.NAMED}{area.name} : {amount(measures[area.code], unit)}",
        }
        for area in areas
    ]
    legend = _legend(classes.values(), limits, unit)
    specification = _specification(features, legend, outlines, width)
    return svg.draw(
        specification,
        title=title,
        description=_told(classes.values(), legend),
        palette=palette,
        chart_id=chart_id,
    )


def classify(value: Measure, limits: Sequence[Number], unit: str) -> MapClass:
    """The class of one value; a limit belongs to the class above it."""
    if value is None:
        return MapClass(UNKNOWN, HATCHED)
    if not is_number(value):
        return MapClass(f"{HIDDEN_WORDS}, non montré", "line")
    if value == 0:
        return MapClass(amount(0, unit), "well")
    rank = sum(value >= limit for limit in limits)
    return _shades(limits, unit)[rank]


def _shades(limits: Sequence[Number], unit: str) -> list[MapClass]:
    if not limits:
        return [MapClass(f"plus de {amount(0, unit)}", "map-3")]
    words = [f"moins de {amount(limits[0], unit)}"]
    for low, high in pairwise(limits):
        words.append(f"de {amount(low)} à {amount(high, unit)}")
    words.append(f"{amount(limits[-1], unit)} et plus")
    first = CLASSES - len(words) + 1
    return [MapClass(text, f"map-{first + rank}") for rank, text in enumerate(words)]


def _quantiles(values: Sequence[Number]) -> list[Number]:
    """Limits of four groups of equal number, rounded to two digits so that they can be read."""
    ordered = sorted(values)
    if len(ordered) < CLASSES:
        return []
    cuts = [ordered[len(ordered) * part // CLASSES] for part in range(1, CLASSES)]
    return sorted({_two_digits(cut) for cut in cuts})


def _two_digits(value: Number) -> Number:
    places = 1 - math.floor(math.log10(value))
    rounded = round(float(value), places)
    return int(rounded) if rounded == int(rounded) else rounded


def _legend(found: Iterable[MapClass], limits: Sequence[Number], unit: str) -> list[MapClass]:
    """Every shade, used or not, then the particular classes that the map does show."""
    particular = (
        classify(0, limits, unit),
        classify("hidden", limits, unit),
        classify(None, (), ""),
    )
    present = set(found)
    return [*_shades(limits, unit), *(entry for entry in particular if entry in present)]


def _specification(
    features: list[dict[str, Any]],
    legend: list[MapClass],
    outlines: Sequence[Area],
    width: int,
) -> dict[str, Any]:
    projection, map_height = _projection(features, width)
    entries, legend_height = _legend_entries(legend, width, map_height + _LEGEND_LINE)
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": features},
            "mark": {
                "type": "geoshape",
                "stroke": paint("paper"),
                "strokeWidth": 0.7,
                "aria": True,
            },
            "encoding": {
                "fill": {"field": "paint", "type": "nominal", "scale": None, "legend": None},
                "description": {"field": "label"},
            },
        }
    ]
    if outlines:
        shapes = [_feature(area.geometry) for area in outlines]
        border = {"filled": False, "stroke": paint("ink"), "strokeWidth": 1.1}
        layers.append({"data": {"values": shapes}, "mark": {"type": "geoshape", **border}})
    return {
        "width": width,
        "height": map_height + _LEGEND_LINE + legend_height,
        "padding": 0,
        "autosize": "none",
        "projection": projection,
        "layer": [*layers, *_legend_layers(entries)],
    }


def _legend_entries(
    legend: Sequence[MapClass], width: int, top: int
) -> tuple[list[dict[str, Any]], int]:
    """Where each entry of the legend goes, in as many columns as its words leave room for."""
    column = 40 + max(len(entry.words) for entry in legend) * _LEGEND_SIZE * 0.5
    columns = max(1, int(width // column))
    lines = math.ceil(len(legend) / columns)
    entries = []
    for index, entry in enumerate(legend):
        left, middle = 1 + (index // lines) * column, top + (index % lines) * _LEGEND_LINE + 8
        entries.append(
            {
                "left": left,
                "right": left + 14,
                "text": left + 21,
                "top": middle - 7,
                "middle": middle,
                "bottom": middle + 7,
                "words": entry.words,
                "paint": paint(entry.role),
            }
        )
    return entries, lines * _LEGEND_LINE


def _legend_layers(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def pixel(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "scale": None, "axis": None}

    square = {"type": "rect", "stroke": paint("edge"), "strokeWidth": 0.5}
    words = {"type": "text", "align": "left", "baseline": "middle", "fontSize": _LEGEND_SIZE}
    return [
        {
            "data": {"values": entries},
            "mark": square,
            "encoding": {
                "x": pixel("left"),
                "x2": {"field": "right"},
                "y": pixel("top"),
                "y2": {"field": "bottom"},
                "fill": {"field": "paint", "type": "nominal", "scale": None, "legend": None},
            },
        },
        {
            "data": {"values": entries},
            "mark": words,
            "encoding": {
                "x": pixel("text"),
                "y": pixel("middle"),
                "text": {"field": "words"},
                "color": {"value": paint("ink")},
            },
        },
    ]


def _feature(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature whose outer rings turn clockwise: d3 fills the outside of the others."""
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    turned = [
        [_turned(ring, clockwise=index == 0) for index, ring in enumerate(polygon)]
        for polygon in polygons
    ]
    return {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": turned}}


def _turned(ring: Ring, *, clockwise: bool) -> Ring:
    area = sum((end[0] - start[0]) * (end[1] + start[1]) for start, end in pairwise(ring))
    return ring if (area > 0) == clockwise else ring[::-1]


def _projection(features: Sequence[Mapping[str, Any]], width: int) -> tuple[dict[str, Any], int]:
    """Mercator fitted to ``width``, or to a height of 1.5 times the width for a tall territory."""
    points = [
        point
        for feature in features
        for polygon in feature["geometry"]["coordinates"]
        for point in polygon[0]
    ]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south = _mercator(min(point[1] for point in points))
    north = _mercator(max(point[1] for point in points))
    wide, tall = math.radians(east - west), north - south
    if not wide or not tall:
        raise ValueError("une carte a une largeur et une hauteur")
    scale = min((width - 2) / wide, width * 1.5 / tall)
    left = (width - scale * wide) / 2
    translate = [left - scale * math.radians(west), 1 + scale * north]
    return {"type": "mercator", "scale": scale, "translate": translate}, round(scale * tall) + 2


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def _told(found: Iterable[MapClass], legend: Sequence[MapClass]) -> str:
    present = list(found)
    counts = [(present.count(entry), entry.words) for entry in legend]
    parts = [
        f"{words} : {count} territoire{'s' if count > 1 else ''}"
        for count, words in counts
        if count
    ]
    return " ; ".join(parts) + "."
