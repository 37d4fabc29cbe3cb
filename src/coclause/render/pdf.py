"""A Typst template and plain data, made into an accessible PDF.

Data never become markup: they travel as one JSON string that the template decodes, so a name such
as ``#read("/etc/passwd")`` is printed as it is written.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import typst

from coclause.render.glyphs import written

TEMPLATES: Final = Path(__file__).parent / "typst"
"""Folder of the house's templates; a template reads nothing outside its own folder."""
FONT: Final = "Source Sans 3"


_TOO_LONG: Final = "trop long"


class TooLongError(ValueError):
    """A one-page document does not hold on its page."""


def pdf(
    template: Path,
    data: Mapping[str, Any],
    *,
    fonts: Path,
    title: str,
    lang: str = "fr",
    day: date,
) -> bytes:
    """The PDF/UA-1 of ``template``: tagged, titled, in ``lang``; the same data give the same bytes.

    ``data`` holds what JSON holds. ``fonts`` is the folder of the Source Sans 3 TTF files; no other
    font is used, and a sign that it lacks becomes a square. ``day`` dates the document.

    Raises ``FileNotFoundError`` when the template or the fonts are missing, ``TooLongError`` when a
    one-page template overflows, ``ValueError`` when Typst refuses the document, with its reason.
    """
    if not template.is_file():
        raise FileNotFoundError(template)
    family = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)]
    )
    if FONT not in family.families():
        # Without its fonts Typst would make a blank document and say nothing.
        raise FileNotFoundError(f"police {FONT} absente de {fonts}")
    regular = fonts / "SourceSans3-Regular.ttf"
    given = written({**data, "title": title, "lang": lang, "day": day.isoformat()}, regular)
    try:
        made = typst.compile(
            str(template),
            root=str(template.parent),
            font_paths=family,
            format="pdf",
            sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
            pdf_standards="ua-1",
            timestamp=datetime.combine(day, time(), tzinfo=UTC),
        )
    except typst.TypstError as refusal:
        if _TOO_LONG in refusal.message:
            raise TooLongError(f"{template.name} : plus d'une page") from refusal
        raise ValueError(f"{template.name} : {refusal.message}") from refusal
    return bytes(made)
