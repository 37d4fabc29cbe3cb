"""The page of a clause: where it stands, who acts next, then hours, persons and journal."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min, Sum
from django.http import HttpResponse
from django.shortcuts import render

from coclause.clauses.choices import ADDING, Measure
from coclause.clauses.counting import counting_of
from coclause.clauses.due import turns
from coclause.clauses.models import Award, Objective
from coclause.clauses.permissions import is_referent
from coclause.clauses.states import (
    EXECUTED,
    LIVE,
    RESUME,
    SUSPEND,
    TRANSITIONS,
    ClauseState,
    Transition,
    Turn,
)
from coclause.core.journal import subject
from coclause.core.models import JournalEntry, User
from coclause.core.months import between
from coclause.core.parameters import parameter
from coclause.hours.checks import Remark, remarks
from coclause.hours.collective import headcount_of
from coclause.hours.employers import of_employers, progress_of_employers
from coclause.hours.globalised import Judged, judged
from coclause.hours.models import Assignment, EmploymentFact, Statement, StatementLine
from coclause.hours.owing import months_to_declare, months_worked, owed
from coclause.hours.progress import Progress, pooled, progress_of_awards, progress_of_clauses
from coclause.organisations.scopes import Scope
from coclause.people.actions import names_of
from coclause.render.numbers import hours
from coclause.render.sheets import Column, Sheet, workbook
from coclause.web.clauses import chain, table
from coclause.web.clauses.access import ClauseView, clause_view, frame
from coclause.web.clauses.content import content_of
from coclause.web.clauses.engagement import engagement_of, part_undetermined, undetermined_of
from coclause.web.clauses.months import name as month_name
from coclause.web.clauses.next_act import Act, next_act
from coclause.web.execution.section import change_links
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download
from coclause.web.plans.section import section as steering_of
from coclause.web.proofs.access import kinds_for

TABS = {
    "clause": "La clause",
    "engagement": "Engagement",
    "heures": "Heures",
    "personnes": "Personnes",
    "journal": "Journal",
}
OF_EMPLOYERS = {name: TABS[name] for name in ("clause", "heures", "personnes")}
"""What is left for who is told of their own people alone."""
JOURNAL_LINES = 100
RECORDED = "Enregistrer l’accord de l’acheteur"


@dataclass(frozen=True)
class Pending:
    """A statement that waits for a check."""

    statement: Any
    hours: Decimal
    since: date
    lines: list[int]
    remarks: list[Remark]


def page(request: ScopedRequest, pk: int) -> HttpResponse:
    view = clause_view(pk, request.scope)
    return render(request, "clauses/clause.html", context(view.sight.request(request), view))


def context(request: ScopedRequest, view: ClauseView, **more: Any) -> dict[str, Any]:
    """Everything the page shows, for the tab asked."""
    scope, clause = request.scope, view.clause
    executed = clause.state in EXECUTED
    asked = request.GET.get("onglet")
    tab = asked if asked in tabs_of(view) else "heures" if executed else "clause"
    own = progress_of_own(view) if executed and view.sight.employers else None
    figures = progress(view, scope.day) if executed and not own else None
    unknown = figures is not None and figures.committed is None
    undetermined = undetermined_of(view, scope.day) if unknown else []
    weighed = _weighed(view, figures, scope.day) if figures else None
    pending = _pending(view, scope) if executed else []
    referent = is_referent(clause.lot.contract.operation, scope)
    changes = _changes(view, scope, referent=referent)
    act = next_act(view, changes, referent=referent)
    told = {
        "frame": frame(scope),
        "view": view,
        "clause": clause,
        "tab": tab,
        "tabs": _tabs(view, tab),
        "execution": _execution(view),
        "month_rank": _month_rank(_execution(view), scope.day),
        "facilitator": User.objects.filter(pk=clause.facilitator_id).first(),
        "executed": executed,
        "progress": figures,
        "own": own,
        "undetermined": undetermined,
        "finding": _finding(view, figures, undetermined, scope.day) if figures else "",
        "pool": weighed.told if weighed else "",
        "short": weighed is not None
        and clause.state in LIVE
        and _is_short(weighed.progress, scope.day),
        "chain": [] if own else _chain(view, scope, pending, weighed.progress if weighed else None),
        "act": act,
        "changes": [change for change in changes if _is_asked_here(change, act)],
        "calendar_changes": change_links(changes, clause),
        "referent": referent,
        "steering": steering_of(view, scope, referent=referent),
        "objectives": _amendable(view) if referent else [],
        "pending": pending if view.handled else [],
        "plain": [p for p in pending if not p.remarks] if view.handled else [],
        "awards_to_fill": _awards_to_fill(view, scope) if executed else [],
        "documents": executed and bool(kinds_for(view, scope)),
    }
    told |= _tab(request, view, tab, pending)
    return told | more


def _is_asked_here(change: Transition, act: Act | None) -> bool:
    """Not the main button, nor a change that moves the calendar: it has a page of its own."""
    return (act is None or change.name != act.change) and change.name not in (SUSPEND, RESUME)


def _tabs(view: ClauseView, current: str) -> list[tuple[str, str, int | None, bool]]:
    """Name in the address, label, count, and whether it is the one shown."""
    counts = {"personnes": _assignments(view).count(), "journal": _journal(view).count()}
    return [
        (name, label, counts.get(name), name == current) for name, label in tabs_of(view).items()
    ]


def tabs_of(view: ClauseView) -> dict[str, str]:
    """The journal is the clause's: where other companies hold awards too, it tells their acts."""
    if view.sight.employers:
        return OF_EMPLOYERS
    return TABS if view.whole else {k: name for k, name in TABS.items() if k != "journal"}


