"""A month as one page: one section by award, sent together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import QueryDict

from coclause.clauses.choices import HoursKind
from coclause.core.refusals import Refused
from coclause.hours.checks import Remark, doubts
from coclause.hours.collective import CollectiveRefused, declare_collective
from coclause.hours.declaring import Entry, MonthRefused, Part, Sending, declare_months
from coclause.hours.models import Statement
from coclause.organisations.scopes import Scope
from coclause.render.numbers import hours
from coclause.web.months.form import MonthForm
from coclause.web.months.reading import MonthAtHand, months_at_hand, told_without_names
from coclause.web.months.referents import Referent

ZERO = Decimal(0)
AT_ZERO = "at_zero"


@dataclass(frozen=True)
class Sent:
    """What a section sends: by person, and without names (None when nothing is)."""

    entries: list[Entry]
    collective: dict[str, Decimal] | None = None
    headcount: int = 0
    at_zero: bool = False
    """Asked for as such: nobody worked."""

    @property
    def total(self) -> Decimal:
        unnamed = sum((self.collective or {}).values(), ZERO)
        return sum((entry.total for entry in self.entries), unnamed)


@dataclass
class Section:
    """One award in the page of a month."""

    award: Any
    at_hand: MonthAtHand
    form: MonthForm
    progress: Any = None
    referent: Referent | None = None
    """Who is told that somebody is missing, on the page of a company."""
    whole: bool = True
    """False where the progress is that of the reader's own people."""
    notes: list[str] = field(default_factory=list)
    """What is to be confirmed of the whole section."""

    @property
    def anchor(self) -> str:
        return f"marche-{self.award.pk}"

    @property
    def skipped(self) -> bool:
        """Left for later by who sends."""
        return self.form.is_bound and bool(self.form.cleaned_data.get("later"))


@dataclass
class MonthPage:
    """Who types which month of which awards, and what is on the page."""

    scope: Scope
    month: date
    awards: list[Any]
    alone: bool
    """The page of one award: its fields have no prefix."""
    sections: list[Section] = field(default_factory=list)
    idle: list[Any] = field(default_factory=list)
    """Awards on which nothing is asked from who types: nobody of theirs works there that month."""

    def read(self, data: QueryDict | None = None, *, carry: bool = False) -> "MonthPage":
        """Each award as it is now, with what is typed over it when there is; first those with lines
        sent back, then those owed.
        """
        found = months_at_hand(self.scope, self.awards, self.month, carry=carry)
        asked = [award for award in self.awards if not found[award.pk].idle] or self.awards
        self.idle = [award for award in self.awards if award not in asked]

        def place(award: Any) -> tuple[bool, bool]:
            return not found[award.pk].returned, found[award.pk].said

        self.sections = [
            Section(award, found[award.pk], self.form_of(award, found[award.pk], data))
            for award in sorted(asked, key=place)
        ]
        return self

    def form_of(self, award: Any, at_hand: MonthAtHand, data: QueryDict | None) -> MonthForm:
        """The fields of one award."""
        return MonthForm(
            at_hand.people,
            data,
            collective=at_hand.collective,
            initial={"version": at_hand.version},
            prefix=None if self.alone else f"m{award.pk}",
        )

    def is_valid(self) -> bool:
        """Whether every section can be read; all of them are looked at."""
        valid = [section.form.is_valid() for section in self.sections]
        return all(valid)

    @property
    def total(self) -> Decimal:
        return sum((section.form.total for section in self.sections), ZERO)

    @property
    def carried(self) -> Decimal | None:
        found = [s.at_hand.carried for s in self.sections if s.at_hand.carried]
        return sum(found, ZERO) if found else None

    @property
    def said(self) -> bool:
        """Whether every award of the page was already said."""
        return all(section.at_hand.said for section in self.sections)

    @property
    def forms(self) -> list[MonthForm]:
        return [section.form for section in self.sections]

    def kept(self) -> list[Section]:
        """The sections that are sent now."""
        return [section for section in self.sections if not section.skipped]

    @property
    def at_zero(self) -> list[Section]:
        """Those that one click says at zero: the only one, or those not sent yet among several."""
        if len(self.sections) == 1:
            return self.sections
        return [section for section in self.sections if not section.at_hand.said]


def said_in(section: Section) -> Sent:
    """What the form says. Nothing is said without names while nobody fills that part in."""
    form, collective = section.form, section.at_hand.collective
    entries = form.entries()
    if collective is None:
        return Sent(entries)
    sent = Sent(entries, form.collective_hours(), form.collective_headcount())
    untouched = not (sum(form.collective_hours().values()) or sent.headcount or collective.sent)
    return Sent(entries) if entries and untouched else sent


def zeros_in(section: Section) -> Sent:
    """Nobody worked: what others declare of their own people stays."""
    nothing = dict.fromkeys(HoursKind.values, ZERO)
    entries = [Entry(person.employment_id, dict(nothing)) for person in section.at_hand.own]
    collective = section.at_hand.collective
    unnamed = collective and (collective.sent or not entries)
    return Sent(entries, nothing if unnamed else None, at_zero=True)


