"""Hours declared without names through the pages: sent, checked, sent back, read in the table."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.builders import DAY, World

from coclause.clauses.models import Clause
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import validate_lines
from coclause.hours.collective import declare_collective
from coclause.hours.models import Statement, StatementLine

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
SignIn = Callable[[User | None], Client]


@pytest.fixture
def world(world: World) -> World:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(collective=True)
    return world


@pytest.fixture
def company(people: dict[str, User], signed_in: SignIn) -> Client:
    return signed_in(people["company"])


URL = "/mon-mois/2026-10/"


def check_url(world: World) -> str:
    return f"/attributions/{world.award.pk}/mois/2026-10/verifier/"


def typed(
    world: World, hours: str, headcount: str, *, version: int = 0, confirmed: str = ""
) -> dict[str, str]:
    section = f"m{world.award.pk}-"
    return {
        f"{section}h-{world.employment.pk}-travail": "",
        f"{section}h-collectif-travail": hours,
        f"{section}effectif-collectif": headcount,
        f"{section}version": str(version),
        "confirmed": confirmed,
    }


def declare(world: World, hours: str, headcount: int, month: date = OCTOBER) -> Statement:
    said = {"travail": Decimal(hours)}
    with acting_as(world.facilitator, day=DAY):
        return declare_collective(world.scope, world.award, month, said, headcount, version=0)


def declared() -> Decimal:
    return StatementLine.objects.declared().aggregate(total=Sum("hours"))["total"] or Decimal(0)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


def test_the_section_is_there_only_where_the_clause_accepts_it(
    world: World, company: Client
) -> None:
    page = text(company.get(URL))
    assert "Déclaration collective : heures et effectif, sans noms" in page
    assert "Sans les heures des encadrants : elles ne comptent jamais." in page
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(collective=False)
    assert "Déclaration collective" not in text(company.get(URL))
    company.post(URL, typed(world, "900", "12"))
    assert declared() == 0


def test_a_company_sends_names_and_a_headcount_in_one_month(world: World, company: Client) -> None:
    named = {f"m{world.award.pk}-h-{world.employment.pk}-travail": "35,5"}
    assert company.post(URL, typed(world, "1 200,5", "12") | named).status_code == 302
    assert declared() == Decimal(1236)
    assert StatementLine.objects.collective().get().headcount == 12
    assert Statement.objects.count() == 1


def test_a_month_with_names_alone_leaves_no_line_without(world: World, company: Client) -> None:
    named = {f"m{world.award.pk}-h-{world.employment.pk}-travail": "35"}
    assert company.post(URL, typed(world, "", "") | named).status_code == 302
    assert not StatementLine.objects.collective().exists()


@pytest.mark.parametrize(
    ("hours", "headcount", "told"),
    [
        ("100 000", "12", "744 heures par personne"),
        ("900", "", "Écrivez combien de personnes"),
        ("", "12", "Écrivez les heures de ces personnes"),
        ("-3", "12", "négatives"),
        ("90", "douze", "nombre entier de personnes"),
        ("90", "99999", "trop grand"),
        ("9999999", "12", "vérifiez le nombre"),
        ("beaucoup", "12", "Écrivez un nombre d’heures"),
    ],
)
def test_what_cannot_be_is_told_at_the_field_and_kept(
    world: World, company: Client, hours: str, headcount: str, told: str
) -> None:
    answer = company.post(URL, typed(world, hours, headcount))
    assert answer.status_code == 422
    page = text(answer)
    assert told in page
    for value in filter(None, (hours, headcount)):
        assert f'value="{value}"' in page
    assert not Statement.objects.exists()


def test_a_mean_above_the_ceiling_is_confirmed_first(world: World, company: Client) -> None:
    answer = company.post(URL, typed(world, "2 700", "12"))
    assert answer.status_code == 200
    assert "225 h par personne en moyenne dans le mois : plus de 220 h" in text(answer)
    assert not Statement.objects.exists()
    sent = typed(world, "2 700", "12", confirmed="collectif:above_ceiling")
    assert company.post(URL, sent).status_code == 302
    assert declared() == 2700


def test_a_month_starts_from_the_headcount_of_the_one_before(world: World, company: Client) -> None:
    declare(world, "900.5", 12, date(2026, 9, 1))
    page = text(company.get(URL))
    assert "Septembre est repris." in page
    assert 'value="900,5"' in page
    assert 'value="12"' in page
    assert "900,5 h, 12 personnes" in page


def test_a_month_at_zero_corrects_what_was_sent_without_names(
    world: World, company: Client
) -> None:
    declare(world, "900", 12)
    assert company.post(URL, {f"m{world.award.pk}-version": "1", "neant": "1"}).status_code == 302
    assert declared() == 0
    assert StatementLine.objects.declared().collective().get().headcount == 0


def test_two_who_type_the_same_month_keep_what_they_typed(world: World, company: Client) -> None:
    declare(world, "900", 12)
    answer = company.post(URL, typed(world, "950", "13"))
    assert answer.status_code == 409
    page = text(answer)
    assert "Envoyé entre-temps : 900 h, 12 personnes." in page
    assert 'value="950"' in page
    assert declared() == 900


def test_the_host_checks_sends_back_and_validates_it(
    world: World, company: Client, signed_in: SignIn
) -> None:
    statement = declare(world, "900", 12)
    host, check = signed_in(world.facilitator), check_url(world)
    page = text(host.get(check))
    assert "Déclaration collective" in page
    assert "12 personnes, sans noms" in page
    line = str(statement.lines.get().pk)
    back = {"acte": "renvoyer", "ligne": line, "lue": line, "motif": "Planning de l’atelier absent"}
    assert host.post(check, back).status_code == 302
    assert "Planning de l’atelier absent" in text(company.get(URL))
    assert company.post(URL, typed(world, "880", "11", version=1)).status_code == 302
    line = str(StatementLine.objects.to_check().get().pk)
    assert host.post(check, {"acte": "tout", "lue": line}).status_code == 302
    assert StatementLine.objects.validated().get().hours == 880


def test_the_mean_is_noted_for_who_checks(world: World, signed_in: SignIn) -> None:
    declare(world, "2700", 12)
    host = signed_in(world.facilitator)
    assert "225 h par personne en moyenne" in text(host.get(check_url(world)))
    assert "225 h par personne en moyenne" in text(host.get(f"/clauses/{world.clause.pk}/"))


def test_table_spreadsheet_and_persons_say_what_has_no_name(
    world: World, signed_in: SignIn, people: dict[str, User]
) -> None:
    with acting_as(world.facilitator, day=DAY):
        statement = declare(world, "900", 12)
        lines = list(statement.lines.values_list("pk", flat=True))
        validate_lines(world.scope, statement, lines)
    host = signed_in(world.facilitator)
    page = f"/clauses/{world.clause.pk}/"
    assert "Déclaration collective (12 personnes)" in text(host.get(page))
    book = CalamineWorkbook.from_filelike(BytesIO(host.get(page + "heures.xlsx").content))
    cells = [row for row in book.get_sheet_by_name("Heures 2026").to_python() if row]
    row = next(row for row in cells if row[0] == "Déclaration collective (12 personnes)")
    total = next(row for row in cells if row[0] == "Total du mois")
    assert row[-1] == total[-1] == 900
    told = "Jusqu’à 12 personnes sont aussi déclarées sans noms"
    assert told in text(host.get(page + "?onglet=personnes"))
    assert "elles ne sont pas comptées parmi les bénéficiaires" in text(
        host.get(page + "?onglet=personnes")
    )
    assert "Déclaration collective (" not in text(signed_in(people["buyer"]).get(page))


@pytest.mark.parametrize("role", ["buyer", "coordinator", "other_host"])
def test_others_declare_nothing_without_names(
    world: World, people: dict[str, User], signed_in: SignIn, role: str
) -> None:
    sent = {"version": "0", "h-collectif-travail": "900", "effectif-collectif": "12"}
    alone = f"/attributions/{world.award.pk}/mois/2026-10/"
    assert signed_in(people[role]).post(alone, sent).status_code == 403
    assert signed_in(people[role]).post(URL, typed(world, "900", "12")).status_code == 404
    assert not Statement.objects.exists()
