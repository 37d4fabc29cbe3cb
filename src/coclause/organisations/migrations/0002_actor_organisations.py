"""What row policies ask: the organisations where the actor of the transaction holds a role."""

from django.db import migrations

CREATE = """
CREATE FUNCTION coclause_organisations_as(VARIADIC held text[]) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(m.organisation_id), '{}')
    FROM organisations_membership m
    JOIN core_user u ON u.id = m.user_id
    WHERE u.is_active
      AND u.id = nullif(current_setting('coclause.user', true), '')::bigint
      AND m.role = ANY (held)
      AND m.starts_on <= nullif(current_setting('coclause.day', true), '')::date
      AND (m.ends_on IS NULL
           OR m.ends_on >= nullif(current_setting('coclause.day', true), '')::date)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION coclause_organisations_as(text[]);"),
    ]
