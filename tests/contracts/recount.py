"""Every figure counted again in plain SQL, written apart: no model, no code of the product.

Asked: region, first, last, known (a moment or None), departement, host (or None). A number is one
row of one value; a breakdown is rows of key and value, without the categories at zero.
"""

# ruff: noqa: S608  the pieces put together are all written here

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

SCOPE = """
op AS (
    SELECT o.id, o.buyer_id, c.departement_id, c.epci_id, (
        SELECT h.host_id FROM clauses_operationhost h
        WHERE h.operation_id = o.id AND h.role = 'referente' AND h.starts_on <= %(last)s
        ORDER BY h.starts_on DESC LIMIT 1
    ) AS host_id
    FROM clauses_operation o LEFT JOIN reference_commune c ON c.code = o.commune_id
    WHERE o.region_id = %(region)s
      AND (%(departement)s::text IS NULL OR c.departement_id = %(departement)s)
),
mine AS (SELECT * FROM op WHERE %(host)s::bigint IS NULL OR host_id = %(host)s),
clause AS (
    SELECT cl.*, lot.contract_id, ct.operation_id, ct.notified_on
    FROM clauses_clause cl JOIN clauses_lot lot ON lot.id = cl.lot_id
    JOIN clauses_contract ct ON ct.id = lot.contract_id
    WHERE cl.state <> 'abandonnee'
),
award AS (
    SELECT a.*, ct.operation_id, ct.market_type
    FROM clauses_award a JOIN clauses_lot lot ON lot.id = a.lot_id
    JOIN clauses_contract ct ON ct.id = lot.contract_id
),
running AS (
    SELECT a.id, a.operation_id FROM award a JOIN mine ON mine.id = a.operation_id
    WHERE a.starts_on <= %(last)s AND a.ends_on >= %(first)s AND EXISTS (
        SELECT FROM clause WHERE clause.lot_id = a.lot_id
        AND clause.state IN ('en_execution', 'suspendue', 'achevee', 'close'))
),
event AS (
    SELECT e.*, a.id AS award_id, k.clause_id, a.starts_on, a.ends_on
    FROM clauses_objectiveevent e JOIN clauses_objective ob ON ob.id = e.objective_id
    JOIN clauses_commitment k ON k.id = ob.commitment_id
    JOIN clause ON clause.id = k.clause_id
    JOIN award a ON a.id = k.award_id JOIN mine ON mine.id = a.operation_id
    WHERE ob.measure = 'heures' AND ob.public = '' AND e.effective_on <= %(last)s
)
"""

LINES = f"""
{SCOPE},
line AS (
    SELECT l.*, s.month, s.award_id, em.employment_id, a.operation_id, a.market_type, a.lot_id,
           op.departement_id, op.epci_id, ref.host_id,
           CASE WHEN %(known)s::timestamptz IS NULL
                THEN l.state = 'validee' AND l.superseded_at IS NULL
                ELSE coalesce(l.validated_at <= %(known)s, false)
                     AND coalesce(l.superseded_at > %(known)s, true) END AS is_validated,
           CASE WHEN %(known)s::timestamptz IS NULL
                THEN l.corrected_at IS NULL AND l.state <> 'renvoyee'
                ELSE l.declared_at <= %(known)s AND coalesce(l.corrected_at > %(known)s, true)
                     AND coalesce(l.returned_at > %(known)s, true) END AS is_declared
    FROM hours_statementline l JOIN hours_statement s ON s.id = l.statement_id
    JOIN hours_employmentmonth em ON em.id = l.employment_month_id
    JOIN award a ON a.id = s.award_id JOIN op ON op.id = a.operation_id
    LEFT JOIN clauses_operationhost ref ON ref.operation_id = op.id AND ref.role = 'referente'
        AND daterange(ref.starts_on, ref.ends_on, '[]')
            @> ((s.month + INTERVAL '1 month')::date - 1)
    WHERE s.month BETWEEN %(first)s AND %(last)s
      AND (%(host)s::bigint IS NULL OR ref.host_id = %(host)s)
),
validated AS (
    SELECT line.*, counted.instrument, counted.basis, counted.theme
    FROM line LEFT JOIN clause counted ON counted.id = coalesce(
        (SELECT min(k.clause_id) FROM clauses_commitment k JOIN clause ON clause.id = k.clause_id
         WHERE k.award_id = line.award_id),
        (SELECT min(clause.id) FROM clause WHERE clause.lot_id = line.lot_id))
    WHERE is_validated
),
person AS (
    SELECT DISTINCT ON (e.identity_id) e.*, home.departement_id
    FROM validated v JOIN hours_employment_fact e ON e.id = v.employment_id
    LEFT JOIN reference_commune home ON home.code = e.commune_id
    WHERE v.hours > 0 ORDER BY e.identity_id, v.month, e.starts_on, e.id
),
host_person AS (
    SELECT DISTINCT v.host_id, e.identity_id
    FROM validated v JOIN hours_employment_fact e ON e.id = v.employment_id WHERE v.hours > 0
)
"""

