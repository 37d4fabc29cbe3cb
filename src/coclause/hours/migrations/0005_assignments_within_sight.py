"""An assignment opens an employment to a host: only that host, for what it may already see."""

from django.db import migrations

HOSTS = "ANY ((SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[])"

ENABLE = f"""
ALTER TABLE hours_assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody_counts ON hours_assignment FOR SELECT USING (true);
CREATE POLICY host_assigns ON hours_assignment FOR INSERT WITH CHECK (
    host_id = {HOSTS}
    AND EXISTS (SELECT 1 FROM hours_employment e WHERE e.id = employment_id)
);
CREATE POLICY host_changes ON hours_assignment FOR UPDATE
    USING (host_id = {HOSTS}) WITH CHECK (host_id = {HOSTS});
CREATE POLICY host_removes ON hours_assignment FOR DELETE USING (host_id = {HOSTS});
"""

DISABLE = """
DROP POLICY host_removes ON hours_assignment;
DROP POLICY host_changes ON hours_assignment;
DROP POLICY host_assigns ON hours_assignment;
DROP POLICY everybody_counts ON hours_assignment;
ALTER TABLE hours_assignment DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("hours", "0004_lines_in_force_and_to_check")]
    operations = [migrations.RunSQL(ENABLE, DISABLE)]
