"""The plan on screen: what is to be done first, then how the hours will be done."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import builders
from tests.builders import DAY, World
from tests.hours.steering.steering_worlds import short_world, step

from coclause.clauses.meeting import arrange
from coclause.clauses.models import Meeting
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.models import PlannedHours, PlanStep
from coclause.organisations.choices import Role

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
HOURS = {
    "way": "mise_a_disposition",
    "whom": "Intérim Rêvé",
    "hours": "1 200,5",
    "starts_on": "01/12/2026",
    "ends_on": "31/03/2027",
    "note": "Deux coffreurs",
}
STEP = {
    "label": "Envoyer deux fiches de poste",
    "turn": "entreprise",
    "by": "12/12/2026",
    "agreed_on": "20/11/2026",
}


def plain(page: Any) -> str:
    text: str = page.content.decode()
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def home(world: World) -> str:
    return f"/attributions/{world.award.pk}/plan/"


def agency() -> None:
    with acting_as("test", day=DAY):
        builders.organisation("Intérim Rêvé", Role.COMPANY)


def test_the_referent_plans_changes_and_takes_away_hours(world: World, signed_in: As) -> None:
    agency()
    client = signed_in(world.facilitator)
    assert "1 240 h restent à faire" in plain(client.get(home(world)))
    assert client.post(f"{home(world)}heures/", HOURS)["Location"] == home(world)
    made = PlannedHours.objects.get()
    assert (str(made.hours), str(made.partner)) == ("1200.50", "Intérim Rêvé")
    page = plain(client.get(home(world)))
    assert "Selon le plan, il manquera 39 h à la fin" in page
    assert "Intérim Rêvé" in page
    assert "Deux coffreurs" in page
    edit = f"/heures-prevues/{made.pk}/modifier/"
    seen = client.get(edit).context["form"]["seen"].value()
    direct = HOURS | {"way": "embauche_directe", "whom": "", "seen": seen}
    assert client.post(edit, direct).status_code == 302
    made.refresh_from_db()
    assert made.partner is None
    assert "vient d’être modifié" in plain(client.post(edit, direct | {"seen": seen}))
    assert client.post(f"/heures-prevues/{made.pk}/retirer/", {"once": "a"}).status_code == 302
    assert not PlannedHours.objects.exists()
    again = client.post(f"/heures-prevues/{made.pk}/retirer/", {"once": "b"})
    assert again.status_code == 404


def test_what_was_typed_wrong_stays_with_a_sentence(world: World, signed_in: As) -> None:
    agency()
    url = f"{home(world)}heures/"
    client = signed_in(world.facilitator)
    for changed, sentence in (
        ({"way": "embauche_directe"}, "sans autre structure"),
        ({"whom": "Introuvable"}, "Personne ne correspond"),
        ({"ends_on": "01/11/2026"}, "La fin vient avant le début"),
        ({"ends_on": "31/12/2027"}, "choisissez des dates dans cette période"),
        ({"hours": "0"}, "plus grand que zéro"),
        ({"hours": "beaucoup"}, "n’est pas un nombre"),
        ({"way": ""}, "Choisissez comment"),
    ):
        page = plain(client.post(url, HOURS | changed))
        assert sentence in page
        assert "Deux coffreurs" in page
    assert not PlannedHours.objects.exists()


def test_of_two_structures_of_that_name_one_is_chosen(world: World, signed_in: As) -> None:
    with acting_as("test", day=DAY):
        first = builders.organisation("Intérim Rêvé Nord", Role.COMPANY)
        builders.organisation("Intérim Rêvé Sud", Role.COMPANY)
    client, url = signed_in(world.facilitator), f"{home(world)}heures/"
    page = plain(client.post(url, HOURS))
    assert "Intérim Rêvé Nord" in page
    assert "choisissez" in page
    assert client.post(url, HOURS | {"whom_choice": str(first.pk)}).status_code == 302
    assert PlannedHours.objects.get().partner == first


def test_steps_go_from_agreed_to_done_and_back(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    client, company = signed_in(world.facilitator), signed_in(people["company"])
    with acting_as(world.facilitator, day=DAY):
        held = arrange(world.scope, Meeting(operation=world.operation, kind="lancement", on=DAY))
    page = client.get(f"{home(world)}etapes/")
    assert page.context["form"]["meeting"].value() == held.pk
    asked = STEP | {"meeting": str(held.pk)}
    assert client.post(f"{home(world)}etapes/", asked)["Location"] == home(world)
    made = PlanStep.objects.get()
    assert (made.meeting, made.by) == (held, date(2026, 12, 12))
    text = plain(company.get(home(world)))
    assert "C’est fait" in text
    assert "Modifier" not in text
    assert company.post(f"/etapes/{made.pk}/fait/", {"once": "a"}).status_code == 302
    made.refresh_from_db()
    assert (made.done_on, made.done_by) == (DAY, people["company"])
    assert "déjà faite" in plain(client.post(f"/etapes/{made.pk}/fait/", {"once": "b"}))
    assert client.post(f"/etapes/{made.pk}/rouvrir/", {"once": "a"}).status_code == 302
    edit = f"/etapes/{made.pk}/modifier/"
    seen = client.get(edit).context["form"]["seen"].value()
    assert client.post(edit, asked | {"by": "15/12/2026", "seen": seen}).status_code == 302
    assert "vient d’être modifié" in plain(client.post(edit, asked | {"seen": seen}))
    drop = f"/etapes/{made.pk}/abandonner/"
    assert "Donnez le motif" in plain(client.post(drop, {"reason": ""}))
    assert client.post(drop, {"reason": "Poste supprimé"}).status_code == 302
    assert "Poste supprimé" in plain(company.get(home(world)))


def test_a_double_click_plans_once(world: World, signed_in: As) -> None:
    client = signed_in(world.facilitator)
    for _ in range(2):
        client.post(f"{home(world)}etapes/", STEP | {"once": "jeton"})
    assert PlanStep.objects.count() == 1


def test_a_late_step_is_said_late_and_only_its_side_may_finish_it(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    step(world, "acheteur", by=date(2026, 11, 20))
    for role, shown in (("buyer", True), ("company", False), ("other_host", False)):
        page = plain(signed_in(people[role]).get(home(world)))
        assert "en retard" in page
        assert ("C’est fait" in page) == shown
        assert "Prévoir des heures" not in page


def test_the_clause_leads_to_the_plan_and_says_where_it_stands(
    signed_in: As, people: dict[str, User], world: World
) -> None:
    step(world, by=date(2026, 11, 20))
    page = plain(signed_in(people["company"]).get(f"/clauses/{world.clause.pk}/"))
    assert home(world) in page
    assert "1 étape à faire" in page
    assert "1 en retard" in page
    assert "Signaler un manque" not in page
    assert "Pénalité prévue" not in page


def test_the_bar_of_a_clause_says_what_the_end_is_foreseen_from(signed_in: As) -> None:
    world = short_world("Pays-Supposé")
    client = signed_in(world.facilitator)
    page = plain(client.get(f"/clauses/{world.clause.pk}/"))
    assert "À ce rythme, il manquera 565 h à la fin" in page
    assert "au rythme des 3 derniers mois" in page
    with acting_as(world.facilitator, day=DAY):
        PlannedHours.objects.create(
            award=world.award,
            way="embauche_directe",
            hours=1000,
            starts_on=date(2026, 12, 1),
            ends_on=date(2026, 12, 31),
        )
    page = plain(client.get(f"/clauses/{world.clause.pk}/"))
    assert "Selon le plan, il manquera 90 h à la fin" in page
    assert "selon le plan" in page


def test_queries_do_not_grow_with_the_plan(world: World, signed_in: As) -> None:
    client = signed_in(world.facilitator)
    asked = []
    for number in range(5):
        step(world, label=f"Étape {number}")
        with acting_as(world.facilitator, day=DAY):
            PlannedHours.objects.create(
                award=world.award,
                way="sous_traitance",
                partner=world.company,
                hours=10,
                starts_on=date(2026, 12, 1),
                ends_on=date(2026, 12, 31),
            )
        with CaptureQueriesContext(connection) as counted:
            client.get(home(world))
        asked.append(len(counted))
    assert asked[1:] == asked[:-1]
