"""What the demonstration must hold for every page to have something to show."""

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from stdnum.fr import siret as siret_check
from tests.conftest import pointed_at
from tests.demo.conftest import DAY, Fill

from coclause import demo
from coclause.clauses.states import ClauseState
from coclause.core import embedded
from coclause.core.months import first_day, shift
from coclause.demo import names, spreading
from coclause.hours.owing import owed_by_companies
from coclause.organisations.choices import BuyerKind, MemberRole

Ask = Callable[[str], list[tuple[Any, ...]]]

ODDITIES = {
    "a company whose name has 70 characters": (
        "SELECT 1 FROM organisations_organisation WHERE length(name) = 70"
    ),
    "more than 220 hours in a month": (
        "SELECT 1 FROM hours_employmentmonth m JOIN hours_employment e ON e.id = m.employment_id"
        " GROUP BY e.identity_id, m.month HAVING sum(m.hours_worked) > 220"
    ),
    "two employers the same month": (
        "SELECT 1 FROM hours_employmentmonth m JOIN hours_employment e ON e.id = m.employment_id"
        " GROUP BY e.identity_id, m.month HAVING count(DISTINCT e.employer_id) > 1"
    ),
    "hours outside the dates of the employment": (
        "SELECT 1 FROM hours_employmentmonth m JOIN hours_employment e ON e.id = m.employment_id"
        " WHERE e.ends_on < m.month"
    ),
    "a corrected month": "SELECT 1 FROM hours_statementline WHERE superseded_at IS NOT NULL",
    "a correction that waits": (
        "SELECT 1 FROM hours_statementline WHERE revision > 1 AND state = 'declaree'"
    ),
    "a line sent back": "SELECT 1 FROM hours_statementline WHERE state = 'renvoyee'",
    "a month at zero": (
        "SELECT 1 FROM hours_statement s WHERE NOT EXISTS"
        " (SELECT 1 FROM hours_statementline l WHERE l.statement_id = s.id)"
    ),
    "a running clause without a known commitment": (
        "SELECT 1 FROM clauses_clause c WHERE state = 'en_execution' AND NOT EXISTS"
        " (SELECT 1 FROM clauses_commitment k WHERE k.clause_id = c.id)"
    ),
    "an amendment up": (
        "SELECT 1 FROM clauses_objectiveevent WHERE kind = 'avenant' AND quantity > 0"
    ),
    "an amendment down": (
        "SELECT 1 FROM clauses_objectiveevent WHERE kind = 'avenant' AND quantity < 0"
    ),
    "a lot with two awards": "SELECT 1 FROM clauses_award GROUP BY lot_id HAVING count(*) > 1",
    "an associated host": "SELECT 1 FROM clauses_operationhost WHERE role = 'associee'",
    "a referent host that changed": (
        "SELECT 1 FROM clauses_operationhost WHERE role = 'referente'"
        " GROUP BY operation_id HAVING count(DISTINCT host_id) > 1"
    ),
    "a person known to two hosts": (
        "SELECT 1 FROM people_person GROUP BY identity_id HAVING count(*) > 1"
    ),
    "a host that buys": (
        "SELECT 1 FROM organisations_organisation"
        " WHERE roles @> ARRAY['structure_porteuse', 'acheteur']::varchar[]"
    ),
    "a facilitator in two hosts": (
        "SELECT 1 FROM organisations_membership WHERE role = 'facilitateur'"
        " GROUP BY user_id HAVING count(DISTINCT organisation_id) > 1"
    ),
    "a user who declares for two companies": (
        "SELECT 1 FROM organisations_membership WHERE role = 'entreprise' AND ends_on IS NULL"
        " GROUP BY user_id HAVING count(DISTINCT organisation_id) > 1"
    ),
    "a month that nobody declared": (
        "SELECT 1 FROM clauses_award a JOIN clauses_clause c ON c.lot_id = a.lot_id"
        " WHERE c.state = 'en_execution' AND a.ends_on > '2026-11-24' AND NOT EXISTS"
        " (SELECT 1 FROM hours_statement s WHERE s.award_id = a.id AND s.month = '2026-10-01')"
    ),
    "a month declared long ago and unchecked": (
        "SELECT 1 FROM hours_statementline l JOIN hours_statement s ON s.id = l.statement_id"
        " WHERE l.state = 'declaree' AND s.declared_on < '2026-10-15'"
    ),
    "a draft past its date": (
        "SELECT 1 FROM clauses_clause WHERE state = 'projet' AND act_by < '2026-11-24'"
    ),
    "an ended clause that should be closed": (
        "SELECT 1 FROM clauses_clause WHERE state = 'achevee' AND act_by < '2026-11-24'"
    ),
    "half of the hours worked each year, one year known": (
        "SELECT 1 FROM clauses_objectiveevent e JOIN clauses_objective o ON o.id = e.objective_id"
        " WHERE o.measure = 'part_heures' AND e.kind = 'assiette'"
    ),
    "hours for each euro ordered": (
        "SELECT 1 FROM clauses_objectiveevent e JOIN clauses_order r ON r.id = e.order_id"
        " JOIN clauses_objective o ON o.id = e.objective_id WHERE o.measure = 'heures_par_montant'"
    ),
    "a framework with call-offs": (
        "SELECT 1 FROM clauses_order r JOIN clauses_award a ON a.id = r.award_id"
        " JOIN clauses_lot l ON l.id = a.lot_id JOIN clauses_contract c ON c.id = l.contract_id"
        " WHERE r.kind = 'marche_subsequent' AND c.framework = 'marches_subsequents'"
    ),
    "an optional tranche that is not affirmed": (
        "SELECT 1 FROM clauses_objective o WHERE trigger = 'tranche' AND NOT EXISTS"
        " (SELECT 1 FROM clauses_objectiveevent e WHERE e.objective_id = o.id)"
    ),
    "an affirmed tranche": (
        "SELECT 1 FROM clauses_objectiveevent e JOIN clauses_objective o ON o.id = e.objective_id"
        " WHERE o.trigger = 'tranche' AND e.kind = 'declencheur'"
    ),
    "a phase of operation": "SELECT 1 FROM clauses_objective WHERE label = 'Phase exploitation'",
    "hours of internship": "SELECT 1 FROM clauses_objective WHERE hour_kind = 'stage'",
    "apprentices": "SELECT 1 FROM clauses_objective WHERE measure = 'apprentis'",
    "a share for women": "SELECT 1 FROM clauses_objective WHERE public = 'FEMMES' AND share > 0",
    "a cap on training": "SELECT 1 FROM clauses_countingchange WHERE training_cap = 20",
    "a joint group with a split": (
        "SELECT 1 FROM clauses_splitpart p JOIN clauses_split s ON s.id = p.split_id"
        " JOIN clauses_commitment k ON k.id = s.commitment_id"
        " JOIN clauses_award a ON a.id = k.award_id WHERE a.group = 'conjoint'"
    ),
    "a group that answers as one": "SELECT 1 FROM clauses_award a WHERE a.group = 'solidaire'",
    "a holder that was replaced": (
        "SELECT 1 FROM clauses_awardmember WHERE departure = 'liquidation'"
    ),
    "commitments pooled": (
        "SELECT 1 FROM clauses_globalisedcommitment GROUP BY globalisation_id HAVING count(*) > 1"
    ),
    "a convention with contracts of several buyers": (
        "SELECT 1 FROM clauses_contract c JOIN clauses_operation o ON o.id = c.operation_id"
        " WHERE convention_id IS NOT NULL GROUP BY convention_id"
        " HAVING count(DISTINCT o.buyer_id) > 1"
    ),
    "a convention of which little is known": (
        "SELECT 1 FROM clauses_convention WHERE target_hours IS NULL AND district_share IS NULL"
    ),
    "a district of two vintages": (
        "SELECT 1 FROM reference_prioritydistrict GROUP BY code HAVING count(*) > 1"
    ),
    "a suspension that runs": "SELECT 1 FROM clauses_award WHERE suspended_on IS NOT NULL",
    "a suspension that is over": "SELECT 1 FROM clauses_award WHERE suspensions <> '{}'",
    "an extension": "SELECT 1 FROM clauses_execution WHERE kind = 'prolongation'",
    "a termination": "SELECT 1 FROM clauses_execution WHERE kind = 'resiliation'",
    "a partial termination": (
        "SELECT 1 FROM clauses_objectiveevent WHERE kind = 'resiliation' AND quantity < 0"
    ),
    "a year closed by the region": (
        "SELECT 1 FROM closing_yearclosure WHERE host_id IS NULL AND year = 2022"
    ),
    "a year closed by a host": "SELECT 1 FROM closing_yearclosure WHERE host_id IS NOT NULL",
    "a collective statement": "SELECT 1 FROM hours_statementline WHERE headcount > 0",
    "a contract with a social consideration": (
        "SELECT 1 FROM watch_publishedcontract WHERE social = 'yes'"
    ),
    "a contract of which nobody says": (
        "SELECT 1 FROM watch_publishedcontract WHERE social = 'unknown'"
    ),
    "an EPCI without a facilitator": (
        "SELECT 1 FROM reference_epci e WHERE NOT EXISTS (SELECT 1"
        " FROM organisations_territorycharge t WHERE t.epci_id = e.siren AND t.ends_on IS NULL)"
    ),
}
FIRST_DAYS = (
    ("clauses_award", "notified_on"),
    ("clauses_award", "starts_on"),
    ("clauses_clause", "state_since"),
    ("clauses_objectiveevent", "effective_on"),
    ("hours_employment", "starts_on"),
    ("hours_statement", "declared_on"),
    ("hours_statementline", "declared_at::date"),
    ("hours_statementline", "validated_at::date"),
    ("hours_statementline", "returned_at::date"),
    ("core_journalentry", "at::date"),
    ("core_journalentry", "day"),
    ("organisations_membership", "starts_on"),
    ("organisations_facilitatorpost", "starts_on"),
    ("clauses_operationhost", "starts_on"),
    ("people_person", "last_contact_on"),
    ("watch_publishedcontract", "published_on"),
)


