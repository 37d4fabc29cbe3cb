"""What anybody may read without an account, and the doors of the demonstration."""

import pytest
from django.test import Client
from django.urls import reverse

PUBLIC = (
    "home",
    "key-figures",
    "definitions",
    "accessibility",
    "personal-data",
    "sources",
    "states",
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_answers_without_an_account(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200
