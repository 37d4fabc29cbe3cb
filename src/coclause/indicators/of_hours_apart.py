"""Hours told apart: without names, by place and share, reserved, globalised, under a convention."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from coclause.clauses.choices import Instrument, Programme
from coclause.core.months import last_day
from coclause.hours.convention_progress import NOT_WRITTEN, QPV, RESIDENCES, RESIDENT
from coclause.indicators.fact_types import HourCell, LineCell
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Kind, Number, Row, Value
from coclause.indicators.keys import UNKNOWN, by_id, operation_row, quotient, tally
from coclause.indicators.of_hours import (
    breakdown,
    departement_labels,
    home_departements,
    hour_rows,
    of_clause,
    total,
)

UNNAMED = "sans_noms"
NAMED = "nominatives"
STATEMENTS = {NAMED: "Déclarations nominatives", UNNAMED: "Déclarations collectives, sans noms"}
HOMES = {
    RESIDENT: RESIDENCES[RESIDENT],
    NOT_WRITTEN: RESIDENCES[NOT_WRITTEN],
    UNKNOWN: "Résidence non connue, heures sans noms comprises",
}
"""Where people lived at hiring; what is not known is never a no."""


def _lines(facts: Facts) -> list[LineCell]:
    return facts.lines


def _collective(facts: Facts) -> list[LineCell]:
    return [cell for cell in facts.lines if cell.employment is None]


def _peaks(cells: Iterable[LineCell]) -> dict[int, tuple[LineCell, int]]:
    """By award, the first month with the largest headcount, and that headcount."""
    found: dict[int, tuple[LineCell, int]] = {}
    for cell in sorted(cells, key=lambda cell: (cell.award, cell.month)):
        heads = cell.headcount or 0
        if cell.award not in found or heads > found[cell.award][1]:
            found[cell.award] = cell, heads
    return found


def _peak_rows(facts: Facts) -> list[Row]:
    return [
        operation_row(facts, facts.all_awards[award].operation, heads, host=cell.host)
        for award, (cell, heads) in _peaks(_collective(facts)).items()
    ]


def _place(facts: Facts, cell: LineCell) -> str:
    placed = facts.placement(cell)
    operation = facts.operations[facts.all_awards[cell.award].operation]
    return (placed and placed.departement) or operation.departement or UNKNOWN


def _share_host(facts: Facts, cell: LineCell) -> str:
    if cell.employment is None:
        return UNNAMED
    placed = facts.placement(cell)
    return str(placed.host) if placed else UNKNOWN


def _share_labels(facts: Facts) -> dict[str, str]:
    names = by_id(facts.share_host_names, "Part non connue")
    return {UNNAMED: "Heures sans noms, hors des parts", **names}


def _reserved(facts: Facts) -> list[HourCell]:
    return [
        cell
        for cell in facts.validated
        if of_clause(facts, cell.award, "instrument") == Instrument.RESERVED
    ]


def _reserved_lines(facts: Facts) -> list[LineCell]:
    return [
        cell
        for cell in facts.lines
        if of_clause(facts, cell.award, "instrument") == Instrument.RESERVED
    ]


def _statement(facts: Facts, cell: LineCell) -> str:
    return UNNAMED if cell.employment is None else NAMED


def _globalised(facts: Facts) -> list[HourCell]:
    """Hours of months on whose last day a commitment of the award is globalised."""
    pooled = defaultdict(list)
    for row in facts.pooled:
        pooled[row.award].append(row)
    return [
        cell
        for cell in facts.validated
        if any(
            row.starts_on <= last_day(cell.month)
            and (row.ends_on is None or row.ends_on >= last_day(cell.month))
            for row in pooled.get(cell.award, ())
        )
    ]


def _is_npnru(facts: Facts, award: int) -> bool:
    contract = facts.all_contracts[facts.all_awards[award].contract]
    return contract.programme == Programme.NPNRU


def _npnru(facts: Facts) -> list[HourCell]:
    return [cell for cell in facts.validated if _is_npnru(facts, cell.award)]


def _npnru_lines(facts: Facts) -> list[LineCell]:
    return [cell for cell in facts.lines if cell.hours and _is_npnru(facts, cell.award)]


def _residence(facts: Facts, cell: LineCell) -> str:
    if cell.employment is None:
        return UNKNOWN
    row = facts.workers[cell.employment]
    if row.district or QPV in row.criteria:
        return RESIDENT
    return NOT_WRITTEN if row.departement else UNKNOWN


def _residents(facts: Facts) -> list[LineCell]:
    return [cell for cell in _npnru_lines(facts) if _residence(facts, cell) == RESIDENT]


def _heads(facts: Facts) -> dict[str, int]:
    """Persons by residence, those without names by their largest monthly number."""
    people: dict[str, set[UUID]] = {key: set() for key in HOMES}
    cells = _npnru_lines(facts)
    for cell in cells:
        if cell.employment is not None:
            people[_residence(facts, cell)].add(facts.workers[cell.employment].identity)
    unnamed = _peaks(cell for cell in cells if cell.employment is None).values()
    heads = {key: len(found) for key, found in people.items()}
    heads[UNKNOWN] += sum(count for _, count in unnamed)
    return heads


def _district_terms(facts: Facts) -> dict[str, Number | None]:
    return {
        "hours_npnru_district": total(_residents(facts)),
        "hours_npnru": total(_npnru(facts)),
    }


def _district_share(facts: Facts) -> Decimal | None:
    return quotient(total(_residents(facts)) * 100, total(_npnru(facts)))


def _by_residence(facts: Facts) -> Value:
    cells = _npnru_lines(facts)
    return tally(((_residence(facts, cell), cell.hours) for cell in cells), HOMES)


BREAKDOWNS = (
    breakdown(
        "hours_by_place",
        "Heures réalisées par lieu de travail",
        "Heures validées selon le département du lieu de travail de la personne, celui de"
        " l’opération à défaut ; cette découpe est à part : l’heure reste comptée une fois, sous la"
        " structure référente de l’opération.",
        _place,
        cells=_lines,
        labels=departement_labels,
        listed=home_departements,
    ),
    breakdown(
        "hours_by_share_host",
        "Heures réalisées par structure de la part",
        "Heures validées selon la structure dans la part de laquelle la personne travaille le"
        " dernier jour du mois ; cette découpe est à part : l’heure reste comptée une fois, sous la"
        " structure référente de l’opération.",
        _share_host,
        cells=_lines,
        labels=_share_labels,
    ),
)

TOTALS = (
    Indicator(
        code="hours_collective",
        label="Heures déclarées sans noms",
        unit="h",
        definition="Heures validées des déclarations collectives, faites d’heures et d’un effectif"
        " sans noms ; elles sont comprises dans les heures réalisées.",
        compute=lambda facts: total(_collective(facts)),
        rows=lambda facts: hour_rows(facts, _collective(facts)),
    ),
    Indicator(
        code="hours_reserved",
        label="Heures des marchés réservés",
        unit="h",
        definition="Heures validées sous une clause de marché réservé, nominatives et collectives.",
        compute=lambda facts: total(_reserved(facts)),
        rows=lambda facts: hour_rows(facts, _reserved(facts)),
    ),
    Indicator(
        code="hours_reserved_by_statement",
        label="Heures des marchés réservés par déclaration",
        unit="h",
        definition="Heures validées sous une clause de marché réservé, selon qu’elles sont"
        " déclarées par personne ou sans noms.",
        compute=lambda facts: tally(
            ((_statement(facts, cell), cell.hours) for cell in _reserved_lines(facts)), STATEMENTS
        ),
        rows=lambda facts: hour_rows(facts, _reserved_lines(facts), _statement),
        kind=Kind.BREAKDOWN,
        denominator="heures validées des marchés réservés",
        labels=lambda facts: STATEMENTS,
        of="hours_reserved",
    ),
    Indicator(
        code="hours_globalised",
        label="Heures globalisées",
        unit="h",
        definition="Heures validées sur une attribution dont un engagement est globalisé avec"
        " d’autres le dernier jour du mois travaillé ; chaque heure reste sur son attribution.",
        compute=lambda facts: total(_globalised(facts)),
        rows=lambda facts: hour_rows(facts, _globalised(facts)),
    ),
    Indicator(
        code="hours_npnru",
        label="Heures des conventions NPNRU",
        unit="h",
        definition="Heures validées sur les contrats rattachés à une convention NPNRU, que leur"
        " nature soit décomptée par la clause ou non.",
        compute=lambda facts: total(_npnru(facts)),
        rows=lambda facts: hour_rows(facts, _npnru(facts)),
    ),
    Indicator(
        code="hours_npnru_by_residence",
        label="Heures des conventions NPNRU par résidence",
        unit="h",
        definition="Heures validées sur les contrats rattachés à une convention NPNRU, selon la"
        " résidence à l’embauche : quartier prioritaire (quartier ou critère inscrit), commune"
        " connue sans quartier inscrit, non connue ; ce qui n’est pas inscrit n’est jamais compté"
        " comme un non.",
        compute=_by_residence,
        rows=lambda facts: hour_rows(facts, _npnru_lines(facts), _residence),
        kind=Kind.BREAKDOWN,
        denominator="heures validées des conventions NPNRU",
        labels=lambda facts: HOMES,
        persons=True,
        heads=_heads,
        of="hours_npnru",
    ),
    Indicator(
        code="hours_npnru_district",
        label="Heures NPNRU des habitants de quartiers prioritaires",
        unit="h",
        definition="Heures validées, sur les contrats rattachés à une convention NPNRU, par des"
        " personnes connues pour habiter un quartier prioritaire à l’embauche.",
        compute=lambda facts: total(_residents(facts)),
        rows=lambda facts: hour_rows(facts, _residents(facts)),
        persons=True,
        heads=_heads,
    ),
    Indicator(
        code="npnru_district_share",
        label="Part des habitants de quartiers prioritaires",
        unit="%",
        definition="Part des heures validées sur les contrats rattachés à une convention NPNRU,"
        " faite par des personnes connues pour habiter un quartier prioritaire à l’embauche ; la"
        " part réelle peut être plus grande, puisque des résidences ne sont pas connues.",
        compute=_district_share,
        denominator="heures validées des conventions NPNRU, résidence connue ou non",
        terms=_district_terms,
        persons=True,
        heads=_heads,
    ),
)

HEADCOUNTS = (
    Indicator(
        code="collective_headcount",
        label="Effectifs déclarés sans noms",
        unit="personnes",
        definition="Somme, sur les attributions, du plus grand effectif mensuel validé de la"
        " période dans les déclarations collectives ; ce n’est pas un nombre de personnes"
        " distinctes, et il ne s’ajoute pas aux personnes bénéficiaires.",
        compute=lambda facts: sum(heads for _, heads in _peaks(_collective(facts)).values()),
        rows=_peak_rows,
        persons=True,
    ),
)
