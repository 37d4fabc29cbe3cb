"""The tables that the recount reads, in plain SQL: who is in the perimeter, what was known when.

Asked: region, first, last, known (a moment or None), departement, host (or None).
"""

# ruff: noqa: S608  the pieces put together are all written here

SCOPE = """
op AS (
    SELECT o.id, o.buyer_id, buyer.buyer_kind, c.departement_id, c.epci_id, (
        SELECT h.host_id FROM clauses_operationhost h
        WHERE h.operation_id = o.id AND h.role = 'referente' AND h.starts_on <= %(last)s
        ORDER BY h.starts_on DESC LIMIT 1
    ) AS host_id
    FROM clauses_operation o LEFT JOIN reference_commune c ON c.code = o.commune_id
    JOIN organisations_organisation buyer ON buyer.id = o.buyer_id
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
calendar AS (
    SELECT * FROM clauses_execution x
    WHERE CASE WHEN %(known)s::timestamptz IS NULL THEN x.superseded_at IS NULL
               ELSE x.recorded_at <= %(known)s AND coalesce(x.superseded_at > %(known)s, true) END
),
award AS (
    SELECT a.id, a.lot_id, a.notified_on, c.starts_on, c.ends_on, c.suspensions, c.suspended_on,
           lot.contract_id, ct.operation_id, ct.market_type, ct.framework, cpv.division,
           convention.programme
    FROM clauses_award a LEFT JOIN calendar c ON c.award_id = a.id
    JOIN clauses_lot lot ON lot.id = a.lot_id JOIN clauses_contract ct ON ct.id = lot.contract_id
    LEFT JOIN reference_cpv cpv ON cpv.code = ct.cpv_id
    LEFT JOIN clauses_convention convention ON convention.id = ct.convention_id
),
running AS (
    SELECT a.* FROM award a JOIN mine ON mine.id = a.operation_id
    WHERE a.starts_on <= %(last)s AND a.ends_on >= %(first)s AND EXISTS (
        SELECT FROM clause WHERE clause.lot_id = a.lot_id
        AND clause.state IN ('en_execution', 'suspendue', 'achevee', 'close'))
),
whole AS (
    SELECT ob.*, k.clause_id, k.award_id FROM clauses_objective ob
    JOIN clauses_commitment k ON k.id = ob.commitment_id JOIN clause ON clause.id = k.clause_id
    JOIN award a ON a.id = k.award_id JOIN mine ON mine.id = a.operation_id
    WHERE ob.public = ''
),
happened AS (
    SELECT * FROM clauses_objectiveevent e WHERE e.kind <> 'taux' AND e.effective_on <= %(last)s
      AND (%(known)s::timestamptz IS NULL OR e.recorded_at <= %(known)s)
),
event AS (
    SELECT e.*, whole.measure, whole.award_id, whole.clause_id,
           a.starts_on, a.ends_on, a.suspensions, a.suspended_on
    FROM happened e JOIN whole ON whole.id = e.objective_id JOIN award a ON a.id = whole.award_id
),
hours_event AS (
    SELECT * FROM event WHERE measure IN ('heures', 'part_heures', 'heures_par_montant')
),
going AS (
    SELECT whole.*, NOT EXISTS (
        SELECT FROM happened e WHERE e.objective_id = whole.id
        AND e.kind IN ('initial', 'declencheur', 'assiette')) AS unborn
    FROM whole JOIN award a ON a.id = whole.award_id
    WHERE a.notified_on <= %(last)s AND a.ends_on >= %(last)s
)
"""

