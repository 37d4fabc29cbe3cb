"""Who is found: the person sought under any of their spellings, and never someone else."""

import io
from datetime import date
from decimal import Decimal

import pytest
from tests.hours.payroll.dsn_files import BORN, Employee, hours, october, sending

from coclause.hours.payroll import ledger, reading
from coclause.hours.payroll.facts import Payroll, Sought

HERE = (hours("10"),)


def read(people: list[Employee], *sought: Sought, encoding: str = "iso-8859-1") -> Payroll:
    content = sending([october(*people)], encoding=encoding)
    return reading.read_payroll(io.BytesIO(content), sought)


@pytest.mark.parametrize(
    ("family", "used", "given", "asked_family", "asked_first"),
    [
        ("EXEMPLE", "", "LEA", "Exemple", "Léa"),
        ("Éxèmplé", "", "Léa", "EXEMPLE", "LEA"),
        ("NAISSANCE", "EPOUSE", "LEA", "Épouse", "Léa"),
        ("NAISSANCE", "EPOUSE", "LEA", "Naissance", "Léa"),
        ("EXEMPLE", "", "LEA MARIE ZOE", "Exemple", "Léa"),
        ("EXEMPLE", "", "LEA, MARIE", "Exemple", "Léa"),
        ("EXEMPLE", "", "JEAN-PIERRE PAUL", "Exemple", "Jean Pierre"),
        ("EXEMPLE", "", "JEAN PIERRE PAUL", "Exemple", "Jean-Pierre"),
        ("EXEMPLE", "", "JEANPIERRE", "Exemple", "Jean-Pierre"),
        ("DE LA FICTION-VIDE", "", "LEA", "de la Fiction Vide", "Léa"),
        ("D''IMAGINE", "", "LEA", "D’Imagine", "Léa"),
        ("L'INVENTE", "", "LEA", "L'Inventé", "Léa"),
        ("D IMAGINE", "", "LEA", "D'Imagine", "Léa"),
        ("COEURVIDE", "", "LEA", "Cœurvide", "Léa"),
        ("FIÇTIF", "", "ZOË", "Fictif", "Zoé"),
        ("  EXEMPLE ", "", " LEA ", "Exemple", "Léa"),
    ],
)
def test_the_person_is_found(
    family: str, used: str, given: str, asked_family: str, asked_first: str
) -> None:
    one = Employee(family, given, "05031999", used=used, pays=HERE)
    found = read([one], Sought(asked_family, asked_first, BORN))
    assert [held.hours for held in found.people[0].contracts] == [Decimal(10)]
    assert found.others_skipped == 0


@pytest.mark.parametrize(
    ("family", "given", "birth"),
    [
        ("EXEMPLE", "LEA", "06031999"),
        ("EXEMPLE", "LEA", "03051999"),
        ("EXEMPLE", "LEA", ""),
        ("EXEMPLE", "MARIE LEA", "05031999"),
        ("EXEMPLE", "LEA-MARIE", "05031999"),
        ("EXEMPLE", "LEANNE", "05031999"),
        ("EXEMPLES", "LEA", "05031999"),
        ("", "", "05031999"),
    ],
)
def test_someone_else_is_not_taken_for_them(family: str, given: str, birth: str) -> None:
    found = read([Employee(family, given, birth, pays=HERE)], Sought("Exemple", "Léa", BORN))
    assert found.people[0].contracts == ()
    assert found.others_skipped == 1


def test_a_name_known_here_under_another_is_found_by_either() -> None:
    one = Employee("NAISSANCE", "LEA", "05031999", pays=HERE)
    found = read([one], Sought("Épouse", "Léa", BORN, used_name="Naissance"))
    assert len(found.people[0].contracts) == 1


def test_namesakes_are_told_apart_by_their_birth_date() -> None:
    people = [
        Employee("EXEMPLE", "LEA", "05031999", pays=(hours("10"),)),
        Employee("EXEMPLE", "LEA", "05032001", pays=(hours("20"),)),
        Employee("EXEMPLE", "LEA", "05032003", pays=(hours("30"),)),
    ]
    asked = [Sought("Exemple", "Léa", date(year, 3, 5)) for year in (2001, 1999)]
    found = read(people, *asked)
    assert [one.contracts[0].hours for one in found.people] == [Decimal(20), Decimal(10)]
    assert found.others_skipped == 1


def test_two_who_answer_to_the_same_name_and_day_are_left_to_a_human() -> None:
    """Twins named Jean Pierre and Jean Paul: adding their hours would be worse than none."""
    twins = [
        Employee("EXEMPLE", "JEAN PIERRE", "05031999", pays=(hours("10"),)),
        Employee("EXEMPLE", "JEAN PAUL", "05031999", pays=(hours("20"),)),
    ]
    both, one = Sought("Exemple", "Jean", BORN), Sought("Exemple", "Jean-Paul", BORN)
    found = read(twins, both, one)
    assert found.people[0].contracts == ()
    assert found.people[0].remarks == (ledger.AMBIGUOUS,)
    assert [held.hours for held in found.people[1].contracts] == [Decimal(20)]


@pytest.mark.parametrize("birth", ["00031999", "05001999", "00001999", "99991999"])
def test_a_birth_date_that_is_not_whole_is_said_not_guessed(birth: str) -> None:
    found = read(
        [Employee("EXEMPLE", "LEA", birth, pays=HERE), Employee("AUTRE", "X", birth)],
        Sought("Exemple", "Léa", BORN),
        Sought("Absent", "Tout", BORN),
    )
    assert [one.contracts for one in found.people] == [(), ()]
    assert [one.remarks for one in found.people] == [(reading.INCOMPLETE_BIRTH,), ()]
    assert found.others_skipped == 2


@pytest.mark.parametrize(
    ("encoding", "remarks"),
    [
        ("iso-8859-1", ()),
        ("utf-8", (reading.IN_UTF8,)),
        ("utf-8-sig", (reading.IN_UTF8,)),
    ],
)
def test_accents_are_read_as_the_file_writes_them(encoding: str, remarks: tuple[str, ...]) -> None:
    one = Employee("HÉLÈNE-ÇÀ", "ZOÉ", "05031999", pays=HERE)
    found = read([one], Sought("Helene Ca", "Zoe", BORN), encoding=encoding)
    assert len(found.people[0].contracts) == 1
    assert found.remarks == remarks


def test_a_ligature_that_the_norm_lacks_is_read() -> None:
    one = Employee("CŒUR", "LEA", "05031999", pays=HERE)
    found = read([one], Sought("Coeur", "Léa", BORN), encoding="cp1252")
    assert len(found.people[0].contracts) == 1
