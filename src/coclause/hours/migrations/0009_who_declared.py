"""Who declared what was there before, which companies employ on an award, and who sees papers."""

from django.db import migrations

WHO_DECLARED = """
SELECT set_config('coclause.actor', 'migration', true);
INSERT INTO hours_declaration
    (statement_id, organisation_id, origin, invoice, version, declared_at, declared_by_id)
SELECT s.id, NULL, 'saisie', '', s.version, s.declared_on::timestamp AT TIME ZONE 'Europe/Paris',
       (SELECT l.declared_by_id FROM hours_statementline l
        WHERE l.statement_id = s.id ORDER BY l.id DESC LIMIT 1)
FROM hours_statement s;

INSERT INTO clauses_awardmember
    (award_id, organisation_id, part, departure, starts_on, ends_on)
SELECT a.award_id, e.employer_id,
       CASE WHEN bool_or(e.way = 'mise_a_disposition') THEN 'mise_a_dispo'
            ELSE 'sous_traitant' END,
       '', min(a.starts_on), NULL
FROM hours_assignment a
JOIN hours_employment e ON e.id = a.employment_id
WHERE NOT EXISTS (
    SELECT 1 FROM clauses_awardmember m
    WHERE m.award_id = a.award_id AND m.organisation_id = e.employer_id
)
GROUP BY a.award_id, e.employer_id;
SELECT set_config('coclause.actor', '', true);
"""

PAPERS = """
ALTER TABLE hours_supportingpaper ENABLE ROW LEVEL SECURITY;
CREATE POLICY as_its_employment ON hours_supportingpaper USING (
    employment_id IS NULL
    OR EXISTS (SELECT 1 FROM hours_employment e WHERE e.id = employment_id)
    OR coalesce(current_setting('coclause.actor', true), '') LIKE 'task:%'
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("hours", "0008_companies_months"),
        ("clauses", "0006_penalties_and_agencies"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]
    operations = [
        migrations.RunSQL(WHO_DECLARED, migrations.RunSQL.noop),
        migrations.RunSQL(PAPERS, "DROP POLICY as_its_employment ON hours_supportingpaper;"
                          " ALTER TABLE hours_supportingpaper DISABLE ROW LEVEL SECURITY;"),
    ]
