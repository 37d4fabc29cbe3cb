"""The result of a programme: counts, hours, calendar, then the lines."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import ExtractQuarter, ExtractYear
from django.urls import reverse

from coclause.core.models import User
from coclause.law.instruments import LABELS
from coclause.network.models import Programme, ProgrammeLine
from coclause.network.programmes.links import address_of
from coclause.network.programmes.receiving import most_sent, sendable_lines, sending_of
from coclause.render.numbers import date_fr, integer, month_fr
from coclause.web.door.links import follow_path
from coclause.web.door.showing import range_in_words
from coclause.web.middleware import ScopedRequest
from coclause.web.once import new_token
from coclause.web.pages import page_of, sorted_rows
from coclause.web.programmes.access import Held, frame_of
from coclause.web.programmes.forms import LineFilters

SORTS: Final = {
    "ligne": "row",
    "objet": "object",
    "valeur": "value",
    "heures": "hours_high",
    "quand": "first_day",
}
DUTY: Final = {
    "due": ("ok", "✓", "Oui"),
    "not_due": ("off", "✕", "Non"),
    "unknown": ("todo", "?", "On ne sait pas"),
    "": ("bad", "–", "Refusée"),
}
"""For each answer: the colour, the sign beside it, the word."""
SIGNS: Final = {"yes": "Oui", "no": "Non", "unknown": "À vérifier"}
SENDABLE: Final = Q(request__isnull=True, refused="", organisation__isnull=False) & ~Q(
    market_type=""
)
"""As `sendable_lines` says it."""
ONE_DAY: Final = timedelta(days=1)
QUARTER, HALF, YEAR = 3, 6, 12
"""Months of a quarter, of half a year, of a year."""
NO_DATE: Final = "Date non connue"


@dataclass
class Potential:
    """Hours of lines added up; those without an estimate are counted beside, never inside."""

    low: int = 0
    high: int = 0
    lines: int = 0
    without: int = 0

    def add(self, low: int | None, high: int | None, lines: int, without: int) -> None:
        self.low += low or 0
        self.high += high or 0
        self.lines += lines
        self.without += without

    @property
    def told(self) -> str:
        if self.lines == self.without:
            return "non connu"
        return range_in_words(self.low, self.high)

    @property
    def note(self) -> str:
        """What the sum leaves out."""
        if not self.without:
            return ""
        if self.without == 1:
            return "sans compter 1 ligne non estimée"
        return f"sans compter {integer(self.without)} lignes non estimées"


@dataclass
class Moment:
    """A quarter, or what is not as precise: lines, those under the duty, hours."""

    label: str
    order: tuple[int, int]
    lines: int = 0
    due: int = 0
    hours: Potential = field(default_factory=Potential)


def result_of(request: ScopedRequest, held: Held) -> dict[str, Any]:
    """What the page of the result shows: seven queries, whatever the number of lines."""
    programme = held.programme
    form = LineFilters(answering(programme), data=request.GET)
    rows = _filtered(programme.lines.all(), form.said)
    rows = rows.select_related("commune", "organisation", "facilitator__user", "request")
    ordered, sort = sorted_rows(request, rows, SORTS, "ligne")
    page = page_of(request, ordered)
    calendar = calendar_of(programme)
    counts = counts_of(programme)
    sending = sending_of(programme)
    return {
        "frame": frame_of(request),
        "programme": programme,
        "link": held.link,
        "acts": held.acts and sending is None and bool(programme.contact_email),
        "address": address_of(programme),
        "sending": sending,
        "counts": counts,
        "all_hours": _total(calendar),
        "due_hours": Potential(
            counts["due_low"] or 0, counts["due_high"] or 0, counts["due"], counts["due_without"]
        ),
        "calendar": calendar,
        "form": form,
        "filtered": bool(form.said),
        "page": page,
        "rows": [line_of(one, network=bool(request.scope.working_regions)) for one in page],
        "sort": sort,
        "most": most_sent(request.scope.user),
        "once": new_token(),
        "may_change": held.acts and not counts["sent"] and programme.file_id is not None,
    }


def counts_of(programme: Programme) -> dict[str, Any]:
    """How many lines are under the duty, or not, or not known; refused, sent, to be sent."""
    due = Q(duty="due")
    return ProgrammeLine.objects.filter(programme=programme).aggregate(
        all=Count("pk"),
        due=Count("pk", filter=due),
        not_due=Count("pk", filter=Q(duty="not_due")),
        unknown=Count("pk", filter=Q(duty="unknown")),
        turned_down=Count("pk", filter=Q(refused__gt="")),
        doubtful=Count("pk", filter=Q(refused="") & ~Q(doubts=[])),
        sent=Count("pk", filter=Q(request__isnull=False)),
        due_left=Count("pk", filter=due & SENDABLE),
        due_low=Sum("hours_low", filter=due),
        due_high=Sum("hours_high", filter=due),
        due_without=Count("pk", filter=due & Q(hours_low__isnull=True)),
    )


def calendar_of(programme: Programme) -> list[Moment]:
    """Lines by quarter of their launch; a longer period is said as it is. One query."""
    rows = (
        ProgrammeLine.objects.filter(programme=programme, refused="")
        .annotate(
            y1=ExtractYear("first_day"),
            q1=ExtractQuarter("first_day"),
            y2=ExtractYear("last_day"),
            q2=ExtractQuarter("last_day"),
        )
        .order_by()
        .values("y1", "q1", "y2", "q2")
        .annotate(
            lines=Count("pk"),
            due=Count("pk", filter=Q(duty="due")),
            low=Sum("hours_low"),
            high=Sum("hours_high"),
            without=Count("pk", filter=Q(hours_low__isnull=True)),
        )
    )
    found: dict[str, Moment] = {}
    for row in rows:
        label, order = _when(row["y1"], row["q1"], row["y2"], row["q2"])
        moment = found.setdefault(label, Moment(label, order))
        moment.lines += row["lines"]
        moment.due += row["due"]
        moment.hours.add(row["low"], row["high"], row["lines"], row["without"])
    return sorted(found.values(), key=lambda one: one.order)


def answering(programme: Programme) -> list[tuple[str, str]]:
    """Whoever answers lines of the programme, as the filter names them. One query."""
    rows = (
        programme.lines.filter(organisation__isnull=False)
        .order_by()
        .values_list(
            "facilitator",
            "facilitator__user__first_name",
            "facilitator__user__last_name",
            "organisation",
            "organisation__name",
        )
        .distinct()
    )
    told = [
        (f"f{person}", f"{first} {last}, {name}") if person else (f"o{of}", name)
        for person, first, last, of, name in rows
    ]
    return sorted(told, key=lambda one: one[1])


def line_of(line: ProgrammeLine, *, network: bool) -> dict[str, Any]:
    """A line as its row shows it."""
    kind, sign, word = DUTY[line.duty]
    return {
        "line": line,
        "kind": kind,
        "sign": sign,
        "duty": word,
        "hours": hours_in_words(line),
        "when": when_of(line),
        "place": place_of(line),
        "instrument": instrument_of(line),
        "reasons": reasons_of(line),
        "follow": _request_path(line, network=network),
        "tickable": line.request is None
        and bool(line.market_type and line.organisation and not line.refused),
    }


def _request_path(line: ProgrammeLine, *, network: bool) -> str:
    """The page of its request: by its link for the buyer, by its number for the network."""
    if line.request is None:
        return ""
    if network:
        return reverse("request", args=[line.request.pk])
    return follow_path(line.request.link_key)


def when_of(line: ProgrammeLine) -> str:
    """« T3 2027 », « mars 2027 », « 12/01/2027 », « du … au … »."""
    first, last = line.first_day, line.last_day
    if first is None or last is None:
        return ""
    if first == last:
        return date_fr(first)
    months = last.month - first.month + 1
    whole = first.day == 1 and (last + ONE_DAY).day == 1 and first.year == last.year
    if whole and months == YEAR:
        return str(first.year)
    if whole and months == 1:
        return month_fr(first)
    for length, letter in ((QUARTER, "T"), (HALF, "S")):
        if whole and months == length and (first.month - 1) % length == 0:
            return f"{letter}{(first.month - 1) // length + 1} {first.year}"
    return f"du {date_fr(first)} au {date_fr(last)}"


def hours_in_words(line: ProgrammeLine) -> str:
    """The range; that another line holds it already; empty when it is not known."""
    if line.hours_high == 0:
        return "avec une autre ligne"
    return range_in_words(line.hours_low, line.hours_high)


def place_of(line: ProgrammeLine) -> str:
    if line.several_sites:
        return "plusieurs lieux"
    if line.commune is not None:
        return f"{line.commune.name} ({line.commune.departement_id})"
    return ""


def instrument_of(line: ProgrammeLine) -> str:
    label = LABELS.get(line.instrument, "")
    return label[:1].upper() + label[1:]


def reasons_of(line: ProgrammeLine) -> list[tuple[str, str, str]]:
    """Of each reason: the word of its sign, its sentence, its articles."""
    reasons = (line.verdict or {}).get("reasons", [])
    return [
        (
            SIGNS.get(one["kind"], ""),
            f"{one['text']} {one['detail']}".strip(),
            " ; ".join(f"art. {article}" for article in one["articles"]),
        )
        for one in reasons
    ]


def _filtered(rows: QuerySet[ProgrammeLine], said: dict[str, str]) -> QuerySet[ProgrammeLine]:
    duty, state, who = said.get("obligation"), said.get("etat"), said.get("qui")
    if duty == "refusee":
        rows = rows.filter(refused__gt="")
    elif duty:
        rows = rows.filter(duty=duty)
    if state == "envoyees":
        rows = rows.filter(request__isnull=False)
    elif state == "a-envoyer":
        rows = rows.filter(SENDABLE)
    elif state == "a-verifier":
        rows = rows.filter(refused="").exclude(doubts=[])
    if who:
        known = {"f": "facilitator", "o": "organisation"}[who[0]]
        rows = rows.filter(**{known: int(who[1:])})
        if known == "organisation":
            rows = rows.filter(facilitator__isnull=True)
    return rows


def _when(y1: int | None, q1: int, y2: int | None, q2: int) -> tuple[str, tuple[int, int]]:
    if y1 is None or y2 is None:
        return NO_DATE, (9999, 9)
    if y1 != y2:
        return f"{y1} à {y2}", (y1, 6)
    if q1 != q2:
        return f"{y1}, plusieurs trimestres", (y1, 5)
    return f"T{q1} {y1}", (y1, q1)


def _total(calendar: list[Moment]) -> Potential:
    found = Potential()
    for one in calendar:
        found.add(one.hours.low, one.hours.high, one.hours.lines, one.hours.without)
    return found


def due_lines(programme: Programme, by: User | None) -> list[int]:
    """The lines under the duty that may still be sent, the soonest first, as many as admitted."""
    rows = sendable_lines(programme).filter(duty="due")
    soonest = rows.order_by(F("first_day").asc(nulls_last=True), "row")
    return list(soonest.values_list("pk", flat=True)[: most_sent(by)])
