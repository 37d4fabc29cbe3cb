"""Work of the network that nobody waits for: purchase programmes, and forgetting who asked."""

from datetime import datetime, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from coclause.core.actor import acting_as
from coclause.core.parameters import parameter
from coclause.network.programmes import analysis as programme_analysis
from coclause.network.programmes import links as programme_links
from coclause.network.programmes import sending as programme_sending
from coclause.network.requests import answering


@app.periodic(cron="50 3 * * *")
@app.task(lock="forget-contacts", queueing_lock="forget-contacts")
def forget_contacts(timestamp: int) -> None:
    """Erase the contacts and words of requests over for longer than `contact_kept_days`."""
    day = timezone.localdate()
    with acting_as("forget-contacts", day=day):
        kept = timedelta(days=int(parameter("contact_kept_days", day)))
        answering.forget_contacts(day, kept)


@app.task
def analyse_programme(programme: int) -> None:
    """Answer every line of a purchase programme; one at a time for the same one."""
    programme_analysis.analyse(programme, day=timezone.localdate())


@app.task
def send_programme_lines(programme: int, lines: list[int], at: str, by: int | None) -> None:
    """Turn these lines into requests, received at that moment, in the name of that user."""
    programme_sending.send(programme, lines, at=datetime.fromisoformat(at), by=by)


@app.periodic(cron="55 3 * * *")
@app.task(lock="forget-programmes", queueing_lock="forget-programmes")
def forget_programmes(timestamp: int) -> None:
    """Erase the file and the contact of programmes whose link has ended, and old readings."""
    day = timezone.localdate()
    with acting_as("forget-programmes", day=day):
        programme_links.forget(day)
