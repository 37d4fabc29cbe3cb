"""Every figure counted again in plain SQL, written apart: no model, no code of the product.

A number is one row of one value; a breakdown is rows of key and value, without the categories at
zero. `recount_tables.py` tells what is asked.
"""

# ruff: noqa: S608  the pieces put together are all written here

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from tests.contracts.recount_tables import (
    CLOSED,
    EMPLOYMENTS,
    EXPECTED,
    LINES,
    POSTS,
    REGISTERS,
    REQUESTS,
    SCOPE,
)

HOURS = "coalesce(sum(hours), 0)"
NO_POSTS = "%(departement)s::text IS NOT NULL"
NARROWED = f"({NO_POSTS} OR %(host)s::bigint IS NOT NULL)"
SEGMENT = "(CASE WHEN division = '45' THEN 'btp' WHEN division <> '45' THEN 'hors_btp' END)"
POOLED = """
    EXISTS (
        SELECT FROM clauses_globalisedcommitment m
        JOIN clauses_globalisation g ON g.id = m.globalisation_id
        JOIN clauses_commitment k ON k.id = m.commitment_id JOIN clause ON clause.id = k.clause_id
        WHERE k.award_id = validated.award_id
          AND (%(known)s::timestamptz IS NULL OR g.recorded_at <= %(known)s)
          AND daterange(m.starts_on, m.ends_on, '[]')
              @> ((validated.month + INTERVAL '1 month')::date - 1))
"""
RESIDENT = """
    EXISTS (SELECT FROM hours_employment_fact e WHERE e.id = validated.employment_id
            AND (e.district <> '' OR 'QPV' = ANY (e.criteria)))
"""


def _hours_by(key: str) -> tuple[str, str]:
    return LINES, f"SELECT coalesce({key}::text, 'inconnu'), sum(hours) FROM validated GROUP BY 1"


def _committed(measure: str) -> tuple[str, str]:
    return SCOPE, (
        "SELECT coalesce(sum(quantity), 0) FROM event"
        f" WHERE measure = '{measure}' AND ends_on >= %(last)s"
    )


def _validated(condition: str) -> tuple[str, str]:
    return LINES, f"SELECT coalesce(sum(hours), 0) FROM validated WHERE {condition}"


