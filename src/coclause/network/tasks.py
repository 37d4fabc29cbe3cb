"""Work of the night: forgetting who asked, once a request has been over long enough."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from coclause.core.actor import acting_as
from coclause.core.parameters import parameter
from coclause.network import answering


@app.periodic(cron="50 3 * * *")
@app.task(lock="forget-contacts", queueing_lock="forget-contacts")
def forget_contacts(timestamp: int) -> None:
    """Erase the contacts and words of requests over for longer than `contact_kept_days`."""
    day = timezone.localdate()
    with acting_as("forget-contacts", day=day):
        kept = timedelta(days=int(parameter("contact_kept_days", day)))
        answering.forget_contacts(day, kept)
