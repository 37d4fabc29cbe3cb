"""A company's own table, whatever its headers, leads to the page of its columns."""

from datetime import date
from typing import Any

import pytest
from tests.builders import World
from tests.network.programmes.programme_files import xlsx
from tests.web.conftest import As
from tests.web.months.month_files import (
    columns,
    company_user,
    confirmed,
    declared,
    hired,
    hours_in,
    send,
)

from coclause.hours.models import ColumnMapping

pytestmark = pytest.mark.django_db
NADIA = ("Inventée Nadia", 70.5)
ODD = (("Gars", "Tps"), NADIA)


def field(world: World) -> str:
    return f"m{world.award.pk}-h-{world.employment.pk}-travail"


def options(answer: Any) -> list[str]:
    return [str(label) for _, label in answer.context["form"]["travail"].field.choices]


@pytest.mark.parametrize(
    "rows",
    [
        [("Gars", "Tps"), NADIA],
        [("Compagnon", "QTE H"), NADIA],
        [("Nom", "Prénom", "Tps"), ("Inventée", "Nadia", 70.5)],
        [("Gars", "Heures"), NADIA],
        [("TOITURES RÊVÉES",), (), ("Gars", "Tps"), ("(entier)", "(du mois)"), NADIA],
        [("Lieu", "Couleur"), ("Ici", "Bleu")],
        [NADIA, ("Songe Léo", 12)],
    ],
)
def test_a_table_that_is_not_recognised_asks_for_its_columns(
    rows: list[Any], world: World, signed_in: As
) -> None:
    """A sentence in the place of the page would leave a company with its file and nothing to do."""
    asked = send(signed_in(company_user(world)), xlsx({"Pointage": rows}))
    assert asked.status_code == 200
    assert "Quelle colonne dit quoi" in asked.content.decode()
    assert "Ces colonnes ne sont pas toutes reconnues" in asked.content.decode()


def test_each_column_is_shown_by_its_letter_its_header_and_what_it_holds(
    world: World, signed_in: As
) -> None:
    asked = send(signed_in(company_user(world)), xlsx({"Pointage": [*ODD, ("Songe Léo", 12)]}))
    assert options(asked) == [
        "Aucune colonne",
        "A, Gars (Inventée Nadia · Songe Léo)",
        "B, Tps (70,5 · 12)",
    ]
    assert asked.context["form"]["travail"].value() == ""


def test_what_is_said_once_of_odd_headers_is_known_the_next_time(
    world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    asked = send(client, xlsx({"Pointage": ODD}))
    assert hours_in(confirmed(client, asked, personne="0", travail="1")) == {field(world): "70,5"}
    assert declared() == []
    kept = ColumnMapping.objects.get()
    assert sorted(kept.columns) == ["personne", "travail"]
    assert not any(word in str(vars(kept)) for word in ("Gars", "Tps", "Nadia", "Pointage"))
    moved = xlsx({"Novembre": [("Site", "x")], "Autre": [(), ("Tps", "Gars"), NADIA[::-1]]})
    assert hours_in(send(client, moved)) == {field(world): "70,5"}


def test_a_table_without_headers_is_read_by_its_letters_and_asked_each_time(
    world: World, signed_in: As
) -> None:
    """Nothing would tell last month's columns from this month's."""
    client = signed_in(company_user(world))
    content = "Inventée Nadia;70,5\nSonge Léo;12\n".encode()
    asked = send(client, content, "h.csv")
    assert options(asked)[1:] == ["Colonne A (Inventée Nadia · Songe Léo)", "Colonne B (70,5 · 12)"]
    assert "sans en-têtes" in asked.content.decode()
    assert hours_in(confirmed(client, asked, personne="0", travail="1")) == {field(world): "70,5"}
    assert not ColumnMapping.objects.exists()
    assert "carried" in send(client, content, "h.csv").context


def test_columns_that_give_nothing_are_refused_on_the_page_of_the_columns(
    world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    asked = send(client, xlsx({"Pointage": ODD}))
    wrong = confirmed(client, asked, personne="1", travail="0")
    assert wrong.status_code == 422
    assert "Aucune ligne de ce tableau n’est reprise" in wrong.content.decode()
    assert "Quelle colonne dit quoi" in wrong.content.decode()
    assert not ColumnMapping.objects.exists()
    right = confirmed(client, wrong, personne="0", travail="1")
    assert hours_in(right) == {field(world): "70,5"}


def test_another_sheet_is_taken_without_choosing_the_file_again(
    world: World, signed_in: As
) -> None:
    client = signed_in(company_user(world))
    book = {"Effectif": [("Nom", "Heures"), ("Songe", 7)], "Chantier": ODD}
    asked = send(client, xlsx(book), **{"tableur-invoice": "R-7"})
    assert asked.context["waiting"].table.sheet == "Effectif"
    assert "Prendre" in asked.content.decode()
    other = client.post(f"{asked.wsgi_request.path}colonnes/", columns(asked, other_sheet="1"))
    assert other.status_code == 200
    assert other.context["waiting"].table.sheet == "Chantier"
    shown = confirmed(client, other, personne="0", travail="1")
    assert hours_in(shown) == {field(world): "70,5"}
    assert shown.context["invoice"] == "R-7"
    again = send(client, xlsx(book))
    assert hours_in(again) == {field(world): "70,5"}, "the sheet confirmed once is the one read"
    assert "1 autre se lirait aussi" in again.content.decode()


@pytest.mark.parametrize("at", ["2", "-1", "x", ""])
def test_a_sheet_that_is_not_there_is_not_taken(at: str, world: World, signed_in: As) -> None:
    client = signed_in(company_user(world))
    asked = columns(send(client, xlsx({"Chantier": ODD})))
    answer = client.post("/mon-mois/2026-10/fichier/colonnes/", {**asked, "other_sheet": at})
    assert answer.status_code == 422


def test_the_months_sheet_is_asked_rather_than_another_months_one_read(
    world: World, signed_in: As
) -> None:
    """Hours of September sent as those of October."""
    client = signed_in(company_user(world))
    known = (("Nom", "Prénom", "Heures"), ("Inventée", "Nadia", 99))
    confirmed(client, send(client, xlsx({"A": known})))
    book = xlsx({"Septembre": known, "Octobre": ODD})
    asked = send(client, book)
    assert asked.context["waiting"].table.sheet == "Octobre"
    alone = send(client, xlsx({"Septembre": known, "Suite": ODD}))
    assert alone.context["waiting"].table.sheet == "Septembre", "proposed, and not read by itself"


def test_workbooks_too_heavy_to_wait_whole_keep_the_sheet_proposed(
    world: World, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(company_user(world))
    many = [("Gars", "Tps"), *((f"{rank * 7919 % 9973:x}Fictive", rank) for rank in range(400))]
    book = xlsx({"Longue": many, "Octobre": ODD})
    monkeypatch.setattr("coclause.web.months.files.MOST_CARRIED", 1_000)
    asked = send(client, book)
    assert [one.sheet for one in asked.context["waiting"].tables] == ["Octobre"]
    monkeypatch.setattr("coclause.web.months.files.MOST_CARRIED", 10)
    assert send(client, book).status_code == 422


def test_nobody_else_is_shown_in_an_odd_table(world: World, signed_in: As) -> None:
    hired(world, "Cachée", "Zoé", date(1990, 1, 1))
    asked = send(signed_in(company_user(world)), xlsx({"Pointage": ODD}))
    assert "Cachée" not in asked.content.decode()
