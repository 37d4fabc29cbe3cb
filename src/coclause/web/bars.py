"""Geometry of the hours bar, the drawing by which CoClause is known. Pure: no Django, no drawing.

Lengths are shares of the bar's width, as SVG percentages ("37.74%"): they are attributes, so the
page keeps a policy without inline styles, and texts of the drawing keep their size.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from coclause.render import numbers

Number = int | Decimal | float
Size = Literal["large", "thin", "tiny"]

LABELLED_WIDTH: Final = 640
"""Narrowest bar, in pixels, that carries labels (the style sheet hides them below)."""
PADDING: Final = 12
FIGURE_CHARACTER: Final = 11
WORD_CHARACTER: Final = 7
"""Widths in pixels: beside a label, of a character at 20 px, of a character at 14 px."""
EDGE: Final = 34
"""Nearer than this share (%) to a side, a label is set from that side: whole on a small phone."""


@dataclass(frozen=True)
class Segment:
    """One stretch of the bar. ``figure`` is empty when the stretch is too short to carry it."""

    kind: Literal["validated", "declared", "projected", "missing"]
    x: str
    width: str
    end: str
    figure: str = ""
    word: str = ""


@dataclass(frozen=True)
class Mark:
    """A vertical stroke and its words. ``anchor`` is the SVG ``text-anchor``."""

    x: str
    anchor: Literal["start", "middle", "end"]
    words: str


@dataclass(frozen=True)
class HoursBar:
    """What the template draws. ``sentence`` says the same in words, for those who do not see it."""

    segments: tuple[Segment, ...]
    expected: Mark | None
    commitment: Mark | None
    committed_known: bool
    sentence: str

    @property
    def drawn(self) -> tuple[Segment, ...]:
        """The stretches that have a length."""
        return tuple(segment for segment in self.segments if segment.width != "0%")


def hours_bar(
    validated: Number | None,
    declared: Number | None,
    expected: Number | None,
    projected: Number | None,
    committed: Number | None,
) -> HoursBar:
    """Lay out the five figures of a clause, in hours.

    ``declared`` are hours declared and not yet validated; ``expected`` is what should be reached
    today; ``projected`` is the total at the end at the present pace. ``None`` is unknown and is
    drawn as nothing, never as zero hours owed. Above the commitment the scale grows and the
    commitment becomes a mark inside the bar. Raises ``ValueError`` for a negative figure.
    """
    figures = (validated, declared, expected, projected, committed)
    if any(figure is not None and figure < 0 for figure in figures):
        raise ValueError("une barre d’heures ne montre pas d’heures négatives")
    done, waiting = _exact(validated), _exact(declared)
    reached = done + waiting
    at_end = max(reached, _exact(projected))
    owed = _exact(committed)
    scale = max(at_end, owed, _exact(expected)) or Decimal(1)
    missing = max(Decimal(0), owed - at_end) if projected is not None else Decimal(0)
    segments = (
        _segment("validated", Decimal(0), done, scale, (numbers.hours(done), "validées")),
        _segment("declared", done, waiting, scale),
        _segment(
            "projected", reached, at_end - reached, scale, (numbers.hours(at_end), "fin prévue")
        ),
        _segment("missing", at_end, missing, scale, (numbers.hours(-missing), "manque")),
    )
    over = committed is not None and scale > owed
    return HoursBar(
        segments=segments,
        expected=_mark(expected, scale, "attendu aujourd’hui"),
        commitment=_mark(committed, scale, "engagé") if over else None,
        committed_known=committed is not None,
        sentence=_sentence(figures),
    )


def progress_width(done: Number | None, total: Number | None) -> str:
    """Width of a plain progress bar: never above ``100%``, ``0%`` when a term is unknown."""
    if not total:
        return "0%"
    return _share(min(_exact(done), _exact(total)), _exact(total))


def _exact(value: Number | None) -> Decimal:
    return Decimal(0) if value is None else Decimal(str(value))


def _share(part: Decimal, scale: Decimal) -> str:
    """``part`` of ``scale`` as an SVG percentage, with a dot whatever the language."""
    text = f"{part * 100 / scale:.2f}".rstrip("0").rstrip(".")
    return f"{text}%"


def _segment(
    kind: Literal["validated", "declared", "projected", "missing"],
    start: Decimal,
    length: Decimal,
    scale: Decimal,
    label: tuple[str, str] = ("", ""),
) -> Segment:
    figure, word = label
    needed = 2 * PADDING + max(FIGURE_CHARACTER * len(figure), WORD_CHARACTER * len(word))
    fits = bool(figure) and length / scale * LABELLED_WIDTH >= needed
    return Segment(
        kind=kind,
        x=_share(start, scale),
        width=_share(length, scale),
        end=_share(start + length, scale),
        figure=figure if fits else "",
        word=word if fits else "",
    )


def _mark(value: Number | None, scale: Decimal, words: str) -> Mark | None:
    if value is None:
        return None
    place = _exact(value) * 100 / scale
    anchor: Literal["start", "middle", "end"] = "middle"
    if place < EDGE:
        anchor = "start"
    elif place > 100 - EDGE:
        anchor = "end"
    return Mark(
        x=_share(_exact(value), scale), anchor=anchor, words=f"{words} : {numbers.hours(value)}"
    )


def _sentence(figures: tuple[Number | None, ...]) -> str:
    validated, declared, expected, projected, committed = figures
    parts = [
        f"{numbers.hours(validated or 0)} validées",
        f"{numbers.hours(declared or 0)} déclarées à vérifier",
    ]
    if expected is not None:
        parts.append(f"{numbers.hours(expected)} attendues aujourd’hui")
    if projected is not None:
        parts.append(f"{numbers.hours(projected)} prévues à la fin")
    known = committed is not None
    parts.append(f"{numbers.hours(committed)} engagées" if known else "engagement non connu")
    return ", ".join(parts)
