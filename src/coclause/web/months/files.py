"""A month from a file: what is read is shown in the month's grid, and sent from there or not.

No file is written on its way in, none is kept, and nothing read in one is recorded here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from coclause.core.refusals import Refused
from coclause.hours.payroll.lines import LINE
from coclause.hours.sheets import mappings
from coclause.hours.sheets.fields import Field
from coclause.hours.sheets.matching import Month, propose_table
from coclause.hours.sheets.payroll import propose_payroll
from coclause.hours.sheets.people import KnownPerson, known_people, last_shares, past_of
from coclause.hours.sheets.proposed import Proposal
from coclause.hours.sheets.reading import Table, opened, table_of, told
from coclause.hours.sheets.values import month_of
from coclause.organisations.models import Organisation
from coclause.render import numbers
from coclause.tables import limits
from coclause.web.clauses.access import frame
from coclause.web.clauses.months import of_month
from coclause.web.door.links import private
from coclause.web.middleware import ScopedRequest
from coclause.web.months.file_forms import ColumnsForm, PayrollFileForm, SheetFileForm
from coclause.web.months.pages import company_month, show_proposal
from coclause.web.months.proposal import filled
from coclause.web.months.sections import MonthPage
from coclause.web.uploads import PackedFile, in_memory, too_large

CARRIED: Final = "coclause.month-table"
CARRIED_FOR: Final = 12 * 3600
"""Seconds a table read once waits, in the user's own page, for its columns."""
MOST_CARRIED: Final = 2_000_000
"""Characters of a table in the page of its columns: Django admits 2.5 MB of form."""
TOO_LONG: Final = (
    "Ce tableau est trop long pour un mois : gardez les lignes du mois dans un classeur neuf, puis"
    " déposez-le."
)
TOO_LARGE: Final = "Ce fichier est trop gros pour être lu : déposez celui du mois seul."
OTHER_SHEET: Final = "other_sheet"
"""In the page of the columns, the sheet to be shown in its place."""
PAGE_GONE: Final = "Cette page a expiré : choisissez de nouveau le fichier."


@dataclass(frozen=True)
class Reading:
    """Who reads a file for which month."""

    request: ScopedRequest
    page: MonthPage

    @property
    def month(self) -> date:
        return self.page.month

    def people(self) -> list[KnownPerson]:
        return known_people(
            self.request.scope,
            self.month,
            self.page.awards,
            page=f"Fichier du mois {self.month:%m/%Y}",
        )


@dataclass(frozen=True)
class Waiting:
    """A file's sheets that may be the month's, in the page of their columns."""

    tables: tuple[Table, ...]
    at: int
    """Which one is shown."""
    invoice: str

    @property
    def table(self) -> Table:
        return self.tables[self.at]

    @property
    def others(self) -> list[tuple[int, Table]]:
        return [(at, one) for at, one in enumerate(self.tables) if at != self.at]


@in_memory
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: ScopedRequest, month: date) -> HttpResponse:
    """Choose a spreadsheet or a payroll file (GET); read the spreadsheet (POST)."""
    reading = Reading(request, company_month(request.scope, month))
    if request.method != "POST":
        return _choice(reading)
    form = SheetFileForm(request.POST, request.FILES)
    _tell_too_large(request, form)
    if not form.is_valid():
        return _choice(reading, sheet=form, status=422)
    try:
        return _read(reading, form)
    except Refused as refusal:
        form.add_error("file", refusal.sentence)
        return _choice(reading, sheet=form, status=422)


@in_memory
@require_POST
def payroll(request: ScopedRequest, month: date) -> HttpResponse:
    """Read a payroll file: the month of those who work here, and of nobody else."""
    reading = Reading(request, company_month(request.scope, month))
    form = PayrollFileForm(request.POST, request.FILES)
    _tell_too_large(request, form)
    if form.is_valid():
        try:
            return _read_payroll(reading, form.cleaned_data["file"])
        except Refused as refusal:
            form.add_error("file", refusal.sentence)
    return _choice(reading, payroll=form, status=422)