EMPLOYMENTS = f"""
{SCOPE},
begun AS (
    SELECT DISTINCT ON (e.id) e.*, s.award_id
    FROM hours_employment_fact e JOIN hours_assignment s ON s.employment_id = e.id
    JOIN award a ON a.id = s.award_id JOIN mine ON mine.id = a.operation_id
    WHERE e.starts_on BETWEEN %(first)s AND %(last)s ORDER BY e.id, s.id
),
contract AS (
    SELECT DISTINCT ON (CASE WHEN type = 'mission'
            THEN identity_id::text || '/' || employer_id || '/' || award_id ELSE id::text END)
        type, way
    FROM begun
    ORDER BY CASE WHEN type = 'mission'
            THEN identity_id::text || '/' || employer_id || '/' || award_id ELSE id::text END,
        starts_on, id
)
"""

POSTS = """
post AS (
    SELECT p.id, p.fte, m.user_id
    FROM organisations_facilitatorpost p JOIN organisations_membership m ON m.id = p.membership_id
    JOIN organisations_organisation o ON o.id = m.organisation_id
    WHERE o.region_id = %(region)s AND m.role = 'facilitateur' AND %(departement)s::text IS NULL
      AND (%(host)s::bigint IS NULL OR o.id = %(host)s)
      AND daterange(p.starts_on, p.ends_on, '[]') @> %(last)s::date
      AND daterange(m.starts_on, m.ends_on, '[]') @> %(last)s::date
)
"""

CLOSED = f"""
{SCOPE},
owed AS (
    SELECT event.award_id, sum(event.quantity) AS hours FROM event
    JOIN clause ON clause.id = event.clause_id AND clause.state = 'close'
        AND clause.state_since BETWEEN %(first)s AND %(last)s
    GROUP BY event.award_id
),
done AS (
    SELECT coalesce(sum(l.hours), 0) AS hours
    FROM hours_statementline l JOIN hours_statement s ON s.id = l.statement_id
    JOIN owed ON owed.award_id = s.award_id
    WHERE s.month <= %(last)s AND CASE WHEN %(known)s::timestamptz IS NULL
        THEN l.state = 'validee' AND l.superseded_at IS NULL
        ELSE l.validated_at <= %(known)s AND coalesce(l.superseded_at > %(known)s, true) END
)
"""

HOURS = "coalesce(sum(hours), 0)"
NO_POSTS = "%(departement)s::text IS NOT NULL"


def _hours_by(key: str) -> tuple[str, str]:
    return LINES, f"SELECT coalesce({key}::text, 'inconnu'), sum(hours) FROM validated GROUP BY 1"


def _persons_by(key: str) -> tuple[str, str]:
    return LINES, f"SELECT coalesce({key}::text, 'inconnu'), count(*) FROM person GROUP BY 1"


NUMBERS: dict[str, tuple[str, str]] = {
    "facilitators": (
        POSTS,
        f"SELECT CASE WHEN {NO_POSTS} THEN NULL ELSE count(DISTINCT user_id) END FROM post",
    ),
    "facilitators_fte": (
        POSTS,
        f"SELECT CASE WHEN {NO_POSTS} THEN NULL ELSE coalesce(sum(fte), 0) END FROM post",
    ),
    "hours_committed_new": (
        SCOPE,
        "SELECT coalesce(sum(quantity), 0) FROM event WHERE effective_on >= %(first)s",
    ),
    "hours_committed_running": (
        SCOPE,
        "SELECT coalesce(sum(quantity), 0) FROM event WHERE ends_on >= %(last)s",
    ),
    "hours_expected": (
        SCOPE,
        """
        SELECT round(coalesce(sum(quantity * coalesce(upper(due) - lower(due), 0)
                                  / (upper(spread) - lower(spread))), 0), 2)
        FROM (
            SELECT quantity, spread, spread * daterange(%(first)s, %(last)s, '[]') AS due
            FROM (
                SELECT quantity, daterange(
                    CASE WHEN effective_on > ends_on THEN ends_on
                         WHEN effective_on > starts_on THEN effective_on
                         ELSE starts_on END, ends_on, '[]') AS spread
                FROM event
            ) AS spreads
        ) AS shares
        """,
    ),
    "hours_declared": (LINES, f"SELECT {HOURS} FROM line WHERE is_declared"),
    "hours_validated": (LINES, f"SELECT {HOURS} FROM validated"),
    "fte_insertion": (
        LINES,
        f"""
        SELECT round({HOURS} / (SELECT value FROM core_parameter
            WHERE code = 'insertion_fte_hours' AND period @> %(last)s::date), 2) FROM validated
        """,
    ),
    "operations_followed": (SCOPE, "SELECT count(DISTINCT operation_id) FROM running"),
    "contracts_with_clause": (
        SCOPE,
        """
        SELECT count(DISTINCT clause.contract_id) FROM clause
        JOIN mine ON mine.id = clause.operation_id
        WHERE clause.notified_on BETWEEN %(first)s AND %(last)s
          AND clause.state NOT IN ('projet', 'proposee')
        """,
    ),
    "lots_with_clause": (
        SCOPE,
        """
        SELECT count(*) FROM (
            SELECT a.lot_id, min(a.notified_on) AS notified_on FROM award a
            JOIN mine ON mine.id = a.operation_id
            WHERE EXISTS (SELECT FROM clause WHERE clause.lot_id = a.lot_id
                          AND clause.state NOT IN ('projet', 'proposee'))
            GROUP BY a.lot_id
        ) AS lots WHERE notified_on BETWEEN %(first)s AND %(last)s
        """,
    ),
    "contracts_accompanied": (
        SCOPE,
        """
        SELECT count(*) FROM clauses_contract ct JOIN mine ON mine.id = ct.operation_id
        WHERE EXISTS (
            SELECT FROM core_journalentry j
            JOIN organisations_membership m ON m.user_id = j.actor_id
            WHERE j.day BETWEEN %(first)s AND %(last)s AND m.role = 'facilitateur'
              AND daterange(m.starts_on, m.ends_on, '[]') @> j.day
              AND ('operation:' || mine.id) = ANY (j.subjects)
        )
        """,
    ),
    "buyers": (
        SCOPE,
        "SELECT count(DISTINCT mine.buyer_id) FROM running JOIN mine ON mine.id = operation_id",
    ),
    "companies": (
        SCOPE,
        """
        SELECT count(DISTINCT part.organisation_id) FROM running
        JOIN clauses_awardmember part ON part.award_id = running.id
        WHERE part.part IN ('titulaire', 'mandataire')
          AND daterange(part.starts_on, part.ends_on, '[]')
              && daterange(%(first)s, %(last)s, '[]')
        """,
    ),
    "realisation_rate": (
        CLOSED,
        "SELECT round(max(done.hours) * 100 / nullif(sum(owed.hours), 0), 2) FROM owed, done",
    ),
    "beneficiaries": (LINES, "SELECT count(*) FROM person"),
    "beneficiaries_by_host_sum": (LINES, "SELECT count(*) FROM host_person"),
    "hours_per_beneficiary": (
        LINES,
        "SELECT round((SELECT sum(hours) FROM validated) / nullif(count(*), 0), 2) FROM person",
    ),
    "employment_contracts": (EMPLOYMENTS, "SELECT count(*) FROM contract"),
    "missions": (EMPLOYMENTS, "SELECT count(*) FROM begun WHERE type = 'mission'"),
}

