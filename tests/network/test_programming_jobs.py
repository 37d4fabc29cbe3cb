"""Five thousand lines through the real queue, watched as they go; two sendings at once."""

import resource
import threading

import pytest
from django.db import connections
from tests.builders import DAY
from tests.core.jobs_helper import run_jobs, waiting_jobs
from tests.network.programming_worlds import (
    AT,
    answering,
    confirmed,
    deposited,
    many,
)

from coclause.core.actor import acting_as
from coclause.core.models import Mail
from coclause.network.choices import ProgrammeState
from coclause.network.models import BuyerRequest, Programme
from coclause.network.programmes import analysis as programme_analysis
from coclause.network.programmes.receiving import ask_to_send, sendable_lines, sending_of
from coclause.network.programmes.sending import send

pytestmark = pytest.mark.usefixtures("day_of_the_builders", "committed_db")
LINES = 5000
MEGABYTES = 300
"""Beyond what is taken before, that reading and answering them may take."""


def test_five_thousand_lines_are_answered_while_others_watch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering()
    programme = confirmed(deposited(many(LINES)))
    assert waiting_jobs()[-1].endswith("analyse_programme")
    seen: list[tuple[str, int, int]] = []
    write = programme_analysis._write

    def watched(*args: object) -> bool:
        wrote = write(*args)  # type: ignore[arg-type]
        # Another connection: it sees what is committed.
        watcher = threading.Thread(target=look, args=(programme.pk, seen))
        watcher.start()
        watcher.join()
        return wrote

    monkeypatch.setattr(programme_analysis, "_write", watched)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run_jobs()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    programme.refresh_from_db()
    assert (programme.state, programme.done, programme.total) == (ProgrammeState.DONE, LINES, LINES)
    assert programme.lines.count() == LINES
    assert programme.lines.filter(duty="due").count() == LINES // 4
    assert [done for _, done, _ in seen] == list(range(200, LINES + 1, 200))
    assert {(state, total) for state, _, total in seen} == {(ProgrammeState.RUNNING, LINES)}
    assert grown < MEGABYTES


def look(pk: int, seen: list[tuple[str, int, int]]) -> None:
    found = Programme.objects.get(pk=pk)
    seen.append((found.state, found.done, found.total))
    connections.close_all()


def test_a_sending_shows_its_progress_until_the_worker_is_done() -> None:
    user = answering()
    programme = confirmed(deposited(many(45)))
    run_jobs()
    programme.refresh_from_db()
    lines = list(sendable_lines(programme).values_list("pk", flat=True))
    with acting_as("test", day=DAY):
        assert ask_to_send(programme, lines, at=AT, by=None) == 45
    waiting = sending_of(programme)
    assert waiting is not None
    assert (waiting.done, waiting.total) == (0, 45)
    run_jobs()
    assert sending_of(programme) is None
    assert programme.lines.filter(request__isnull=False).count() == 45
    assert Mail.objects.filter(kind="programme.sent").count() == 1
    assert Mail.objects.filter(kind="programme.announced", recipient=user.email).count() == 1


def test_two_at_once_send_each_line_once() -> None:
    answering()
    programme = confirmed(deposited(many(40)))
    run_jobs()
    lines = list(programme.lines.values_list("pk", flat=True))
    together = threading.Barrier(2)
    failures: list[BaseException] = []

    def one(minutes: int) -> None:
        try:
            together.wait(timeout=10)
            send(programme.pk, lines, at=AT.replace(minute=minutes), by=None)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    both = [threading.Thread(target=one, args=(minutes,)) for minutes in (1, 2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(timeout=60)
    assert not failures
    assert BuyerRequest.objects.count() == 40
    assert programme.lines.filter(request__isnull=True).count() == 0
    told = Mail.objects.filter(kind="programme.sent")
    assert 1 <= told.count() <= 2
