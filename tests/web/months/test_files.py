"""A month from a file, through its pages: proposed, corrected, sent by the user, kept nowhere."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from tests.builders import DAY, World
from tests.hours.payroll.dsn_files import hours, october, sending, worker
from tests.network.programmes.programme_files import ods, xlsx
from tests.web.conftest import As
from tests.web.months.month_files import (
    HEADERS,
    HERE,
    OCTOBER,
    columns,
    company_user,
    confirmed,
    declared,
    grid,
    hired,
    hours_in,
    payroll,
    second_award,
    send,
    send_payroll,
    table,
)

from coclause.core.actor import acting_as
from coclause.hours.models import ColumnMapping, Declaration, Employment

pytestmark = pytest.mark.django_db
NADIA = ("INVENTEE", "nadia", date(1995, 5, 17), "", "", "octobre 2026", 70.5)
MONTH = "/mon-mois/2026-10/"


def field(world: World, of: Employment | None = None, kind: str = "travail") -> str:
    return f"m{world.award.pk}-h-{(of or world.employment).pk}-{kind}"


def test_the_columns_are_asked_once_and_the_hours_wait_for_the_user(
    world: World, signed_in: As
) -> None:
    """A company that sends the same table each month would be asked the same questions."""
    client = signed_in(company_user(world))
    asked = send(client, table(NADIA))
    assert asked.status_code == 200
    assert asked.context["form"]["travail"].value() == "6"
    shown = confirmed(client, asked)
    assert hours_in(shown) == {field(world): "70,5"}
    assert declared() == [], "nothing is written before the user sends"
    again = send(client, table(NADIA))
    assert hours_in(again) == {field(world): "70,5"}, "known by its headers, without a question"
    assert client.post(MONTH, grid(again)).status_code == 302
    assert declared() == [("70.50", world.employment.pk, "travail")]
    assert Declaration.objects.get().origin == "tableur"


def test_what_is_kept_of_a_table_is_no_word_of_it(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    confirmed(client, send(client, table(NADIA)))
    kept = ColumnMapping.objects.get()
    assert all(isinstance(rank, int) for rank in kept.columns.values())
    moved = xlsx({"Heures": [HEADERS[::-1], NADIA[::-1]]})
    assert hours_in(send(client, moved)) == {field(world): "70,5"}, "its columns may move"


def test_columns_corrected_by_the_user_are_those_read(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    headers = ("Nom", "Prénom", "Heures théoriques", "Réalisé")
    asked = send(client, table(("Inventée", "Nadia", 151.67, 64), headers=headers))
    shown = confirmed(client, asked, travail="3")
    assert hours_in(shown) == {field(world): "64"}
    assert hours_in(send(client, table(("Inventée", "Nadia", 151.67, 20), headers=headers))) == {
        field(world): "20"
    }


def test_a_known_table_may_be_asked_again(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    confirmed(client, send(client, table(NADIA)))
    again = send(client, table(NADIA), **{"tableur-again": "on"})
    assert "carried" in again.context


def test_a_name_beside_a_first_name_is_the_family_name(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    headers = ("Nom du salarié", "Prénom", "Heures réalisées")
    asked = send(client, table(("Inventée", "Nadia", 64), headers=headers))
    assert asked.context["form"]["nom"].value() == "0"
    assert hours_in(confirmed(client, asked)) == {field(world): "64"}
    both = confirmed(client, asked, nom="", personne="0")
    assert hours_in(both) == {field(world): "64"}, "whatever it is called"


def test_columns_without_hours_or_chosen_twice_say_so(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    asked = send(client, table(NADIA))
    without = confirmed(client, asked, travail="")
    assert without.status_code == 422
    assert "au moins une colonne d’heures" in without.content.decode()
    twice = confirmed(client, asked, formation="6")
    assert twice.status_code == 422
    assert "déjà choisie pour « Heures de travail »" in twice.content.decode()
    assert not ColumnMapping.objects.exists()


@pytest.mark.parametrize("carried", ["", "forged", "eyJyb3dzIjpbXX0:1abc:zzzz"])
def test_a_table_that_was_not_read_here_is_not_taken(
    carried: str, world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    asked = columns(send(client, table(NADIA)))
    answer = client.post(f"{HERE}colonnes/", {**asked, "carried": carried})
    assert answer.status_code == 422
    assert "choisissez de nouveau le fichier" in answer.content.decode()


def test_a_table_read_for_a_colleague_opens_for_nobody_else(world: World, signed_in: As) -> None:
    client, other = signed_in(company_user(world)), signed_in(company_user(world))
    asked = columns(send(client, table(NADIA)))
    assert other.post(f"{HERE}colonnes/", asked).status_code == 422


def test_homonyms_are_told_apart_by_their_birth_date(world: World, signed_in: As) -> None:
    other = hired(world, "Inventée", "Nadia", date(2001, 2, 3))
    client = signed_in(company_user(world))
    both = table(NADIA, ("Inventée", "Nadia", "03/02/2001", "", "", "10/2026", "35h30"))
    shown = confirmed(client, send(client, both))
    assert hours_in(shown) == {field(world): "70,5", field(world, other): "35,5"}
    unborn = send(client, table(("Inventée", "Nadia", None, "", "", "10/2026", 10), NADIA))
    assert hours_in(unborn) == {field(world): "70,5"}
    assert "Ligne 2 : deux personnes portent ce nom" in unborn.content.decode()


def test_unknown_people_are_told_by_their_row_and_not_by_their_name(
    world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    stranger = ("ZORGLUBE", "Aldebert", None, "", "", "", 12)
    shown = confirmed(client, send(client, table(NADIA, stranger)))
    assert "Ligne 3 : personne de ce nom" in shown.content.decode()
    assert "ZORGLUBE" not in shown.content.decode()


def test_another_month_is_said_and_not_read(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    asked = send(client, table((*NADIA[:5], "09/2026", 10)))
    answer = confirmed(client, asked)
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Ce tableau est pour septembre 2026, cette page pour octobre 2026" in said
    mixed = send(client, table(NADIA, (*NADIA[:5], date(2026, 9, 30), 10)))
    shown = confirmed(client, mixed) if "carried" in mixed.context else mixed
    assert hours_in(shown) == {field(world): "70,5"}
    assert "1 ligne est pour septembre 2026" in shown.content.decode()


def test_the_template_sent_back_untouched_proposes_the_same_month(
    world: World, signed_in: As
) -> None:
    """Otherwise downloading it would lose figures."""
    other = hired(world, "=cmd|' /C calc'!A0", "Zoé", date(1990, 1, 1))
    second_award(world)
    client = signed_in(company_user(world))
    typed = grid(client.get(MONTH)) | {
        field(world): "70,25",
        field(world, other): "35,5",
        field(world, other, "formation"): "7",
        f"m{world.award.pk}-total-{other.pk}": "120",
    }
    asked = client.post(MONTH, typed)
    sent = client.post(MONTH, typed | {"confirmed": asked.context["confirmed"]})
    assert sent.status_code == 302
    before = grid(client.get(MONTH))
    content = client.get("/mon-mois/2026-10/modele.xlsx")
    assert content["Content-Disposition"] == 'attachment; filename="heures-2026-10.xlsx"'
    rows = CalamineWorkbook.from_filelike(BytesIO(content.content))
    told = str(rows.get_sheet_by_index(1).to_python())
    assert "=cmd|" in told, "a name stays a text"
    after = send(client, content.content)
    assert hours_in(after) == {name: told for name, told in before.items() if "h-" in name}
    assert grid(after) == before | {"origine": "tableur"}
    nothing = client.post(MONTH, grid(after))
    assert nothing.status_code in (200, 302)
    assert declared() == [
        ("70.25", world.employment.pk, "travail"),
        ("35.50", other.pk, "travail"),
        ("7.00", other.pk, "formation"),
    ]


def test_an_emptied_cell_of_the_template_is_a_zero(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    client.post(MONTH, grid(client.get(MONTH)) | {field(world): "70"})
    key = f"2026-10/{world.employment.pk}/{world.award.pk}"
    headers = ("Repère CoClause (ne pas modifier)", "Personne", "Heures de travail")
    shown = send(client, table((key, "Nadia", None), headers=headers))
    assert hours_in(shown) == {}


def test_the_template_of_another_month_or_of_another_company_changes_nothing(
    world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    headers = ("Repère CoClause (ne pas modifier)", "Personne", "Heures de travail")
    key = f"2026-09/{world.employment.pk}/{world.award.pk}"
    old = send(client, table((key, "N", 5), headers=headers))
    assert old.status_code == 422
    assert "pour septembre 2026" in old.content.decode()
    foreign = send(client, table((f"2026-10/999999/{world.award.pk}", "N", 5), headers=headers))
    assert foreign.status_code == 422
    assert "n’est plus à jour" in foreign.content.decode()


def test_an_agencys_invoice_number_goes_with_its_hours(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    headers = ("Intérimaire", "Heures facturées", "N° facture")
    row = ("Mme Nadia INVENTÉE", "35:30", "F-2026-118")
    shown = confirmed(client, send(client, table(row, row, headers=headers)))
    assert hours_in(shown) == {field(world): "71"}
    assert "2 lignes du fichier ont été ajoutées" in shown.content.decode()
    client.post(MONTH, grid(shown))
    sent = Declaration.objects.get()
    assert (sent.origin, sent.invoice) == ("facture", "F-2026-118")
    typed = send(client, table(row, headers=headers), **{"tableur-invoice": "R-7"})
    assert typed.context["invoice"] == "R-7"


def test_text_and_open_document_files_are_read_too(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    text = "Nom;Prénom;Heures\r\nINVENTÉE;Nadia;1 010,5\r\n".encode("cp1252")
    asked = send(client, text, "heures.csv")
    assert "carried" in asked.context
    shown = confirmed(client, asked)
    assert hours_in(shown) == {field(world): "1010,5"}
    open_document = ods([("Nom", "Prénom", "Heures"), ("Inventée", "Nadia", 12.5)])
    assert hours_in(send(client, open_document)) == {field(world): "12,5"}


def test_a_social_security_number_in_a_table_is_read_nowhere(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    headers = ("N° Sécu", "Nom", "Prénom", "Matricule", "Heures")
    nir, bare = "2 95 05 21 231 001 23", "2950521231001"
    asked = send(client, table((nir, "Inventée", "Nadia", bare, 35), headers=headers))
    told = asked.content.decode() + str(asked.context["waiting"])
    assert nir not in told
    assert bare not in told
    assert "numéros de sécurité sociale" in told
    assert hours_in(confirmed(client, asked)) == {field(world): "35"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 nothing", "c’est un PDF"),
        (b"<html><table></table>", "page web"),
        (b"\x89PNG\r\n\x1a\n\0\0", "n’est pas un tableur"),
        (b"PK\x03\x04broken", "abîmé"),
        (b"Bonjour,\nvoici nos heures\nBien \xc3\xa0 vous\n", "ne contient pas de tableau"),
        (b"Gars\nZo\xc3\xa9\nAli\n", "au moins deux colonnes"),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(
    content: bytes, sentence: str, world: World, signed_in: As
) -> None:
    answer = send(signed_in(company_user(world)), content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_table_of_a_hundred_thousand_rows_is_refused(world: World, signed_in: As) -> None:
    text = b"Nom;Heures\n" + b"Exemple;7\n" * 100_000
    answer = send(signed_in(company_user(world)), text, "heures.csv")
    assert answer.status_code == 422
    assert "admises au plus" in answer.content.decode()


def test_a_payroll_proposes_the_hours_of_those_who_work_here_alone(
    world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    nadia = worker(family="INVENTÉE", given="NADIA", birth="17051995")
    other = worker(family="SECRETE", given="NADIA", birth="17051995", pays=(hours("88.88"),))
    shown = send_payroll(client, payroll(world, nadia, other))
    assert shown.status_code == 200
    assert hours_in(shown) == {field(world): "151,67"}
    assert "1 autre salarié" in shown.content.decode()
    assert "SECRETE" not in shown.content.decode()
    assert declared() == []
    assert client.post(MONTH, grid(shown)).status_code == 302
    assert Declaration.objects.get().origin == "paie"
    assert send(client, payroll(world, nadia)).context["origin"] == "paie", "either form"


def test_a_payroll_of_another_month_is_refused(world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    answer = client.post(
        "/mon-mois/2026-09/fichier/paie/",
        {"paie-file": BytesIO(payroll(world, worker()))},
    )
    assert answer.status_code == 422
    assert "est pour octobre 2026" in answer.content.decode()


@pytest.mark.parametrize("form", ["payroll", "sheet"])
def test_a_payroll_of_another_company_says_so(world: World, signed_in: As, form: str) -> None:
    """Not « 0 h lues »."""
    client = signed_in(company_user(world))
    content = sending([october(worker(family="INVENTÉE", given="NADIA", birth="17051995"))])
    answer = send_payroll(client, content) if form == "payroll" else send(client, content, "p.txt")
    assert answer.status_code == 422
    page = answer.content.decode().replace("\xa0", " ")
    assert "Ce fichier de paie est d’une autre entreprise (SIREN 999 000 001)" in page
    assert "INVENTÉE" not in page


def test_an_hour_sent_by_table_by_payroll_and_by_hand_is_one_hour(
    world: World, signed_in: As
) -> None:
    """Three ways to say the same month would make three months of hours."""
    client = signed_in(company_user(world))
    headers = ("Nom", "Prénom", "Heures")
    rows = table(("Inventée", "Nadia", 151.67), headers=headers)
    first = grid(confirmed(client, send(client, rows)))
    assert client.post(MONTH, first).status_code == 302
    nadia = worker(family="INVENTÉE", given="NADIA", birth="17051995")
    assert client.post(MONTH, grid(send_payroll(client, payroll(world, nadia)))).status_code == 302
    by_hand = grid(client.get(MONTH)) | {field(world): "151,67"}
    assert client.post(MONTH, by_hand).status_code == 302
    assert declared() == [("151.67", world.employment.pk, "travail")]
    with acting_as(world.facilitator, day=DAY):
        months = Employment.objects.get(pk=world.employment.pk).months
        assert months.get(month=OCTOBER).hours_allocated == Decimal("151.67")
    ways = Declaration.objects.order_by("pk").values_list("origin", flat=True)
    assert list(ways) == ["tableur", "paie", "saisie"]


def test_a_correction_of_an_earlier_month_leads_to_it_and_changes_nothing(
    world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    late = hours("-7.5", first="01092026", last="30092026")
    pays = (hours("151.67"), late)
    nadia = worker(family="INVENTÉE", given="NADIA", birth="17051995", pays=pays)
    shown = send_payroll(client, payroll(world, nadia))
    assert hours_in(shown) == {field(world): "151,67"}
    told = shown.content.decode()
    assert "La paie corrige septembre 2026 pour 1 personne" in told
    assert '<a href="/mon-mois/2026-09/">Ouvrir septembre 2026</a>' in told
    client.post(MONTH, grid(shown))
    assert [worked for worked, *_ in declared()] == ["151.67"]