BREAKDOWNS: dict[str, tuple[str, str]] = {
    "facilitators_fte_by_funder": (
        POSTS,
        """
        SELECT funder, sum(fte) FROM (
            SELECT f.funder, f.fte FROM organisations_postfunding f JOIN post ON post.id = f.post_id
            UNION ALL
            SELECT 'inconnu', post.fte - coalesce((
                SELECT sum(f.fte) FROM organisations_postfunding f WHERE f.post_id = post.id), 0)
            FROM post
        ) AS parts GROUP BY funder
        """,
    ),
    "hours_validated_by_kind": _hours_by("kind"),
    "hours_by_market_type": _hours_by("market_type"),
    "hours_by_instrument": _hours_by("instrument"),
    "hours_by_basis": _hours_by("basis"),
    "hours_by_theme": _hours_by("theme"),
    "hours_by_departement": _hours_by("departement_id"),
    "hours_by_epci": _hours_by("epci_id"),
    "hours_by_month": _hours_by("to_char(month, 'YYYY-MM')"),
    "hours_by_host": _hours_by("host_id"),
    "beneficiaries_by_host": (
        LINES,
        "SELECT coalesce(host_id::text, 'inconnu'), count(*) FROM host_person GROUP BY 1",
    ),
    "beneficiaries_by_sex": _persons_by("sex"),
    "beneficiaries_by_age": _persons_by(
        "(CASE WHEN age < 26 THEN 'moins_26' WHEN age < 50 THEN '26_49'"
        " WHEN age >= 50 THEN '50_plus' END)"
    ),
    "beneficiaries_by_level": _persons_by("level"),
    "beneficiaries_by_public": (
        LINES,
        """
        SELECT code, count(DISTINCT identity_id) FROM person,
            unnest(CASE WHEN criteria = '{}' THEN '{aucun}' ELSE criteria END) AS code GROUP BY 1
        """,
    ),
    "beneficiaries_by_departement": _persons_by("departement_id"),
    "beneficiaries_by_prescriber": _persons_by("prescriber_id"),
    "employment_contracts_by_type": (
        EMPLOYMENTS,
        "SELECT type, count(*) FROM contract GROUP BY 1",
    ),
    "employment_contracts_by_way": (EMPLOYMENTS, "SELECT way, count(*) FROM contract GROUP BY 1"),
}


@dataclass(frozen=True)
class Asked:
    """What is counted again."""

    region: str
    first: date
    last: date
    known: datetime | None = None
    departement: str | None = None
    host: int | None = None


def recount(code: str, asked: Asked) -> Any:
    """The figure by plain SQL: a number, None, or a dictionary without zeros."""
    tables, query = NUMBERS.get(code) or BREAKDOWNS[code]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {tables} {query}", asdict(asked))
        rows = cursor.fetchall()
    if code in NUMBERS:
        return rows[0][0]
    return {key: value for key, value in rows if value != Decimal(0)}
