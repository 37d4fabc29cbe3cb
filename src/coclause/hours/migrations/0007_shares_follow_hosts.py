"""Who follows an operation that day reads the persons of its share, and nobody else's.

The one rule is `coclause_shares`: an employment is in the share of the host that put it on the
award, as long as that host follows the operation; once it does not, those still at work pass to
the referent. Rights follow the periods of `clauses_operationhost`, so these are guarded too: only
those in charge, or the coordination of the region, say who follows.
"""

from django.db import migrations

HOSTS = "(SELECT coclause_organisations_as('facilitateur', 'responsable'))"
DAY = "nullif(current_setting('coclause.day', true), '')::date"
SHARES = f"coclause_shares({HOSTS}, {DAY})"

FUNCTIONS = """
CREATE FUNCTION coclause_shares(held_by bigint[], that_day date)
RETURNS TABLE (assignment_id bigint, employment_id bigint, put_by bigint)
LANGUAGE sql STABLE AS $$
    SELECT a.id, a.employment_id, a.host_id
    FROM clauses_operationhost o
    JOIN clauses_contract c ON c.operation_id = o.operation_id
    JOIN clauses_lot l ON l.contract_id = c.id
    JOIN clauses_award w ON w.lot_id = l.id
    JOIN hours_assignment a ON a.award_id = w.id
    WHERE o.host_id = ANY (held_by)
      AND o.starts_on <= that_day AND (o.ends_on IS NULL OR o.ends_on >= that_day)
      AND (
        a.host_id = o.host_id
        OR (
            o.role = 'referente'
            AND NOT EXISTS (
                SELECT 1 FROM clauses_operationhost p
                WHERE p.operation_id = o.operation_id AND p.host_id = a.host_id
                  AND p.starts_on <= that_day AND (p.ends_on IS NULL OR p.ends_on >= that_day)
            )
            AND (
                a.ends_on IS NULL
                OR a.ends_on > coalesce((
                    SELECT max(p.ends_on) FROM clauses_operationhost p
                    WHERE p.operation_id = o.operation_id AND p.ends_on < that_day
                      AND (p.host_id = a.host_id
                           OR (p.role = 'referente' AND p.host_id <> o.host_id))
                ), '-infinity')
            )
        )
      )
$$;

CREATE FUNCTION coclause_says_who_follows(operation bigint, host bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH who AS (
        SELECT coclause_organisations_as('facilitateur', 'responsable') AS hosts,
               coclause_organisations_as('coordinateur') AS coordinations,
               nullif(current_setting('coclause.day', true), '')::date AS that_day
    ), charge AS (
        SELECT o.host_id, o.role, o.host_id = ANY (who.hosts) AS own,
               o.starts_on <= who.that_day
                   AND (o.ends_on IS NULL OR o.ends_on >= who.that_day) AS now,
               o.starts_on <= who.that_day
                   AND (o.ends_on IS NULL OR o.ends_on >= who.that_day - 1) AS just
        FROM clauses_operationhost o, who WHERE o.operation_id = operation
    )
    SELECT coalesce(current_setting('coclause.actor', true), '') LIKE 'task:%'
        OR EXISTS (SELECT 1 FROM charge WHERE role = 'referente' AND now AND own)
        OR (NOT EXISTS (SELECT 1 FROM charge WHERE role = 'referente' AND now)
            AND EXISTS (SELECT 1 FROM charge WHERE just AND own))
        OR (NOT EXISTS (SELECT 1 FROM charge)
            AND host = ANY (SELECT unnest(who.hosts) FROM who))
        OR EXISTS (
            SELECT 1 FROM clauses_operation o
            JOIN organisations_organisation g ON g.region_id = o.region_id
            JOIN who ON g.id = ANY (who.coordinations)
            WHERE o.id = operation
        )
$$;
"""

ENABLE = f"""
{FUNCTIONS}
DROP POLICY share_reads ON hours_employment;
CREATE POLICY share_reads ON hours_employment FOR SELECT USING (
    id IN (SELECT s.employment_id FROM {SHARES} s)
);
CREATE POLICY share_reads ON people_person FOR SELECT USING (
    (identity_id, host_id) IN (
        SELECT e.identity_id, e.host_id
        FROM hours_employment e JOIN {SHARES} s ON s.employment_id = e.id
    )
);

DROP POLICY host_changes ON hours_assignment;
DROP POLICY host_removes ON hours_assignment;
CREATE POLICY share_changes ON hours_assignment FOR UPDATE
    USING (id IN (SELECT s.assignment_id FROM {SHARES} s))
    WITH CHECK (
        (host_id = ANY ({HOSTS}::bigint[])
         OR (id, host_id) IN (SELECT s.assignment_id, s.put_by FROM {SHARES} s))
        AND EXISTS (SELECT 1 FROM hours_employment e WHERE e.id = employment_id)
    );
CREATE POLICY share_removes ON hours_assignment FOR DELETE
    USING (id IN (SELECT s.assignment_id FROM {SHARES} s));

ALTER TABLE clauses_operationhost ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON clauses_operationhost FOR SELECT USING (true);
CREATE POLICY charge_adds ON clauses_operationhost FOR INSERT
    WITH CHECK (coclause_says_who_follows(operation_id, host_id));
CREATE POLICY charge_changes ON clauses_operationhost FOR UPDATE
    USING (coclause_says_who_follows(operation_id, host_id))
    WITH CHECK (coclause_says_who_follows(operation_id, host_id));
CREATE POLICY charge_removes ON clauses_operationhost FOR DELETE
    USING (coclause_says_who_follows(operation_id, host_id));
"""

DISABLE = f"""
DROP POLICY charge_removes ON clauses_operationhost;
DROP POLICY charge_changes ON clauses_operationhost;
DROP POLICY charge_adds ON clauses_operationhost;
DROP POLICY everybody_reads ON clauses_operationhost;
ALTER TABLE clauses_operationhost DISABLE ROW LEVEL SECURITY;
DROP POLICY share_removes ON hours_assignment;
DROP POLICY share_changes ON hours_assignment;
DROP POLICY share_reads ON people_person;
DROP POLICY share_reads ON hours_employment;
CREATE POLICY share_reads ON hours_employment FOR SELECT USING (
    EXISTS (
        SELECT 1 FROM hours_assignment a
        WHERE a.employment_id = hours_employment.id
          AND a.host_id = ANY (
              (SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[])
    )
);
CREATE POLICY host_changes ON hours_assignment FOR UPDATE
    USING (host_id = ANY (
        (SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[]))
    WITH CHECK (host_id = ANY (
        (SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[]));
CREATE POLICY host_removes ON hours_assignment FOR DELETE USING (host_id = ANY (
    (SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[]));
DROP FUNCTION coclause_says_who_follows(bigint, bigint);
DROP FUNCTION coclause_shares(bigint[], date);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("hours", "0006_collective_lines_and_places"),
        ("clauses", "0004_due_by_calendar"),
        ("organisations", "0002_actor_organisations"),
    ]
    operations = [migrations.RunSQL(ENABLE, DISABLE)]
