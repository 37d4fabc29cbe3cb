"""A query that forgets its scope gives nothing: the database says so, not the pages."""

import pytest
from django.db import DatabaseError, connection, transaction
from tests import builders
from tests.builders import DAY

from coclause.core.actor import acting_as, tell_database
from coclause.hours.models import Assignment, Employment, EmploymentFact
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.people.models import Identity, Person, PersonChange

pytestmark = pytest.mark.django_db
Table = type[Person] | type[PersonChange] | type[Employment]
TABLES: list[Table] = [Person, PersonChange, Employment]


def test_the_suite_is_neither_superuser_nor_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("coclause_app", False, False)


@pytest.mark.parametrize("table", TABLES)
def test_nobody_sees_nothing(table: Table) -> None:
    builders.world()
    tell_database(None, DAY)
    assert table.objects.count() == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_task_sees_no_person(table: Table) -> None:
    builders.world()
    with acting_as("a-task", day=DAY):
        assert table.objects.count() == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_host_sees_its_own_and_not_its_neighbour_s(table: Table) -> None:
    here, there = builders.world("Val-Imaginé"), builders.world("Mont-Rêvé")
    with acting_as(here.facilitator, day=DAY):
        mine = {row.host_id for row in table.objects.all()}
    assert mine == {here.host.pk}
    with acting_as(there.facilitator, day=DAY):
        assert {row.host_id for row in table.objects.all()} == {there.host.pk}


@pytest.mark.parametrize("role", [MemberRole.COORDINATOR, MemberRole.BUYER, MemberRole.OBSERVER])
def test_coordination_buyers_and_observers_see_no_person(role: MemberRole) -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        other = builders.organisation("Coordination", Role.COORDINATION, Role.OBSERVER)
        user = builders.member(world.buyer if role == MemberRole.BUYER else other, role)
    with acting_as(user, day=DAY):
        assert [table.objects.count() for table in TABLES] == [0, 0, 0]
        assert EmploymentFact.objects.count() == 1, "figures still count everybody"


def test_a_company_sees_the_people_it_employs_and_no_others() -> None:
    here, there = builders.world("Val-Imaginé"), builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        employer = builders.member(here.company, MemberRole.COMPANY)
    with acting_as(employer, day=DAY):
        assert list(Person.objects.all()) == [here.person]
        assert list(Employment.objects.all()) == [here.employment]
        assert there.person not in Person.objects.all()


def test_rights_end_with_the_membership_at_once() -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        world.facilitator.memberships.update(ends_on="2026-11-23")
    with acting_as(world.facilitator, day=DAY):
        assert Person.objects.count() == 0


def test_a_host_cannot_file_a_person_under_another() -> None:
    here, there = builders.world("Val-Imaginé"), builders.world("Mont-Rêvé")
    with (
        acting_as(here.facilitator, day=DAY),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        builders.person(there.host, "Supposé", "Basile")


def test_one_person_in_two_hosts_is_one_identity() -> None:
    here, there = builders.world("Val-Imaginé"), builders.world("Mont-Rêvé")
    assert here.person.identity_id == there.person.identity_id
    assert Identity.objects.count() == 1


def test_history_keeps_which_fields_changed_and_not_their_values() -> None:
    world = builders.world()
    with acting_as(world.facilitator, day=DAY):
        world.person.used_name = "Secrète"
        world.person.save()
        change = PersonChange.objects.order_by("-pk")[0]
        assert change.fields == ["used_name"]
        assert change.actor == f"user:{world.facilitator.pk}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(p::text, ' ') FROM people_personchange p")
            assert "Secrète" not in cursor.fetchone()[0]


def test_no_write_without_an_actor() -> None:
    world = builders.world()
    tell_database(None, DAY)
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        world.operation.save()
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        Organisation.objects.update(name="Volée")


def test_the_view_of_facts_cannot_be_written_through() -> None:
    world = builders.world()
    with (
        acting_as(world.facilitator, day=DAY),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        EmploymentFact.objects.update(sex="homme")


def test_a_host_cannot_open_to_itself_what_it_does_not_see() -> None:
    here, there = builders.world("Val-Imaginé"), builders.world("Mont-Rêvé")
    with (
        acting_as(here.facilitator, day=DAY),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Assignment.objects.create(
            employment_id=there.employment.pk,
            award=here.award,
            host=here.host,
            starts_on="2026-03-09",
        )
