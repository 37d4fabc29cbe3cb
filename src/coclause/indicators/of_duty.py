"""The duty to put a social condition, and the contracts that are left without one.

A register is private to its buyer and to the facilitator of its operation: these figures are
those of a whole region, their rows are counts, and a smaller perimeter has none.
"""

from collections.abc import Callable, Mapping

from coclause.clauses.opting_out import case_labels
from coclause.indicators.facts import Facts
from coclause.indicators.facts_of_front_door import NoticeFact
from coclause.indicators.indicator import Indicator, Kind, Number, Row, Value
from coclause.indicators.keys import UNKNOWN, tally, words

CONDITION, OPTED_OUT, UNDETERMINED = "avec_condition", "motif_inscrit", "indeterminee"
CATEGORIES = {
    CONDITION: "Avec condition",
    OPTED_OUT: "Motif inscrit au registre",
    UNKNOWN: "Non connu",
    UNDETERMINED: "Obligation non déterminée",
}
REGION_ONLY = (
    " Tel que connu aujourd’hui, et pour la région entière seulement : le registre est privé, et un"
    " périmètre plus petit laisserait reconnaître un acheteur."
)
ENTRIES = (
    "Inscriptions aux registres des acheteurs dont l’avis est envoyé dans la période, ni corrigées"
    " par une autre, ni retirées"
)
Counts = dict[str, Number]


def _whole_region(facts: Facts) -> bool:
    return not (facts.perimeter.by_operation or facts.perimeter.by_referent)


def _by_case(facts: Facts) -> Counts | None:
    """Every case that the law plans, those nobody invoked at 0."""
    if not _whole_region(facts):
        return None
    return tally(facts.opt_outs.items(), _case_labels(facts))


def _case_labels(facts: Facts) -> Mapping[str, str]:
    return {**case_labels(facts.period.first), **case_labels(facts.period.last)}


def _opt_outs(facts: Facts) -> Value:
    found = _by_case(facts)
    return None if found is None else sum(found.values())


def _category(fact: NoticeFact) -> str | None:
    """What is recorded of a contract under the duty; None for one that is not."""
    if fact.duty == "unknown":
        return UNDETERMINED
    if fact.duty != "due":
        return None
    if fact.condition:
        return CONDITION
    return OPTED_OUT if fact.opted_out else UNKNOWN


def _told(facts: Facts) -> list[tuple[str, NoticeFact]]:
    pairs = ((_category(fact), fact) for fact in facts.notices)
    return [(category, fact) for category, fact in pairs if category is not None]


def _contracts(facts: Facts) -> Counts | None:
    if not _whole_region(facts):
        return None
    return tally(((category, 1) for category, _ in _told(facts)), CATEGORIES)


def _contract_terms(facts: Facts) -> dict[str, Number | None]:
    if not _whole_region(facts):
        return {"under_duty": None, "presumed": None}
    due = [fact for category, fact in _told(facts) if category != UNDETERMINED]
    return {"under_duty": len(due), "presumed": sum(fact.presumed for fact in due)}


def _rows(counts: Callable[[Facts], Counts | None]) -> Callable[[Facts], list[Row]]:
    """A row by category, and nothing that tells one contract from another."""
    return lambda facts: [
        {"key": key, "value": value} for key, value in (counts(facts) or {}).items() if value
    ]


INDICATORS = (
    Indicator(
        code="opt_outs",
        label="Dispenses inscrites au registre",
        unit="inscriptions",
        definition=f"{ENTRIES}.{REGION_ONLY}",
        compute=_opt_outs,
        rows=_rows(_by_case),
        labels=_case_labels,
    ),
    Indicator(
        code="opt_outs_by_case",
        label="Dispenses inscrites au registre, par cas invoqué",
        unit="inscriptions",
        definition=f"{ENTRIES}, selon le cas du code que l’acheteur invoque.{REGION_ONLY}",
        kind=Kind.BREAKDOWN,
        denominator="dispenses inscrites dont l’avis est envoyé dans la période",
        compute=_by_case,
        rows=_rows(_by_case),
        labels=_case_labels,
        of="opt_outs",
    ),
    Indicator(
        code="duty_compliance",
        label="Contrats soumis à l’obligation",
        unit="contrats",
        definition="Contrats saisis ici, soumis à l’obligation d’une condition d’exécution sociale"
        " et dont l’avis est envoyé dans la période : avec une condition d’exécution acceptée par"
        " l’acheteur sur un lot au moins, quel que soit son thème ; sans elle, avec un motif"
        " inscrit au registre ; sinon non connu, car un critère ou un marché réservé seul n’est pas"
        " une condition. La loi regarde la valeur estimée : quand elle n’est pas saisie, le montant"
        " du contrat la remplace et elle est présumée. L’obligation est non déterminée quand la"
        " valeur, la date de l’avis ou la catégorie de l’acheteur manque, ou quand le droit ne"
        " permet pas de répondre : ces contrats sont montrés à part, hors du total. Sans date"
        " d’avis, un contrat est de la période de sa notification."
        f"{REGION_ONLY}",
        kind=Kind.BREAKDOWN,
        denominator="contrats soumis à l’obligation, ceux où elle n’est pas déterminée exclus",
        compute=_contracts,
        rows=_rows(_contracts),
        labels=words(CATEGORIES.items()),
        terms=_contract_terms,
        apart=(UNDETERMINED,),
    ),
)
