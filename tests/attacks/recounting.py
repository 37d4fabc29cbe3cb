"""The hours of each employment's month, added up again in plain SQL from their lines."""

from django.db import connection

RECOUNT = """
    SELECT m.id, m.hours_allocated, m.hours_worked, coalesce(sum(c.claim), 0)
    FROM hours_employmentmonth m
    LEFT JOIN (
        SELECT employment_month_id, statement_id, kind, max(hours) AS claim
        FROM hours_statementline
        WHERE corrected_at IS NULL OR (state = 'validee' AND superseded_at IS NULL)
        GROUP BY employment_month_id, statement_id, kind
    ) c ON c.employment_month_id = m.id
    GROUP BY m.id
"""
DOUBLES = """
    SELECT statement_id, employment_month_id, kind FROM hours_statementline
    WHERE state = 'validee' AND superseded_at IS NULL
    GROUP BY 1, 2, 3 HAVING count(*) > 1
"""


def assert_months_hold() -> None:
    """What a month says its lines claim is what they claim, within the hours worked."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        for _, allocated, worked, recounted in cursor.fetchall():
            assert allocated == recounted
            assert allocated <= worked
        cursor.execute(DOUBLES)
        assert cursor.fetchall() == []
