"""Contracts that are probably published twice: linked for a person to look at, never subtracted.

Joined on the buyer's SIREN, never on a name. Each group hangs on its oldest contract, so that
links grow with the rows and not with their square.
"""

from django.db import connection

from coclause.watch.choices import DuplicateReason
from coclause.watch.models import ImportRun

_FORGET = """
DELETE FROM watch_likelyduplicate d USING watch_publishedcontract c
WHERE c.last_changed_id = %(run)s AND c.id IN (d.kept_id, d.other_id)
"""

# Two establishments of one buyer publish the same number, with a date or an amount in common.
_SAME_NUMBER = """
INSERT INTO watch_likelyduplicate (kept_id, other_id, reason)
SELECT DISTINCT least(a.id, b.id), greatest(a.id, b.id), %(reason)s
FROM watch_publishedcontract a
JOIN watch_publishedcontract b
  ON b.buyer_siren = a.buyer_siren AND b.published_id = a.published_id
 AND b.kind = a.kind AND b.id <> a.id
WHERE a.last_changed_id = %(run)s
  AND (a.notified_on = b.notified_on OR a.amount = b.amount)
ON CONFLICT DO NOTHING
"""

# One buyer, one date, one amount, one holder, one object, under two numbers.
_SAME_FACTS = """
WITH facts AS (
  SELECT c.id, c.last_changed_id, min(c.id) OVER same AS first
  FROM watch_publishedcontract c
  JOIN watch_publishedholder h ON h.contract_id = c.id AND h.current
  WHERE c.amount IS NOT NULL AND NOT c.amount_doubtful AND c.buyer_siren IN (
    SELECT buyer_siren FROM watch_publishedcontract WHERE last_changed_id = %(run)s)
  WINDOW same AS (PARTITION BY c.buyer_siren, c.kind, c.notified_on, c.amount, h.identifier,
    upper(c.object))
)
INSERT INTO watch_likelyduplicate (kept_id, other_id, reason)
SELECT DISTINCT first, id, %(reason)s FROM facts WHERE first <> id
ON CONFLICT DO NOTHING
"""


def link_duplicates(run: ImportRun) -> None:
    """Look again at whatever the run added or changed."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"run": run.pk})
        for statement, reason in (
            (_SAME_NUMBER, DuplicateReason.SAME_NUMBER),
            (_SAME_FACTS, DuplicateReason.SAME_FACTS),
        ):
            cursor.execute(statement, {"run": run.pk, "reason": reason.value})