LINES = f"""
{SCOPE},
line AS (
    SELECT l.*, s.month, s.award_id, em.employment_id, a.operation_id, a.market_type, a.lot_id,
           a.framework, a.division, a.programme, op.buyer_kind, op.departement_id, op.epci_id,
           ref.host_id, placed.host_id AS share_host_id, placed.departement_id AS place_id,
           CASE WHEN %(known)s::timestamptz IS NULL
                THEN l.state = 'validee' AND l.superseded_at IS NULL
                ELSE coalesce(l.validated_at <= %(known)s, false)
                     AND coalesce(l.superseded_at > %(known)s, true) END AS is_validated,
           CASE WHEN %(known)s::timestamptz IS NULL
                THEN l.corrected_at IS NULL AND l.state <> 'renvoyee'
                ELSE l.declared_at <= %(known)s AND coalesce(l.corrected_at > %(known)s, true)
                     AND coalesce(l.returned_at > %(known)s, true) END AS is_declared
    FROM hours_statementline l JOIN hours_statement s ON s.id = l.statement_id
    LEFT JOIN hours_employmentmonth em ON em.id = l.employment_month_id
    JOIN award a ON a.id = s.award_id JOIN op ON op.id = a.operation_id
    LEFT JOIN clauses_operationhost ref ON ref.operation_id = op.id AND ref.role = 'referente'
        AND daterange(ref.starts_on, ref.ends_on, '[]')
            @> ((s.month + INTERVAL '1 month')::date - 1)
    LEFT JOIN LATERAL (
        SELECT put.host_id, c.departement_id FROM hours_assignment put
        LEFT JOIN reference_commune c ON c.code = put.commune_id
        WHERE put.employment_id = em.employment_id AND put.award_id = s.award_id
          AND put.starts_on < s.month + INTERVAL '1 month'
        ORDER BY put.starts_on DESC, put.id DESC LIMIT 1
    ) AS placed ON true
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
owing AS (
    SELECT hours_event.* FROM hours_event
    JOIN clause ON clause.id = hours_event.clause_id AND clause.state = 'close'
        AND clause.state_since BETWEEN %(first)s AND %(last)s
),
owed AS (SELECT award_id, sum(quantity) AS hours FROM owing GROUP BY award_id),
closed AS (SELECT DISTINCT award_id, clause_id FROM owing),
said AS (
    SELECT id AS clause_id, '-infinity'::date AS since, 0 AS pk, hour_kinds, training_cap,
           internship_cap FROM clause
    UNION ALL
    SELECT clause_id, starts_on, id, hour_kinds, training_cap, internship_cap
    FROM clauses_countingchange
    WHERE %(known)s::timestamptz IS NULL OR recorded_at <= %(known)s
),
cap AS (
    SELECT closed.award_id, kind,
           CASE WHEN bool_and(percent IS NOT NULL) THEN max(percent) END AS percent
    FROM closed CROSS JOIN unnest('{{travail,formation,stage}}'::text[]) AS kind
    CROSS JOIN LATERAL (
        SELECT hour_kinds, CASE kind WHEN 'formation' THEN training_cap
                                     WHEN 'stage' THEN internship_cap END AS percent
        FROM said WHERE said.clause_id = closed.clause_id AND since <= %(last)s
        ORDER BY since DESC, pk DESC LIMIT 1
    ) AS rule
    WHERE kind = ANY (hour_kinds) GROUP BY 1, 2
),
worked AS (
    SELECT s.award_id, l.kind, sum(l.hours) AS hours
    FROM hours_statementline l JOIN hours_statement s ON s.id = l.statement_id
    WHERE s.month <= %(last)s AND CASE WHEN %(known)s::timestamptz IS NULL
        THEN l.state = 'validee' AND l.superseded_at IS NULL
        ELSE l.validated_at <= %(known)s AND coalesce(l.superseded_at > %(known)s, true) END
      AND EXISTS (
        SELECT FROM closed CROSS JOIN LATERAL (
            SELECT hour_kinds FROM said WHERE said.clause_id = closed.clause_id
            AND since < s.month + INTERVAL '1 month' ORDER BY since DESC, pk DESC LIMIT 1
        ) AS rule
        WHERE closed.award_id = s.award_id AND l.kind = ANY (hour_kinds))
    GROUP BY 1, 2
),
done AS (
    SELECT coalesce(sum(least(worked.hours, owed.hours * cap.percent / 100)), 0) AS hours
    FROM worked JOIN owed USING (award_id) LEFT JOIN cap USING (award_id, kind)
)
"""

EXPECTED = f"""
{SCOPE},
spread AS (
    SELECT id, quantity, suspensions, suspended_on, ends,
           CASE WHEN greatest(opens, effective_on) > ends THEN ends
                ELSE greatest(opens, effective_on) END AS begins
    FROM (
        SELECT *, coalesce(due_from, starts_on) AS opens,
               CASE WHEN due_until < ends_on OR ends_on IS NULL THEN due_until ELSE ends_on END
                   AS ends
        FROM hours_event
    ) AS bounded
),
counted AS (
    SELECT spread.id, count(*) AS days,
           count(*) FILTER (WHERE day BETWEEN %(first)s AND %(last)s
                            AND coalesce(day < suspended_on, true)) AS fallen
    FROM spread CROSS JOIN LATERAL generate_series(begins::timestamp, ends, '1 day') AS day
    WHERE NOT EXISTS (SELECT FROM unnest(suspensions) AS off WHERE off @> day::date)
    GROUP BY 1
),
part AS (
    SELECT spread.quantity * CASE
        WHEN days IS NOT NULL THEN fallen::numeric / days
        WHEN ends BETWEEN %(first)s AND %(last)s AND coalesce(suspended_on > ends, true) THEN 1
        ELSE 0 END AS hours
    FROM spread LEFT JOIN counted USING (id)
)
"""

