import pytest
from django.test import Client
from tests.contracts import test_permissions as t
from tests.contracts.permission_programmes import PROGRAMMES, PUBLIC_PROGRAMMES
from tests.contracts.permission_worlds import cast
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_the_builders")]
@pytest.fixture
def everybody(): return cast()
@pytest.mark.parametrize("row", PROGRAMMES, ids=lambda row: f"{row.method} {row.name}{row.note}")
def test_rows(row, everybody):
    t.test_each_role_gets_what_the_table_says(row, everybody)
@pytest.mark.parametrize("name", sorted(PUBLIC_PROGRAMMES))
def test_public(name, everybody):
    path, expected = PUBLIC_PROGRAMMES[name]
    assert Client().get(path).status_code in expected
