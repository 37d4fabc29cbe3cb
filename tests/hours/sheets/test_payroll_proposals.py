"""What a payroll proposes: a ceiling by employment, shared; nothing changed by itself."""

import io
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from tests.hours.payroll.dsn_files import (
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

from coclause.core.refusals import Refused
from coclause.hours.sheets.payroll import propose_payroll
from coclause.hours.sheets.people import KnownPerson, Past
from coclause.hours.sheets.proposed import Proposal, Proposed

OCTOBER = date(2026, 10, 1)
LEA, PAUL = uuid4(), uuid4()
SIRET = f"{SIREN}00013"


def known(employment: int = 1, *awards: int, **change: object) -> KnownPerson:
    """Léa Exemple, hired on 1 September 2026, on these awards."""
    facts: dict[str, object] = {
        "identity": LEA,
        "name": "Léa Exemple",
        "family_names": ("Exemple",),
        "given_names": "Léa Marie",
        "born_on": date(1999, 3, 5),
        "contract_number": "",
        "starts_on": date(2026, 9, 1),
        "siret": SIRET,
        **change,
    }
    return KnownPerson(employment_id=employment, awards=awards or (10,), **facts)  # type: ignore[arg-type]


def proposed(content: bytes, *people: KnownPerson, past: Past | None = None) -> Proposal:
    return propose_payroll(io.BytesIO(content), OCTOBER, people or [known()], past or Past())


def only(content: bytes, *people: KnownPerson, past: Past | None = None) -> Proposed:
    (line,) = proposed(content, *people, past=past).lines
    return line


def notes(line: Proposed) -> str:
    return " ".join(line.notes)


def test_the_paid_hours_are_a_ceiling_as_well_as_a_proposal() -> None:
    line = only(sending([october(worker())]))
    assert line.hours == {"travail": Decimal("151.67")}
    assert line.worked == Decimal("151.67")


def test_unpaid_absences_are_told_and_not_subtracted() -> None:
    paid = Pay((Activity("151.67"), absence("14")))
    line = only(sending([october(worker(pays=(paid,)))]))
    assert line.hours == {"travail": Decimal("151.67")}
    assert "14 h d’absence non payée" in notes(line).replace("\u202f", " ").replace("\xa0", " ")


def test_establishments_of_the_company_are_added() -> None:
    """Half a month at each of two sites is one month of one contract."""
    half = worker(pays=(hours("75.5"),))
    content = sending([Declaration({"00013": [half], "00021": [half]})])
    assert only(content).hours == {"travail": Decimal(151)}


def test_a_contract_of_another_company_is_not_taken() -> None:
    """A file of several companies, one of which employs here."""
    content = sending([october(worker()), october()])
    own = b"000000013".join(content.rsplit(SIREN.encode(), 1))
    line = only(own, known(siret="00000001300001"))
    assert line.hours == {}
    assert "autre entreprise" in notes(line)


def test_a_file_of_other_companies_alone_is_refused_with_whose_it_is() -> None:
    content = sending([october(worker())])
    with pytest.raises(Refused) as refusal:
        proposed(content, known(siret="00000001300001"))
    told = refusal.value.sentence.replace("\xa0", " ")
    assert "d’une autre entreprise (SIREN 999 000 001)" in told
    assert (
        "Choisissez celui de l’entreprise qui emploie sur ces marchés (SIREN 000 000 013)" in told
    )
    assert "EXEMPLE" not in told


def test_a_number_that_is_not_known_refuses_no_file() -> None:
    content = sending([october(worker())])
    assert only(content, known(siret="")).hours == {"travail": Decimal("151.67")}
    broken = content.replace(SIREN.encode(), b"99900000A")
    assert only(broken, known(siret="00000001300001")).hours == {"travail": Decimal("151.67")}


TWO = worker(
    contracts=(Contract("00001", "01092026"), Contract("00002", "15102026")),
    pays=(hours("70"), hours("60.5", number="00002")),
)


def test_each_contract_goes_to_its_employment_by_number_or_first_day() -> None:
    first = known(1, contract_number="1")
    second = known(2, starts_on=date(2026, 10, 15))
    lines = proposed(sending([october(TWO)]), second, first).lines
    assert {line.employment_id: line.hours["travail"] for line in lines} == {
        1: Decimal(70),
        2: Decimal("60.5"),
    }


def test_a_contract_that_is_not_followed_here_is_told_and_not_added() -> None:
    """The person's other job in the company is nobody's insertion."""
    line = only(sending([october(TWO)]), known(1, contract_number="00001"))
    assert line.hours == {"travail": Decimal(70)}
    assert "un autre contrat de cette personne, commencé le 15/10/2026" in notes(line)


def test_a_different_first_day_is_to_be_confirmed() -> None:
    line = only(sending([october(worker())]), known(starts_on=date(2026, 9, 8)))
    assert line.hours == {"travail": Decimal("151.67")}
    assert "01/09/2026 dans la paie, le 08/09/2026 ici" in notes(line)


def test_hours_are_shared_as_the_last_month_was() -> None:
    past = Past(shares={1: {10: Decimal(100), 11: Decimal(50)}})
    lines = proposed(sending([october(worker())]), known(1, 10, 11), past=past).lines
    shares = {line.award_id: line.hours["travail"] for line in lines}
    assert shares == {10: Decimal("101.17"), 11: Decimal("50.50")}
    assert all(line.worked == Decimal("151.67") for line in lines)
    assert "réparties comme le dernier mois" in notes(lines[0])


def test_hours_that_nothing_says_how_to_share_are_not_proposed() -> None:
    lines = proposed(sending([october(worker())]), known(1, 10, 11)).lines
    assert [line.hours for line in lines] == [{}, {}]
    assert "à répartir entre 2 marchés" in notes(lines[0])


def test_hours_already_counted_elsewhere_are_not_proposed_again() -> None:
    line = only(sending([october(worker())]), past=Past(elsewhere={1: Decimal(51)}))
    assert line.hours == {"travail": Decimal("100.67")}
    assert "sont déjà comptées sur d’autres marchés" in notes(line)


def test_corrections_of_earlier_months_are_listed_and_change_nothing() -> None:
    late = hours("-7.5", first="01092026", last="30092026")
    found = proposed(sending([october(worker(pays=(hours("151.67"), late)))]))
    assert found.lines[0].hours == {"travail": Decimal("151.67")}
    (earlier,) = found.earlier
    assert (earlier.month, earlier.hours) == (date(2026, 9, 1), Decimal("-7.5"))
    assert "La paie corrige aussi septembre 2026" in notes(found.lines[0])


def test_a_negative_month_proposes_nothing() -> None:
    line = only(sending([october(worker(pays=(hours("10", "-24"),)))]))
    assert line.hours == {}
    assert "rien n’est repris" in notes(line)


def test_a_month_counted_in_days_proposes_nothing_and_says_so() -> None:
    days = Pay((Activity("21", unit="20"),))
    line = only(sending([october(worker(pays=(days,)))]))
    assert (line.hours, line.worked) == ({}, None)
    assert "ne compte pas ce contrat en heures" in notes(line)


def test_whoever_is_not_in_the_file_is_told() -> None:
    line = only(sending([october(worker(family="AUTRE"))]))
    assert line.hours == {}
    assert "n’est pas dans le fichier" in notes(line)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "cp1252", "utf-8"])
