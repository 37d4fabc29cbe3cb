"""Row-level security: a host's records, and their history, are shown to that host alone.

`coclause_app` owns no table, so the policies bind it; without an actor they show nothing.
"""

from django.db import migrations

HOSTS = "ANY ((SELECT coclause_organisations_as('facilitateur', 'responsable'))::bigint[])"

ENABLE = f"""
ALTER TABLE people_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY host_handles ON people_person
    USING (host_id = {HOSTS}) WITH CHECK (host_id = {HOSTS});

ALTER TABLE people_personchange ENABLE ROW LEVEL SECURITY;
CREATE POLICY host_reads ON people_personchange FOR SELECT USING (host_id = {HOSTS});
CREATE POLICY trigger_writes ON people_personchange FOR INSERT WITH CHECK (host_id = {HOSTS});
"""

DISABLE = """
DROP POLICY trigger_writes ON people_personchange;
DROP POLICY host_reads ON people_personchange;
ALTER TABLE people_personchange DISABLE ROW LEVEL SECURITY;
DROP POLICY host_handles ON people_person;
ALTER TABLE people_person DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("organisations", "0002_actor_organisations"),
    ]
    operations = [migrations.RunSQL(ENABLE, DISABLE)]
