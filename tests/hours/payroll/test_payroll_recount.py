"""Hours equal a plain recount of what was written, whatever the staff."""

import io
from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hours.payroll.dsn_files import (
    SIREN,
    Activity,
    Contract,
    Declaration,
    Employee,
    Pay,
    sending,
)

from coclause.hours.payroll.facts import Sought
from coclause.hours.payroll.reading import read_payroll

NAMES = ("EXEMPLE", "FICTIF", "D''INVENTE")
BIRTHS = (date(1999, 3, 5), date(2001, 12, 31))
NUMBERS = ("00001", "00002")

measures = st.decimals(min_value=-50, max_value=200, places=2).map(str)
activities = st.builds(
    Activity,
    measures,
    st.sampled_from(["01", "02", "03"]),
    st.sampled_from(["10", "21", "12", "20", "40"]),
)
pays = st.builds(
    Pay,
    st.lists(activities, max_size=4).map(tuple),
    st.sampled_from(NUMBERS),
    st.sampled_from(["001", "002", "003"]),
)
employees = st.builds(
    Employee,
    st.sampled_from(NAMES),
    st.just("LEA"),
    st.sampled_from([f"{day:%d%m%Y}" for day in BIRTHS]),
    contracts=st.just(tuple(Contract(number) for number in NUMBERS)),
    pays=st.lists(pays, max_size=5).map(tuple),
)
# Someone stands once in an establishment.
staff = st.lists(employees, max_size=6, unique_by=lambda one: (one.family, one.birth))
declarations = st.dictionaries(st.sampled_from(["00013", "00021", "00039"]), staff, max_size=3)

Sums = dict[tuple[str, str, str, str], dict[str, Decimal | None]]


def recount(written: Declaration) -> Sums:
    """By person, establishment and contract: worked hours and unpaid absences in hours."""
    sums: Sums = defaultdict(lambda: {"01": None, "02": None})
    for nic, people in written.staff.items():
        for one in people:
            for pay in one.pays:
                for act in pay.activities:
                    if pay.kind == "002" and act.unit in {"10", "21"} and act.kind != "03":
                        held = sums[one.family, one.birth, SIREN + nic, pay.number]
                        held[act.kind] = (held[act.kind] or Decimal(0)) + Decimal(act.measure)
    return sums


@settings(max_examples=40, deadline=None)
@given(declarations, st.sets(st.sampled_from(NAMES)))
def test_hours_equal_a_recount(people: dict[str, list[Employee]], asked: set[str]) -> None:
    written = Declaration(people)
    sums = recount(written)
    sought = [Sought(name.replace("''", "'"), "Léa", born) for name in asked for born in BIRTHS]
    found = read_payroll(io.BytesIO(sending([written])), sought)
    for one in found.people:
        name = one.sought.family_name.replace("'", "''")
        birth = f"{one.sought.birth_date:%d%m%Y}"
        places = {
            SIREN + nic
            for nic, staff in people.items()
            if any((held.family, held.birth) == (name, birth) for held in staff)
        }
        assert {held.siret for held in one.contracts} == places
        assert len(one.contracts) == len(places) * len(NUMBERS)
        for held in one.contracts:
            told = sums[name, birth, held.siret, held.number]
            assert (held.hours or 0) == (told["01"] or 0)
            assert (held.absence_hours or 0) == (told["02"] or 0)
    everyone = {(one.family, one.birth) for staff in people.values() for one in staff}
    assert found.others_skipped == sum(family not in asked for family, _ in everyone)
