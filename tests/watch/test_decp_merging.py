"""A contract counts once, and its amounts are never added, whatever the order of its rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.watch.decp_examples import (
    BUYER,
    HOLDER,
    OTHER_HOLDER,
    contracts,
    csv_file,
    marche,
    marches,
    row,
)

from coclause.watch.decp import Holder, RawContract, RawState
from coclause.watch.decp.merging import combine, current, supersede

DAYS = st.dates(date(2024, 1, 1), date(2024, 1, 5))
STATES = st.builds(
    RawState,
    dated_on=DAYS,
    number=st.none() | st.integers(0, 2),
    amount=st.none() | st.sampled_from([Decimal(70_000), Decimal(80_000), Decimal(95_000)]),
    duration_months=st.none() | st.integers(1, 4),
    holders=st.lists(
        st.builds(Holder, st.sampled_from("ABC"), name=st.sampled_from(["", "Fictif"])),
        max_size=2,
        unique_by=lambda holder: holder.identifier,
    ).map(lambda holders: tuple(sorted(holders))),
)
ROWS = st.lists(
    st.builds(
        RawContract,
        where=st.just("fichier, ligne 2"),
        kind=st.just("marche"),
        buyer_siret=st.just(BUYER),
        published_id=st.just("1"),
        states=st.tuples(STATES),
        object=st.sampled_from(["", "Préau", "Préau neuf"]),
        considerations=st.sampled_from([(), ("Clause sociale",)]),
    ),
    min_size=1,
    max_size=6,
)


@given(ROWS, st.data())
def test_the_order_of_rows_changes_nothing(rows: list[RawContract], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert combine(shuffled) == combine(rows)
    assert current(combine(shuffled)) == current(combine(rows))


@given(ROWS)
def test_the_amount_is_one_that_was_published_and_the_first_date_the_notification(
    rows: list[RawContract],
) -> None:
    states = [row.states[0] for row in rows]
    merged = combine(rows)
    now = current(merged)
    assert now.amount in {state.amount for state in states}
    assert {state.amount for state in merged.states} <= {state.amount for state in states} | {None}
    if all(state.number is None for state in states):
        assert now.notified_on == min(state.dated_on for state in states)


@given(ROWS, ROWS)
def test_publishing_the_same_again_changes_nothing(
    first: list[RawContract], second: list[RawContract]
) -> None:
    known = supersede(combine(first), combine(second))
    assert supersede(known, combine(second)) == known


def test_successive_states_make_one_contract_with_its_last_amount(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        row(dateNotification="2026-06-01", montant="150000", dureeMois="14"),
        row(dateNotification="2026-03-02", montant="120000"),
        row(dateNotification="2026-06-01", montant="150000", titulaire_id=OTHER_HOLDER),
    )
    merged = combine(contracts(path))
    now = current(merged)
    assert now.notified_on == date(2026, 3, 2)
    assert (now.amount, now.amount_doubtful, now.duration_months) == (Decimal(150000), False, 14)
    assert {holder.identifier for holder in now.holders} == {HOLDER, OTHER_HOLDER}
    assert [state.amount for state in merged.states] == [120000, 150000]


def test_two_amounts_of_one_day_are_doubted_not_added(tmp_path: Path) -> None:
    path = csv_file(tmp_path, row(montant="56500"), row(montant="125000"))
    now = current(combine(contracts(path)))
    assert (now.amount, now.amount_doubtful) == (Decimal(125000), True)


def test_numbered_modifications_follow_their_number_not_their_date(tmp_path: Path) -> None:
    changes = [
        {"id": 2, "dateNotificationModification": "2026-04-01", "montant": 3},
        {"id": 1, "dateNotificationModification": "2022-10-18", "montant": 2},
    ]
    (found,) = contracts(marches(tmp_path, marche(modifications=changes)))
    now = current(combine([found]))
    assert (now.notified_on, now.amount) == (date(2026, 3, 2), Decimal(3))


def test_modifications_without_a_number_of_their_own_follow_their_date(tmp_path: Path) -> None:
    changes = [
        {"id": 1, "dateNotificationModification": "2026-09-01", "montant": 200000},
        {"id": 1, "dateNotificationModification": "2026-05-01", "montant": 150000},
    ]
    (found,) = contracts(marches(tmp_path, marche(modifications=changes)))
    assert [state.amount for state in combine([found]).states] == [120000, 150000, 200000]


def test_a_table_and_a_json_file_tell_the_same_states_once(tmp_path: Path) -> None:
    change = {"id": 1, "dateNotificationModification": "2026-06-01", "montant": 150000}
    (nested,) = contracts(marches(tmp_path, marche(modifications=[change])))
    table = combine(
        contracts(csv_file(tmp_path, row(), row(dateNotification="2026-06-01", montant="150000")))
    )
    for merged in (supersede(nested, table), supersede(table, nested)):
        assert [state.number for state in merged.states] == [0, 1]
        assert merged.object == "Réfection d'un préau imaginaire"
        assert current(merged).holders[0].name == "Toits Fictifs"


def test_silence_erases_nothing(tmp_path: Path) -> None:
    (full,) = contracts(marches(tmp_path, marche()))
    bare = marche(objet="", titulaires=[], considerationsSociales=None, codeCPV="MQ")
    (silent,) = contracts(marches(tmp_path, bare))
    merged = supersede(full, silent)
    assert merged.object == full.object
    assert merged.cpv == "45210000"
    assert merged.considerations == ("Clause sociale",)
    assert current(merged).holders == current(full).holders
