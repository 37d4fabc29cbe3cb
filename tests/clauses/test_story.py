"""The story of a clause: whoever takes a file over reads in sentences what happened, and why."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY, World, at

from coclause.clauses.actions import change_state
from coclause.clauses.choices import (
    Departure,
    EventKind,
    Group,
    HostRole,
    HoursKind,
    Measure,
    MemberPart,
    OrderKind,
    Trigger,
)
from coclause.clauses.execution import extend, resume, suspend, terminate, undo
from coclause.clauses.models import (
    AwardMember,
    CountingChange,
    Globalisation,
    GlobalisedCommitment,
    Objective,
    ObjectiveEvent,
    OperationHost,
    Order,
    Split,
    SplitPart,
)
from coclause.clauses.story import story
from coclause.core.actor import acting_as
from coclause.organisations.choices import Role

pytestmark = pytest.mark.django_db
STORY_QUERIES = 13


@pytest.fixture
def world() -> World:
    return builders.world()


def told(world: World, **more: Any) -> list[str]:
    """Sentences, with plain spaces."""
    found = [fact.sentence for fact in story(world.clause, DAY, **more)]
    return [text.replace("\u202f", " ").replace("\u00a0", " ") for text in found]


def event(of: Objective, kind: EventKind, day: date, quantity: int = 0, **facts: Any) -> None:
    ObjectiveEvent.objects.create(
        objective=of,
        kind=kind,
        effective_on=day,
        quantity=Decimal(quantity),
        **{"recorded_at": at(day), **facts},
    )


def test_a_clause_begins_with_who_follows_it_its_award_and_its_commitment(world: World) -> None:
    assert told(world) == [
        "Le 05/01/2026, opération suivie par Maison de l'emploi du Val-Imaginé.",
        "Le 20/02/2026, lot attribué à Toitures du Val-Imaginé, exécution du 02/03/2026 au"
        " 28/05/2027.",
        "Le 20/02/2026, engagement : 1 240 h.",
    ]


def test_an_amendment_says_what_the_commitment_comes_to_and_why(world: World) -> None:
    with acting_as("test", day=DAY):
        objective = Objective.objects.get()
        why = "travaux supplémentaires"
        event(objective, EventKind.AMENDMENT, date(2026, 5, 12), 120, reason=why)
        event(objective, EventKind.AMENDMENT, date(2027, 1, 4), -60, reason="lot réduit.")
    assert told(world)[-2:] == [
        "Le 12/05/2026, avenant : 120 h de plus, l’engagement passe à 1 360 h."
        " Motif : travaux supplémentaires.",
        "À partir du 04/01/2027, avenant : 60 h de moins, l’engagement passe à 1 300 h."
        " Motif : lot réduit.",
    ]


def test_the_calendar_is_told_act_by_act(world: World) -> None:
    removed = {Objective.objects.get().pk: Decimal(200)}
    with acting_as(world.facilitator, day=DAY):
        scope, award = world.scope, world.award
        suspend(scope, award, on=date(2026, 8, 3), reason="Fouilles")
        end = date(2027, 6, 30)
        resume(scope, award, on=date(2026, 9, 1), ends_on=end, reason="Fouilles finies")
        end = date(2027, 9, 30)
        extend(scope, award, ends_on=end, effective_on=date(2026, 9, 15), reason="Intempéries")
        on = date(2026, 10, 12)
        terminate(scope, award, on=on, partial=True, removed=removed, reason="Aile retirée")
        terminate(scope, award, on=DAY, partial=False, removed={}, reason="Faute")
        undo(scope, award, reason="Mauvais lot")
    assert told(world)[3:] == [
        "Le 03/08/2026, exécution suspendue. Motif : Fouilles.",
        "Le 01/09/2026, exécution reprise après 29 jours de suspension, la fin passe du 28/05/2027"
        " au 30/06/2027. Motif : Fouilles finies.",
        "Le 15/09/2026, prolongation : la fin passe du 30/06/2027 au 30/09/2027."
        " Motif : Intempéries.",
        "Le 12/10/2026, résiliation : 200 h de moins, l’engagement passe à 1 040 h."
        " Motif : Aile retirée.",
        "Le 12/10/2026, résiliation partielle. Motif : Aile retirée.",
        "Le 24/11/2026, résiliation : l’exécution s’arrête ce jour-là, au lieu du 30/09/2027."
        " Motif : Faute.",
        "Le 24/11/2026, calendrier corrigé : exécution du 02/03/2026 au 30/09/2027, suspendue du"
        " 03/08/2026 au 31/08/2026. Motif : Mauvais lot.",
    ]


def test_what_each_trigger_rate_and_order_brings_is_told(world: World) -> None:
    with acting_as("test", day=DAY):
        commitment = Objective.objects.get().commitment
        make = Objective.objects.create
        tranche = make(
            commitment=commitment,
            trigger=Trigger.TRANCHE,
            label="Tranche 1",
            planned=Decimal(130),
        )
        event(tranche, EventKind.TRIGGER, date(2026, 4, 1), 130)
        make(commitment=commitment, trigger=Trigger.YEAR, planned=Decimal(90))
        rated = make(commitment=commitment, measure=Measure.PER_EURO, trigger=Trigger.ORDER)
        agreed: dict[str, Any] = {"rate": Decimal(5), "per": Decimal(10000)}
        event(rated, EventKind.RATE, date(2026, 3, 2), **agreed)
        placed = {
            "award": world.award,
            "kind": OrderKind.ORDER,
            "ordered_on": date(2026, 6, 1),
            "recorded_at": at(date(2026, 6, 1)),
        }
        order = Order.objects.create(number="12", amount=Decimal(40000), **placed)
        Order.objects.create(number="13", **placed)
        base = {"base": Decimal(40000), **agreed, "order": order}
        event(rated, EventKind.BASE, date(2026, 6, 1), 20, **base)
        hired = make(commitment=commitment, measure=Measure.PERSONS)
        event(hired, EventKind.INITIAL, date(2026, 3, 2), 3)
        half = make(commitment=commitment, measure=Measure.SHARE, trigger=Trigger.YEAR)
        share: dict[str, Any] = {"rate": Decimal(50), "per": Decimal(100)}
        event(half, EventKind.RATE, date(2026, 3, 2), **share)
        until = {"due_from": date(2026, 3, 2), "due_until": date(2026, 9, 30)}
        event(half, EventKind.BASE, date(2026, 10, 5), 400, base=Decimal(800), **share, **until)
        make(
            commitment=commitment,
            public="QPV",
            part_of=Objective.objects.earliest("pk"),
            share=Decimal(20),
        )
    said = told(world)
    for sentence in (
        "Le 20/02/2026, prévu : 90 h de plus pour chaque année engagée.",
        "Le 20/02/2026, prévu (Tranche 1) : 130 h de plus si la tranche optionnelle est affermie.",
        "Le 01/04/2026, tranche optionnelle affermie (Tranche 1) : 130 h de plus, l’engagement"
        " passe à 1 370 h.",
        "Le 02/03/2026, taux convenu : 5 h par 10 000 € HT commandés.",
        "Le 02/03/2026, taux convenu : 50 % des heures travaillées.",
        "Le 01/06/2026, bon de commande 12 (40 000 € HT) : 20 h de plus, l’engagement passe à"
        " 1 390 h.",
        "Le 01/06/2026, bon de commande 13.",
        "Le 02/03/2026, engagement : 3 personnes.",
        "Le 05/10/2026, 800 h travaillées du 02/03/2026 au 30/09/2026 : 400 h de plus,"
        " l’engagement passe à 1 790 h.",
        "Le 20/02/2026, dont 20 % réservés à un public.",
    ):
        assert sentence in said
    assert "QPV" not in " ".join(said)


def grow(world: World) -> None:
    """A holder replaced, a co-contractor, a split, a pooled debt, a handover, other rules."""
    with acting_as("test", day=DAY):
        second = builders.organisation("Charpentes Rêvées", Role.COMPANY)
        third = builders.organisation("Zinguerie Supposée", Role.COMPANY)
        award = world.award
        award.group = Group.SEVERAL
        award.save(update_fields=["group"])
        last = date(2026, 6, 30)
        award.members.update(part=MemberPart.LEADER, ends_on=last, departure=Departure.LIQUIDATION)
        part = {"award": award, "starts_on": date(2026, 7, 1)}
        AwardMember.objects.create(organisation=second, part=MemberPart.LEADER, **part)
        AwardMember.objects.create(
            organisation=third,
            part=MemberPart.COCONTRACTOR,
            ends_on=date(2026, 9, 30),
            departure=Departure.OTHER,
            **part,
        )
        commitment = Objective.objects.filter(commitment__award=award)[0].commitment
        split = Split.objects.create(commitment=commitment, effective_on=date(2026, 7, 2))
        for company, hours in ((second, 800), (third, 440)):
            SplitPart.objects.create(split=split, organisation=company, quantity=hours)
        pool = Globalisation.objects.create(
            region=world.operation.region,
            company=second,
            starts_on=date(2026, 8, 1),
            agreement="Courriel de la ville",
        )
        GlobalisedCommitment.objects.create(
            globalisation=pool, commitment=commitment, starts_on=date(2026, 8, 1)
        )
        world.operation.hosts.update(ends_on=date(2026, 10, 31))
        other = builders.organisation("Plie des Brumes", Role.HOST)
        OperationHost.objects.create(
            operation=world.operation,
            host=other,
            role=HostRole.REFERENT,
            starts_on=date(2026, 11, 1),
        )
        CountingChange.objects.create(
            clause=world.clause,
            starts_on=date(2026, 9, 1),
            hour_kinds=[HoursKind.WORK, HoursKind.TRAINING],
            training_cap=10,
            reason="Avenant 2",
        )


def test_companies_hosts_and_rules_are_told(world: World) -> None:
    grow(world)
    said = told(world)
    for sentence in (
        "Le 20/02/2026, lot attribué au groupement solidaire mené par Toitures du Val-Imaginé,"
        " exécution du 02/03/2026 au 28/05/2027.",
        "Le 01/07/2026, Charpentes Rêvées remplace Toitures du Val-Imaginé"
        " (liquidation judiciaire).",
        "Le 01/07/2026, Zinguerie Supposée entre dans le groupement comme cotraitant.",
        "Le 30/09/2026, Zinguerie Supposée quitte le marché (autre motif).",
        "Le 02/07/2026, engagement réparti : Charpentes Rêvées 800 h, Zinguerie Supposée 440 h.",
        "Le 01/08/2026, engagement globalisé avec 0 autre marché de Charpentes Rêvées.",
        "Le 01/09/2026, les heures qui comptent changent : travail, formation (au plus 10 % de"
        " l’engagement). Motif : Avenant 2.",
        "Le 01/11/2026, Maison de l'emploi du Val-Imaginé passe la main à Plie des Brumes.",
    ):
        assert sentence in said
    assert said == sorted(said, key=lambda text: [text[9:13], text[6:8], text[3:5]])


def test_no_person_is_ever_named(world: World) -> None:
    grow(world)
    said = " ".join(told(world))
    for name in (world.facilitator.last_name, world.person.birth_name, world.person.given_names):
        assert name not in said


def test_changes_of_state_are_told_once(world: World) -> None:
    with acting_as(world.facilitator, day=DAY):
        change_state(world.scope, world.clause, "suspendre", reason="Gel", on=date(2026, 11, 20))
        change_state(world.scope, world.clause, "relancer")
        change_state(world.scope, world.clause, "achever")
        change_state(world.scope, world.clause, "rouvrir", reason="Trop tôt")
    said = told(world)
    assert said[-4:] == [
        "Le 20/11/2026, exécution suspendue. Motif : Gel.",
        "Le 24/11/2026, exécution reprise après 4 jours de suspension.",
        "Le 24/11/2026, fin de l’exécution constatée.",
        "Le 24/11/2026, exécution rouverte. Motif : Trop tôt.",
    ]


def test_the_story_as_it_was_known(world: World) -> None:
    with acting_as("test", day=DAY):
        event(Objective.objects.get(), EventKind.AMENDMENT, date(2026, 5, 12), 120, reason="A")
    with acting_as(world.facilitator, day=DAY):
        suspend(world.scope, world.award, on=date(2026, 4, 1), reason="B", at=at(DAY))
    before = told(world, known_on=at(date(2026, 5, 1)))
    assert len(before) == 3
    assert len(told(world)) == 5


def test_each_company_of_a_lot_reads_its_own_part(world: World) -> None:
    with acting_as("test", day=DAY):
        other = builders.organisation("Charpentes Rêvées", Role.COMPANY)
        second = builders.award(world.lot, other)
        builders.commit(second, world.clause, Decimal(300))
    said = told(world)
    assert "Le 20/02/2026, pour Charpentes Rêvées, engagement : 300 h." in said
    own = told(world, awards=[world.award.pk])
    assert "Charpentes" not in " ".join(own)
    assert "Le 20/02/2026, engagement : 1 240 h." in own


def test_a_long_story_asks_no_more_queries(
    world: World, django_assert_max_num_queries: Any
) -> None:
    grow(world)
    with acting_as("test", day=DAY):
        for month in range(3, 12):
            event(Objective.objects.get(), EventKind.AMENDMENT, date(2026, month, 9), 1, reason="A")
    with django_assert_max_num_queries(STORY_QUERIES):
        assert len(story(world.clause, DAY)) > 15
