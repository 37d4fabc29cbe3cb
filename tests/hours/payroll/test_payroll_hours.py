"""Hours of the payroll file: read where they stand, added up as the norm means them."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.hours.payroll.dsn_files import (
    BORN,
    SIREN,
    Activity,
    Contract,
    Declaration,
    Employee,
    Pay,
    absence,
    hours,
    october,
    sending,
    worker,
)

from coclause.hours.payroll import ledger, reading
from coclause.hours.payroll.facts import ContractHours, Payroll, PersonHours, Sought

LEA = Sought("Exemple", "Léa", BORN)


def read(content: bytes, *sought: Sought) -> Payroll:
    return reading.read_payroll(io.BytesIO(content), sought or (LEA,))


def person(content: bytes, sought: Sought = LEA) -> PersonHours:
    return read(content, sought).people[0]


def contract(content: bytes, sought: Sought = LEA) -> ContractHours:
    (found,) = person(content, sought).contracts
    return found


def told(pays: tuple[Pay, ...], **change: Any) -> tuple[Decimal | None, Decimal | None]:
    """Hours and absences of the only contract of someone so paid."""
    found = contract(sending([october(worker(pays=pays, **change))]))
    return found.hours, found.absence_hours


def test_a_month_of_one_contract() -> None:
    found = read(sending([october(worker())]))
    assert found.month == date(2026, 10, 1)
    assert found.others_skipped == 0
    assert found.remarks == ()
    assert found.people[0].remarks == ()
    assert found.people[0].contracts == (
        ContractHours(
            month=date(2026, 10, 1),
            siret=f"{SIREN}00013",
            start=date(2026, 9, 1),
            number="00001",
            nature="02",
            hours=Decimal("151.67"),
            absence_hours=Decimal(0),
        ),
    )


def test_hours_and_flat_hours_add_up_and_absences_stay_apart() -> None:
    pay = Pay((Activity("100"), Activity("20.5", unit="21"), absence("7"), absence("3.5")))
    assert told((pay,)) == (Decimal("120.5"), Decimal("10.5"))


def test_only_the_pay_under_which_hours_are_declared_counts() -> None:
    """The same hours stand again under other kinds of pay: counted twice, they become fiction."""
    pays = tuple(hours("151.67", kind=kind) for kind in ("001", "002", "003", "010", "017"))
    assert told(pays) == (Decimal("151.67"), Decimal(0))


def test_calendar_days_beside_hours_change_nothing() -> None:
    days = Pay((Activity("31", unit="40"),), kind="001")
    assert told((days, hours("140"))) == (Decimal(140), Decimal(0))


@pytest.mark.parametrize("unit", ["12", "20", "31", "40"])
def test_a_contract_counted_in_days_has_no_hours(unit: str) -> None:
    """Zero would say that they did not work."""
    assert told((Pay((Activity("18", unit=unit),)),)) == (None, Decimal(0))
    assert told((Pay((Activity("18", unit=unit), absence("2", unit))),)) == (None, None)


def test_a_month_without_any_measure_is_unknown_and_a_month_of_absence_is_zero() -> None:
    assert told(()) == (None, Decimal(0))
    assert told((Pay((absence("151.67"),)),)) == (Decimal(0), Decimal("151.67"))


def test_a_pay_in_several_parts_adds_up() -> None:
    pays = (
        hours("80", first="01102026", last="15102026"),
        hours("71.67", first="16102026", last="31102026"),
    )
    assert told(pays) == (Decimal("151.67"), Decimal(0))


def test_a_payroll_that_closes_on_the_20th_is_of_its_month() -> None:
    assert told((hours("140", first="21092026", last="20102026"),)) == (Decimal(140), Decimal(0))


def test_a_negative_correction_is_subtracted_and_a_negative_total_is_said() -> None:
    assert told((hours("151.67"), hours("-10.00"))) == (Decimal("141.67"), Decimal(0))
    content = sending([october(worker(pays=(hours("7"), hours("-10.5"))))])
    assert contract(content).hours == Decimal("-3.5")
    assert person(content).remarks == (ledger.NEGATIVE,)


def test_corrections_of_earlier_months_stay_with_those_months() -> None:
    pays = (
        hours("151.67"),
        hours("-14", first="01092026", last="30092026"),
        Pay((Activity("7"), absence("7")), first="01082026", last="31082026"),
        hours("-1", first="01092026", last="30092026"),
    )
    found = contract(sending([october(worker(pays=pays))]))
    assert found.hours == Decimal("151.67")
    assert [(one.month, one.hours, one.absence_hours) for one in found.corrections] == [
        (date(2026, 8, 1), Decimal(7), Decimal(7)),
        (date(2026, 9, 1), Decimal(-15), Decimal(0)),
    ]


def test_several_contracts_of_a_person_each_keep_their_pay() -> None:
    one = worker(
        contracts=(Contract("00001", "01032026"), Contract("00002", "16102026")),
        pays=(hours("60"), hours("80", number="00002"), hours("5", number="00002")),
    )
    found = person(sending([october(one)]))
    assert [(held.number, held.hours) for held in found.contracts] == [
        ("00001", Decimal(60)),
        ("00002", Decimal(85)),
    ]


def test_a_number_used_again_goes_to_the_contract_running_then() -> None:
    one = worker(
        contracts=(Contract(start="01092026"), Contract(start="16102026")),
        pays=(
            hours("70", first="01102026", last="15102026"),
            hours("77", first="16102026", last="31102026"),
        ),
    )
    found = person(sending([october(one)]))
    assert [held.hours for held in found.contracts] == [Decimal(70), Decimal(77)]


@pytest.mark.parametrize("number", ["", "1"])
def test_a_pay_that_names_no_contract_goes_to_the_only_one(number: str) -> None:
    assert told((hours("80", number=number),)) == (Decimal(80), Decimal(0))


def test_a_pay_that_could_be_of_two_contracts_is_given_apart() -> None:
    """Guessing would put hours under the wrong employment; dropping would lose them."""
    one = worker(contracts=(Contract(), Contract("00002")), pays=(hours("80", number=""),))
    found = person(sending([october(one)]))
    assert [(held.start, held.number, held.hours) for held in found.contracts] == [
        (date(2026, 9, 1), "00001", None),
        (date(2026, 9, 1), "00002", None),
        (None, "", Decimal(80)),
    ]
    assert found.remarks == (ledger.STRAY,)


def test_the_same_person_and_number_in_two_establishments_are_two_contracts() -> None:
    staff = {"00013": [worker()], "00021": [worker(pays=(hours("20"),))]}
    found = read(sending([Declaration(staff)]))
    assert [(one.siret, one.hours) for one in found.people[0].contracts] == [
        (f"{SIREN}00013", Decimal("151.67")),
        (f"{SIREN}00021", Decimal(20)),
    ]


def test_declarations_follow_one_another_and_months_stay_apart() -> None:
    september = replace(
        october(worker(pays=(hours("35", first="01092026", last="30092026"),))), month="01092026"
    )
    found = read(sending([september]) + sending([october(worker())]))
    assert found.months == (date(2026, 9, 1), date(2026, 10, 1))
    assert found.month == date(2026, 10, 1)
    assert [(one.month, one.hours) for one in found.people[0].contracts] == [
        (date(2026, 9, 1), Decimal(35)),
        (date(2026, 10, 1), Decimal("151.67")),
    ]
    assert found.remarks == (reading.SEVERAL_MONTHS,)


def test_the_parts_of_a_declaration_add_up() -> None:
    first = replace(october(worker(pays=(hours("50"),))), part="12")
    second = replace(october(worker(pays=(hours("60"),))), part="22")
    assert contract(sending([first, second])).hours == Decimal(110)
    assert read(sending([first, second])).remarks == ()


def test_a_declaration_that_replaces_another_does_not_double_its_hours() -> None:
    again = replace(october(worker(pays=(hours("100"),))), kind="03")
    found = read(sending([october(worker()), again]))
    assert [one.hours for one in found.people[0].contracts] == [Decimal(100)]
    assert found.remarks == (reading.REPLACED,)


def test_the_same_declaration_twice_is_said() -> None:
    found = read(sending([october(worker()), october(worker())]))
    assert found.remarks == (reading.TWICE,)


def test_an_event_told_apart_is_not_a_month() -> None:
    event = replace(october(worker()), nature="02")
    found = read(sending([event, october(worker()), event]))
    assert [one.hours for one in found.people[0].contracts] == [Decimal("151.67")]
    assert found.remarks == (reading.NOT_MONTHLY,)


def test_an_empty_measure_or_unit_is_not_counted_and_is_said() -> None:
    for broken in (Activity(""), Activity("9", unit=""), Activity("9", kind="")):
        content = sending([october(worker(pays=(Pay((Activity("70"), broken)),)))])
        assert contract(content).hours == Decimal(70)
        assert person(content).remarks == (reading.INCOMPLETE_MEASURE,)


def test_the_rest_of_the_staff_is_a_number() -> None:
    others = [Employee(f"AUTRE{rank}", "X", "01011990", pays=(hours("9"),)) for rank in range(5)]
    staff = {"00013": [*others[:3], worker(), *others[3:]], "00021": others[:2]}
    found = read(sending([Declaration(staff)]))
    assert found.others_skipped == 5, "someone in two establishments is one person"
    assert contract(sending([Declaration(staff)])).hours == Decimal("151.67")


def test_persons_come_back_in_the_order_asked_even_when_absent() -> None:
    absent = Sought("Absent", "Tout", date(1980, 1, 1))
    found = read(sending([october(worker())]), absent, LEA, absent, LEA)
    assert [one.sought for one in found.people] == [absent, LEA, absent, LEA]
    assert [len(one.contracts) for one in found.people] == [0, 1, 0, 1]


def test_missing_blocks_lose_nobody() -> None:
    no_contract = worker(contracts=())
    assert contract(sending([october(no_contract)])).hours == Decimal("151.67")
    assert person(sending([october(worker(pays=()))])).contracts[0].hours is None
    without = sending([october(worker())]).replace(b"S21.G00.11.001,'00013'\r\n", b"")
    assert contract(without).siret == ""


def test_someone_without_a_name_does_not_give_their_hours_to_the_one_above() -> None:
    """Their block begins with the very line that is never read."""
    nameless = b"S21.G00.30.001,'NUMERO-INTERDIT'\r\nS21.G00.40.001,'01012020'\r\n"
    pay = "\r\n".join(list(worker().lines())[-12:]).encode() + b"\r\n"
    whole = sending([october(worker())])
    content = whole.replace(b"S90.G00.90.001", nameless + pay + b"S90.G00.90.001")
    assert contract(content).hours == Decimal("151.67")
    assert read(content).others_skipped == 1


def test_a_test_sending_and_missing_lines_are_said() -> None:
    assert read(sending([october(worker())], purpose="01")).remarks == (reading.A_TEST,)
    fewer = sending([october(worker())]).replace(b"S21.G00.30.007,'VILLE IMAGINAIRE'\r\n", b"")
    assert read(fewer).remarks == (reading.FEWER_LINES,)


def test_a_declaration_out_of_its_envelope_is_read_and_said() -> None:
    content = "\n".join(october(worker()).lines()).encode()
    assert contract(content).hours == Decimal("151.67")
    assert read(content).remarks == (reading.NO_END,)
