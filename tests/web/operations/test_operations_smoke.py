"""Every page of operations answers whom it should."""

import pytest
from django.test import Client
from django.urls import reverse
from tests import builders
from tests.builders import World
from tests.web.operations.web_operations import published_contract, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def addresses(world: World, published: int) -> dict[str, str]:
    objective = world.clause.commitments.get().objectives.get()
    return {
        "operations": reverse("operations"),
        "operation-new": reverse("operation-new"),
        "operation": reverse("operation", args=[world.operation.pk]),
        "contract-new": reverse("contract-new", args=[world.operation.pk]),
        "clause-new": reverse("clause-new", args=[world.lot.pk]),
        "clause-edit": reverse("clause-edit", args=[world.clause.pk]),
        "award-new": reverse("award-new", args=[world.lot.pk]),
        "commitment-new": reverse("commitment-new", args=[world.clause.pk]),
        "amendment-new": reverse("amendment-new", args=[objective.pk]),
        "published": reverse("published"),
        "published-contract": reverse("published-contract", args=[published]),
        "follow": reverse("follow", args=[published]),
    }


def test_the_facilitator_opens_every_page(world: World) -> None:
    published = published_contract()
    client = signed_in(world.facilitator)
    for name, address in addresses(world, published.pk).items():
        answer = client.get(address)
        assert answer.status_code == (302 if name == "clause-edit" else 200), name


def test_a_stranger_is_led_to_the_door(world: World) -> None:
    published = published_contract()
    for address in addresses(world, published.pk).values():
        assert Client().get(address)["Location"].startswith("/compte/")
