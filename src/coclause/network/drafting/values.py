"""What is known of a contract, as clause texts name it: never asked twice, never guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from coclause.clauses.choices import (
    CalibrationMethod,
    Ccag,
    ContractKind,
    Framework,
    HostRole,
    HoursKind,
    Instrument,
    Theme,
)
from coclause.clauses.duty import answer, need_of
from coclause.clauses.engaging import counted_in_words
from coclause.clauses.models import (
    Calibration,
    CalibrationLine,
    Clause,
    Contract,
    Lot,
    OperationHost,
)
from coclause.core.periods import on_day
from coclause.hours.choices import Way
from coclause.network.choices import TextContract, TextInstrument
from coclause.network.library.ccag import article_of
from coclause.network.library.filling import Value
from coclause.people.models import Criterion
from coclause.render.blocks import Table
from coclause.render.numbers import NARROW, decimal, euros, hours

DECLARED = "chaque mois"
"""Hours are declared by the month here: the text says what the product asks."""
THOUSAND = 1000
METHODS = {
    CalibrationMethod.AMOUNT: "montant × part de main-d’œuvre × taux d’insertion ÷ coût horaire",
    CalibrationMethod.HOURS: "heures travaillées, personnel repris déduit, × taux d’insertion",
}
OF_INSTRUMENT: dict[str, tuple[str, ...]] = {
    TextInstrument.BOTH: (Instrument.CONDITION, Instrument.CRITERION)
}
HOURS_MISSING = "[à compléter : heures demandées]"


@dataclass(frozen=True)
class Facts:
    """A contract as drafting reads it, each thing read once."""

    contract: Contract
    lots: tuple[Lot, ...]
    clauses: tuple[Clause, ...]
    """The insertion clauses of the instrument, else those of the contract."""
    retained: Calibration | None
    lines: tuple[CalibrationLine, ...]
    host: OperationHost | None

    @property
    def whole(self) -> bool:
        """The contract is not divided into lots."""
        return len(self.lots) == 1 and self.lots[0].number == 1

    @property
    def calibrated(self) -> dict[int, CalibrationLine]:
        """The retained line of each lot; the line of the whole is that of an only lot."""
        only = self.lots[0].pk if len(self.lots) == 1 else 0
        found = {line.lot_id or only: line for line in self.lines}
        found.pop(0, None)
        return found

    @property
    def concerned(self) -> tuple[Lot, ...]:
        """Lots with a clause, else those that were calibrated, else the only lot there is."""
        named = {clause.lot_id for clause in self.clauses}
        named = named or {pk for pk, line in self.calibrated.items() if line.hours}
        if not named and len(self.lots) == 1:
            return self.lots
        return tuple(lot for lot in self.lots if lot.pk in named)

    def hours_of(self, lot: Lot) -> int | None:
        """What is asked of that lot: the retained calibration first, then its clause."""
        line = self.calibrated.get(lot.pk)
        if line is not None and line.hours is not None:
            return line.hours
        said = [clause.target_hours for clause in self.clauses if clause.lot_id == lot.pk]
        return next((volume for volume in said if volume), None)

    @property
    def total(self) -> int | None:
        """Hours of the whole; None as soon as one lot is not known: no partial sum."""
        if len(self.lines) == 1 and self.lines[0].lot_id is None:
            return self.lines[0].hours
        each = [self.hours_of(lot) for lot in self.concerned]
        known = [volume for volume in each if volume is not None]
        return sum(known) if known and len(known) == len(each) else None


def facts_of(contract: Contract, day: date, instrument: str = "") -> Facts:
    """Read the contract once. Its operation and buyer are read with it by the caller."""
    lots = tuple(contract.lots.order_by("number"))
    every = tuple(
        Clause.objects.filter(lot__in=[lot.pk for lot in lots], theme=Theme.INSERTION).order_by(
            "lot__number", "pk"
        )
    )
    wanted = OF_INSTRUMENT.get(instrument, (instrument,))
    meant = tuple(clause for clause in every if clause.instrument in wanted)
    retained = contract.calibrations.filter(retained_on__isnull=False).first()
    lines = tuple(retained.lines.select_related("lot")) if retained else ()
    referent = OperationHost.objects.filter(
        on_day(day), operation=contract.operation_id, role=HostRole.REFERENT
    )
    host = referent.select_related("host", "facilitator").first()
    return Facts(contract, lots, meant or every, retained, lines, host)


def instrument_of(contract: Contract) -> str:
    """What the clauses of the contract ask for most; a condition where none is written yet."""
    held = list(
        Clause.objects.filter(lot__contract=contract, theme=Theme.INSERTION).values_list(
            "instrument", flat=True
        )
    )
    if {Instrument.CONDITION, Instrument.CRITERION} <= set(held):
        return TextInstrument.BOTH
    most = max(dict.fromkeys(held), key=held.count, default=Instrument.CONDITION)
    return str(TextInstrument(most))


def text_contract_of(contract: Contract) -> str:
    """The kind of contract that texts are written for; empty when none is (a private one)."""
    if contract.kind == ContractKind.CONCESSION:
        return TextContract.CONCESSION
    if contract.kind != ContractKind.MARCHE:
        return ""
    return TextContract.FRAMEWORK if contract.framework else TextContract.MARCHE


def values_of(contract: Contract, day: date, instrument: str = "") -> dict[str, Value]:
    """Everything known of the operation on that day, by the name that texts give it.

    What is not known has no key, or None: the text then says what to complete. `instrument` is
    what is drafted: its lots are those whose clause bears it.
    """
    facts = facts_of(contract, day, instrument or instrument_of(contract))
    return values_from(facts, day, instrument)


def values_from(facts: Facts, day: date, instrument: str = "") -> dict[str, Value]:
    """The same, from facts already read."""
    used = instrument or instrument_of(facts.contract)
    known = (
        _of_contract(facts.contract, used)
        | _of_place(facts)
        | _of_hours(facts, used)
        | _of_framework(facts)
        | _of_clauses(facts, day)
        | _of_facilitator(facts)
        | _of_ccag(facts.contract, day)
    )
    return {code: value for code, value in known.items() if value not in (None, "", [])}


def _of_contract(contract: Contract, instrument: str) -> dict[str, Value]:
    operation = contract.operation
    months = contract.duration_months
    due = answer(need_of(contract)).duty == "due"
    return {
        "operation": operation.name,
        "acheteur": operation.buyer.name,
        "objet": contract.object,
        "reference": contract.reference,
        "duree": f"{months} mois" if months else None,
        "montant": contract.estimated_value,
        "date_avis": contract.notice_on,
        "instrument": TextInstrument(instrument).label.lower(),
        "periodicite_declaration": DECLARED,
        "modalites_execution": [label.lower() for label in Way.labels],
        "obligation_sociale": "oui" if due else None,
    }


def _of_place(facts: Facts) -> dict[str, Value]:
    commune = facts.contract.operation.commune
    concerned = [named_lot(lot) for lot in facts.concerned]
    if facts.whole:
        perimeter = f"ensemble des prestations {_of_kind(facts.contract)}"
    elif concerned and len(facts.concerned) == len(facts.lots):
        perimeter = f"ensemble des prestations : {' ; '.join(concerned)}"
    else:
        perimeter = " ; ".join(concerned)
    only = facts.concerned[0] if len(facts.concerned) == 1 and not facts.whole else None
    return {
        "lieu_execution": f"{commune.name} ({commune.departement_id})" if commune else None,
        "lots_concernes": None if facts.whole else concerned,
        "lot": named_lot(only) if only else None,
        "perimetre": perimeter,
    }


def _of_hours(facts: Facts, instrument: str) -> dict[str, Value]:
    each = [(lot, facts.hours_of(lot)) for lot in facts.concerned]
    known = bool(each) and all(volume is not None for _, volume in each)
    lines = [line for line in facts.lines if line.hours is not None]
    return {
        "heures_insertion": facts.total,
        "heures_par_lot": [f"{_name(facts, lot)} : {_hours(volume)}" for lot, volume in each]
        if known
        else None,
        "tableau_engagements": _table(facts, instrument) if each else None,
        "taux": _rates(facts, lines),
        "methode_de_calcul": " ; ".join(dict.fromkeys(METHODS[_method(one)] for one in lines)),
    }


def _of_framework(facts: Facts) -> dict[str, Value]:
    """Hours for 1 000 € ordered, from what was calibrated by the amount; its maximum."""
    contract = facts.contract
    if contract.framework == Framework.NONE:
        return {}
    lines = [line for line in facts.lines if line.amount and line.hours is not None]
    if not lines or len(lines) < len([line for line in facts.lines if line.hours is not None]):
        return {"montant_maximum": contract.maximum}
    amount = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    rate = (sum((line.exact for line in lines), Decimal(0)) * THOUSAND / amount).quantize(
        Decimal("0.01")
    )
    ceiling = contract.maximum
    return {
        "montant_maximum": ceiling,
        "heures_par_montant": rate or None,
        # From the rate as it is written, so that a reader finds the same.
        "heures_au_maximum": int(rate * ceiling / THOUSAND) if ceiling else None,
    }


def _of_clauses(facts: Facts, day: date) -> dict[str, Value]:
    if not facts.clauses:
        return {}
    counted: dict[str, None] = {}
    for clause in facts.clauses:
        caps = {
            HoursKind.TRAINING: clause.training_cap,
            HoursKind.INTERNSHIP: clause.internship_cap,
        }
        for kind in HoursKind.values:
            if kind in clause.hour_kinds:
                counted[counted_in_words(kind, caps.get(HoursKind(kind))).lower()] = None
    return {
        "publics_eligibles": publics_of(
            (clause.publics for clause in facts.clauses),
            str(facts.contract.operation.region_id),
            day,
        ),
        "heures_comptees": list(counted),
    }


def publics_of(asked: Iterable[Sequence[str]], region: str, day: date) -> list[str]:
    """In words, the publics that clauses ask for; one that names none takes all the region's."""
    rows = Criterion.objects.on(day).filter(Q(region=region) | Q(region__isnull=True))
    labels = {row.code: row.label for row in rows if row.region_id is None}
    labels |= {row.code: row.label for row in rows if row.region_id}
    lists = [list(codes) for codes in asked]
    every = sorted(labels) if not all(lists) else sorted({code for one in lists for code in one})
    return [labels.get(code, code).replace("'", "’") for code in every]


