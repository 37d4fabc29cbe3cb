"""Links for people without an account: nobody guesses them, and they end.

An address holds a random key and its signature by the server's secret: the database alone opens
nothing, and the server writes the same address again in each message.
"""

import secrets
from datetime import date, timedelta

from django.core.signing import BadSignature, Signer

from coclause.core.parameters import parameter

KEY_BYTES = 16
LONGEST = 120
_signer = Signer(sep=".", salt="coclause.links")


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def opens_until(day: date) -> date:
    """The last day on which a link made that day opens (parameter `front_door_link_days`)."""
    return day + timedelta(days=int(parameter("front_door_link_days", day)))


def written(key: str) -> str:
    """The part of an address that stands for this key."""
    return _signer.sign(key)


def read(part: str) -> str | None:
    """The key of an address, None when nobody here wrote it."""
    try:
        return _signer.unsign(part[:LONGEST])
    except BadSignature:
        return None
