"""Work on hours that nobody waits for: reminding of months owed, forgetting supporting papers."""

from django.utils import timezone
from procrastinate.contrib.django import app

from coclause.core.actor import acting_as
from coclause.hours.papers import keeping
from coclause.hours.reminders import remind


@app.periodic(cron="30 5 * * *")
@app.task(lock="remind-companies", queueing_lock="remind-companies")
def remind_companies(timestamp: int) -> None:
    """Each morning, write what the day calls for: nothing on a day that is not worked."""
    day = timezone.localdate()
    with acting_as("remind-companies", day=day):
        remind(day)


@app.periodic(cron="0 4 * * *")
@app.task(lock="erase-papers", queueing_lock="erase-papers")
def erase_papers(timestamp: int) -> None:
    """Erase the papers whose last day is over; their bytes go once that is committed."""
    day = timezone.localdate()
    with acting_as("erase-papers", day=day):
        keeping.erase_expired(day, timezone.now())


@app.periodic(cron="10 4 * * *")
@app.task(lock="sweep-papers", queueing_lock="sweep-papers")
def sweep_papers(timestamp: int) -> None:
    """Erase the bytes that a crash left without a row."""
    with acting_as("sweep-papers", day=timezone.localdate()):
        keeping.sweep_strays(timezone.now())