def _tab(
    request: ScopedRequest, view: ClauseView, tab: str, pending: list[Pending]
) -> dict[str, Any]:
    if tab == "clause":
        return {"content": content_of(view.clause, request.scope.day)}
    if tab == "engagement":
        return engagement_of(request, view)
    if tab == "journal":
        entries = _journal(view).select_related("actor")[:JOURNAL_LINES]
        return {"journal": entries}
    if tab == "personnes":
        own = view.sight.employers
        people = _people(request, view) if view.persons else []
        return {
            "people": people,
            "people_count": _assignments(view).count(),
            "unnamed": 0 if own else headcount_of([award.pk for award in view.awards]),
        }
    if not view.awards:
        return {"table": None}
    shown = _named_table(request, view)
    return {"table": shown, "remarks": _named_remarks(shown, pending) if view.handled else []}


def progress(view: ClauseView, day: date) -> Progress:
    """The five figures: of the clause, or of the reader's own award when others share it."""
    if view.whole or not view.awards:
        return progress_of_clauses([view.clause.pk], day)[view.clause.pk]
    own = view.awards[0].pk
    return progress_of_awards([own], day)[own]


def progress_of_own(view: ClauseView) -> Progress:
    """What the reader's own people did on all the awards shown."""
    awards = [award.pk for award in view.awards]
    return pooled(progress_of_employers(awards, view.sight.employers).values())


def _finding(view: ClauseView, figures: Progress, undetermined: list[str], day: date) -> str:
    told = finding(view.clause, figures, known=not undetermined)
    if figures.committed is None or not part_undetermined(view, day):
        return told
    return f"{told}, pour ce qui est connu : une part de l’engagement reste à déterminer"