REQUESTS = """
easter (day) AS (
    VALUES ('2024-03-31'::date), ('2025-04-20'), ('2026-04-05'), ('2027-03-28'), ('2028-04-16')
),
holiday AS (
    SELECT day + after AS day FROM easter CROSS JOIN unnest('{1,39,50}'::int[]) AS after
    UNION
    SELECT make_date(extract(year FROM easter.day)::int, month, dom) FROM easter CROSS JOIN (
        VALUES (1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)
    ) AS fixed (month, dom)
),
looked AS (
    SELECT (coalesce(%(known)s::timestamptz - INTERVAL '1 microsecond', now())
            AT TIME ZONE 'Europe/Paris')::date AS today
),
request AS (
    SELECT r.received_on, r.answer_by, today,
           CASE WHEN %(known)s::timestamptz IS NULL OR r.answered_on <= today
                THEN r.answered_on END AS answered_on,
           CASE WHEN r.state = 'classee' AND (%(known)s::timestamptz IS NULL
                                              OR r.state_since <= today)
                THEN r.state_since END AS ended_on
    FROM network_buyerrequest r CROSS JOIN looked
    LEFT JOIN reference_commune c ON c.code = r.commune_id
    WHERE r.region_id = %(region)s AND r.received_on BETWEEN %(first)s AND %(last)s
      AND (%(departement)s::text IS NULL OR c.departement_id = %(departement)s)
      AND (%(host)s::bigint IS NULL OR r.organisation_id = %(host)s)
      AND (%(known)s::timestamptz IS NULL OR r.received_at <= %(known)s)
),
waited AS (
    SELECT (SELECT count(*) FROM generate_series(received_on + INTERVAL '1 day', answered_on,
                                                 '1 day') AS day
            WHERE extract(isodow FROM day) < 6 AND day::date NOT IN (SELECT day FROM holiday)
           ) AS days
    FROM request WHERE answered_on IS NOT NULL
),
judged AS (
    SELECT coalesce(answered_on <= answer_by, false) AS kept FROM request
    WHERE answered_on IS NOT NULL OR coalesce(ended_on, today) > answer_by
)
"""

REGISTERS = """
entry AS (
    SELECT e.id, e.contract_id, e.code, e.notice_on, coalesce(o.region_id, b.region_id) AS region_id
    FROM clauses_optout e JOIN organisations_organisation b ON b.id = e.buyer_id
    LEFT JOIN clauses_contract ct ON ct.id = e.contract_id
    LEFT JOIN clauses_operation o ON o.id = ct.operation_id
    WHERE e.withdrawn_on IS NULL
      AND NOT EXISTS (SELECT FROM clauses_optout later WHERE later.replaces_id = e.id)
      AND %(departement)s::text IS NULL AND %(host)s::bigint IS NULL
),
invoked AS (
    SELECT * FROM entry
    WHERE region_id = %(region)s AND notice_on BETWEEN %(first)s AND %(last)s
),
limits (kinds, low, high) AS (
    VALUES ('{etat}'::text[], 140000, 140000), ('{operateur}', 140000, 216000),
           ('{hopital,region,departement,bloc_communal,bailleur}', 216000, 216000),
           ('{sem_spl}', 216000, 432000), ('{entite}', 432000, 432000)
),
noticed AS (
    SELECT ct.id, ct.kind, ct.notice_on, coalesce(ct.notice_on, ct.notified_on) AS day,
           coalesce(ct.defense, false) AS defense,
           coalesce(ct.estimated_value, ct.maximum, nullif(ct.amount, 0)) AS value,
           CASE WHEN ct.kind = 'concession' OR ct.market_type = 'travaux' THEN 5404000
                ELSE coalesce(limits.low, 140000) END AS low,
           CASE WHEN ct.kind = 'concession' OR ct.market_type = 'travaux' THEN 5404000
                ELSE coalesce(limits.high, 432000) END AS high
    FROM clauses_contract ct JOIN clauses_operation o ON o.id = ct.operation_id
    JOIN organisations_organisation b ON b.id = o.buyer_id
    LEFT JOIN limits ON b.buyer_kind = ANY (limits.kinds)
    WHERE o.region_id = %(region)s AND ct.kind <> 'prive'
      AND %(departement)s::text IS NULL AND %(host)s::bigint IS NULL
),
concerned AS (
    SELECT id, CASE
        WHEN notice_on IS NULL THEN NULL
        WHEN kind = 'marche' AND defense THEN false
        WHEN notice_on > '2027-12-31' THEN NULL
        WHEN value < low THEN false
        WHEN kind = 'concession' AND defense THEN NULL
        WHEN value >= high THEN true END AS due
    FROM noticed WHERE day >= '2026-08-22' AND day BETWEEN %(first)s AND %(last)s
)
"""