def test_accents_are_read_in_every_writing(encoding: str) -> None:
    content = sending(
        [october(worker(family="DÉSIRÉE-AÏCHA", given="ÉLÉONORE"))], encoding=encoding
    )
    line = only(content, known(family_names=("Désirée Aïcha",), given_names="Eléonore"))
    assert line.hours == {"travail": Decimal("151.67")}


def test_homonyms_are_told_apart_by_their_birth_date() -> None:
    twin = worker(birth="05031998", pays=(hours("20"),))
    other = known(2, identity=PAUL, born_on=date(1998, 3, 5))
    lines = proposed(sending([october(worker(), twin)]), known(1), other).lines
    assert [line.hours["travail"] for line in lines] == [Decimal("151.67"), Decimal(20)]


def test_another_month_is_refused_and_the_others_of_the_file_are_said() -> None:
    september = october(worker(pays=(hours("1"),)))
    both = sending([Declaration(september.staff, month="01092026"), october(worker())])
    found = proposed(both)
    assert found.lines[0].hours == {"travail": Decimal("151.67")}
    assert any("aussi septembre 2026" in remark for remark in found.remarks)
    alone = sending([Declaration(september.staff, month="01092026")])
    with pytest.raises(Refused, match="pour septembre 2026"):
        proposed(alone)


def test_nobody_else_is_in_what_is_proposed() -> None:
    stranger = Employee("SECRETE", "LEA", "05031999", pays=(hours("77.77"),))
    found = proposed(sending([october(stranger, worker())]))
    assert "SECRETE" not in repr(found)
    assert "77.77" not in repr(found)
    assert found.skipped == 1


@pytest.mark.parametrize("content", [b"", b"%PDF", b"PK\x03\x04", b"Nom;Heures\n"])
def test_what_is_no_payroll_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        proposed(content)


def test_without_anybody_to_look_for_the_file_is_not_read() -> None:
    class Unread:
        def read(self, size: int, /) -> bytes:
            raise AssertionError

    with pytest.raises(Refused, match="rien à chercher"):
        propose_payroll(Unread(), OCTOBER, [], Past())


def test_two_employments_of_one_person_are_sought_once() -> None:
    """Sought twice, each would take the hours of both."""
    lines = proposed(sending([october(TWO)]), known(1), known(2, contract_number="2")).lines
    assert {line.employment_id: line.hours["travail"] for line in lines} == {
        1: Decimal(70),
        2: Decimal("60.5"),
    }