def declare(page: MonthPage, sent: Mapping[int, Sent], sending: Sending, confirmed: str) -> str:
    """Write the page, by award. Returns "" when it is written, else the mark of the doubts to
    confirm, noted at their place; then nothing is written.

    Raises `Refused` as `declare_months` and `declare_collective` do.
    """
    sections = [section for section in page.sections if section.award.pk in sent]
    with transaction.atomic():
        statements = _write(page, sections, sent, sending)
        asked = _asked(sections, doubts(statements.values(), day=page.scope.day), statements)
        empty = {s.award.pk for s in sections if not page.alone and _says_nothing(s, sent)}
        mark = mark_of(asked, empty)
        if not set(mark.split()) <= set(confirmed.split()):
            transaction.set_rollback(True)
            _note(sections, asked, empty)
            return mark
    return ""


def _asked(
    sections: list[Section],
    found: Mapping[int, list[Remark]],
    statements: Mapping[int, Statement],
) -> dict[int, list[Remark]]:
    """By award, the doubts about the people on the page: other companies answer for theirs."""
    asked: dict[int, list[Remark]] = {}
    for section in sections:
        shown = {person.employment_id for person in section.at_hand.people} | {None}
        statement = statements.get(section.award.pk)
        of_award = found.get(statement.pk, []) if statement else []
        asked[section.award.pk] = [one for one in of_award if one.employment_id in shown]
    return asked


def _write(
    page: MonthPage, sections: list[Section], sent: Mapping[int, Sent], sending: Sending
) -> dict[int, Statement]:
    """Hours by person of all the awards, then those without names; the two are one act."""
    versions = {s.award.pk: s.form.cleaned_data["version"] for s in sections}
    named = [
        Part(s.award, tuple(sent[s.award.pk].entries), versions[s.award.pk])
        for s in sections
        if sent[s.award.pk].entries or sent[s.award.pk].collective is None
    ]
    written: dict[int, Statement] = {}
    if named:
        for statement in declare_months(page.scope, page.month, named, sending=sending):
            written[statement.award_id] = statement
    for section in sorted(sections, key=lambda section: section.award.pk):
        told = sent[section.award.pk]
        if told.collective is None:
            continue
        award = section.award
        try:
            written[award.pk] = declare_collective(
                page.scope,
                award,
                page.month,
                told.collective,
                told.headcount,
                version=versions[award.pk],
                sending=sending,
            )
        except CollectiveRefused as refusal:
            section.form.refuse_collective(
                refusal.sentence, about_headcount=refusal.about_headcount
            )
            raise
    return written


def _says_nothing(section: Section, sent: Mapping[int, Sent]) -> bool:
    """A month about to be sent at zero without anybody having asked for it."""
    hand, said = section.at_hand, sent[section.award.pk]
    return not (said.at_zero or said.total or hand.said or hand.told)


def mark_of(doubts: Mapping[int, Iterable[Remark]], empty: Iterable[int]) -> str:
    """What is confirmed: these remarks, or some of them; a new one is asked again."""
    found = {
        f"{doubt.employment_id or 'collectif'}:{doubt.code}"
        for remarked in doubts.values()
        for doubt in remarked
    }
    return " ".join(sorted(found | {f"{award}:{AT_ZERO}" for award in empty}))


def _note(
    sections: list[Section], doubts: Mapping[int, list[Remark]], empty: Iterable[int]
) -> None:
    """Write each doubt where it is to be confirmed."""
    for section in sections:
        found = doubts.get(section.award.pk, [])
        for person in section.at_hand.people:
            person.notes = [d.text for d in found if d.employment_id == person.employment_id]
        of_nobody = [d.text for d in found if d.employment_id is None]
        if section.at_hand.collective:
            section.at_hand.collective.notes = of_nobody
        else:
            section.notes = of_nobody
        if section.award.pk in empty:
            section.notes.append("Aucune heure : le mois de ce marché sera envoyé à zéro.")


def refuse(page: MonthPage, refusal: Refused) -> None:
    """Write the refusal where it is to be corrected."""
    if isinstance(refusal, MonthRefused):
        for section in page.sections:
            section.form.refuse(
                {
                    employment: why
                    for (award, employment), why in refusal.at.items()
                    if award == section.award.pk
                }
            )
    elif not isinstance(refusal, CollectiveRefused):
        page.sections[0].form.add_error(None, refusal.sentence)


def tell_of_conflict(page: MonthPage, data: QueryDict) -> QueryDict:
    """Keep what was typed, show beside it what somebody else sent meanwhile. The data to draw."""
    typed = data.copy()
    for section in page.sections:
        hand = section.at_hand
        typed[section.form.add_prefix("version")] = str(hand.version)
        for person in hand.people:
            total = sum(person.kinds.values(), ZERO)
            person.notes = [f"{hours(total)} ont été envoyées entre-temps."]
        unnamed = hand.collective
        if unnamed and unnamed.sent:
            told = told_without_names(unnamed.total, unnamed.headcount)
            unnamed.notes = [f"Envoyé entre-temps : {told}."]
    return typed
