"""How a company's contacts enter: a link that names them, and a code sent to their mailbox.

The link opens nothing by itself: it says to whom a code may be sent, and where they were going.
"""

from datetime import date
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db.models import Q

from coclause.core.addresses import address_of
from coclause.core.models import User
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership

LONGEST = 120
_signer = Signer(sep=".", salt="coclause.enter")


def enter_address(user: User, path: str) -> str:
    """The whole address that a message gives this user, to end up at `path` once inside."""
    query = urlencode({"next": path})
    return f"{address_of('enter', key_of(user))}?{query}"


def key_of(user: User) -> str:
    """The part of an address that stands for this user."""
    return _signer.sign(str(user.pk))


def user_of(key: str) -> User | None:
    """The active user of an address, None when nobody here wrote it."""
    try:
        pk = _signer.unsign(key[:LONGEST])
    except BadSignature:
        return None
    return User.objects.filter(pk=pk, is_active=True).first()


def enters_by_code(user: User, day: date) -> bool:
    """Whether a code is enough: all that the user holds, or is about to, is a place in companies.

    Whoever works in the network, buys or watches keeps a password, and a second factor if any.
    A session opened by a code ends on the day when they begin to (`web/middleware.py`).
    """
    held = Membership.objects.filter(user=user)
    if not held.on(day).exists():
        return False
    left = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    return not left.exclude(role=MemberRole.COMPANY).exists()
