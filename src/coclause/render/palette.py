"""Colours of charts, by role: a page paints them by its style sheet, a document by their print hue.

On a page each shape carries a class (``vl-travaux`` fills, ``vl-stroke-line`` draws) that the
sheet ``web/static/coclause/css/charts.css`` binds to a light and a dark colour; the print hue
stays underneath as an attribute, so that a saved picture is never black.
"""

from typing import Final, Literal

Palette = Literal["screen", "print"]

PRINT: Final[dict[str, str]] = {
    "ink": "#1d2433",
    "slate": "#475569",
    "edge": "#7d8592",
    "line": "#dedad1",
    "well": "#efede7",
    "paper": "#ffffff",
    "green": "#166534",
    "ochre": "#b45309",
    "red": "#b91c1c",
    "muted": "#7d8592",
    "travaux": "#166534",
    "services": "#1d4ed8",
    "fournitures": "#b45309",
    "prestations-intellectuelles": "#7c3aed",
    "concessions": "#0f766e",
    "prive": "#475569",
    "map-1": "#d9eade",
    "map-2": "#9fcbae",
    "map-3": "#4d9768",
    "map-4": "#14532d",
}
"""Print hue of each role; the same as the light theme of ``charts.css``."""

HATCHED: Final = "hatched"
"""Role of what is unknown or provisional: oblique lines, never a colour alone."""
PREFIX: Final = "vl-"


def paint(role: str) -> str:
    """The mark a specification carries where a colour goes, replaced when the SVG is finished."""
    if role != HATCHED and role not in PRINT:
        raise ValueError(f"couleur inconnue : {role}")
    return PREFIX + role