def _contracts_by(key: str) -> tuple[str, str]:
    return (
        SCOPE,
        f"""
        SELECT coalesce(nullif({key}, ''), 'inconnu'), count(*) FROM (
            SELECT DISTINCT clause.contract_id, mine.buyer_kind, cpv.division
            FROM clause JOIN mine ON mine.id = clause.operation_id
            JOIN clauses_contract ct ON ct.id = clause.contract_id
            LEFT JOIN reference_cpv cpv ON cpv.code = ct.cpv_id
            WHERE clause.notified_on BETWEEN %(first)s AND %(last)s
              AND clause.state NOT IN ('projet', 'proposee')
        ) AS contracts GROUP BY 1
        """,
    )


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
        "SELECT coalesce(sum(quantity), 0) FROM hours_event WHERE effective_on >= %(first)s",
    ),
    "hours_committed_running": (
        SCOPE,
        "SELECT coalesce(sum(quantity), 0) FROM hours_event WHERE ends_on >= %(last)s",
    ),
    "hours_expected": (EXPECTED, "SELECT round(coalesce(sum(hours), 0), 2) FROM part"),
    "hours_conditional": (
        SCOPE,
        """
        SELECT coalesce(sum(planned), 0) FROM going
        WHERE unborn AND trigger = 'tranche'
          AND measure IN ('heures', 'part_heures', 'heures_par_montant')
        """,
    ),
    "commitments_undetermined": (
        SCOPE,
        """
        SELECT count(*) FROM going WHERE unborn
        AND (trigger <> 'notification' OR measure IN ('part_heures', 'heures_par_montant'))
        """,
    ),
    "committed_persons": _committed("personnes"),
    "committed_contracts": _committed("contrats"),
    "committed_apprentices": _committed("apprentis"),
    "suspended_awards": (
        SCOPE,
        """
        SELECT count(*) FROM running WHERE starts_on <= %(last)s AND ends_on >= %(last)s
        AND (suspended_on <= %(last)s
             OR EXISTS (SELECT FROM unnest(suspensions) AS off WHERE off @> %(last)s::date))
        """,
    ),
    "holders_replaced": (
        SCOPE,
        """
        SELECT count(*) FROM (
            SELECT part.starts_on, part.organisation_id, lag(part.organisation_id) OVER (
                PARTITION BY part.award_id ORDER BY part.starts_on) AS earlier
            FROM clauses_awardmember part JOIN award a ON a.id = part.award_id
            JOIN mine ON mine.id = a.operation_id
            WHERE part.part IN ('titulaire', 'mandataire')
        ) AS parts
        WHERE earlier <> organisation_id AND starts_on BETWEEN %(first)s AND %(last)s
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
    "first_time_buyers": (
        SCOPE,
        """
        SELECT count(*) FROM (
            SELECT DISTINCT ON (o.buyer_id) clause.operation_id, clause.notified_on
            FROM clause JOIN clauses_operation o ON o.id = clause.operation_id
            WHERE o.region_id = %(region)s AND clause.notified_on IS NOT NULL
              AND clause.state NOT IN ('projet', 'proposee')
            ORDER BY o.buyer_id, clause.notified_on, clause.contract_id
        ) AS earliest JOIN mine ON mine.id = operation_id
        WHERE notified_on BETWEEN %(first)s AND %(last)s
        """,
    ),
    "realisation_rate": (
        CLOSED,
        "SELECT round(max(done.hours) * 100 / nullif(sum(owed.hours), 0), 2) FROM owed, done",
    ),
    "hours_collective": _validated("employment_id IS NULL"),
    "hours_reserved": _validated("instrument = 'reserve'"),
    "hours_globalised": _validated(POOLED),
    "hours_npnru": _validated("programme = 'npnru'"),
    "hours_npnru_district": _validated(f"programme = 'npnru' AND {RESIDENT}"),
    "npnru_district_share": (
        LINES,
        f"""
        SELECT round(coalesce(sum(hours) FILTER (WHERE {RESIDENT}), 0) * 100
                     / nullif(sum(hours), 0), 2)
        FROM validated WHERE programme = 'npnru'
        """,
    ),
    "collective_headcount": (
        LINES,
        """
        SELECT coalesce(sum(peak), 0) FROM (
            SELECT max(headcount) AS peak FROM validated GROUP BY award_id) AS peaks
        """,
    ),
    "beneficiaries": (LINES, "SELECT count(*) FROM person"),
    "beneficiaries_by_host_sum": (LINES, "SELECT count(*) FROM host_person"),
    "hours_per_beneficiary": (
        LINES,
        "SELECT round((SELECT sum(hours) FROM validated) / nullif(count(*), 0), 2) FROM person",
    ),
    "employment_contracts": (EMPLOYMENTS, "SELECT count(*) FROM contract"),
    "missions": (EMPLOYMENTS, "SELECT count(*) FROM begun WHERE type = 'mission'"),
    "requests_received": (REQUESTS, "SELECT count(*) FROM request"),
    "front_door_delay": (
        REQUESTS,
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY days)::numeric FROM waited",
    ),
    "front_door_kept": (
        REQUESTS,
        """
        SELECT round(count(*) FILTER (WHERE kept) * 100::numeric / nullif(count(*), 0), 2)
        FROM judged
        """,
    ),
    "opt_outs": (
        REGISTERS,
        f"SELECT CASE WHEN {NARROWED} THEN NULL ELSE count(*) END FROM invoked",
    ),
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
    "hours_by_place": _hours_by("coalesce(place_id, departement_id)"),
    "hours_by_share_host": (
        LINES,
        """
        SELECT CASE WHEN employment_id IS NULL THEN 'sans_noms'
                    ELSE coalesce(share_host_id::text, 'inconnu') END, sum(hours)
        FROM validated GROUP BY 1
        """,
    ),
    "hours_reserved_by_statement": (
        LINES,
        """
        SELECT CASE WHEN employment_id IS NULL THEN 'sans_noms' ELSE 'nominatives' END, sum(hours)
        FROM validated WHERE instrument = 'reserve' GROUP BY 1
        """,
    ),
    "hours_npnru_by_residence": (
        LINES,
        f"""
        SELECT CASE WHEN {RESIDENT} THEN 'resident'
            WHEN EXISTS (SELECT FROM hours_employment_fact e WHERE e.id = validated.employment_id
                         AND e.commune_id IS NOT NULL) THEN 'sans_quartier'
            ELSE 'inconnu' END, sum(hours)
        FROM validated WHERE programme = 'npnru' GROUP BY 1
        """,
    ),
    "hours_by_buyer_kind": _hours_by("nullif(buyer_kind, '')"),
    "hours_by_segment": _hours_by(SEGMENT),
    "hours_by_division": _hours_by("division"),
    "hours_by_framework": _hours_by(
        "(CASE WHEN framework = '' THEN 'ordinaire' ELSE framework END)"
    ),
    "contracts_by_buyer_kind": _contracts_by("buyer_kind"),
    "contracts_by_segment": _contracts_by(SEGMENT),
    "contracts_by_division": _contracts_by("division"),
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
    "opt_outs_by_case": (REGISTERS, "SELECT code, count(*) FROM invoked GROUP BY 1"),
    "duty_compliance": (
        REGISTERS,
        """
        SELECT CASE WHEN due IS NULL THEN 'indeterminee'
            WHEN EXISTS (
                SELECT FROM clauses_clause cl JOIN clauses_lot lot ON lot.id = cl.lot_id
                WHERE lot.contract_id = concerned.id AND cl.instrument = 'condition_execution'
                  AND cl.state NOT IN ('projet', 'proposee', 'abandonnee')) THEN 'avec_condition'
            WHEN EXISTS (SELECT FROM entry WHERE entry.contract_id = concerned.id)
                THEN 'motif_inscrit'
            ELSE 'inconnu' END, count(*)
        FROM concerned WHERE due IS NOT FALSE GROUP BY 1
        """,
    ),
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
