"""Outlines: a map drawn from them must have no gap, no inside border, no ring inside out."""

from itertools import pairwise
from typing import Any

from coclause.reference.outlines import UNITS_PER_DEGREE, Ring, area, geometries

DEGREE = UNITS_PER_DEGREE


def square(x: int, y: int, size: int = 1) -> Ring:
    """Return a clockwise square, its lower left corner at x, y (degrees)."""
    corners = [(x, y), (x, y + size), (x + size, y + size), (x + size, y)]
    return [(a * DEGREE, b * DEGREE) for a, b in corners]


def rings_of(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    assert geometry["type"] == "MultiPolygon"
    coordinates: list[list[list[list[float]]]] = geometry["coordinates"]
    return coordinates


def edges_of(geometry: dict[str, Any]) -> set[tuple[tuple[float, ...], tuple[float, ...]]]:
    return {
        (tuple(a), tuple(b))
        for polygon in rings_of(geometry)
        for ring in polygon
        for a, b in pairwise(ring)
    }


def test_the_border_between_two_communes_of_a_territory_vanishes() -> None:
    [[ring]] = rings_of(geometries({"a": [square(0, 0), square(1, 0)]}, tolerance=0.01)["a"])

    assert ring[0] == ring[-1]
    assert {tuple(point) for point in ring} == {(0, 0), (0, 1), (2, 1), (2, 0)}


def test_outsides_turn_clockwise_so_that_d3_does_not_fill_the_rest_of_the_world() -> None:
    [[ring]] = rings_of(geometries({"a": [square(5, 5)]}, tolerance=0.01)["a"])

    assert area([(round(x * DEGREE), round(y * DEGREE)) for x, y in ring[:-1]]) < 0


def test_a_territory_around_another_has_a_hole_of_the_same_shape() -> None:
    around = [square(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]

    shapes = geometries({"around": around, "middle": [square(1, 1)]}, tolerance=0.01)

    [[_, hole]] = rings_of(shapes["around"])
    assert edges_of(shapes["middle"]) == {(tuple(b), tuple(a)) for a, b in pairwise(hole)}


def test_two_islands_are_two_polygons() -> None:
    shapes = geometries({"a": [square(0, 0), square(5, 5)]}, tolerance=0.01)

    assert len(rings_of(shapes["a"])) == 2


def test_neighbours_keep_the_same_border_once_thinned() -> None:
    heights = range(0, DEGREE + 1, DEGREE // 20)
    # A border that shakes by less than the tolerance, but for one headland.
    border = [(DEGREE + (900 if y == DEGREE // 2 else 60 * (y // 500 % 2)), y) for y in heights]
    left = [(0, 0), (0, DEGREE), *border[::-1]]
    right = [*border, (2 * DEGREE, DEGREE), (2 * DEGREE, 0)]

    shapes = geometries({"left": [left], "right": [right]}, tolerance=0.02)

    shared = {(b, a) for a, b in edges_of(shapes["left"])} & edges_of(shapes["right"])
    assert sorted(y for start, _ in shared for y in start[1:])[0] == 0
    assert max(end[1] for _, end in shared) == 1
    assert 2 <= len(shared) < len(border) - 1


def test_a_territory_too_small_for_the_scale_is_still_drawn() -> None:
    speck = [(0, 0), (0, 1), (1, 1), (1, 0)]

    assert rings_of(geometries({"a": [speck]}, tolerance=0.5)["a"])
