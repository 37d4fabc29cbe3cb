"""Whether a month being declared fits: whose people, and within the hours they can have worked."""

from decimal import Decimal

from coclause.clauses.choices import HoursKind
from coclause.core.months import last_day
from coclause.hours.choices import LineState
from coclause.hours.drafts import LONGEST_MONTH, ZERO, Claims, Draft, Entry, Sheet
from coclause.hours.models import Assignment, EmploymentMonth
from coclause.organisations.models import Organisation
from coclause.render import numbers


def check(draft: Draft) -> None:
    """Note in the draft why entries are refused; leave out what employers said themselves."""
    for sheet in draft.sheets:
        _keep_own(draft, sheet)
    for sheet in draft.sheets:
        rows = Assignment.objects.filter(award=sheet.part.award).in_month(
            draft.month, last_day(draft.month)
        )
        assigned = dict(rows.values_list("employment_id", "host_id"))
        for entry in sheet.entries:
            problem = _problem(draft, sheet, entry, assigned.get(entry.employment_id))
            if problem:
                draft.problems[sheet.part.award.pk, entry.employment_id] = problem


def _keep_own(draft: Draft, sheet: Sheet) -> None:
    """Leave out what an employer declared itself, refused when somebody else says otherwise."""
    if sheet.party.is_host:
        return
    kept: list[Entry] = []
    for entry in sheet.entries:
        employer = draft.employers.get(entry.employment_id)
        if employer in sheet.party.companies:
            kept.append(entry)
        elif not sheet.party.whole:
            draft.problems[sheet.part.award.pk, entry.employment_id] = (
                "Cette personne est employée par une autre entreprise : c’est elle qui déclare."
            )
        elif told := _told_by_employer(sheet, entry, employer):
            if problem := _otherwise(sheet, entry, told):
                draft.problems[sheet.part.award.pk, entry.employment_id] = problem
        else:
            kept.append(entry)
    sheet.entries = kept


def _told_by_employer(sheet: Sheet, entry: Entry, employer: int | None) -> Organisation | None:
    """The employer, when it declared hours of this person on this award itself."""
    for kind in HoursKind.values:
        line = sheet.latest.get((entry.employment_id, kind))
        if line and line.declaration and line.declaration.organisation_id == employer:
            return line.declaration.organisation
    return None


def _otherwise(sheet: Sheet, entry: Entry, employer: Organisation) -> str | None:
    told = {
        kind: line.hours
        for kind in entry.hours
        if (line := sheet.latest.get((entry.employment_id, kind)))
    }
    if all(hours == told.get(kind, ZERO) for kind, hours in entry.hours.items()):
        return None
    total = numbers.hours(sum(told.values(), ZERO))
    return (
        f"{employer} a déclaré {total} pour cette personne : remettez ce nombre, puis contestez la"
        " ligne si elle est fausse."
    )


def _problem(draft: Draft, sheet: Sheet, entry: Entry, host: int | None) -> str | None:
    """The first reason to refuse this entry, in a sentence, or None."""
    if host is None:
        return "Cette personne ne travaille pas sur ce marché ce mois-ci."
    if sheet.share is not None and host not in sheet.share:
        return "Cette personne est suivie par une autre structure : c’est elle qui saisit."
    if problem := _impossible(entry):
        return problem
    row = draft.months.get(entry.employment_id)
    return _overrun(draft, entry, row) if row else None


def _impossible(entry: Entry) -> str | None:
    """Why these are hours that nobody works in a month."""
    said = [*entry.hours.values(), ZERO if entry.worked is None else entry.worked]
    if not all(hours.is_finite() for hours in said):
        return "Ce n’est pas un nombre d’heures : écrivez par exemple 35,5."
    if any(hours < 0 for hours in said):
        return "Les heures ne peuvent pas être négatives."
    if unknown := [kind for kind in entry.hours if kind not in HoursKind.values]:
        return f"Nature d’heures inconnue : {unknown[0]}."
    if max(entry.total, said[-1]) > LONGEST_MONTH:
        return "Un mois compte au plus 744 heures : vérifiez le nombre."
    return None


def _overrun(draft: Draft, entry: Entry, row: EmploymentMonth) -> str | None:
    """Why the hours do not fit in the month's work, given what other awards already count."""
    if row.employment_id not in draft.claims:
        draft.claims[row.employment_id] = _claims(draft, row)
    claims = draft.claims[row.employment_id]
    elsewhere, worked = claims.elsewhere, draft.worked_of(row.employment_id)
    if elsewhere + claims.held > LONGEST_MONTH:
        return "Un mois compte au plus 744 heures, tous marchés compris : vérifiez le nombre."
    if worked is None:
        if not elsewhere:
            return None
        worked = row.hours_worked
    if elsewhere + claims.declared > worked:
        return _too_much(worked, elsewhere + claims.declared - entry.total)
    if elsewhere and elsewhere + claims.held > worked:
        return (
            "Des heures déjà validées restent comptées jusqu’à la validation de leur correction :"
            " envoyez d’abord la baisse, puis le reste une fois qu’elle est validée."
        )
    return None


def _claims(draft: Draft, row: EmploymentMonth) -> Claims:
    now: dict[tuple[int, str], Decimal] = {}
    in_force: dict[tuple[int, str], Decimal] = {}
    for line in draft.lines.get(row.pk, ()):
        key = (line.statement_id, line.kind)
        validated = line.state == LineState.VALIDATED and line.superseded_at is None
        if validated:
            in_force[key] = line.hours
        if validated or line.corrected_at is None:
            now[key] = max(now.get(key, ZERO), line.hours)
    said = {
        (sheet.statement.pk, kind): hours
        for sheet, entry in draft.entries_of(row.employment_id)
        for kind, hours in entry.hours.items()
    }
    unnamed = sum((hours for key, hours in now.items() if key not in said), ZERO)
    held = (max(hours, in_force.get(key, ZERO)) for key, hours in said.items())
    return Claims(
        elsewhere=row.hours_allocated - sum(now.values(), ZERO),
        declared=sum(said.values(), ZERO) + unnamed,
        held=sum(held, unnamed),
    )


def _too_much(worked: Decimal, counted: Decimal) -> str:
    left = max(worked - counted, ZERO)
    return (
        f"{worked.normalize():f} h travaillées ce mois-ci, dont {counted.normalize():f} h déjà"
        f" comptées par ailleurs : il en reste {left.normalize():f}. Écrivez ce nombre ou"
        " moins, ou corrigez le total travaillé du mois."
    )
