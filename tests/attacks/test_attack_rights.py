"""Reaching what one was not given: by a guessed id, a form, a file, or straight in SQL."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests import builders
from tests.builders import DAY
from tests.contracts.permission_worlds import Cast, cast

from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, PersonReading
from coclause.core.refusals import Refused
from coclause.hours.checking import return_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Assignment, StatementLine
from coclause.organisations import managing
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import scope_of
from coclause.people.models import Person

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
NAMES = ("Inventée", "Nadia", "INVENTEE")
BLIND = ("buyer", "coordinator", "observer", "neighbour_facilitator", "neighbour_company")


@pytest.fixture
def everybody() -> Cast:
    made = cast()
    here = made.here
    entry = Entry(here.employment.pk, {"travail": Decimal(230)})
    with acting_as(here.facilitator, day=DAY):
        statement = declare_month(here.scope, here.award, OCTOBER, [entry], version=0)
        waiting = list(statement.lines.to_check().values_list("pk", flat=True))
        return_lines(here.scope, statement, waiting, "Nadia Inventée était absente")
    return made


def pages(made: Cast) -> list[str]:
    here = made.here
    clause, award = f"/clauses/{here.clause.pk}/", f"/attributions/{here.award.pk}/"
    return [
        "/a-faire/", "/a-faire/?onglet=attente", "/a-faire/?onglet=faites",
        "/operations/", "/operations/?format=xlsx", f"/operations/{here.operation.pk}/",
        clause, f"{clause}?onglet=personnes", f"{clause}?onglet=journal", f"{clause}heures.xlsx",
        f"{award}mois/2026-10/", f"{award}mois/2026-10/verifier/",
        f"{award}personnes/?q=Nadia", f"{award}personnes/?personne={here.person.pk}",
        f"/organisations/{here.company.pk}/", f"/organisations/{here.host.pk}/",
        "/tableau-de-bord/", "/tableau-de-bord/?format=xlsx",
        "/tableau-de-bord/beneficiaries/", "/tableau-de-bord/beneficiaries/?format=xlsx",
        "/tableau-de-bord/employments/", "/chiffres/", "/chiffres/?format=xlsx",
    ]  # fmt: skip


def text_of(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode()
    with ZipFile(BytesIO(content)) as book:
        return " ".join(book.read(name).decode() for name in book.namelist())


@pytest.mark.parametrize("role", BLIND)
def test_no_page_nor_file_gives_a_name_to_who_has_no_right(role: str, everybody: Cast) -> None:
    client = Client()
    user = everybody.users[role]
    assert user is not None
    client.force_login(user)
    for path in pages(everybody):
        told = text_of(client.get(path).content).replace("?q=Nadia", "")
        assert not [name for name in NAMES if name in told], path
    assert not PersonReading.objects.filter(actor=user).exists()


def test_a_company_reads_its_people_and_never_a_criterion(everybody: Cast) -> None:
    client = Client()
    company = everybody.users["company"]
    assert company is not None
    client.force_login(company)
    told = " ".join(text_of(client.get(path).content) for path in pages(everybody))
    assert "Inventée" in told
    assert "DELD" not in told
    assert PersonReading.objects.filter(actor=company).exists()


def test_every_page_that_names_a_person_is_logged_and_no_other(everybody: Cast) -> None:
    client = Client()
    client.force_login(everybody.here.facilitator)
    for path in pages(everybody):
        before = PersonReading.objects.count()
        named = "Inventée" in text_of(client.get(path).content)
        assert (PersonReading.objects.count() > before) == named, path


def test_the_reason_of_a_line_is_not_in_the_journal(everybody: Cast) -> None:
    assert StatementLine.objects.get().return_reason == "Nadia Inventée était absente"
    assert not JournalEntry.objects.filter(sentence__contains="Nadia").exists()


def test_another_host_s_ids_posted_in_forms_do_nothing(everybody: Cast) -> None:
    here, there = everybody.here, everybody.neighbour
    client = Client()
    client.force_login(there.facilitator)
    own = f"/attributions/{there.award.pk}/"
    for data in ({"emploi": here.employment.pk}, {"personne": here.person.pk}):
        assert client.post(f"{own}personnes/", data).status_code == 404
    sent = {"version": "0", f"h-{here.employment.pk}-travail": "10"}
    client.post(f"{own}mois/2026-09/", sent)
    assert not StatementLine.objects.filter(statement__award=there.award).exists()
    line = {"acte": "valider", "ligne": StatementLine.objects.get().pk}
    assert client.post(f"{own}mois/2026-10/verifier/", line).status_code in (404, 409)
    assert Assignment.objects.filter(award=there.award).count() == 1


def test_a_region_is_not_taken_by_moving_one_s_own_organisation(everybody: Cast) -> None:
    coordinator = everybody.users["coordinator"]
    assert coordinator is not None
    mine = coordinator.memberships.get().organisation
    mine.region = everybody.elsewhere.operation.region
    with acting_as(coordinator, day=DAY), pytest.raises(Refused, match="autre région"):
        managing.update_organisation(scope_of(coordinator, DAY), mine)
    assert Organisation.objects.get(pk=mine.pk).region_id == "27"


def test_a_coordinator_does_not_give_oneself_the_files_of_a_host(everybody: Cast) -> None:
    coordinator = everybody.users["coordinator"]
    assert coordinator is not None
    with acting_as(coordinator, day=DAY), pytest.raises(Refused, match="un autre que vous"):
        managing.add_member(
            scope_of(coordinator, DAY), everybody.here.host, coordinator, MemberRole.FACILITATOR
        )


def test_a_manager_does_not_name_coordinators_of_a_double_organisation(everybody: Cast) -> None:
    manager, host = everybody.users["manager"], everybody.here.host
    assert manager is not None
    client = Client()
    client.force_login(manager)
    with acting_as("test", day=DAY):
        host.roles = [Role.HOST, Role.COORDINATION]
        host.save()
    sent = {"email": manager.email, "first_name": "A", "last_name": "B", "role": "coordinateur"}
    assert client.post(f"/organisations/{host.pk}/membres/", sent).status_code == 403
    assert not Membership.objects.filter(user=manager, role=MemberRole.COORDINATOR).exists()


def test_a_period_that_is_over_is_not_reopened_by_ending_it_again(everybody: Cast) -> None:
    manager, member = everybody.users["manager"], everybody.here.facilitator.memberships.get()
    assert manager is not None
    with acting_as(manager, day=DAY):
        scope = scope_of(manager, DAY)
        managing.end_membership(scope, member, date(2026, 11, 1))
        with pytest.raises(Refused, match="arrête déjà"):
            managing.end_membership(scope, member, date(2099, 1, 1))
    member.refresh_from_db()
    assert member.ends_on == date(2026, 11, 1)


@pytest.mark.parametrize("gone", ["ended", "inactive"])
def test_an_open_session_closes_with_the_right(gone: str, everybody: Cast) -> None:
    user, client = everybody.here.facilitator, Client()
    client.force_login(user)
    assert client.get(f"/clauses/{everybody.here.clause.pk}/").status_code == 200
    with acting_as("test", day=DAY):
        if gone == "ended":
            user.memberships.update(ends_on=date(2026, 1, 1))
        else:
            user.is_active = False
            user.save()
    answer = client.get(f"/clauses/{everybody.here.clause.pk}/")
    assert answer.status_code == (404 if gone == "ended" else 302)


@pytest.mark.parametrize("path", ["clauses/{0}/etat/", "clauses/{0}/valider/"])
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_acts_answer_to_a_post_alone(path: str, method: str, everybody: Cast) -> None:
    client = Client()
    client.force_login(everybody.here.facilitator)
    ask = getattr(client, method)
    assert ask("/" + path.format(everybody.here.clause.pk)).status_code == 405


def test_a_form_without_its_token_is_refused(everybody: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(everybody.here.facilitator)
    sent = {"changement": "suspendre", "motif": "Intempéries"}
    assert client.post(f"/clauses/{everybody.here.clause.pk}/etat/", sent).status_code == 403


def test_signing_in_never_leads_to_another_site(everybody: Cast, client: Client) -> None:
    user = everybody.here.facilitator
    user.set_password("mot de passe d'essai")
    user.save()
    answer = client.post(
        "/compte/login/",
        {
            "login": user.email,
            "password": "mot de passe d'essai",
            "next": "https://ailleurs.test/",
        },
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")


def test_the_doors_of_the_demonstration_are_shut_elsewhere(
    client: Client, settings: pytest.FixtureRequest
) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with acting_as("test", day=DAY):
        builders.region()
    assert client.post("/demo/entrer/", {"persona": "a@exemple.test"}).status_code == 404


FORBIDDEN = (
    "ALTER TABLE people_person DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE people_person DISABLE TRIGGER ALL",
    "DROP POLICY host_handles ON people_person",
    "CREATE POLICY mine ON people_person USING (true)",
    "TRUNCATE people_person CASCADE",
    "TRUNCATE core_journalentry",
    "SET ROLE coclause_owner",
    "SET SESSION AUTHORIZATION coclause_owner",
    "SET session_replication_role = replica",
    "UPDATE hours_employment_fact SET sex = 'homme'",
    "DELETE FROM core_journalentry",
    "UPDATE core_journalentry SET sentence = 'autre'",
    "DELETE FROM core_personreading",
    "DELETE FROM people_personchange",
    "UPDATE clauses_operationhistory SET name = 'autre'",
    "DELETE FROM clauses_operationhistory",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_s_role_cannot_undo_its_own_bounds(statement: str, everybody: Cast) -> None:
    with (
        acting_as(everybody.here.facilitator, day=DAY),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match=r"owner|denied|grows|append|Cannot|allowed"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["people_person", "people_personchange", "hours_employment"])
@pytest.mark.parametrize("role", [*BLIND, "prescriber"])
def test_plain_sql_gives_no_row_of_the_host_to_others(
    role: str, table: str, everybody: Cast
) -> None:
    user, host = everybody.users[role], everybody.here.host.pk
    assert user is not None
    with acting_as(user, day=DAY), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE host_id = %s", [host])  # noqa: S608
        assert cursor.fetchone() == (0,)
        if table != "people_personchange":
            cursor.execute(f"DELETE FROM {table} WHERE host_id = %s", [host])  # noqa: S608
            assert cursor.rowcount == 0
    with acting_as(everybody.here.facilitator, day=DAY):
        assert Person.objects.count() == 1
