"""Who follows an operation today reads its persons today: rights follow dates, no row moves.

The share of a host that neither follows nor is associated any more is the referent's of the day.
The function runs as the owner of the tables, and answers for the user and day of the transaction.
"""

from django.db import migrations

HOSTS = "ANY ((SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[])"
DAY = "nullif(current_setting('coclause.day', true), '')::date"

CREATE = f"""
CREATE FUNCTION coclause_taken_over()
RETURNS TABLE (employment_id bigint, identity_id uuid, host_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT e.id, e.identity_id, e.host_id
    FROM clauses_operationhost followed
    JOIN clauses_contract c ON c.operation_id = followed.operation_id
    JOIN clauses_lot l ON l.contract_id = c.id
    JOIN clauses_award a ON a.lot_id = l.id
    JOIN hours_assignment s ON s.award_id = a.id
    JOIN hours_employment e ON e.id = s.employment_id
    WHERE followed.role = 'referente'
      AND followed.host_id = {HOSTS}
      AND daterange(followed.starts_on, followed.ends_on, '[]') @> {DAY}
      AND s.host_id <> followed.host_id
      AND NOT EXISTS (
          SELECT 1 FROM clauses_operationhost other
          WHERE other.operation_id = followed.operation_id AND other.host_id = s.host_id
            AND daterange(other.starts_on, other.ends_on, '[]') @> {DAY}
      )
$$;

CREATE POLICY taken_over_reads ON hours_employment FOR SELECT USING (
    id IN (SELECT employment_id FROM coclause_taken_over())
);
CREATE POLICY taken_over_reads ON people_person FOR SELECT USING (
    (identity_id, host_id) IN (SELECT identity_id, host_id FROM coclause_taken_over())
);
"""

DROP = """
DROP POLICY taken_over_reads ON people_person;
DROP POLICY taken_over_reads ON hours_employment;
DROP FUNCTION coclause_taken_over();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("hours", "0006_collective_lines_and_places"),
        ("clauses", "0004_due_by_calendar"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