@pytest.mark.parametrize("oddity", ODDITIES)
def test_the_smallest_demonstration_has(oddity: str, ask: Ask) -> None:
    assert ask(f"{ODDITIES[oddity]} LIMIT 1"), oddity


def test_every_state_is_there(ask: Ask) -> None:
    assert {state for (state,) in ask("SELECT state FROM clauses_clause")} == set(
        ClauseState.values
    )


def test_every_kind_of_buyer_is_there(ask: Ask) -> None:
    rows = ask("SELECT DISTINCT buyer_kind FROM organisations_organisation WHERE buyer_kind > ''")
    assert {kind for (kind,) in rows} == set(BuyerKind.values)


def test_nobody_bears_these_names(ask: Ask) -> None:
    """A real person's name beside an eligibility criterion would harm someone."""
    invented = set(names.SURNAMES)
    found = {name for (name,) in ask("SELECT birth_name FROM people_person")}
    found |= {name for (name,) in ask("SELECT last_name FROM core_user")}
    assert found
    assert {part for name in found for part in name.split("-")} <= invented


def test_no_siret_is_anybody_s(ask: Ask) -> None:
    sirets = [siret for (siret,) in ask("SELECT siret FROM organisations_organisation")]
    assert all(siret.startswith("000") and siret_check.is_valid(siret) for siret in sirets)


