"""Work that nobody waits for: sending mail, and keeping the queue itself in order."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import JobContext, exceptions, jobs
from procrastinate.contrib.django import app

from coclause.core import sending, throttle
from coclause.core.actor import acting_as
from coclause.core.parameters import parameter

SWEPT = 200
"""Messages that one sweep takes: the next one, a minute later, goes on."""

FAILED_KEPT = timedelta(days=30)
"""How long a job that failed stays to be looked at; the others leave at once."""


@app.task
def send_mail(mail: int) -> None:
    """Send one stored message; deferred when it is written."""
    sending.send(mail, now=timezone.now(), day=timezone.localdate())


@app.periodic(cron="* * * * *")
@app.task(lock="sweep-mail", queueing_lock="sweep-mail")
def sweep_mail(timestamp: int) -> None:
    """Take up every message that is due: a second try, or one whose job was lost."""
    now = timezone.now()
    for pk in sending.due_mails(now, most=SWEPT):
        outcome = sending.send(pk, now=now, day=timezone.localdate())
        if outcome and outcome.failure and outcome.failure.unreachable:
            return


@app.periodic(cron="* * * * *")
@app.task(pass_context=True, queueing_lock="take-up-jobs")
async def take_up_jobs(context: JobContext, timestamp: int) -> None:
    """Run again what a worker that died was doing."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except exceptions.UniqueViolation:
            # The same work is queued already: this one has nothing left to do.
            await manager.finish_job(job, status=jobs.Status.FAILED, delete_job=True)


@app.periodic(cron="30 3 * * *")
@app.task(pass_context=True, queueing_lock="tidy-up")
async def tidy_up(context: JobContext, timestamp: int) -> None:
    """Forget failed jobs after a while."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=int(FAILED_KEPT.total_seconds() // 3600), include_failed=True
    )


@app.periodic(cron="40 3 * * *")
@app.task(lock="forget-passages", queueing_lock="forget-passages")
def forget_passages(timestamp: int) -> None:
    """Erase the passages that no limit counts any more."""
    with acting_as("forget-passages", day=timezone.localdate()):
        throttle.forget(timezone.now())


@app.periodic(cron="45 3 * * *")
@app.task(lock="forget-mails", queueing_lock="forget-mails")
def forget_mails(timestamp: int) -> None:
    """Erase the messages written longer ago than `mail_kept_days`: those gone or abandoned."""
    day = timezone.localdate()
    with acting_as("forget-mails", day=day):
        sending.forget(timezone.now() - timedelta(days=int(parameter("mail_kept_days", day))))
