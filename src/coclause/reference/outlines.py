"""Outlines of territories made of communes, without a geometry library.

Two neighbours share the same edge, walked in opposite directions: adding up the communes of a
territory and striking out the pairs leaves its outline. Outlines are then thinned arc by arc
between the points where three territories meet, so that neighbours keep a common border.

Points are integers, in ten-thousandths of a degree (about ten metres).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

UNITS_PER_DEGREE = 10_000

Point = tuple[int, int]
Edge = tuple[Point, Point]
Ring = list[Point]  # open: the first point is not repeated at the end


def geometries(
    territories: Mapping[str, Iterable[Ring]], *, tolerance: float
) -> dict[str, dict[str, Any]]:
    """Return the GeoJSON MultiPolygon of each territory, from the rings of its communes.

    ``tolerance`` is in degrees. Rings of communes must be clockwise outside, the other way round
    for holes; so are those returned.
    """
    borders = {code: _border(rings) for code, rings in territories.items()}
    meetings = _meetings(edge for border in borders.values() for edge in border)
    result = {}
    for code, border in borders.items():
        rings = _trace(border)
        polygons = _polygons(rings, lambda ring: _thin_ring(ring, meetings, tolerance))
        if polygons:
            result[code] = {"type": "MultiPolygon", "coordinates": polygons}
    return result


def area(ring: Ring) -> float:
    """Return the signed area, in square units: negative when the ring is clockwise."""
    return (
        sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2
    )


def _border(rings: Iterable[Ring]) -> dict[Edge, None]:
    """Return the edges that no two rings share, in a stable order."""
    edges: dict[Edge, None] = {}
    for ring in rings:
        for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
            if start == end:
                continue
            if (end, start) in edges:
                del edges[end, start]
            else:
                edges[start, end] = None
    return edges


def _meetings(edges: Iterable[Edge]) -> set[Point]:
    """Return the points where other than two borders meet: thinning never moves them."""
    undirected = {(min(edge), max(edge)) for edge in edges}
    degree = Counter(point for edge in undirected for point in edge)
    return {point for point, count in degree.items() if count != 2}


def _trace(border: Iterable[Edge]) -> list[Ring]:
    """Join edges end to end into closed rings; an edge that leads nowhere is dropped."""
    ends: dict[Point, list[Point]] = defaultdict(list)
    for start, end in border:
        ends[start].append(end)
    rings = []
    for start in list(ends):
        while ends[start]:
            ring = [start]
            while ends[ring[-1]]:
                following = ends[ring[-1]].pop()
                if following == start:
                    rings.append(ring)
                    break
                ring.append(following)
    return rings


def _polygons(rings: list[Ring], thin: Callable[[Ring], Ring]) -> list[list[list[list[float]]]]:
    """Sort rings into outsides and holes, each hole in the outside that holds most of it."""
    outsides = sorted((ring for ring in rings if area(ring) < 0), key=area)
    polygons = []
    for index, ring in enumerate(outsides):
        thinned = thin(ring)
        if len(thinned) < 3 or area(thinned) >= 0:
            # Too small to draw; a territory made of such rings alone keeps its largest one whole.
            thinned = ring if index == 0 else []
        polygons.append([thinned])
    for hole in (ring for ring in rings if area(ring) > 0):
        thinned = thin(hole)
        if len(thinned) < 3 or area(thinned) <= 0:
            continue
        counts = [sum(_inside(point, outside) for point in hole) for outside in outsides]
        polygons[counts.index(max(counts))].append(thinned)
    return [[_degrees(ring) for ring in polygon] for polygon in polygons if polygon[0]]


def _degrees(ring: Ring) -> list[list[float]]:
    """Return the closed ring, in degrees."""
    return [[x / UNITS_PER_DEGREE, y / UNITS_PER_DEGREE] for x, y in [*ring, ring[0]]]


def _inside(point: Point, ring: Ring) -> bool:
    """Tell whether the point is inside the ring (even-odd rule)."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _thin_ring(ring: Ring, meetings: set[Point], tolerance: float) -> Ring:
    """Thin a ring between its fixed points; an island gets two that both sides would choose."""
    fixed = [index for index, point in enumerate(ring) if point in meetings]
    first = fixed[0] if fixed else ring.index(min(ring))
    turned = ring[first:] + ring[:first]
    stops = [index - first for index in fixed] or [0]
    if len(stops) == 1:
        stops.append(
            max(range(len(turned)), key=lambda i: (_apart(turned[0], turned[i]), turned[i]))
        )
    closed = [*turned, turned[0]]
    thinned: Ring = []
    for start, stop in pairwise([*stops, len(turned)]):
        thinned += _thin_arc(closed[start : stop + 1], tolerance * UNITS_PER_DEGREE)[:-1]
    return thinned


def _thin_arc(arc: Ring, tolerance: float) -> Ring:
    """Thin an arc (Douglas-Peucker), always walked the same way whichever side it is seen from."""
    backward = arc[::-1]
    if backward < arc:
        return _thin_arc(backward, tolerance)[::-1]
    kept = {0, len(arc) - 1}
    spans = [(0, len(arc) - 1)]
    while spans:
        start, stop = spans.pop()
        between = range(start + 1, stop)
        distance, farthest = max(
            ((_from_segment(arc[i], arc[start], arc[stop]), i) for i in between), default=(0.0, 0)
        )
        if distance > tolerance:
            kept.add(farthest)
            spans += [(start, farthest), (farthest, stop)]
    return [arc[index] for index in sorted(kept)]


def _apart(a: Point, b: Point) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def _from_segment(point: Point, start: Point, end: Point) -> float:
    """Return the distance from a point to a segment."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    px, py = point[0] - start[0], point[1] - start[1]
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, (px * dx + py * dy) / length)) if length else 0.0
    return math.hypot(px - along * dx, py - along * dy)
