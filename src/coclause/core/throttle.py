"""Limits on what is open to everybody: counted in the database, so that every server counts alike.

Nothing is asked of a third party, and no address is kept: a counter is named by a keyed digest.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from coclause.core.models import Attempt

KEPT = timedelta(days=2)
"""How long a passage is remembered: longer than any period counted."""


def bucket(what: str, whom: str) -> str:
    """The name of a counter: what is counted, and a digest of for whom."""
    key = settings.SECRET_KEY.encode()
    digest = hmac.new(key, f"{what}:{whom.strip().lower()}".encode(), hashlib.sha256)
    return f"{what}:{digest.hexdigest()[:40]}"


@transaction.atomic
def allow(name: str, *, most: int, within: timedelta, now: datetime) -> bool:
    """Count one passage and say whether it may go on: at most `most` in any period `within`.

    Of several at once, no more than `most` pass: each waits for the one before it to be written,
    so the caller keeps its transaction short. A refused passage is not counted.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    recent = Attempt.objects.filter(bucket=name, at__gt=now - within)
    if recent.count() >= most:
        return False
    Attempt.objects.create(bucket=name, at=now)
    return True


def forget(now: datetime) -> int:
    """Erase the passages that no limit counts any more. Returns how many."""
    return Attempt.objects.filter(at__lt=now - KEPT).delete()[0]
