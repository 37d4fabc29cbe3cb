"""The calibration note, to put in the contract's file."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.http import HttpResponse

from coclause.clauses.duty import answer, need_of
from coclause.clauses.models import Contract
from coclause.core.models import User
from coclause.law import cases
from coclause.law.numbers import date_fr
from coclause.organisations.scopes import Scope
from coclause.render import calibration_note as paper
from coclause.render.duty_answer import Reason
from coclause.render.numbers import euros, percent
from coclause.web.calibrations.duty import advised
from coclause.web.calibrations.pages import among
from coclause.web.calibrations.reading import (
    Cell,
    Input,
    Measure,
    Result,
    Version,
    measure_of,
    versions_of,
    visible_contract,
)
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download
from coclause.web.verdicts import verdict_title

FORMULAS = (
    (
        "À partir du montant",
        "montant HT × part de main-d’œuvre ÷ coût horaire × taux d’insertion",
    ),
    (
        "À partir des heures travaillées",
        "(heures travaillées − heures du personnel repris) × taux d’insertion",
    ),
)
BY_LOT = "Lot par lot"


def calibration_note(request: ScopedRequest, pk: int) -> HttpResponse:
    """Every version with its sources, what was achieved, what the law answers, in one PDF."""
    contract = visible_contract(pk, request.scope)
    content = paper.calibration_note(document(contract, request.scope), fonts=settings.FONTS)
    name = f"note-de-calibrage-{contract.pk}.pdf"
    return download(content, name, "application/pdf")


def document(contract: Contract, scope: Scope) -> paper.CalibrationNoteDocument:
    """The note as the document words it."""
    measure = measure_of(contract, scope)
    versions = versions_of(contract, scope, measure)
    retained = next((one for one in versions if one.row.retained_on), None)
    verdict = answer(need_of(contract))
    exact = sum((c.result.exact for c in retained.result.cells), Decimal(0)) if retained else None
    instrument = advised(contract, exact, scope.day)
    return paper.CalibrationNoteDocument(
        operation=contract.operation.name,
        buyer=contract.operation.buyer.name,
        contract=contract.object,
        author=_name(scope.user),
        day=scope.day,
        about=_about(contract),
        versions=[_version(one) for one in versions],
        formulas=FORMULAS,
        achieved=_achieved(contract, measure, retained, scope.day),
        globalisation=[retained.result.advice] if retained and retained.result.advice else [],
        instrument=_capital(instrument.label) if instrument else "",
        instrument_reasons=_reasons(instrument.reasons) if instrument else [],
        duty=verdict_title(verdict.duty, contract.kind),
        duty_reasons=_reasons(verdict.reasons),
        text_date=verdict.text_date,
    )


def _about(contract: Contract) -> list[tuple[str, str]]:
    found = [("Montant HT", euros(contract.amount))]
    if contract.estimated_value is not None:
        found.append(("Valeur estimée du besoin HT", euros(contract.estimated_value)))
    if contract.duration_months:
        found.append(("Durée", f"{contract.duration_months} mois"))
    if contract.cpv:
        found.append(("Code CPV", f"{contract.cpv.code} {contract.cpv.label_fr}"))
    return found


def _version(version: Version) -> paper.Version:
    result, row = version.result, version.row
    single = result.cells[0] if result.cells[0].line.lot is None else None
    shared = [] if single else _shared(result)
    return paper.Version(
        name=f"{version.name}, {row.title}",
        author=_name(row.author),
        made_on=row.day,
        whole=_effort(single, []) if single else _sum(result, shared),
        lots=[] if single else [_effort(cell, shared) for cell in result.cells],
        retained=bool(row.retained_on),
    )


def _shared(result: Result) -> list[Input]:
    """The values that every lot has."""
    first = result.cells[0].inputs
    return [one for one in first if all(one in cell.inputs for cell in result.cells)]


def _sum(result: Result, shared: list[Input]) -> paper.Effort:
    return paper.Effort(
        name="Ensemble",
        method=BY_LOT,
        inputs=_inputs(shared),
        exact=sum((cell.result.exact for cell in result.cells), Decimal(0)),
        hours=result.total or None,
        remark=result.advice,
    )


def _effort(cell: Cell, shared: list[Input]) -> paper.Effort:
    small = cell.result.hours is None
    return paper.Effort(
        name=cell.name,
        method=cell.method,
        inputs=_inputs([one for one in cell.inputs if one not in shared]),
        exact=cell.result.exact,
        hours=cell.result.hours,
        remark=cell.result.why[-1] if small else "",
    )


def _inputs(rows: list[Input]) -> list[paper.Input]:
    return [paper.Input(one.label, one.value, one.source) for one in rows]


def _achieved(
    contract: Contract, measure: Measure, retained: Version | None, day: date
) -> paper.Achieved | None:
    found = measure.achieved
    if found is None:
        return None
    return paper.Achieved(
        division=_capital(among(contract, measure)),
        period=f"contrats clos au {date_fr(day)}",
        contracts=found.contracts,
        achieved=paper.Quartiles(*found.done),
        committed=paper.Quartiles(*found.committed),
        rate=percent(found.hours_done, found.hours_committed),
        proposed=retained.result.ratio if retained else None,
        place=retained.result.place if retained else "",
    )


def _reasons(rows: tuple[cases.Reason, ...]) -> list[Reason]:
    return [Reason(f"{one.text} {one.detail}".strip(), _articles(one)) for one in rows]


def _articles(reason: cases.Reason) -> str:
    return " ; ".join(f"art. {one}" for one in reason.articles)


def _capital(words: str) -> str:
    """The first letter alone: codes keep their capitals."""
    return words[:1].upper() + words[1:]


def _name(user: User | None) -> str:
    return "" if user is None else str(user)