@pytest.mark.parametrize(("table", "column"), FIRST_DAYS)
def test_nothing_happens_after_the_day(table: str, column: str, ask: Ask) -> None:
    [(last,)] = ask(f"SELECT max({column}) FROM {table}")  # noqa: S608  written above
    assert last is not None
    assert last <= DAY


def test_each_role_can_be_entered(
    cluster: embedded.Server, small: str, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), pointed_at(cluster, "demo_small"):
        cards = demo.personas()
    assert [card.role_label for card in cards] == [
        role.label
        for role in (
            MemberRole.FACILITATOR,
            MemberRole.HOST_MANAGER,
            MemberRole.COORDINATOR,
            MemberRole.BUYER,
            MemberRole.COMPANY,
            MemberRole.COMPANY,
            MemberRole.PRESCRIBER,
            MemberRole.OBSERVER,
        )
    ]
    assert all(card.email.endswith("@demo.coclause.test") for card in cards)


def test_the_followed_facilitator_has_her_day_s_work(ask: Ask) -> None:
    """The card promises things to do: drafts, months to check, clauses to close."""
    [(mine,)] = ask(
        "SELECT count(*) FROM clauses_clause c JOIN clauses_lot l ON l.id = c.lot_id"
        " JOIN clauses_contract k ON k.id = l.contract_id"
        " JOIN clauses_operationhost h ON h.operation_id = k.operation_id AND h.ends_on IS NULL"
        " JOIN core_user u ON u.id = h.facilitator_id"
        " WHERE u.email = 'facilitatrice@demo.coclause.test'"
        " AND c.state IN ('projet', 'acceptee', 'suspendue', 'achevee')"
    )
    assert mine >= 5


