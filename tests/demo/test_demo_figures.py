"""The demonstration must give the known year: its first page shows these very figures."""

from typing import Any

import psycopg
from tests.demo.conftest import Fill

HOURS = """
    SELECT sum(line.hours) FROM hours_statementline line
    JOIN hours_statement statement ON statement.id = line.statement_id
    WHERE line.state = 'validee' AND line.superseded_at IS NULL
      AND statement.month BETWEEN '2022-01-01' AND '2022-12-01'
"""
IN_POST = """
    SELECT count(DISTINCT member.user_id), sum(post.fte) FROM organisations_facilitatorpost post
    JOIN organisations_membership member ON member.id = post.membership_id
    WHERE post.starts_on <= '2022-12-31'
      AND (post.ends_on IS NULL OR post.ends_on >= '2022-12-31')
"""
BENEFICIARIES = """
    SELECT count(DISTINCT employment.identity_id) FROM hours_statementline line
    JOIN hours_statement statement ON statement.id = line.statement_id
    JOIN hours_employmentmonth month ON month.id = line.employment_month_id
    JOIN hours_employment employment ON employment.id = month.employment_id
    WHERE line.state = 'validee' AND line.superseded_at IS NULL AND line.hours > 0
      AND extract(year FROM statement.month) = 2022
"""
WRONG_SUMS = """
    SELECT count(*) FROM hours_employmentmonth month
    LEFT JOIN (
        SELECT employment_month_id AS id, sum(hours) AS hours FROM (
            SELECT employment_month_id, max(hours) AS hours FROM hours_statementline
            WHERE corrected_at IS NULL OR (state = 'validee' AND superseded_at IS NULL)
            GROUP BY employment_month_id, statement_id, kind
        ) AS claims GROUP BY 1
    ) AS claimed ON claimed.id = month.id
    WHERE month.hours_allocated <> coalesce(claimed.hours, 0)
"""


def one(address: str, sql: str) -> tuple[Any, ...]:
    with psycopg.connect(address) as connection:
        row = connection.execute(sql.encode()).fetchone()
    assert row is not None
    return row


def test_2022_gives_exactly_the_known_figures(fill: Fill) -> None:
    address = fill("demo_whole", 1.0)
    (hours,) = one(address, HOURS)
    assert hours == 1_051_292
    persons, fte = one(address, IN_POST)
    assert (persons, float(fte)) == (22, 16.8)
    assert 2_000 <= one(address, BENEFICIARIES)[0] <= 2_700
    assert 600 <= one(address, "SELECT count(*) FROM clauses_operation")[0] <= 800
    assert one(address, WRONG_SUMS) == (0,)


def test_months_hold_what_their_lines_claim(small: str) -> None:
    """The build writes these sums instead of the trigger: a wrong one would refuse a correction."""
    assert one(small, WRONG_SUMS) == (0,)