def finding(clause: Any, figures: Progress, *, known: bool = True) -> str:
    """What the bar tells, in one sentence. `known` is false for a debt that cannot be told yet."""
    if figures.committed is None:
        what = "Engagement non connu" if known else "Engagement pas encore déterminable"
        return f"{what} : {hours(figures.reached)} déclarées à ce jour"
    if figures.validated >= figures.committed:
        return "L’engagement est tenu"
    if figures.reached >= figures.committed:
        return f"L’engagement sera tenu dès que {hours(figures.waiting)} seront vérifiées"
    left = figures.committed - figures.reached
    if clause.state == ClauseState.SUSPENDED:
        return f"Exécution suspendue : il reste {hours(left)} à faire"
    if clause.state not in LIVE:
        return f"Il manque {hours(left)} à l’engagement"
    return _foreseen(figures.missing_at_end, by_plan=figures.by_plan)


def _foreseen(missing: Decimal | None, *, by_plan: bool) -> str:
    how = "Selon le plan" if by_plan else "À ce rythme"
    if missing is None:
        return "Aucun mois déclaré pour l’instant"
    if missing > 0:
        return f"{how}, il manquera {hours(missing)} à la fin"
    return f"{how}, l’engagement sera tenu"


def hours_xlsx(request: ScopedRequest, pk: int) -> HttpResponse:
    """The table of hours of a year as a spreadsheet; with names for those entitled to them."""
    view = clause_view(pk, request.scope)
    shown = _named_table(view.sight.request(request), view)
    months = [Column(f"{c.month:%m/%Y}", "hours", 12) for c in shown.columns]
    lines: list[list[Any]] = [
        [row.name, row.about, *(cell.hours for cell in row.cells), row.total] for row in shown.rows
    ]
    lines.append(["Total du mois", "", *(c.hours for c in shown.columns), shown.total])
    lines.append(["Cumul", "", *(c.reached for c in shown.columns), None])
    if not view.sight.employers:
        lines.append(["Cumul attendu", "", *(c.expected for c in shown.columns), None])
    columns = [Column("Personne", width=32), Column("Emploi", width=44), *months]
    sheet = Sheet(f"Heures {shown.year}", [*columns, Column("Total", "hours", 12)], lines)
    operation = view.clause.lot.contract.operation
    content = workbook(
        [sheet],
        title=f"Heures {shown.year}, {operation}, {view.clause.lot}",
        day=request.scope.day,
        about=[
            ("Source", "CoClause, heures déclarées par l’entreprise"),
            ("Au", f"{request.scope.day:%d/%m/%Y}"),
            ("Contenu", "Heures déclarées ou validées, sans celles renvoyées à l’entreprise"),
        ],
    )
    return download(content, f"heures-clause-{pk}-{shown.year}.xlsx")


def _execution(view: ClauseView) -> tuple[date, date] | None:
    if not view.awards:
        return None
    return min(a.starts_on for a in view.awards), max(a.ends_on for a in view.awards)


def _month_rank(execution: tuple[date, date] | None, day: date) -> tuple[int, int] | None:
    """ "mois 9 sur 15" while execution runs, else None."""
    if execution is None or not execution[0] <= day <= execution[1]:
        return None
    return len(between(execution[0], day)), len(between(*execution))


def _weighed(view: ClauseView, figures: Progress, day: date) -> Judged:
    """What the clause is judged on: with the agreement it is under, unless part of it is shown."""
    if not view.whole:
        return Judged(figures)
    return judged({view.clause.pk: figures}, day)[view.clause.pk]


def _is_short(figures: Progress, day: date) -> bool:
    return figures.is_short(parameter("shortfall_alert", day))


def _pending(view: ClauseView, scope: Scope) -> list[Pending]:
    lines = StatementLine.objects.to_check().filter(
        view.sight.months("statement__"), statement__award__in=view.awards
    )
    if view.handled:
        lines = lines.handled_by(scope)
    sums = {
        pk: (total, at.date(), read)
        for pk, total, at, read in lines.order_by()
        .values("statement")
        .annotate(total=Sum("hours"), at=Min("declared_at"), read=ArrayAgg("pk"))
        .values_list("statement", "total", "at", "read")
    }
    rows = list(Statement.objects.filter(pk__in=sums).order_by("month", "pk"))
    noted = remarks(rows, day=scope.day) if view.handled else {}
    return [Pending(row, *sums[row.pk], noted.get(row.pk, [])) for row in rows]


