"""The key figures of a year: what the public page, the one-page PDF and the command all show."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from coclause.closing.reported import Reported, YearState, reported
from coclause.indicators.figures import Figure, State
from coclause.indicators.perimeter import Perimeter, Period
from coclause.reference.choices import Level
from coclause.reference.models import Dataset, Epci, Region
from coclause.reference.queries import contours
from coclause.reference.territories import Territory
from coclause.render import key_figures as page
from coclause.render.key_figures import Breakdown, KeyFiguresDocument, RegionMap, Share, Tile
from coclause.render.maps import Area, choropleth
from coclause.render.numbers import Measure, Number, amount, integer, is_number
from coclause.render.palette import Palette

CODES = (
    "facilitators",
    "facilitators_fte",
    "hours_validated",
    "hours_by_market_type",
    "hours_by_departement",
    "hours_by_epci",
    "fte_insertion",
    "operations_followed",
    "contracts_with_clause",
    "buyers",
    "companies",
    "realisation_rate",
    "beneficiaries",
    "beneficiaries_by_sex",
    "beneficiaries_by_age",
    "beneficiaries_by_public",
    "employment_contracts",
)
TILES = (
    "hours_validated",
    "beneficiaries",
    "employment_contracts",
    "fte_insertion",
    "operations_followed",
    "buyers",
    "companies",
    "facilitators",
)
PEOPLE = ("beneficiaries_by_sex", "beneficiaries_by_age", "beneficiaries_by_public")
MOST_PUBLICS = 5
WITH_ARTICLE = {"04": "à", "06": "à", "32": "dans les", "44": "dans le", "52": "dans les"}
"""How a region follows "where", by INSEE code, when it is not "en"."""
MAP_TITLE = "Où les heures sont travaillées"
CONTOURS = "contours"


@dataclass(frozen=True)
class KeyFigures:
    """A region's year, everything in it being fit to be published."""

    region: Region
    year: int
    known_on: date
    reported: Reported

    @property
    def figures(self) -> Mapping[str, Figure]:
        """Frozen once the year is closed."""
        return self.reported.figures

    @property
    def year_state(self) -> YearState:
        return self.reported.state

    @property
    def state(self) -> State:
        return self.figures["hours_validated"].state

    def number(self, code: str) -> Measure:
        """A figure that is one number."""
        value = self.figures[code].value
        if isinstance(value, Mapping):
            raise TypeError(f"{code} is a breakdown")
        return value

    def cells(self, code: str) -> Mapping[str, Measure]:
        """A figure that is a breakdown; nothing when it is not known."""
        value = self.figures[code].value
        return value if isinstance(value, Mapping) else {}


def key_figures(
    region: Region,
    year: int,
    *,
    day: date,
    known_on: datetime | None = None,
    codes: Collection[str] = CODES,
) -> KeyFigures:
    """The year's figures, small groups hidden. `day` is the day they are read.

    `known_on` counts the hours as they were validated at that moment. `codes` names the figures
    wanted, with "hours_validated" among them; the PDF needs them all.
    """
    return KeyFigures(
        region=region,
        year=year,
        known_on=_last_day_known(known_on) if known_on else day,
        reported=reported(Perimeter(region.pk), Period.year(year), known_on, codes),
    )


def _last_day_known(moment: datetime) -> date:
    """The day in France up to which a moment reaches; midnight ends the day before."""
    return timezone.localtime(moment - timedelta(microseconds=1)).date()


def key_figures_pdf(found: KeyFigures, *, fonts: Path) -> bytes:
    """The one-page PDF of these figures, map included where outlines are loaded."""
    return page.key_figures(document(found), fonts=fonts)


def document(found: KeyFigures) -> KeyFiguresDocument:
    """The figures as the page words them."""
    hours, closure = found.figures["hours_validated"], found.year_state.closure
    terms = found.figures["realisation_rate"].terms
    return KeyFiguresDocument(
        region=_in_region(found.region),
        year=found.year,
        state=found.state,
        closed_on=closure.closed_on if closure else None,
        known_on=found.known_on,
        period=hours.period,
        perimeter=hours.perimeter,
        finding=finding(found),
        tiles=[_tile(found.figures[code], _note(found, code)) for code in TILES],
        markets=_breakdown(found, "hours_by_market_type"),
        departments=_breakdown(found, "hours_by_departement"),
        people=[_breakdown(found, code) for code in PEOPLE],
        realised=_number(terms.get("validated")),
        committed=_number(terms.get("committed")),
        definitions=[
            (found.figures[code].label, found.figures[code].definition.rstrip("."))
            for code in ("hours_validated", "beneficiaries", "fte_insertion", "realisation_rate")
        ],
        sources=_sources(),
        publisher=f"Coordination régionale des clauses sociales, {found.region.name}",
        map=region_map(found, palette="print", width=page.MAP_WIDTH),
    )


