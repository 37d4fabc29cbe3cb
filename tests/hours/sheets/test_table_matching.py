"""Rows of a company's table find their person and their award, or are told by their number."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from tests.network.programmes.programme_files import xlsx

from coclause.core.refusals import Refused
from coclause.hours.choices import Origin
from coclause.hours.sheets.fields import Field
from coclause.hours.sheets.matching import Month, propose_table
from coclause.hours.sheets.people import KnownPerson
from coclause.hours.sheets.proposed import Proposal
from coclause.hours.sheets.reading import opened, table_of, told

OCTOBER = date(2026, 10, 1)
HEADERS = ("Nom", "Prénom", "N° contrat", "Chantier", "Heures", "N° facture")


def award(name: str, lot: int) -> Any:
    """What is read of an award to know how a company may call it."""
    operation = SimpleNamespace(name=name)
    contract = SimpleNamespace(operation=operation, reference=f"2026-{lot:03d}", object=name)
    return SimpleNamespace(
        lot=SimpleNamespace(number=lot, title=f"gros œuvre {lot}", contract=contract),
        holder="Toitures du Val-Imaginé",
    )


AWARDS = {10: award("Médiathèque de Montfictif", 3), 11: award("Gymnase des Brumes", 1)}


def person(employment: int, name: str = "Inventée Nadia", **facts: Any) -> KnownPerson:
    family, given = name.split(" ", 1)
    return KnownPerson(
        **{
            "employment_id": employment,
            "identity": uuid4(),
            "name": name,
            "family_names": (family,),
            "given_names": given,
            "born_on": date(1995, 5, 17),
            "contract_number": "",
            "starts_on": date(2026, 3, 9),
            "siret": "",
            "awards": (10,),
            **facts,
        }
    )


def proposed(
    *rows: Any, people: tuple[KnownPerson, ...] = (), headers: Any = HEADERS, **more: Any
) -> Proposal:
    table = opened(xlsx({"Heures": [headers, *rows]}, **more), "", OCTOBER)[0]
    known = people or (person(1),)
    lines = {(on, one.employment_id) for one in known for on in one.awards}
    month = Month(OCTOBER, known, AWARDS, lines)
    return propose_table(table, table.proposed, month)


def found(proposal: Proposal) -> dict[tuple[int, int], dict[str, Decimal]]:
    return {(line.award_id, line.employment_id): line.hours for line in proposal.lines}


def row(hours: Any = 35, name: Any = "INVENTEE", given: Any = "nadia", **facts: Any) -> list[Any]:
    said = {"contract": None, "site": None, "invoice": None, **facts}
    return [name, given, said["contract"], said["site"], hours, said["invoice"]]


def work(hours: str) -> dict[str, Decimal]:
    return {"travail": Decimal(hours)}


def test_rows_of_one_person_are_added_and_it_is_said() -> None:
    proposal = proposed(row(35), row("7h30"), row(None), ["Total", None, None, None, 42.5, None])
    assert found(proposal) == {(10, 1): work("42.5")}
    assert proposal.lines[0].notes == ("2 lignes du fichier ont été ajoutées.",)


def test_a_mission_number_tells_two_contracts_of_one_person_apart() -> None:
    one = uuid4()
    people = (
        person(1, identity=one, contract_number="M-0118"),
        person(2, identity=one, contract_number="M-0119"),
    )
    proposal = proposed(row(35, contract="m 0118"), row(14, contract="M0119"), people=people)
    assert found(proposal) == {(10, 1): work("35"), (10, 2): work("14")}
    with pytest.raises(Refused, match="deux contrats ce mois-ci"):
        proposed(row(35), people=people)


def test_the_site_tells_two_contracts_of_one_person_apart() -> None:
    one = uuid4()
    people = (person(1, identity=one), person(2, identity=one, awards=(11,)))
    proposal = proposed(row(35, site="Gymnase des brumes - lot 1"), people=people)
    assert found(proposal) == {(11, 2): work("35")}


def test_a_contract_number_alone_is_enough() -> None:
    proposal = proposed(
        ["M-0118", 35],
        people=(person(1, contract_number="M-0118"), person(2, "Fictif Zoé")),
        headers=("N° de mission", "Heures"),
    )
    assert found(proposal) == {(10, 1): work("35")}
    assert any("1 personne de vos marchés n’a pas d’heures" in told for told in proposal.remarks)


def test_several_people_without_hours_are_told_in_the_plural() -> None:
    people = (person(1), person(2, "Fictif Zoé"), person(3, "Songe Léo"))
    assert proposed(row(35), people=people).remarks == (
        "2 personnes de vos marchés n’ont pas d’heures dans ce fichier : vérifiez-les ci-dessous.",
    )


def test_a_name_and_the_contract_of_another_are_not_taken() -> None:
    people = (person(1), person(2, "Fictif Zoé", contract_number="M-0118"))
    with pytest.raises(Refused, match="ne vont pas ensemble"):
        proposed(row(35, contract="M-0118"), people=people)


@pytest.mark.parametrize(
    "said",
    ["Inventée Nadia", "NADIA INVENTEE", "Mme Inventée  Nadia", "inventee, nadia"],
)
def test_names_in_one_cell_are_read_in_either_order(said: str) -> None:
    assert found(proposed([said, 35], headers=("Salarié", "Heures"))) == {(10, 1): work("35")}


def test_used_names_and_compound_first_names_are_recognised() -> None:
    known = person(1, family_names=("Inventée", "D’Œuvre-Fictive"), given_names="Marie-Lou Ada")
    proposal = proposed(row(35, "DOEUVRE FICTIVE", "Marie Lou"), people=(known,))
    assert found(proposal) == {(10, 1): work("35")}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (row("trente"), "Ligne 3 : « trente » ne se lit pas comme un nombre d’heures"),
        (row(-4), "Ligne 3 : "),
        (row(7, "SECRETE"), "Ligne 3 : personne de ce nom"),
        (row(7, None, None), "Ligne 3 : elle ne dit pas qui"),
        (row(7, None, None, contract="X-9"), "Ligne 3 : ce numéro de contrat n’est pas connu"),
    ],
)
def test_what_is_not_read_is_told_by_its_row(said: list[Any], sentence: str) -> None:
    proposal = proposed(row(35), said)
    assert found(proposal) == {(10, 1): work("35")}
    assert proposal.unmatched[0].startswith(sentence)
    assert "SECRETE" not in repr(proposal)


def test_many_rows_not_recognised_stay_a_list_one_reads() -> None:
    proposal = proposed(row(35), *(row(7, "AUTRE") for _ in range(200)))
    assert len(proposal.unmatched) == 61
    assert proposal.unmatched[-1] == "Et 140 autres lignes."


def test_a_name_merged_over_its_rows_is_read_in_each() -> None:
    rows = (
        row(35, site="Médiathèque de Montfictif"),
        row(7, None, None, site="Gymnase des Brumes"),
    )
    proposal = proposed(
        *rows,
        people=(person(1, awards=(10, 11)),),
        merges={"Heures": [(1, 0, 2, 0), (1, 1, 2, 1)]},
    )
    assert found(proposal) == {(10, 1): work("35"), (11, 1): work("7")}


def test_headers_said_again_are_no_row() -> None:
    assert found(proposed(row(35), HEADERS, row(7))) == {(10, 1): work("42")}


def test_invoice_numbers_are_kept_together_as_long_as_they_fit() -> None:
    two = proposed(row(35, invoice="F-1"), row(7, invoice="F-2"))
    assert (two.origin, two.invoice) == (Origin.INVOICE, "F-1, F-2")
    many = proposed(*(row(1, invoice=f"FACTURE-2026-{rank:04d}") for rank in range(9)))
    assert many.invoice == "FACTURE-2026-0000"
    assert any("9 numéros de facture" in told for told in many.remarks)
    assert proposed(row(35)).origin == Origin.SHEET


def test_a_table_waiting_for_its_columns_comes_back_as_it_was() -> None:
    """It waits in the user's page: a birth date that changed there would lose a person."""
    content = xlsx({"Heures": [("Nom", "Né le", "Heures"), ("Inventée", date(1995, 5, 17), 35.5)]})
    table = opened(content, "", OCTOBER)[0]
    assert table_of(told(table)) == table
    assert table.proposed == {Field.LAST: 0, Field.BORN: 1, Field.WORK: 2}