@in_memory
@require_POST
def columns(request: ScopedRequest, month: date) -> HttpResponse:
    """Read the table with the columns that the user chose, and keep that choice."""
    reading = Reading(request, company_month(request.scope, month))
    try:
        waiting = _carried(request)
    except signing.BadSignature:
        gone = SheetFileForm({})
        gone.fields["file"].error_messages["required"] = PAGE_GONE
        return _choice(reading, sheet=gone, status=422)
    table = waiting.table
    if OTHER_SHEET in request.POST:
        chosen = _kept(reading, table) or table.proposed
        return _columns(reading, waiting, ColumnsForm(table, chosen))
    form = ColumnsForm(table, {}, request.POST)
    if not form.is_valid():
        return _columns(reading, waiting, form, status=422)
    chosen = form.chosen()
    try:
        proposal = propose_table(table, chosen, _month(reading), invoice=waiting.invoice)
    except Refused as refusal:
        form.add_error(None, refusal.sentence)
        return _columns(reading, waiting, form, status=422)
    _keep(reading, table, chosen)
    return _show(reading, proposal)


def _read(reading: Reading, form: SheetFileForm) -> HttpResponse:
    """The grid, when the columns are known; else the page of the columns. Raises `Refused`."""
    said = form.cleaned_data
    file: PackedFile = said["file"]
    content = _bytes_of(file)
    if LINE.match(content.lstrip(b"\xef\xbb\xbf \r\n")[:20]):
        return _read_payroll(reading, file)
    tables = opened(content, file.name or "", reading.month)
    at, chosen = _known(reading, tables)
    table = tables[at]
    if chosen is None or (said["again"] and not table.is_template):
        form_shown = ColumnsForm(table, chosen or table.proposed)
        return _columns(reading, Waiting(tables, at, said["invoice"]), form_shown)
    proposal = propose_table(table, chosen, _month(reading), invoice=said["invoice"])
    return _show(reading, proposal)


def _known(reading: Reading, tables: Sequence[Table]) -> tuple[int, dict[Field, int] | None]:
    """The sheet that is read without asking, and its columns: our own template, or a table already
    confirmed. Else the likeliest sheet, and None. A sheet of another month is not taken for this
    one's.
    """
    for at, table in enumerate(tables):
        named = month_of(table.sheet, reading.month)
        if table.is_template or named in (None, reading.month):
            chosen = _kept(reading, table)
            if chosen is not None:
                return at, chosen
        if named == reading.month:
            break
    return 0, None


def _kept(reading: Reading, table: Table) -> dict[Field, int] | None:
    if table.is_template:
        return table.proposed
    companies = reading.request.scope.companies
    return mappings.kept(companies, table.fingerprint, table.columns)


def _read_payroll(reading: Reading, file: PackedFile) -> HttpResponse:
    people = reading.people()
    past = past_of(people, reading.month)
    proposal = propose_payroll(file.opened(), reading.month, people, past)
    remarks = (*proposal.remarks, *_earlier(proposal))
    return _show(reading, replace(proposal, remarks=remarks))


def _earlier(proposal: Proposal) -> Iterator[str]:
    """Months that the payroll corrects, with the way to each: nothing is changed there by itself.

    Who, and by how many hours, stands at the line of each person.
    """
    people = Counter(one.month for one in proposal.earlier)
    for month, count in sorted(people.items()):
        yield format_html(
            "La paie corrige {} pour {} personne{} : rien n’y est changé."
            ' <a href="{}">Ouvrir {}</a>',
            numbers.month_fr(month),
            count,
            "s" * (count > 1),
            reverse("company-month", args=[month]),
            numbers.month_fr(month),
        )