def finding(found: KeyFigures) -> str:
    """What the year was, in a sentence."""
    hours, people = found.number("hours_validated"), found.number("beneficiaries")
    if not is_number(hours) or not hours:
        return f"Aucune heure validée pour {found.year} à ce jour."
    if not is_number(people):
        return f"En {found.year}, {integer(hours)} heures d’insertion ont été réalisées."
    return (
        f"En {found.year}, {integer(people)} personnes ont réalisé {integer(hours)} heures"
        " d’insertion grâce aux clauses sociales."
    )


def region_map(
    found: KeyFigures, *, palette: Palette, width: int, chart_id: str = ""
) -> RegionMap | None:
    """Hours by EPCI of execution on the region's outline; None where no outline is loaded.

    An EPCI of the region without any hour is at zero, not unknown.
    """
    areas = _areas(found.region, Level.EPCI)
    if not areas:
        return None
    hours = found.cells("hours_by_epci")
    svg = choropleth(
        areas,
        {area.code: hours.get(area.code, 0) for area in areas},
        title=MAP_TITLE,
        unit="h",
        outlines=_areas(found.region, Level.DEPARTEMENT),
        width=width,
        palette=palette,
        chart_id=chart_id,
    )
    return RegionMap(
        title=MAP_TITLE,
        note="Heures réalisées, par intercommunalité du lieu d’exécution.",
        svg=svg,
        alternative=_alternative(found.figures["hours_by_epci"], hours),
    )


def _areas(region: Region, level: Level) -> list[Area]:
    inside = Territory(Level.REGION, region.pk)
    shapes = list(contours(level, inside=inside))
    names = (
        dict(Epci.objects.filter(pk__in=[s.code for s in shapes]).values_list("pk", "name"))
        if level == Level.EPCI
        else {}
    )
    return [Area(s.code, names.get(s.code, s.code), s.geometry) for s in shapes]


def _alternative(figure: Figure, hours: Mapping[str, Measure]) -> str:
    known = [(value, key) for key, value in hours.items() if is_number(value) and value]
    first = sorted(known, reverse=True)[:3]
    if not first:
        return "Carte de la région par intercommunalité : aucune heure réalisée."
    named = ", ".join(f"{figure.labels.get(key, key)} ({integer(value)} h)" for value, key in first)
    return f"Carte de la région par intercommunalité. Le plus d’heures : {named}."


def _tile(figure: Figure, note: str) -> Tile:
    value = figure.value
    if isinstance(value, Mapping):
        raise TypeError(f"{figure.code} is a breakdown")
    unit = figure.unit if figure.unit in {"h", "ETP"} else ""
    return Tile(label=figure.label, value=_whole(value), unit=unit, note=note)


def _breakdown(found: KeyFigures, code: str) -> Breakdown:
    figure = found.figures[code]
    cells = _ordered(found.cells(code), figure.several)
    total = found.number("hours_validated" if figure.unit == "h" else "beneficiaries")
    return Breakdown(
        title=figure.label,
        note=f"Part des {figure.denominator}" if figure.denominator else "",
        rows=[Share(_short(figure.labels.get(key, key)), _whole(value)) for key, value in cells],
        unit="h" if figure.unit == "h" else "",
        total=_number(total),
        several=figure.several,
    )


def _short(label: str) -> str:
    """A label without what it specifies after a bracket or a comma, for a narrow column."""
    return label.partition(" (")[0].partition(",")[0]


def _ordered(cells: Mapping[str, Measure], several: bool) -> Sequence[tuple[str, Measure]]:
    """Categories that say something; of many publics, the most frequent."""
    said = [(key, value) for key, value in cells.items() if value != 0]
    if not several:
        return said[: page.MAX_BARS]
    return sorted(said, key=_rank)[:MOST_PUBLICS]


def _rank(cell: tuple[str, Measure]) -> tuple[Number, str]:
    key, value = cell
    return (-value if is_number(value) else 0), key


def _whole(value: Measure) -> Measure:
    """A page shows whole hours; the command keeps the hundredths."""
    return round(value) if is_number(value) else value


def _number(value: Measure) -> Number | None:
    return value if is_number(value) else None


def _in_region(region: Region) -> str:
    return f"{WITH_ARTICLE.get(region.pk, 'en')} {region.name}"


def _note(found: KeyFigures, code: str) -> str:
    """What a tile adds to its number: the period, its parameter or the figure beside it."""
    figure = found.figures[code]
    if code == "facilitators":
        return f"{amount(found.number('facilitators_fte'), 'ETP')} {figure.period}"
    if figure.parameters:
        value = figure.parameters[0].value
        return f"{integer(value)} h par ETP"
    if code == TILES[0]:
        return found.reported.since(code) or figure.period
    return "dans l’année"


def _sources() -> str:
    """Where the hours come from, and the map; the page of sources tells the rest."""
    contours = Dataset.objects.filter(code=CONTOURS).values_list("source", "vintage")
    drawn = "".join(f" ; carte : {source}, {vintage}" for source, vintage in contours)
    return f"déclarations des entreprises, validées par les facilitateurs{drawn}"
