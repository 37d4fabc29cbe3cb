"""What the database itself holds true about the calendar of an award (PL/pgSQL).

The versions of a calendar are the facts (`Execution`); the award carries a copy of the one in
force, so that every figure reads it without a join. The copy cannot be changed alone.
"""

# ruff: noqa: S608  bodies of triggers: the one piece put in is written here

from coclause.core.history import LOCKED

CALENDAR_OPENS = """
    INSERT INTO clauses_execution
        (award_id, kind, effective_on, starts_on, ends_on, suspensions, suspended_on, reason,
         recorded_at)
    VALUES (NEW.id, 'attribution', NEW.starts_on, NEW.starts_on, NEW.ends_on, NEW.suspensions,
            NEW.suspended_on, '', NEW.recorded_at);
    RETURN NULL;
"""
"""A new award brings the first version of its calendar."""

CALENDAR_SUPERSEDES = """
    UPDATE clauses_execution SET superseded_at = NEW.recorded_at
    WHERE award_id = NEW.award_id AND superseded_at IS NULL;
    RETURN NEW;
"""
"""A new version closes the one in force."""

CALENDAR_IS_COPIED = f"""
    IF TG_TABLE_NAME = 'clauses_execution' THEN
        UPDATE clauses_award SET starts_on = NEW.starts_on, ends_on = NEW.ends_on,
            suspensions = NEW.suspensions, suspended_on = NEW.suspended_on
        WHERE id = NEW.award_id AND (starts_on, ends_on, suspensions, suspended_on)
            IS DISTINCT FROM (NEW.starts_on, NEW.ends_on, NEW.suspensions, NEW.suspended_on);
        RETURN NULL;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM clauses_execution e
        WHERE e.award_id = NEW.id AND e.superseded_at IS NULL
          AND (e.starts_on, e.ends_on, e.suspensions, e.suspended_on)
              IS NOT DISTINCT FROM
              (NEW.starts_on, NEW.ends_on, NEW.suspensions, NEW.suspended_on)
    ) THEN
        RAISE EXCEPTION 'the calendar of an award changes by a dated act'
        USING ERRCODE = '{LOCKED}';
    END IF;
    RETURN NEW;
"""
"""On the versions: copy the new one to its award. On the award: refuse any other change."""

VERSION_NEVER_CHANGES = f"""
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'superseded_at' = to_jsonb(OLD) - 'superseded_at'
       AND OLD.superseded_at IS NULL
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a version of a calendar never changes' USING ERRCODE = '{LOCKED}';
"""
"""Only the moment it was superseded is set, once."""
