"""Contracts that are probably published twice: linked for a person to look at, never subtracted.

Joined on the buyer's SIREN, never on a name. Each group hangs on its oldest contract, so that
links grow with the rows and not with their square.
"""

from itertools import islice

from django.db import connection

from coclause.watch.choices import DuplicateReason
from coclause.watch.models import ImportRun, PublishedContract

BUYERS_AT_A_TIME = 500

_FORGET = """
DELETE FROM watch_likelyduplicate
WHERE kept_id IN (SELECT id FROM watch_publishedcontract WHERE last_changed_id = %(run)s)
   OR other_id IN (SELECT id FROM watch_publishedcontract WHERE last_changed_id = %(run)s)
"""

# Two establishments of one buyer publish the same number, with a date or an amount in common.
_SAME_NUMBER = """
WITH near AS (
  SELECT id, kind, buyer_siren, published_id, notified_on, amount
  FROM watch_publishedcontract WHERE buyer_siren = ANY(%(sirens)s)
), facts AS (
  SELECT id, min(id) OVER (PARTITION BY buyer_siren, published_id, kind, notified_on) AS first
  FROM near
  UNION
  SELECT id, min(id) OVER (PARTITION BY buyer_siren, published_id, kind, amount)
  FROM near WHERE amount IS NOT NULL
)
INSERT INTO watch_likelyduplicate (kept_id, other_id, reason)
SELECT first, id, %(reason)s FROM facts WHERE first <> id
ON CONFLICT DO NOTHING
"""

# One buyer, one date, one amount, one holder, one object, under two numbers.
_SAME_FACTS = """
WITH facts AS (
  SELECT c.id, min(c.id) OVER (PARTITION BY c.buyer_siren, c.kind, c.notified_on, c.amount,
    h.identifier, upper(c.object)) AS first
  FROM watch_publishedcontract c
  JOIN watch_publishedholder h ON h.contract_id = c.id AND h.current
  WHERE c.amount IS NOT NULL AND NOT c.amount_doubtful AND c.buyer_siren = ANY(%(sirens)s)
)
INSERT INTO watch_likelyduplicate (kept_id, other_id, reason)
SELECT DISTINCT first, id, %(reason)s FROM facts WHERE first <> id
ON CONFLICT DO NOTHING
"""

_STATEMENTS = (
    (_SAME_NUMBER, DuplicateReason.SAME_NUMBER),
    (_SAME_FACTS, DuplicateReason.SAME_FACTS),
)


def link_duplicates(run: ImportRun) -> None:
    """Look again at the buyers of whatever the run added or changed.

    Row against row is never a good plan here, yet the one chosen while the tables pass for empty
    (just filled, or vacuumed after a dry run): 25 000 contracts then took minutes.
    """
    touched = PublishedContract.objects.filter(last_changed=run).order_by("buyer_siren")
    sirens = iter(touched.values_list("buyer_siren", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"run": run.pk})
        cursor.execute("SET LOCAL enable_nestloop = off")
        while some := list(islice(sirens, BUYERS_AT_A_TIME)):
            for statement, reason in _STATEMENTS:
                cursor.execute(statement, {"sirens": some, "reason": reason.value})
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