def _month(reading: Reading) -> Month:
    reading.page.read()
    people = reading.people()
    return Month(
        month=reading.month,
        people=people,
        awards={award.pk: award for award in reading.page.awards},
        lines=frozenset(
            (section.award.pk, person.employment_id)
            for section in reading.page.sections
            for person in section.at_hand.people
        ),
        shares=last_shares(people, reading.month),
    )


def _keep(reading: Reading, table: Table, chosen: dict[Field, int]) -> None:
    """For the company the user first belongs to: it is read for all of theirs."""
    scope = reading.request.scope
    company = Organisation.objects.filter(pk__in=scope.companies).order_by("pk").first()
    if company is not None:
        mappings.keep(scope, company, table.fingerprint, table.columns, chosen)


def _show(reading: Reading, proposal: Proposal) -> HttpResponse:
    page = filled(reading.page, proposal)
    answer = show_proposal(
        reading.request,
        page,
        proposal=proposal,
        proposal_title=_title(proposal),
        origin=proposal.origin.value,
        invoice=proposal.invoice,
    )
    return private(answer)


def _title(proposal: Proposal) -> str:
    told = f"{numbers.hours(proposal.total)} lues dans votre fichier"
    if not proposal.skipped:
        return f"{told}."
    plural = "s" * (proposal.skipped > 1)
    others = f"{numbers.integer(proposal.skipped)} autre{plural} salarié{plural}"
    return f"{told} ; de {others}, rien n’est lu ni gardé."


def _choice(
    reading: Reading,
    *,
    sheet: SheetFileForm | None = None,
    payroll: PayrollFileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_common(reading),
        "sheet": sheet or SheetFileForm(),
        "payroll": payroll or PayrollFileForm(),
    }
    return private(render(reading.request, "months/file.html", context, status=status))


def _columns(
    reading: Reading, waiting: Waiting, form: ColumnsForm, *, status: int = 200
) -> HttpResponse:
    """The page of the columns: the tables wait in it, and nowhere else. Raises `Refused`."""
    salt = _salt(reading.request)
    carried = _packed(waiting.tables, salt)
    if len(carried) > MOST_CARRIED:
        waiting = Waiting((waiting.table,), 0, waiting.invoice)
        carried = _packed(waiting.tables, salt)
    if len(carried) > MOST_CARRIED:
        raise Refused(TOO_LONG)
    context = {**_common(reading), "form": form, "waiting": waiting, "carried": carried}
    return private(render(reading.request, "months/file_columns.html", context, status=status))


def _packed(tables: Sequence[Table], salt: str) -> str:
    return signing.dumps([told(table) for table in tables], salt=salt, compress=True)


def _carried(request: ScopedRequest) -> Waiting:
    """The tables as they were read. Raises `signing.BadSignature` for anything else."""
    sent = request.POST.get("carried", "")
    kept = signing.loads(sent, salt=_salt(request), max_age=CARRIED_FOR)
    tables = tuple(table_of(one) for one in kept)
    at = request.POST.get(OTHER_SHEET, request.POST.get("sheet", "0"))
    if at not in map(str, range(len(tables))):
        raise signing.BadSignature
    return Waiting(tables, int(at), request.POST.get("invoice", ""))


def _salt(request: ScopedRequest) -> str:
    """A table read for somebody opens for nobody else."""
    return f"{CARRIED}:{request.user.pk}"


def _common(reading: Reading) -> dict[str, Any]:
    return {
        "frame": frame(reading.request.scope),
        "month": reading.month,
        "of_month": of_month(reading.month),
    }


def _tell_too_large(request: ScopedRequest, form: SheetFileForm | PayrollFileForm) -> None:
    if too_large(request):
        form.fields["file"].error_messages["required"] = TOO_LARGE


def _bytes_of(file: PackedFile) -> bytes:
    """One byte more than what is admitted is enough to refuse it."""
    source, pieces, left = file.opened(), [], limits.FILE_BYTES + 1
    while left > 0 and (piece := source.read(min(left, 1 << 20))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
