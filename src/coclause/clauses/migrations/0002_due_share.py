"""The agreed calendar, linear by default: which part of a commitment falls due between two days.

A change that takes effect during execution is spread over what remains; after the end, it is due
at once on the last day.
"""

from django.db import migrations

CREATE = """
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
    dependencies = [("clauses", "0001_initial")]
    operations = [
        migrations.RunSQL(
            CREATE, "DROP FUNCTION coclause_due_share(date, date, date, date, date);"
        ),
    ]
