"""What is owed: in hours, in persons, in contracts; what is not known yet; what was held."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal

from coclause.clauses.choices import IN_HOURS, RATED, Measure, Trigger
from coclause.clauses.counting import together
from coclause.indicators.fact_types import AwardFact, EventFact, MemberFact, ObjectiveFact
from coclause.indicators.facts import Facts
from coclause.indicators.indicator import Indicator, Number, PeriodKind, Row
from coclause.indicators.keys import ZERO, operation_row, quotient

Parts = Callable[[Facts], Iterable[tuple[int, Number]]]
"""Quantities by operation."""
NOT_OVER = (
    "des attributions notifiées au plus tard le dernier jour de la période et dont l’exécution"
    " n’est pas finie avant lui"
)


def _in_hours(facts: Facts) -> list[EventFact]:
    return [event for event in facts.events if event.measure in IN_HOURS]


def _new(facts: Facts) -> list[tuple[int, Number]]:
    return [
        (event.operation, event.quantity)
        for event in _in_hours(facts)
        if facts.period.holds(event.effective_on)
    ]


def _running(facts: Facts, measures: Iterable[str] = IN_HOURS) -> list[tuple[int, Number]]:
    last, awards = facts.period.last, facts.all_awards
    return [
        (event.operation, event.quantity)
        for event in facts.events
        if event.measure in measures and not awards[event.award].is_over(last)
    ]


def _expected(facts: Facts) -> list[tuple[int, Number]]:
    return [(event.operation, event.due) for event in _in_hours(facts) if event.due]


def _waits(objective: ObjectiveFact) -> bool:
    """Whether what is owed depends on an event that had not come on the last day."""
    dated = objective.trigger == Trigger.NOTIFICATION and objective.measure not in RATED
    return not objective.born and not dated


def _undetermined(facts: Facts) -> list[tuple[int, Number]]:
    return [(row.operation, 1) for row in facts.objectives if _waits(row)]


def _conditional(facts: Facts) -> list[tuple[int, Number]]:
    return [
        (row.operation, row.planned)
        for row in facts.objectives
        if row.trigger == Trigger.TRANCHE
        and not row.born
        and row.measure in IN_HOURS
        and row.planned is not None
    ]


def _suspended(facts: Facts) -> list[AwardFact]:
    return [
        award
        for award in facts.awards()
        if award.lot in facts.executed_lots and award.is_suspended(facts.period.last)
    ]


def _replacements(facts: Facts) -> list[MemberFact]:
    """Companies that answer for an award since a day of the period, after another one."""
    before: dict[int, MemberFact] = {}
    found = []
    for member in facts.members:
        earlier = before.get(member.award)
        replaces = earlier is not None and earlier.company != member.company
        if (
            replaces
            and facts.period.holds(member.starts_on)
            and facts.all_awards[member.award].operation in facts.handled
        ):
            found.append(member)
        before[member.award] = member
    return found


def _sum(
    code: str,
    label: str,
    definition: str,
    parts: Parts,
    *,
    unit: str = "h",
    period: PeriodKind = PeriodKind.FLOW,
) -> Indicator:
    """A sum over what is owed; its rows are operations."""

    def compute(facts: Facts) -> Decimal:
        exact = sum((Decimal(part) for _, part in parts(facts)), ZERO)
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def rows(facts: Facts) -> list[Row]:
        sums: dict[int, Number] = defaultdict(lambda: ZERO)
        for operation, part in parts(facts):
            sums[operation] += part
        return [operation_row(facts, pk, part) for pk, part in sorted(sums.items())]

    return Indicator(
        code=code,
        label=label,
        unit=unit,
        definition=definition,
        period=period,
        compute=compute,
        rows=rows,
    )


def _count(
    code: str,
    label: str,
    unit: str,
    definition: str,
    operations: Callable[[Facts], list[int]],
    *,
    period: PeriodKind = PeriodKind.STOCK,
) -> Indicator:
    """A number of things, each on an operation."""
    return Indicator(
        code=code,
        label=label,
        unit=unit,
        definition=definition,
        period=period,
        compute=lambda facts: len(operations(facts)),
        rows=lambda facts: [operation_row(facts, pk, 1) for pk in sorted(operations(facts))],
    )


def _committed(code: str, label: str, measure: Measure, unit: str, what: str) -> Indicator:
    return _sum(
        code,
        label,
        f"{what} {NOT_OVER}, avenants compris ; des quantités engagées, et non des personnes"
        " comptées.",
        lambda facts: _running(facts, (measure,)),
        unit=unit,
        period=PeriodKind.STOCK,
    )


def _closed_terms(facts: Facts) -> dict[str, Number | None]:
    """Hours that count and hours committed, on the clauses closed in the period."""
    if not facts.owed_on_closed:
        return {"validated": None, "committed": None}
    validated = committed = ZERO
    for award, events in facts.owed_on_closed.items():
        owed = sum((event.quantity for event in events), ZERO)
        rules = together(facts.countings[pk] for pk in sorted({event.clause for event in events}))
        worked = facts.validated_to_date.get(award, {})
        validated += rules.counted(worked, owed, facts.period.last)
        committed += owed
    return {"validated": validated, "committed": committed}


def _rate(facts: Facts) -> Decimal | None:
    terms = _closed_terms(facts)
    validated = terms["validated"]
    return quotient(None if validated is None else validated * 100, terms["committed"])


HOURS = (
    _sum(
        "hours_committed_new",
        "Heures engagées dans la période",
        "Engagements en heures nés dans la période (notification ou déclencheur) et avenants qui"
        " y prennent effet, ceux qui retirent des heures compris.",
        _new,
    ),
    _sum(
        "hours_committed_running",
        "Heures engagées en cours",
        "Engagements en heures, avenants et résiliations compris, des attributions dont l’exécution"
        " n’est pas finie avant le dernier jour de la période, selon leur calendrier prolongé ou"
        " résilié ; ne se cumule jamais d’une année à l’autre.",
        _running,
        period=PeriodKind.STOCK,
    ),
    _sum(
        "hours_expected",
        "Heures attendues dans la période",
        "Part des engagements en heures qui échoit dans la période selon le calendrier convenu,"
        " répartie également sur les jours d’exécution, suspensions exclues, à défaut d’autre"
        " accord.",
        _expected,
    ),
    _sum(
        "hours_conditional",
        "Heures des tranches non affermies",
        f"Heures prévues des tranches optionnelles {NOT_OVER}, non affermies ce jour-là : elles ne"
        " sont pas dues.",
        _conditional,
        period=PeriodKind.STOCK,
    ),
)

OTHERS = (
    _count(
        "commitments_undetermined",
        "Engagements pas encore déterminables",
        "objectifs",
        f"Objectifs {NOT_OVER}, dont la dette dépend d’un événement qui n’est pas encore venu ce"
        " jour-là : tranche, année, commande, assiette à connaître.",
        lambda facts: [pk for pk, _ in _undetermined(facts)],
    ),
    _committed(
        "committed_persons",
        "Personnes à employer, engagées",
        Measure.PERSONS,
        "personnes",
        "Nombres de personnes à employer qui sont engagés et dus le dernier jour de la période, sur"
        " les objectifs",
    ),
    _committed(
        "committed_contracts",
        "Contrats de travail à conclure, engagés",
        Measure.CONTRACTS,
        "contrats de travail",
        "Nombres de contrats de travail à conclure qui sont engagés et dus le dernier jour de la"
        " période, sur les objectifs",
    ),
    _committed(
        "committed_apprentices",
        "Apprentis à employer, engagés",
        Measure.APPRENTICES,
        "apprentis",
        "Nombres d’apprentis à employer qui sont engagés et dus le dernier jour de la période, sur"
        " les objectifs",
    ),
    _count(
        "suspended_awards",
        "Attributions suspendues",
        "attributions",
        "Attributions avec une clause mise en exécution, suspendues le dernier jour de la période.",
        lambda facts: [award.operation for award in _suspended(facts)],
    ),
    _count(
        "holders_replaced",
        "Titulaires remplacés",
        "remplacements",
        "Entreprises qui répondent d’une attribution depuis un jour de la période, à la place d’une"
        " autre.",
        lambda facts: [facts.all_awards[row.award].operation for row in _replacements(facts)],
        period=PeriodKind.FLOW,
    ),
)

RATES = (
    Indicator(
        code="realisation_rate",
        label="Taux de réalisation",
        unit="%",
        definition="Heures validées, depuis le début, que la clause décompte (natures retenues,"
        " dans la limite des plafonds), rapportées aux heures engagées, sur les clauses closes"
        " dans la période et qui portent un engagement en heures ; quand plusieurs sont closes sur"
        " une attribution, elles sont comptées ensemble et une heure compte une fois.",
        compute=_rate,
        denominator="heures engagées de ces clauses",
        terms=_closed_terms,
    ),
)
