"""The link of a programme: its address, and what is erased once it has ended."""

from datetime import date, timedelta

from django.urls import reverse

from coclause.core.addresses import whole
from coclause.core.models import StoredFile
from coclause.core.parameters import parameter
from coclause.network import links
from coclause.network.models import ColumnMemory, Programme


def path_of(key: str) -> str:
    """The path of a programme's page, from its key."""
    return reverse("programme", args=[links.written(key)])


def address_of(programme: Programme) -> str:
    """The whole address of its page, as messages written by a job give it."""
    return whole(path_of(programme.link_key))


def desk_address() -> str:
    """Where whoever answers finds what waits."""
    return whole(reverse("desk"))


def forget(day: date) -> int:
    """Erase the files, contacts and columns of programmes whose link has ended before `day`.

    What was answered line by line names nobody and stays. Column readings that served nobody for
    as long as a contact is kept go too. Returns how many programmes were cleared.
    """
    ended = list(
        Programme.objects.filter(link_until__lt=day)
        .exclude(file=None, contact_email="")
        .values_list("pk", "file")
    )
    Programme.objects.filter(pk__in=[pk for pk, _ in ended]).update(
        file=None, contact_name="", contact_email="", mapping={}
    )
    StoredFile.objects.filter(pk__in=[file for _, file in ended if file]).delete()
    kept = timedelta(days=int(parameter("contact_kept_days", day)))
    ColumnMemory.objects.filter(used_on__lt=day - kept).delete()
    return len(ended)