def test_nobody_owes_a_month_of_another_season(
    cluster: embedded.Server, small: str, django_db_blocker: Any
) -> None:
    """What is late is what the demonstration makes late: three months at most."""
    with django_db_blocker.unblock(), pointed_at(cluster, "demo_small"):
        owed = owed_by_companies(DAY)
        months = {month for rows in owed.values() for row in rows for month in row.months}
    assert shift(first_day(DAY), -1) in months
    assert min(months) >= shift(first_day(DAY), -3)


def test_the_buyer_has_clauses_to_answer(ask: Ask) -> None:
    [(proposed,)] = ask(
        "SELECT count(*) FROM clauses_clause c JOIN clauses_lot l ON l.id = c.lot_id"
        " JOIN clauses_contract k ON k.id = l.contract_id"
        " JOIN clauses_operation o ON o.id = k.operation_id"
        " JOIN organisations_membership m ON m.organisation_id = o.buyer_id"
        " JOIN core_user u ON u.id = m.user_id"
        " WHERE u.email = 'acheteur@demo.coclause.test' AND c.state = 'proposee'"
    )
    assert proposed >= 2


def test_a_second_build_changes_nothing(
    cluster: embedded.Server, small: str, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), pointed_at(cluster, "demo_small"):
        assert demo.build(day=DAY, scale=0.03) == demo.Summary(built=False, rows={})


def test_the_same_day_gives_the_same_rows(fill: Fill, small: str) -> None:
    """Screenshots, reports and bug descriptions speak of the same clause numbers."""
    assert _checksums(fill("demo_again", 0.03)) == _checksums(small)


def _checksums(address: str) -> dict[str, str]:
    """By table. Histories keep the moment of the build itself; messages and counters hold secrets
    drawn for each build, documents the moment they were stored.
    """
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename ~ '^(core|organisations|clauses|people|hours|watch)_'"
            " AND tablename !~ 'history$' AND tablename <> ALL (%s) ORDER BY 1",
            [
                [
                    "people_personchange",
                    "core_mail",
                    "core_attempt",
                    "hours_proof",
                    "core_storedfile",
                ]
            ],
        ).fetchall()
        sums = {}
        for (table,) in tables:
            sql = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"  # noqa: S608
            row = connection.execute(sql.encode()).fetchone()
            assert row is not None
            sums[table] = row[0]
    return sums


def test_shares_lose_nothing() -> None:
    """The year's total is exact because each division of it is."""
    dice = random.Random(7)
    for _ in range(200):
        weights = [dice.random() + 0.01 for _ in range(dice.randint(1, 40))]
        total = dice.randint(len(weights) * 28, len(weights) * 606)
        assert sum(spreading.spread(total, weights)) == total
        within = spreading.spread_within(total, weights, 28, 606)
        assert sum(within) == total
        assert min(within) >= 28
        assert max(within) <= 606


def test_what_cannot_be_shared_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        spreading.spread_within(10, [1.0, 1.0], 28, 606)
