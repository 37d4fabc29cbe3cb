"""The acts on a calendar, from their pages: asked, shown, confirmed once; then read by all."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.execution import extend, suspend, terminate
from coclause.clauses.models import Award, Clause, Execution, Objective
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month
from coclause.web.clauses.access import clause_view
from coclause.web.execution.section import section

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SECTION_QUERIES = 13
NOVEMBER_9 = date(2026, 11, 9)


def address(world: World, name: str) -> str:
    if name in ("suspendre", "reprendre"):
        return f"/clauses/{world.clause.pk}/{name}/"
    return f"/attributions/{world.award.pk}/{name}/"


def read(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("\u202f", " ")
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def tab(client: Client, world: World) -> str:
    return read(client.get(f"/clauses/{world.clause.pk}/?onglet=engagement"))


SENT: dict[str, dict[str, str]] = {
    "suspendre": {"on": "09/11/2026", "reason": "Intempéries"},
    "prolonger": {"ends_on": "30/09/2027", "effective_on": "24/11/2026", "reason": "Avenant 2"},
    "resilier": {"extent": "totale", "on": "24/11/2026", "reason": "Faute"},
}


@pytest.mark.parametrize("name", SENT)
def test_the_effect_is_shown_before_anything_changes(
    world: World, signed_in: As, name: str
) -> None:
    client, url = signed_in(world.facilitator), address(world, name)
    assert "du 02/03/2026 au 28/05/2027" in read(client.get(url))
    shown = read(client.post(url, SENT[name]))
    assert "relisez l’effet" in shown
    assert Execution.objects.count() == 1
    assert not JournalEntry.objects.filter(verb__startswith="award.").exists()
    answer = client.post(url, {**SENT[name], "confirmer": "1", "once": "essai"})
    assert answer["Location"] == f"/clauses/{world.clause.pk}/?onglet=engagement"
    again = client.post(url, {**SENT[name], "confirmer": "1", "once": "essai"}, follow=True)
    assert "déjà envoyé" in read(again)
    assert Execution.objects.count() == 2


def test_the_figures_before_and_after_are_those_of_the_pages(world: World, signed_in: As) -> None:
    client = signed_in(world.facilitator)
    shown = read(client.post(address(world, "suspendre"), SENT["suspendre"]))
    assert "L’attendu au 24/11/2026 passe de 734 h à 690 h" in shown
    assert "L’engagement reste : 1 240 h" in shown
    assert "La clause passe de « En exécution » à « Suspendue »" in shown
    assert "Mois à déclarer plus demandés : 8 mois, de mars à octobre" in shown
    shown = read(client.post(address(world, "prolonger"), SENT["prolonger"]))
    assert "La fin d’exécution passe du 28/05/2027 au 30/09/2027" in shown
    removed = {f"removed-{Objective.objects.get().pk}": "700"}
    shown = read(client.post(address(world, "resilier"), {**SENT["resilier"], **removed}))
    assert "Heures qui ne sont plus dues 700 h Motif Faute" in shown
    assert "L’engagement passe de 1 240 h à 540 h" in shown
    assert Clause.objects.get().state == ClauseState.RUNNING


def test_what_was_typed_comes_back_to_be_changed(world: World, signed_in: As) -> None:
    client = signed_in(world.facilitator)
    sent = {**SENT["suspendre"], "modifier": "1"}
    page = client.post(address(world, "suspendre"), sent).content.decode()
    assert 'value="09/11/2026"' in page
    assert 'value="Intempéries"' in page
    assert "Voir l’effet" in page


def test_a_refusal_is_said_on_the_form(world: World, signed_in: As) -> None:
    client = signed_in(world.facilitator)
    for more in ({}, {"confirmer": "1", "once": "x"}):
        sent = {**SENT["suspendre"], "on": "01/06/2027", **more}
        assert "L’exécution finit le 28/05/2027" in read(
            client.post(address(world, "suspendre"), sent)
        )
    assert "Ce champ est obligatoire" in read(client.post(address(world, "resilier"), {"on": ""}))
    assert Execution.objects.count() == 1


def test_hours_already_validated_in_a_suspended_month_are_told_and_kept(
    world: World, signed_in: As
) -> None:
    with acting_as(world.facilitator, day=DAY):
        entry = Entry(world.employment.pk, {"travail": Decimal(96)})
        made = declare_month(world.scope, world.award, date(2026, 10, 1), [entry], version=0)
        validate_lines(world.scope, made, [line.pk for line in made.lines.all()])
    client, url = signed_in(world.facilitator), address(world, "suspendre")
    sent = {**SENT["suspendre"], "on": "02/10/2026"}
    assert "Des heures sont déjà validées" not in read(client.post(url, sent))
    sent["on"] = "01/10/2026"
    assert "déjà validées après ce jour : octobre (96 h)" in read(client.post(url, sent))
    assert client.post(url, {**sent, "confirmer": "1"}).status_code == 302


def test_a_suspended_clause_is_resumed_to_a_new_end(world: World, signed_in: As) -> None:
    with acting_as(world.facilitator, day=DAY):
        suspend(world.scope, world.award, on=NOVEMBER_9, reason="Gel")
    client, url = signed_in(world.facilitator), address(world, "reprendre")
    page = client.get(url)
    assert 'value="28/05/2027"' in page.content.decode()
    assert "elle serait le 12/06/2027" in read(page)
    sent = {"on": "24/11/2026", "ends_on": "12/06/2027", "confirmer": "1"}
    assert client.post(url, sent).status_code == 302
    award = Award.objects.get(pk=world.award.pk)
    assert (award.suspended_on, award.ends_on) == (None, date(2027, 6, 12))
    assert Clause.objects.get().state == ClauseState.RUNNING


def test_an_old_clause_suspended_without_a_calendar_can_be_resumed(
    world: World, signed_in: As
) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.update(state=ClauseState.SUSPENDED)
    client, url = signed_in(world.facilitator), address(world, "reprendre")
    assert client.post(url, {"on": "24/11/2026", "confirmer": "1"}).status_code == 302
    assert Clause.objects.get().state == ClauseState.RUNNING


def test_a_mistake_is_taken_back(world: World, signed_in: As) -> None:
    client, url = signed_in(world.facilitator), address(world, "corriger")
    assert "rien à annuler" in read(client.get(url))
    removed = {Objective.objects.get().pk: Decimal(700)}
    with acting_as(world.facilitator, day=DAY):
        terminate(
            world.scope, world.award, on=DAY, partial=False, removed=removed, reason="Mauvais lot"
        )
    page = read(client.get(url))
    assert "Résiliation du 24/11/2026" in page
    assert "dû de nouveau" in page
    shown = read(client.post(url, {"reason": "Mauvais lot"}))
    assert "L’engagement passe de 540 h à 1 240 h" in shown
    assert client.post(url, {"reason": "Mauvais lot", "confirmer": "1"}).status_code == 302
    assert Award.objects.get(pk=world.award.pk).ends_on == date(2027, 5, 28)


@pytest.mark.parametrize("name", [*SENT, "reprendre", "corriger"])
def test_a_closed_clause_says_why_nothing_is_asked(world: World, signed_in: As, name: str) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.update(state=ClauseState.ENDED)
    client, url = signed_in(world.facilitator), address(world, name)
    assert "impossible ici" in read(client.get(url))
    sent = {**SENT.get(name, {"reason": "x", "on": "24/11/2026"}), "confirmer": "1"}
    client.post(url, sent)
    assert Execution.objects.count() == 1


def test_the_calendar_is_read_by_all_and_changed_by_the_referent(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    with acting_as(world.facilitator, day=DAY):
        end = date(2027, 9, 30)
        extend(world.scope, world.award, ends_on=end, effective_on=DAY, reason="Avenant 2")
        suspend(world.scope, world.award, on=DAY, reason="Gel")
    mine = tab(signed_in(world.facilitator), world)
    for words in ("Reprendre", "Prolonger", "Résilier", "Annuler le dernier changement"):
        assert words in mine
    for role in ("buyer", "company", "coordinator"):
        page = tab(signed_in(people[role]), world)
        assert "Exécution du 02/03/2026 au 30/09/2027." in page
        assert "Prolongée du 28/05/2027 au 30/09/2027. Suspendue depuis le 24/11/2026." in page
        assert "Exécution suspendue. Motif : Gel." in page
        assert "Prolonger" not in page
        assert "Nadia" not in page


def test_older_facts_are_folded(world: World, signed_in: As) -> None:
    with acting_as(world.facilitator, day=DAY):
        for month in range(6, 16):
            end = date(2027 + month // 12, month % 12 + 1, 15)
            extend(world.scope, world.award, ends_on=end, effective_on=DAY, reason="Encore")
    page = signed_in(world.facilitator).get(f"/clauses/{world.clause.pk}/?onglet=engagement")
    latest, _, older = page.content.decode().partition("faits plus anciens")
    assert latest.count("Prolongation : la fin passe") == 10
    assert "Opération suivie par" in older


@pytest.mark.parametrize("events", [1, 8])
def test_queries_of_the_tab_do_not_grow_with_the_story(
    world: World, signed_in: As, django_assert_max_num_queries: Any, events: int
) -> None:
    with acting_as(world.facilitator, day=DAY):
        for month in range(events):
            end = date(2027, 6 + month % 6, 20 + month // 6)
            if end > Award.objects.get().ends_on:
                extend(world.scope, world.award, ends_on=end, effective_on=DAY, reason="Encore")
    client, view = signed_in(world.facilitator), clause_view(world.clause.pk, world.scope)
    assert client.get(f"/clauses/{world.clause.pk}/?onglet=engagement").status_code == 200
    with django_assert_max_num_queries(SECTION_QUERIES):
        section(view, world.scope, referent=True)


def test_a_change_of_state_that_needs_a_day_is_asked_on_its_page(
    world: World, signed_in: As
) -> None:
    client = signed_in(world.facilitator)
    answer = client.post(f"/clauses/{world.clause.pk}/etat/", {"changement": "suspendre"})
    assert answer["Location"] == address(world, "suspendre")
    page = client.get(f"/clauses/{world.clause.pk}/").content.decode()
    assert f'href="{address(world, "suspendre")}"' in page
    assert Clause.objects.get().state == ClauseState.RUNNING


def test_nobody_else_reaches_these_pages(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    for name, sent in SENT.items():
        for role, status in (("buyer", 403), ("company", 403), ("far_host", 404)):
            client = signed_in(people[role])
            assert client.get(address(world, name)).status_code == status
            assert client.post(address(world, name), {**sent, "confirmer": "1"}).status_code == (
                status
            )
    assert Execution.objects.count() == 1


def test_two_awards_are_told_apart(world: World, signed_in: As) -> None:
    with acting_as("test", day=DAY):
        second = builders.award(world.lot, world.company)
        builders.commit(second, world.clause, Decimal(300))
    page = tab(signed_in(world.facilitator), world)
    assert page.count("Prolonger") == 2
    with acting_as(world.facilitator, day=DAY):
        suspend(world.scope, second, on=NOVEMBER_9, reason="Gel")
    client, url = signed_in(world.facilitator), address(world, "reprendre")
    assert client.post(url, {"on": "24/11/2026", "ends_on": "28/05/2027", "confirmer": "1"})
    assert not Award.objects.filter(suspended_on__isnull=False).exists()