def _chain(
    view: ClauseView, scope: Scope, pending: list[Pending], figures: Progress | None
) -> list[dict[str, Any]]:
    months = _months_at_hand(view, scope, pending, figures) if figures and view.awards else None
    own = turns(scope) if view.handled or view.declares else turns(scope) - {Turn.FACILITATOR}
    return [
        {
            "heading": chain.heading(step, place, step.turn in own, scope.day),
            "what": step.what,
            "note": step.note,
            "now": place == 0 and step.turn in own,
        }
        for place, step in enumerate(chain.steps(view.clause, months, scope.day))
    ]


def _months_at_hand(
    view: ClauseView, scope: Scope, pending: list[Pending], figures: Progress
) -> chain.MonthsAtHand:
    statements = Statement.objects.filter(award__in=view.awards)
    returned = StatementLine.objects.returned().filter(
        view.sight.months("statement__"), statement__award__in=view.awards
    )
    back = returned.order_by("statement__month").values_list("statement__month", flat=True)
    short = view.clause.state == ClauseState.RUNNING and _is_short(figures, scope.day)
    return chain.MonthsAtHand(
        to_check=[(p.statement.month, p.hours, p.since) for p in pending],
        returned=list(back.distinct()),
        undeclared=sorted(set(_undeclared(view, statements, scope.day))),
        behind=figures.behind if short else Decimal(0),
        ends_on=max(award.ends_on for award in view.awards),
        due_day=parameter("statement_due_day", scope.day),
        delay=int(parameter("validation_delay", scope.day)),
        notes=sum(len(p.remarks) for p in pending),
    )


def _undeclared(view: ClauseView, statements: Any, day: date) -> list[date]:
    declared: dict[int, set[date]] = {}
    for award_id, month in statements.values_list("award_id", "month"):
        declared.setdefault(award_id, set()).add(month)
    return [
        month
        for award in view.awards
        for month in months_to_declare(award, declared.get(award.pk, ()), day)
        if view.sight.covers(month)
    ]


def _changes(view: ClauseView, scope: Scope, *, referent: bool) -> list[Transition]:
    """The changes that this user may make from the present state.

    A facilitator does not accept in the buyer's place: they record that the buyer did.
    """
    bought = view.clause.lot.contract.operation.buyer_id in scope.buyers
    held = {turn for turn, mine in ((Turn.FACILITATOR, referent), (Turn.BUYER, bought)) if mine}
    found = [t for t in TRANSITIONS if view.clause.state in t.sources and held.intersection(t.by)]
    if bought:
        return found
    return [replace(t, label=RECORDED) if t.name == "accepter" else t for t in found]


def _amendable(view: ClauseView) -> list[Objective]:
    """What is committed in hours, while an amendment may still change it.

    Among several objectives, the reader chooses on the tab of the commitment.
    """
    if view.clause.state not in LIVE:
        return []
    rows = Objective.objects.filter(commitment__clause=view.clause, measure=Measure.HOURS)
    known = rows.filter(public="", events__kind__in=ADDING).order_by("pk").distinct()
    found = list(known[:2])
    return found if len(found) == 1 else []


def _awards_to_fill(view: ClauseView, scope: Scope) -> list[dict[str, Any]]:
    """By award, the month to declare first, for who may declare."""
    if not view.persons:
        return []
    if view.sight.employers:
        return _owed_by_employers(view, scope)
    statements = Statement.objects.filter(award__in=view.awards)
    declared: dict[int, set[date]] = {}
    for award_id, month in statements.values_list("award_id", "month"):
        declared.setdefault(award_id, set()).add(month)
    found = []
    for award in view.awards:
        worked = months_worked(award, scope.day)
        asked = [month for month in worked if view.sight.covers(month)]
        months = [month for month in asked if month not in declared.get(award.pk, ())]
        if months:
            found.append(
                {"award": award, "month": months[0], "name": month_name(months[0], scope.day)}
            )
    return found