def _of_facilitator(facts: Facts) -> dict[str, Value]:
    host = facts.host
    if host is None:
        return {}
    person = host.facilitator
    return {
        "facilitateur_structure": host.host.name,
        "facilitateur_nom": person.get_full_name() if person else None,
        "facilitateur_courriel": person.email if person else None,
    }


def _of_ccag(contract: Contract, day: date) -> dict[str, Value]:
    if contract.ccag in (Ccag.UNKNOWN, Ccag.NONE):
        return {}
    article = article_of(contract.ccag, contract.notice_on or day)
    if article is None:
        return {}
    return {"ccag": article.full, "article_ccag": article.words}


def _table(facts: Facts, instrument: str) -> Table:
    """What a candidate commits to, one row for each lot: the last columns are left to write in."""
    framework = bool(facts.contract.framework)
    if instrument == TextInstrument.CRITERION:
        rows = [(_name(facts, lot), "", "") for lot in facts.concerned]
        return Table("Engagement par lot", ("Lot", "Heures proposées", "Modalité prévue"), rows)
    asked = "Heures estimées" if framework else "Heures demandées"
    header = ("Lot", asked, "Heures engagées", "Modalité prévue")
    if framework:
        header = ("Lot", asked, "Montant estimé HT", "Modalité prévue")
    rows_ = []
    for lot in facts.concerned:
        volume = facts.hours_of(lot)
        line = facts.calibrated.get(lot.pk)
        amount = (line.amount if line else None) or lot.amount
        beside = (euros(amount) if amount else "") if framework else ""
        told = HOURS_MISSING if volume is None else decimal(volume)
        rows_.append((_name(facts, lot), told, beside, ""))
    return Table("Engagement par lot", header, rows_)


