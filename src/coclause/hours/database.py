"""What the database itself holds true about lines of hours (bodies of triggers, PL/pgSQL)."""

import pgtrigger

from coclause.core.history import LOCKED

VALIDATED_LINE_NEVER_CHANGES = f"""
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - 'corrected_at' - 'superseded_at'
         = to_jsonb(OLD) - 'corrected_at' - 'superseded_at'
       AND (OLD.corrected_at IS NULL OR NEW.corrected_at = OLD.corrected_at)
       AND (OLD.superseded_at IS NULL OR NEW.superseded_at = OLD.superseded_at)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a validated line never changes' USING ERRCODE = '{LOCKED}';
"""
"""Only the two dates that a later revision sets may be set, once."""

LINE_STAYS_IN_ITS_MONTH = """
    IF NEW.employment_month_id IS NULL THEN RETURN NEW; END IF;
    SELECT s.month = m.month INTO matches
    FROM hours_statement s, hours_employmentmonth m
    WHERE s.id = NEW.statement_id AND m.id = NEW.employment_month_id;
    IF NOT coalesce(matches, false) THEN
        RAISE EXCEPTION 'a line belongs to the month of its statement'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

LINE_ALLOCATES = """
    touched := ARRAY(SELECT DISTINCT employment_month_id FROM changed
                     WHERE employment_month_id IS NOT NULL);
    PERFORM 1 FROM hours_employmentmonth WHERE id = ANY (touched) ORDER BY id FOR UPDATE;
    UPDATE hours_employmentmonth AS m SET hours_allocated = claimed.total
    FROM (
        SELECT t.id, coalesce(sum(l.claim), 0) AS total
        FROM unnest(touched) AS t (id)
        LEFT JOIN (
            SELECT employment_month_id, max(hours) AS claim
            FROM hours_statementline
            WHERE (corrected_at IS NULL OR (state = 'validee' AND superseded_at IS NULL))
              AND employment_month_id = ANY (touched)
            GROUP BY employment_month_id, statement_id, kind
        ) AS l ON l.employment_month_id = t.id
        GROUP BY t.id
    ) AS claimed
    WHERE m.id = claimed.id AND m.id = ANY (touched)
      AND m.hours_allocated IS DISTINCT FROM claimed.total;
    RETURN NULL;
"""
"""Lock the months first, then sum: each statement of a volatile function sees what was committed
while it waited for the lock, so two sites that share a month cannot both take its last hours.
While a correction waits for validation, the larger of the two figures is held. The months go
through an array, since a transition table has no statistics and would be joined by a full scan."""


def allocates(name: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    """Sum the months of the lines that a statement inserted, updated or deleted."""
    rows = {"old": "changed"} if operation == pgtrigger.Delete else {"new": "changed"}
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        declare=[("touched", "bigint[]")],
        func=LINE_ALLOCATES,
    )
