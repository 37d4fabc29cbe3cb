"""Row-level security on employments, and the view through which figures count them.

A host sees the employments it recorded and those that work on its share; a company those it
employs, with the names of these people and nobody else's.
"""

from django.db import migrations

HOSTS = "ANY ((SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[])"
COMPANIES = "ANY ((SELECT coclause_organisations_as('entreprise'))::bigint[])"

ENABLE = f"""
ALTER TABLE hours_employment ENABLE ROW LEVEL SECURITY;
CREATE POLICY host_handles ON hours_employment
    USING (host_id = {HOSTS}) WITH CHECK (host_id = {HOSTS});
CREATE POLICY share_reads ON hours_employment FOR SELECT USING (
    EXISTS (
        SELECT 1 FROM hours_assignment a
        WHERE a.employment_id = hours_employment.id AND a.host_id = {HOSTS}
    )
);
CREATE POLICY employer_reads ON hours_employment FOR SELECT USING (employer_id = {COMPANIES});

CREATE POLICY employer_reads ON people_person FOR SELECT USING (
    EXISTS (
        SELECT 1 FROM hours_employment e
        WHERE e.identity_id = people_person.identity_id
          AND e.host_id = people_person.host_id
          AND e.employer_id = {COMPANIES}
    )
);

CREATE VIEW hours_employment_fact AS
    SELECT id, identity_id, employer_id, host_id, prescriber_id, commune_id, starts_on, ends_on,
           type, way, sex, age, level, criteria, district
    FROM hours_employment;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'coclause_app') THEN
        REVOKE INSERT, UPDATE, DELETE ON hours_employment_fact FROM coclause_app;
    END IF;
END $$;
"""

DISABLE = """
DROP VIEW hours_employment_fact;
DROP POLICY employer_reads ON people_person;
DROP POLICY employer_reads ON hours_employment;
DROP POLICY share_reads ON hours_employment;
DROP POLICY host_handles ON hours_employment;
ALTER TABLE hours_employment DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("hours", "0001_initial"),
        ("people", "0002_row_security"),
    ]
    operations = [migrations.RunSQL(ENABLE, DISABLE)]
