"""The library that a coordination keeps: first texts, versions, retirement, who may do it."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from tests import builders
from tests.builders import DAY
from tests.network import drafting_worlds as worlds

from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry
from coclause.core.refusals import Conflict, Refused
from coclause.network.choices import TextContract, TextInstrument
from coclause.network.library import keeping as keeping_texts
from coclause.network.library.keeping import (
    add_text,
    add_version,
    install_models,
    load_library,
    retire,
)
from coclause.network.library.offered import offered_for
from coclause.network.library.texts import ModelText, models
from coclause.network.models import ClauseText
from coclause.organisations.choices import Role

LATER = DAY + timedelta(30)
WORDS = "Le titulaire réalise {{ heures_insertion }} heures."


def text_of(desk: worlds.Desk, code: str = "ccap-condition-execution-marche") -> ClauseText:
    return ClauseText.objects.get(region=desk.region, code=code)


def changed_models(body: str) -> tuple[ModelText, ...]:
    """The shipped texts of a next version of the product: each says something more."""
    return tuple(
        ModelText(**{**vars(model), "text": f"{model.text}\n\n{body}", "version": 2})
        for model in models()
    )


@pytest.mark.django_db
def test_a_region_gets_the_models_once_and_keeps_what_it_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = worlds.desk()
    held = ClauseText.objects.filter(region=desk.region)
    assert held.count() == len(models())
    mine, gone = text_of(desk), text_of(desk, "rc-reserve-marche")
    with acting_as(desk.coordinator, day=DAY):
        add_version(desk.scope(desk.coordinator), mine, WORDS, starts_on=DAY, seen=1)
        retire(desk.scope(desk.coordinator), gone)
    with acting_as("test", day=DAY):
        assert install_models(desk.region, DAY) == keeping_texts.Installed(0, 0)
        monkeypatch.setattr(keeping_texts, "models", lambda: changed_models("Une précision."))
        assert install_models(desk.region, LATER).renewed == len(models()) - 2
        assert install_models(desk.region, LATER) == keeping_texts.Installed(0, 0)
    assert mine.versions.latest("number").body == WORDS
    assert gone.versions.count() == 1
    untouched = text_of(desk, "rc-critere-marche").versions.latest("number")
    assert (untouched.number, untouched.starts_on) == (2, LATER)
    assert "version 2" in untouched.note


@pytest.mark.django_db
def test_loading_serves_the_regions_that_have_a_coordination() -> None:
    desk = worlds.desk()
    with acting_as("test", day=DAY):
        other = builders.region("84", "Région Inventée")
        builders.organisation("Coordination Rêvée", Role.COORDINATION, of=other)
        empty = builders.region("11", "Région Sans Réseau")
        load_library(day=DAY)
    for region, count in ((desk.region, len(models())), (other, len(models())), (empty, 0)):
        assert ClauseText.objects.filter(region=region).count() == count


@pytest.mark.django_db
def test_new_words_hold_from_their_day_on() -> None:
    desk = worlds.desk()
    text, scope = text_of(desk), desk.scope(desk.coordinator)
    with acting_as(desk.coordinator, day=DAY):
        add_version(scope, text, WORDS, starts_on=LATER, seen=1, note="Plus court.")

    def body(day: date) -> str:
        found = offered_for(desk.region.pk, day, TextInstrument.CONDITION, TextContract.MARCHE)
        return next(one.body for one in found if one.text == text)

    assert body(DAY) != WORDS
    assert body(LATER) == WORDS
    told = JournalEntry.objects.latest("pk").sentence
    assert "version 2 à partir du 24/12/2026" in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "starts_on", "words"),
    [
        ("{{ heures_insertions }} heures", DAY, "« heures_insertions » n’est pas connue"),
        ("  ", DAY, "Le texte est vide"),
        (WORDS, DAY - timedelta(1), "aujourd’hui ou plus tard"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(body: str, starts_on: date, words: str) -> None:
    desk = worlds.desk()
    text = text_of(desk)
    with acting_as(desk.coordinator, day=DAY), pytest.raises(Refused, match=words):
        add_version(desk.scope(desk.coordinator), text, body, starts_on=starts_on, seen=1)
    assert text.versions.count() == 1


@pytest.mark.django_db
def test_the_same_words_and_a_day_before_the_last_version_are_refused() -> None:
    desk = worlds.desk()
    text, scope = text_of(desk), desk.scope(desk.coordinator)
    with acting_as(desk.coordinator, day=DAY):
        add_version(scope, text, WORDS, starts_on=LATER, seen=1)
        with pytest.raises(Refused, match="le même que la dernière version"):
            add_version(scope, text, f"{WORDS}\r\n", starts_on=LATER, seen=2)
        with pytest.raises(Refused, match="commence le 24/12/2026"):
            add_version(scope, text, f"{WORDS} Oui.", starts_on=DAY, seen=2)


@pytest.mark.django_db
def test_only_the_coordination_of_the_region_writes() -> None:
    desk = worlds.desk()
    text = text_of(desk)
    for user in (desk.facilitator, desk.agent):
        scope = desk.scope(user)
        with acting_as(user, day=DAY):
            for act in (
                lambda scope=scope: add_version(scope, text, WORDS, starts_on=DAY, seen=1),
                lambda scope=scope: retire(scope, text),
                lambda scope=scope: add_text(
                    scope, ClauseText(region=desk.region, title="Essai"), WORDS, starts_on=DAY
                ),
            ):
                with pytest.raises(PermissionDenied):
                    act()
    assert text.versions.count() == 1
    text.refresh_from_db()
    assert text.retired_on is None


@pytest.mark.django_db
def test_a_text_of_the_region_has_a_code_of_its_own_and_a_retired_one_is_not_offered() -> None:
    desk = worlds.desk()
    scope = desk.scope(desk.coordinator)
    facts: dict[str, Any] = {
        "title": "CCAP : clause courte",
        "block": "ccap",
        "instrument": TextInstrument.CONDITION,
        "contract": TextContract.MARCHE,
    }
    with acting_as(desk.coordinator, day=DAY):
        made = [
            add_text(scope, ClauseText(region=desk.region, **facts), WORDS, starts_on=DAY)
            for _ in range(2)
        ]
        assert [one.code for one in made] == ["ccap-clause-courte", "ccap-clause-courte-2"]
        retire(scope, made[0])
        with pytest.raises(Conflict):
            retire(scope, made[0])
        with pytest.raises(Refused, match="est retiré"):
            add_version(scope, made[0], f"{WORDS} Oui.", starts_on=DAY, seen=1)
    offered = offered_for(desk.region.pk, DAY, TextInstrument.CONDITION, TextContract.MARCHE)
    assert made[1].pk in {one.text.pk for one in offered}
    assert made[0].pk not in {one.text.pk for one in offered}


def test_of_two_coordinators_at_once_the_second_is_told(committed_db: Any) -> None:
    desk = worlds.desk()
    text = text_of(desk)
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    def write(words: str) -> None:
        try:
            ready.wait(timeout=20)
            with acting_as(desk.coordinator, day=DAY):
                add_version(desk.scope(desk.coordinator), text, words, starts_on=DAY, seen=1)
            outcomes.append("kept")
        except Conflict as refusal:
            outcomes.append(refusal.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(f"{WORDS} {n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(one == "kept" for one in outcomes) == [False, True]
    assert text.versions.count() == 2
    assert any("vient d’être enregistrée" in one for one in outcomes)
