"""From a Vega-Lite specification to an SVG that a strict page, a screen reader and Typst accept."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import vl_convert
from defusedxml.ElementTree import fromstring

from coclause.render.numbers import NARROW
from coclause.render.palette import HATCHED, PREFIX, PRINT, Palette

FONT: Final = "'Source Sans 3'"
"""In quotes: without them, a word that begins with a digit is no font name in an SVG."""
NAMED: Final = "name:"
"""What a ``description`` channel begins with when its shape shall carry a ``<title>``."""

_SVG: Final = "http://www.w3.org/2000/svg"
_NUMBERS: Final = {
    "decimal": ",",
    "thousands": NARROW,
    "grouping": [3],
    "currency": ["", "\u00a0€"],
    "percent": f"{NARROW}%",
    "minus": "\u2212",
}
_CONFIG: Final[dict[str, Any]] = {
    "aria": False,
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
}
_DECIMALS: Final = re.compile(r"-?\d+\.\d\d+")

register_namespace("", _SVG)


def draw(
    specification: Mapping[str, Any],
    *,
    title: str,
    description: str,
    palette: Palette = "screen",
    chart_id: str = "",
) -> str:
    """The finished SVG of ``specification``, kept in memory by content.

    ``title`` and ``description`` are what a screen reader says, in French. ``chart_id``
    prefixes every id; by default it comes from the content, so give one when the very same picture
    appears twice in a page.

    The SVG keeps its text as text, in the font of the page or document that shows it. vl-convert
    cannot measure "Source Sans 3" (a family name with a word that begins with a digit), registered
    or not: specifications place their words by themselves and never count on its measures.
    """
    content = json.dumps(specification, ensure_ascii=False, sort_keys=True)
    return _finished(content, title, description, palette, chart_id)


@lru_cache(maxsize=64)
def _finished(content: str, title: str, description: str, palette: Palette, chart_id: str) -> str:
    raw = vl_convert.vegalite_to_svg(
        content,
        config=_CONFIG,
        format_locale=_NUMBERS,
        time_format_locale="fr-FR",
        allowed_base_urls=[],
    )
    digest = hashlib.sha256(f"{title}\n{description}\n{content}".encode()).hexdigest()
    prefix = chart_id or f"vl{digest[:10]}"
    root = fromstring(raw)
    _prune(root)
    _name_root(root, prefix, title, description)
    hatched = [_restyle(element, prefix, palette) for element in root.iter()]
    if any(hatched):
        _add_hatching(root, prefix, palette)
    return tostring(root, encoding="unicode")


def _prune(parent: Element) -> None:
    """Remove what shows nothing: Vega's empty foregrounds and unpainted backgrounds."""
    for child in list(parent):
        _prune(child)
        invisible = child.get("display") == "none"
        unpainted = child.get("class") == "background" and not _painted(child)
        hollow = _tag(child) == "g" and len(child) == 0
        # The white sheet vl-convert lays under a picture would hide the dark theme.
        sheet = _tag(child) == "rect" and child.get("fill") == "white"
        if invisible or unpainted or hollow or sheet:
            parent.remove(child)


def _name_root(root: Element, prefix: str, title: str, description: str) -> None:
    root.attrib.pop("version", None)
    root.attrib.pop("class", None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    for position, (name, text) in enumerate((("title", title), ("desc", description))):
        element = Element(f"{{{_SVG}}}{name}", {"id": f"{prefix}-{name}"})
        element.text = text
        root.insert(position, element)


def _restyle(element: Element, prefix: str, palette: Palette) -> bool:
    """Give one element its French name, its own ids and its colours; True if it is hatched."""
    is_root = _tag(element) == "svg"
    label = element.attrib.pop("aria-label", "")
    if not is_root:
        for attribute in ("role", "aria-roledescription", "aria-hidden", "class"):
            element.attrib.pop(attribute, None)
    if label.startswith(NAMED):
        SubElement(element, f"{{{_SVG}}}title").text = label.removeprefix(NAMED)
    _own_ids(element, prefix)
    classes = ["vl"] if is_root else []
    hatched = False
    for attribute in ("fill", "stroke"):
        role = element.get(attribute, "").removeprefix(PREFIX)
        if role == HATCHED:
            element.set(attribute, f"url(#{prefix}-hatch)")
            hatched = True
        elif role in PRINT:
            element.set(attribute, PRINT[role])
            classes.append(_class_of(attribute, role))
    if palette == "screen":
        if classes:
            element.set("class", " ".join(classes))
        element.attrib.pop("font-family", None)
    if "d" in element.attrib:
        element.set(
            "d", _DECIMALS.sub(lambda found: f"{float(found[0]):.1f}", element.get("d", ""))
        )
    return hatched


def _own_ids(element: Element, prefix: str) -> None:
    identifier = element.get("id")
    if identifier and not identifier.startswith(prefix):
        element.set("id", f"{prefix}-{identifier}")
    clip = element.get("clip-path")
    if clip:
        element.set("clip-path", clip.replace("url(#", f"url(#{prefix}-"))


def _add_hatching(root: Element, prefix: str, palette: Palette) -> None:
    definitions = SubElement(root, f"{{{_SVG}}}defs")
    pattern = SubElement(
        definitions,
        f"{{{_SVG}}}pattern",
        {
            "id": f"{prefix}-hatch",
            "width": "6",
            "height": "6",
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
    )
    ground = {"width": "6", "height": "6", "fill": PRINT["paper"]}
    lines = {"width": "1.5", "height": "6", "fill": PRINT["edge"]}
    if palette == "screen":
        ground["class"] = _class_of("fill", "paper")
        lines["class"] = _class_of("fill", "edge")
    SubElement(pattern, f"{{{_SVG}}}rect", ground)
    SubElement(pattern, f"{{{_SVG}}}rect", lines)


def _class_of(attribute: str, role: str) -> str:
    return f"{PREFIX}{role}" if attribute == "fill" else f"{PREFIX}{attribute}-{role}"


def _painted(element: Element) -> bool:
    return "fill" in element.attrib or "stroke" in element.attrib


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