def _owed_by_employers(view: ClauseView, scope: Scope) -> list[dict[str, Any]]:
    found = []
    for award, missing in owed(
        Award.objects.filter(pk__in=[award.pk for award in view.awards]), scope.day
    ):
        months = sorted({m for company in view.sight.employers for m in missing.get(company, ())})
        if months:
            name = month_name(months[0], scope.day)
            found.append({"award": award, "month": months[0], "name": name})
    return found


def _assignments(view: ClauseView) -> Any:
    rows = Assignment.objects.filter(view.sight.touching(), award__in=view.awards)
    own = view.sight.employers
    return rows.filter(of_employers(own, "employment")) if own else rows


def _journal(view: ClauseView) -> Any:
    entries = JournalEntry.objects.filter(subjects__contains=[subject(view.clause)])
    return entries.filter(view.sight.days())


def _named_table(request: ScopedRequest, view: ClauseView) -> table.HoursTable:
    """The table of the year asked; rows of persons only for those entitled to them."""
    execution = _execution(view) or (request.scope.day, request.scope.day)
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else None
    awards = [award.pk for award in view.awards]
    counting = counting_of([view.clause.pk])[view.clause.pk]
    own = view.sight.employers
    shown = table.hours_table(awards, counting, execution, year, request.scope.day, own=own)
    if not view.persons:
        shown.rows = []
        return shown
    facts = table.facts_of(row.employment_id for row in shown.rows)
    holders = [award.holder_id for award in view.awards]
    table.name_rows(shown, _names(request, view, facts), facts, holders)
    table.keep_rows(shown, view.sight.covers)
    return shown


def _names(
    request: ScopedRequest, view: ClauseView, facts: dict[int, EmploymentFact]
) -> dict[Any, str]:
    identities: Collection[Any] = {fact.identity_id for fact in facts.values()}
    return names_of(request.scope, identities, page=f"Clause {view.clause.pk}")


def _named_remarks(shown: table.HoursTable, pending: list[Pending]) -> list[dict[str, Any]]:
    names = {row.employment_id: row.name for row in shown.rows}
    noted = {(r.employment_id, p.statement.month) for p in pending for r in p.remarks}
    for row in shown.rows:
        for cell in row.cells:
            cell.noted = (row.employment_id, cell.month) in noted
    return [
        {
            "month": p.statement.month,
            "award": p.statement.award_id,
            "name": names.get(
                remark.employment_id, "Une personne" if remark.employment_id else "Le mois"
            ),
            "remark": remark,
        }
        for p in pending
        for remark in p.remarks
    ]


def _people(request: ScopedRequest, view: ClauseView) -> list[dict[str, Any]]:
    """Who works on the clause: employment, dates and hours reached, with the names allowed."""
    rows = _assignments(view).select_related("commune")
    found = list(rows.order_by("starts_on", "pk"))
    facts = table.facts_of(assignment.employment_id for assignment in found)
    names = _names(request, view, facts)
    totals = dict(
        StatementLine.objects.declared()
        .filter(view.sight.months("statement__"), statement__award__in=view.awards)
        .order_by()
        .values("employment_month__employment")
        .annotate(total=Sum("hours"))
        .values_list("employment_month__employment", "total")
    )
    rows = []
    for assignment in found:
        fact = facts[assignment.employment_id]
        rows.append(
            {
                "name": names.get(fact.identity_id, "Une personne d’une autre structure"),
                "fact": fact,
                "starts_on": assignment.starts_on,
                "ends_on": assignment.ends_on,
                "hours": totals.get(assignment.employment_id, Decimal(0)),
                "place": assignment.commune,
                "placed_by_me": assignment.host_id in request.scope.hosts,
                "assignment": assignment.pk,
                "read": fact.identity_id in names,
            }
        )
    return sorted(rows, key=lambda row: str(row["name"]))