def named_lot(lot: Lot) -> str:
    """As a text names it: "lot 2, gros œuvre"."""
    return f"lot {lot.number}, {lot.title}" if lot.title else f"lot {lot.number}"


def _name(facts: Facts, lot: Lot) -> str:
    return f"ensemble {_of_kind(facts.contract)}" if facts.whole else named_lot(lot)


def _of_kind(contract: Contract) -> str:
    if contract.kind == ContractKind.CONCESSION:
        return "de la concession"
    return "de l’accord-cadre" if contract.framework else "du marché"


def _rates(facts: Facts, lines: Sequence[CalibrationLine]) -> str:
    told = {line.pk: f"{decimal(line.rate * 100)}{NARROW}%" for line in lines}
    if len(set(told.values())) <= 1:
        return next(iter(told.values()), "")
    return " ; ".join(
        f"{told[line.pk]} ({named_lot(line.lot)})" for line in lines if line.lot is not None
    )


def _method(line: CalibrationLine) -> CalibrationMethod:
    return CalibrationMethod(line.method)


def _hours(volume: int | None) -> str:
    return f"{decimal(volume)} heures"


def _whole_and_lots(facts: Facts) -> list[str]:
    """A volume retained for several lots together, beside what their clauses add up to."""
    whole = facts.lines[0].hours if len(facts.lines) == 1 and not facts.lines[0].lot_id else None
    each = [clause.target_hours for clause in facts.clauses]
    volumes = [volume for volume in each if volume is not None]
    if whole is None or len(facts.lots) == 1 or not volumes or len(volumes) < len(each):
        return []
    if sum(volumes) == whole:
        return []
    return [
        f"Le calibrage retenu donne {hours(whole)} pour l’ensemble, les clauses des lots"
        f" {hours(sum(volumes))} en tout : mettez-les d’accord."
    ]


def disagreements(facts: Facts) -> list[str]:
    """Lots whose clause does not say what the retained calibration does, in sentences."""
    found = _whole_and_lots(facts)
    for clause in facts.clauses:
        line = facts.calibrated.get(clause.lot_id)
        asked = line.hours if line else None
        if asked and clause.target_hours and asked != clause.target_hours:
            lot = next(lot for lot in facts.lots if lot.pk == clause.lot_id)
            found.append(
                f"{lot} : le calibrage retenu donne {hours(asked)}, la"
                f" clause {hours(clause.target_hours)}. Le document reprend le calibrage :"
                " mettez-les d’accord."
            )
    return found
