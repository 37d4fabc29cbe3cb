"""The queue of background work, on the database it shares with everything else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.builders import DAY
from tests.core.jobs_helper import run_jobs, waiting_jobs

from coclause.core.actor import acting_as
from coclause.core.models import Attempt

pytestmark = pytest.mark.usefixtures("committed_db")


@app.task(name="tests.second")
def second() -> None:
    """What another task asked for."""
    with acting_as("essai", day=DAY):
        Attempt.objects.create(bucket="second")


@app.task(name="tests.first")
def first(fail: bool) -> None:
    """Writes, asks for another task, then fails or not."""
    with acting_as("essai", day=DAY):
        Attempt.objects.create(bucket="first")
        second.defer()
        if fail:
            raise LookupError


def test_a_job_and_what_it_asks_for_are_done() -> None:
    """Work asked from a page, and the work that follows from it, must end without anybody."""
    first.defer(fail=False)
    run_jobs()
    assert set(Attempt.objects.values_list("bucket", flat=True)) == {"first", "second"}
    assert waiting_jobs() == []


def test_what_a_failed_job_asked_for_is_not_done() -> None:
    """A job undone in the middle must not leave a message announcing it."""
    first.defer(fail=True)
    with pytest.raises(AssertionError, match=r"failed: \['tests.first'\]"):
        run_jobs()
    assert not Attempt.objects.exists()
    assert waiting_jobs() == []


def test_a_job_whose_worker_died_is_taken_up() -> None:
    """A machine that stops in the middle must not leave a programme half read for ever."""
    first.defer(fail=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '5 minutes') RETURNING id"
        )
        (worker,) = cursor.fetchone()
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
    app.tasks["coclause.core.tasks.take_up_jobs"].defer(timestamp=0)
    run_jobs()
    assert set(Attempt.objects.values_list("bucket", flat=True)) == {"first", "second"}
    assert not ProcrastinateJob.objects.exists()


def test_passages_that_nothing_counts_any_more_are_forgotten() -> None:
    """What limits abuse must not become a record of who came."""
    now = timezone.now()
    with acting_as("essai", day=DAY):
        Attempt.objects.create(bucket="vieux", at=now - timedelta(days=3))
        Attempt.objects.create(bucket="récent", at=now)
    app.tasks["coclause.core.tasks.forget_passages"].defer(timestamp=0)
    run_jobs()
    assert list(Attempt.objects.values_list("bucket", flat=True)) == ["récent"]
