"""Meetings on screen: hours as people write them, past days refused, told to the buyer."""

from collections.abc import Callable
from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.builders import World

from coclause.clauses.models import Meeting
from coclause.core.models import User
from coclause.web.meetings.forms import FrenchTimeField, hour_in_words

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SOON = {"kind": "lancement", "on": "10/12/2026", "at": "14 h 30", "place": "Mairie"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14 h 30", time(14, 30)),
        ("14h30", time(14, 30)),
        ("14:30", time(14, 30)),
        ("9 h", time(9)),
        ("9H05", time(9, 5)),
        (" 14\u00a0h\u202f30 ", time(14, 30)),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, read: time | None) -> None:
    assert FrenchTimeField(required=False).clean(typed) == read


@pytest.mark.parametrize("typed", ["25 h", "14 h 60", "14", "midi", "14:3:0", "-1 h"])
def test_an_hour_that_does_not_exist_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValidationError, match="14 h 30"):
        FrenchTimeField(required=False).clean(typed)


def test_an_hour_is_written_back_as_it_is_read() -> None:
    for at in (time(14, 30), time(9), time(0, 5)):
        assert FrenchTimeField().clean(hour_in_words(at)) == at


def test_the_referent_plans_moves_then_cancels_and_the_buyer_reads(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    home = f"/operations/{world.operation.pk}/"
    referent, buyer = signed_in(world.facilitator), signed_in(people["buyer"])
    assert referent.post(f"{home}reunions/nouvelle/", SOON)["Location"] == home
    made = Meeting.objects.get()
    assert (made.on, made.at) == (date(2026, 12, 10), time(14, 30))
    assert "Mairie" in buyer.get(home).content.decode()
    assert "Mairie" in buyer.get("/mes-marches/").content.decode()
    page = referent.get(f"/reunions/{made.pk}/modifier/")
    seen = page.context["form"]["seen"].value()
    assert 'value="14 h 30"' in page.content.decode()
    moved = SOON | {"on": "11/12/2026", "seen": seen}
    assert referent.post(f"/reunions/{made.pk}/modifier/", moved).status_code == 302
    stale = referent.post(f"/reunions/{made.pk}/modifier/", SOON | {"seen": seen})
    assert "vient d’être modifiée" in stale.content.decode()
    referent.post(f"/reunions/{made.pk}/annuler/", {"reason": "Salle indisponible"})
    made.refresh_from_db()
    assert (made.on, made.cancelled) == (date(2026, 12, 11), "Salle indisponible")
    assert "Salle indisponible" in buyer.get(home).content.decode()
    assert "Mairie" not in buyer.get("/mes-marches/").content.decode()


def test_a_past_day_is_refused_and_what_was_typed_stays(world: World, signed_in: As) -> None:
    client = signed_in(world.facilitator)
    url = f"/operations/{world.operation.pk}/reunions/nouvelle/"
    page = client.post(url, SOON | {"on": "23/11/2026"}).content.decode()
    assert "Ce jour est passé" in page
    assert 'value="Mairie"' in page
    assert not Meeting.objects.exists()


def test_a_company_is_not_told_of_meetings(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    home = f"/operations/{world.operation.pk}/"
    signed_in(world.facilitator).post(f"{home}reunions/nouvelle/", SOON)
    assert "Mairie" not in signed_in(people["company"]).get(home).content.decode()
