"""Days of execution only: what falls due between two days leaves suspensions out.

A change that takes effect during execution is spread over what remains of it; after the end, it is
due at once on the last day. While a suspension runs, nothing more falls due and the days after it
still count in the whole: the end is moved by an extension, or the rest falls due in less time.
"""

from django.db import migrations

CREATE = """
DROP FUNCTION coclause_due_share(date, date, date, date, date);

CREATE FUNCTION coclause_days_off(first_day date, last_day date, suspensions daterange[])
RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum(upper(off * held) - lower(off * held)), 0)::integer
    FROM unnest(suspensions) AS off,
         (SELECT CASE WHEN first_day <= last_day
                     THEN daterange(first_day, last_day, '[]') END AS held) AS asked
    WHERE off && held
$$;

CREATE FUNCTION coclause_days_on(first_day date, last_day date, suspensions daterange[])
RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, last_day - first_day + 1
        - CASE WHEN suspensions = '{}' THEN 0
               ELSE coclause_days_off(first_day, last_day, suspensions) END)
$$;

CREATE FUNCTION coclause_due_share(
    first_day date, last_day date, starts date, ends date, effective date,
    suspensions daterange[], suspended_on date
) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN coclause_days_on(least(greatest(starts, effective), ends), ends, suspensions) = 0
        THEN CASE WHEN ends BETWEEN first_day AND last_day
                       AND (suspended_on IS NULL OR suspended_on > ends) THEN 1 ELSE 0 END
        ELSE coclause_days_on(
            greatest(first_day, least(greatest(starts, effective), ends)),
            least(last_day, ends, suspended_on - 1), suspensions
        )::numeric
        / coclause_days_on(least(greatest(starts, effective), ends), ends, suspensions) END
$$;
"""

OPEN = """
SELECT set_config('coclause.actor', 'migration', true);
INSERT INTO clauses_execution
    (award_id, kind, effective_on, starts_on, ends_on, suspensions, reason, recorded_at)
SELECT id, 'attribution', starts_on, starts_on, ends_on, '{}', '', recorded_at
FROM clauses_award a
WHERE NOT EXISTS (SELECT 1 FROM clauses_execution e WHERE e.award_id = a.id);
SELECT set_config('coclause.actor', '', true);
"""
"""Awards recorded before calendars had versions."""

BACK = """
DROP FUNCTION coclause_due_share(date, date, date, date, date, daterange[], date);
DROP FUNCTION coclause_days_on(date, date, daterange[]);
DROP FUNCTION coclause_days_off(date, date, daterange[]);
CREATE FUNCTION coclause_due_share(
    first_day date, last_day date, starts date, ends date, effective date
) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(
        0,
        least(last_day, ends) - greatest(first_day, least(greatest(starts, effective), ends)) + 1
    )::numeric / (ends - least(greatest(starts, effective), ends) + 1)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("clauses", "0003_commitments_as_they_are")]
    operations = [
        migrations.RunSQL(CREATE, BACK),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
    ]
