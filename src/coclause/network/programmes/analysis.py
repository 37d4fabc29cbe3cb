"""The job that reads a programme and answers each line, in batches that others can watch.

It may be run twice, or be killed in the middle: the lines already written stay, and it goes on
from there. Nothing is written once the programme is no longer being analysed.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db.models import F

from coclause.core.actor import acting_as
from coclause.core.files import content_of
from coclause.core.journal import record_act
from coclause.core.refusals import Refused
from coclause.network.choices import ProgrammeState
from coclause.network.models import Programme, ProgrammeLine
from coclause.network.programmes.answers import Answers
from coclause.network.programmes.columns import columns_of
from coclause.network.programmes.reader import lines as read
from coclause.network.programmes.reader.headers import find_layout
from coclause.network.programmes.reader.rows import Skip, SkippedRow
from coclause.network.programmes.reader.wholes import wholes
from coclause.render.numbers import integer
from coclause.tables.apart import open_workbook

TASK: Final = "programme"
BATCH: Final = 200
TOLD_SKIPPED: Final = 200
"""Rows left aside that are told one by one; the others are counted."""
NO_FILE: Final = "Le fichier n’est plus là : déposez-le de nouveau."
STOPPED: Final = (
    "L’analyse s’est arrêtée sans finir. Confirmez de nouveau les colonnes pour la relancer ; si"
    " cela se répète, écrivez à la coordination régionale."
)


def analyse(pk: int, *, day: date) -> None:
    """Answer every line of the programme; what cannot be read is said on its page."""
    programme = (
        Programme.objects.filter(pk=pk, state=ProgrammeState.RUNNING)
        .select_related("file", "region", "buyer", "commune__departement__region")
        .first()
    )
    if programme is None:
        return
    try:
        _analyse(programme, day)
    except Refused as refusal:
        _fail(programme, refusal.sentence, day)
    except Exception:
        _fail(programme, STOPPED, day)
        raise


def _analyse(programme: Programme, day: date) -> None:
    reading = _read(programme)
    todo = _begin(programme, reading, day)
    answers = Answers(programme, wholes(reading.lines), day)
    for start in range(0, len(todo), BATCH):
        made = [answers.line(one) for one in todo[start : start + BATCH]]
        if not _write(programme, made, day):
            return
    _end(programme, day)


def _read(programme: Programme) -> read.ProgrammeReading:
    if programme.file is None:
        raise Refused(NO_FILE)
    book = open_workbook(content_of(programme.file), programme.file_name)
    layout = find_layout(book, programme.sheet)
    kept = columns_of(programme)
    return read.read_lines(book.sheet(layout.sheet), layout, kept.fields, year=kept.year)


def _begin(
    programme: Programme, reading: read.ProgrammeReading, day: date
) -> Sequence[read.ProgrammeLine]:
    """Say how many lines there are; give those that are not written yet."""
    written = set(programme.lines.values_list("row", flat=True))
    with acting_as(TASK, day=day):
        _running(programme).update(
            total=len(reading.lines), done=len(written), skipped=_told(reading.skipped)
        )
    return [one for one in reading.lines if one.row not in written]


def _write(programme: Programme, made: list[ProgrammeLine], day: date) -> bool:
    """One batch in one short transaction; False once the programme is no longer analysed."""
    with acting_as(TASK, day=day):
        if not _running(programme).update(done=F("done") + len(made)):
            return False
        ProgrammeLine.objects.bulk_create(made)
    return True


def _end(programme: Programme, day: date) -> None:
    with acting_as(TASK, day=day):
        if _running(programme).update(state=ProgrammeState.DONE):
            record_act(
                None,
                "programme.analysed",
                f"Programmation {programme} analysée.",
                programme,
                day=day,
            )


def _fail(programme: Programme, sentence: str, day: date) -> None:
    with acting_as(TASK, day=day):
        _running(programme).update(state=ProgrammeState.FAILED, problem=sentence[:500])


def _running(programme: Programme) -> Any:
    return Programme.objects.filter(pk=programme.pk, state=ProgrammeState.RUNNING)


def _told(skipped: Sequence[SkippedRow]) -> list[str]:
    """The rows left aside: titles and totals one by one, blank ones counted."""
    said = [one.why for one in skipped if one.reason != Skip.BLANK]
    blank = sum(1 for one in skipped if one.reason == Skip.BLANK)
    told = said[:TOLD_SKIPPED]
    if len(said) > TOLD_SKIPPED:
        told.append(f"{integer(len(said) - TOLD_SKIPPED)} autres titres et totaux.")
    if blank:
        told.append("1 ligne vide." if blank == 1 else f"{integer(blank)} lignes vides.")
    return told
