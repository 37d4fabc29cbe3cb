"""A shortfall told to the buyer: the figures of the day, kept; the buyer decides, once."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.attacks.test_attack_at_once import at_once, unexpected
from tests.builders import DAY, World
from tests.hours.steering.steering_worlds import (
    AFTER,
    OCTOBER,
    buyer_of,
    company_of,
    decided,
    held_award,
    reported,
    scoped,
    short_world,
    with_terms,
)

from coclause.clauses.choices import MemberPart
from coclause.clauses.engaging import amend
from coclause.clauses.execution import extend, suspend, terminate
from coclause.clauses.models import AwardMember, Clause, Contract, Objective
from coclause.clauses.states import Turn
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, Mail, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.hours.steering.deciding import decide, decisions_of, last_decision
from coclause.hours.steering.due import count_reports_due, reports_due
from coclause.hours.steering.letters import blocks, draft
from coclause.hours.steering.reading import standing, visible
from coclause.hours.steering.reporting import last_report, report
from coclause.hours.steering.situations import Basis, Situation, situation
from coclause.organisations.choices import MemberRole, Role


@pytest.fixture
def world(db: None) -> World:
    return short_world()


def of_day(world: World, day: date = DAY) -> Situation:
    found = situation(Clause.objects.with_context().get(), held_award(world, day), day)
    assert found is not None
    return found


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# --- figures ---


def test_missing_hours_are_told_against_the_end_or_against_today(world: World) -> None:
    assert of_day(world).missing == {Basis.FORESEEN: 565, Basis.TODAY: 584}
    assert of_day(world, AFTER).missing == {Basis.FINAL: 1090}
    assert of_day(world, AFTER).days_late == 12
    assert of_day(world).days_late is None


def test_an_amendment_and_an_extension_change_what_is_missing(world: World) -> None:
    with_terms(world)
    assert of_day(world).penalty(Basis.FORESEEN).amount == 565 * 50
    with acting_as(world.facilitator, day=DAY):
        amend(
            world.scope,
            Objective.objects.get(),
            quantity=Decimal(-240),
            effective_on=DAY,
            reason="Lot réduit",
        )
    assert of_day(world).missing[Basis.FORESEEN] == 325
    assert of_day(world).penalty(Basis.FORESEEN).amount == 325 * 50
    with acting_as(world.facilitator, day=DAY):
        end = date(2027, 9, 30)
        extend(world.scope, world.award, ends_on=end, effective_on=DAY, reason="Délai")
    # Four more months at 75 hours: 25 hours are missing. Due over more days, less is late today.
    found = of_day(world)
    assert found.missing[Basis.FORESEEN] == 25
    assert found.missing[Basis.TODAY] < 584 - 150
    assert found.days_late is None


def test_a_suspension_leaves_the_end_unknown_and_stops_what_is_expected(world: World) -> None:
    before = of_day(world).missing[Basis.TODAY]
    with acting_as(world.facilitator, day=DAY):
        suspend(world.scope, world.award, on=date(2026, 11, 2), reason="Gel")
    found = of_day(world)
    assert set(found.missing) == {Basis.TODAY}
    assert found.missing[Basis.TODAY] < before


def test_a_termination_takes_off_what_is_no_longer_owed(world: World) -> None:
    with_terms(world)
    with acting_as(world.facilitator, day=DAY):
        removed = {Objective.objects.get().pk: Decimal(1000)}
        on = date(2026, 11, 23)
        terminate(
            world.scope, world.award, on=on, partial=False, removed=removed, reason="Faillite"
        )
    found = of_day(world)
    assert found.missing == {Basis.FINAL: 90}
    assert found.penalty(Basis.FINAL).amount == 4500


def test_nothing_committed_is_nothing_to_report(world: World) -> None:
    with acting_as("test", day=DAY):
        award = builders.award(world.lot, builders.organisation("Zinc Rêvé", Role.COMPANY))
    assert situation(world.clause, award, DAY) is None


# --- the letter ---


def test_the_letter_quotes_the_contract_and_its_figures(world: World) -> None:
    with_terms(world)
    text = plain(draft(of_day(world), Basis.FORESEEN))
    for words in (
        "Ville de Val-Imaginé\nà Toitures du Val-Imaginé",
        "1 240 h d’insertion, du 02/03/2026 au 28/05/2027",
        "il manquera 565 h à la fin",
        "L’article 8.2 du CCAP prévoit : « Chaque heure non réalisée",
        "En application de l’article 8.2 du CCAP, nous vous mettons en demeure",
        "dans un délai de 15 jours",
        "serait de 28 250 €, sur",
        "565 h × 50 € = 28 250 €",
        "[à compléter : nom et qualité du signataire, date]",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("marche", "Par le marché n° 2026-07, lot 3"),
        ("concession", "Par la concession n° 2026-07, lot 3"),
        ("prive", "Par le contrat n° 2026-07, lot 3"),
    ],
)
def test_the_letter_names_the_contract_by_its_kind(world: World, kind: str, named: str) -> None:
    with acting_as("test", day=DAY):
        Contract.objects.update(kind=kind, reference="2026-07")
    text = plain(draft(of_day(world), Basis.FORESEEN))
    assert named in text
    assert ("notifiée le" in text) == (kind == "concession")


def test_a_place_of_the_contract_that_is_no_article_is_named_as_typed(world: World) -> None:
    with_terms(world, article="CCAP, page 12")
    text = plain(draft(of_day(world), Basis.FORESEEN))
    assert "Le contrat (CCAP, page 12) prévoit" in text
    assert "En application du contrat (CCAP, page 12)" in text


def test_a_letter_without_terms_says_what_is_to_be_completed(world: World) -> None:
    text = draft(of_day(world), Basis.TODAY)
    assert "[à compléter : article du contrat" in text
    assert "€" not in text
    assert "mettons en demeure" not in text


def test_a_contract_without_penalty_threatens_nothing(world: World) -> None:
    with_terms(world, unit="aucune", rate=None, notice_days=None)
    text = draft(of_day(world), Basis.FORESEEN)
    assert "pénalité de 50" in text  # the wording, quoted as it was typed
    assert "À défaut" not in text


def test_an_amount_that_is_not_known_is_left_to_complete(world: World) -> None:
    with_terms(world, unit="part_montant", rate=Decimal("0.02"), cap_share=None)
    assert "[à compléter : montant de la pénalité]" in draft(of_day(world), Basis.FORESEEN)


def test_what_is_left_to_complete_stands_out_in_documents() -> None:
    made = blocks("Bonjour,\r\n\r\nPour la Ville,\r\n[à compléter : nom] et date.\n\n\n")
    assert [block.words for block in made] == [
        "Bonjour,",
        "Pour la Ville,\n[à compléter : nom] et date.",
    ]
    assert [run.kind for run in made[1].runs] == ["text", "missing", "text"]


# --- the report ---


def test_the_buyer_is_told_once_by_message_and_on_its_desk(
    world: World, django_assert_num_queries: Any
) -> None:
    buyer = buyer_of(world)
    with_terms(world)
    made = reported(world)
    mail = Mail.objects.get(kind="shortfall.reported")
    assert mail.recipient == buyer.email
    assert f"https://essai/{made.pk}" in mail.body
    assert "565" in plain(mail.body)
    assert Decimal(made.figures["missing"]) == 565
    assert made.penalty["amount"] == "28250.00"
    scope = scoped(buyer)
    with django_assert_num_queries(1):
        (item,) = reports_due(scope)
    assert plain(item.what) == "Décider : 565 h manquantes"
    assert (item.turn, item.since, item.by) == (Turn.BUYER, DAY, None)
    with django_assert_num_queries(1):
        assert count_reports_due(scope) == 1
    assert count_reports_due(world.scope) == 0
    (waiting,) = reports_due(world.scope)
    assert waiting.turn == Turn.BUYER
    with django_assert_num_queries(0):
        assert count_reports_due(replace(scope, memberships=())) == 0


def test_a_report_is_in_no_journal_that_others_read(world: World) -> None:
    made = reported(world)
    told = JournalEntry.objects.get(verb="shortfall.reported")
    assert told.subjects == [f"shortfallreport:{made.pk}"]


def test_a_buyer_without_account_is_written_to_by_nobody(world: World) -> None:
    reported(world)
    assert not Mail.objects.exists()


def test_what_was_reported_never_changes(world: World) -> None:
    made = reported(world)
    entry = Entry(world.employment.pk, {"travail": Decimal(120)})
    with acting_as(world.facilitator, day=DAY):
        declare_month(world.scope, world.award, OCTOBER, [entry], version=1)
    assert ShortfallReport.objects.get().figures == made.figures
    assert of_day(world).missing[Basis.FORESEEN] != made.missing


def test_figures_that_moved_are_read_again_before_they_are_sent(world: World) -> None:
    with pytest.raises(Conflict, match="565"):
        reported(world, seen=(0, Decimal(600)))
    made = reported(world, seen=(0, Decimal(565)))
    with pytest.raises(Conflict, match="vient d’être envoyé"):
        reported(world, seen=(0, Decimal(565)))
    assert last_report(world.clause, world.award) == made.pk


@pytest.mark.parametrize(
    ("basis", "day", "facts", "sentence"),
    [
        (Basis.FINAL, DAY, {}, "rien à signaler"),
        (Basis.FORESEEN, AFTER, {}, "rien à signaler"),
        (Basis.FORESEEN, DAY, {"letter": "  "}, "vide"),
    ],
)
def test_nothing_is_reported_without_reason(
    world: World, basis: Basis, day: date, facts: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        reported(world, basis, day, **facts)
    assert not ShortfallReport.objects.exists()


def test_a_closed_clause_reports_nothing_any_more(world: World) -> None:
    with acting_as("test", day=DAY):
        for state in ("achevee", "close"):
            Clause.objects.update(state=state)
    with pytest.raises(Refused, match="avant de clore"):
        reported(world)


def test_only_the_referent_reports(world: World) -> None:
    clause = Clause.objects.with_context().get()
    for user in (buyer_of(world), company_of(world), builders.world("Mont-Rêvé").facilitator):
        with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
            report(
                scoped(user),
                clause,
                held_award(world),
                basis=Basis.FORESEEN,
                message="",
                letter="Madame",
                address=str,
            )


def test_a_later_report_takes_the_place_of_one_not_decided(world: World) -> None:
    buyer = buyer_of(world)
    first = reported(world)
    later = reported(world, day=DAY + timedelta(3))
    scope = scoped(buyer, DAY + timedelta(3))
    assert [item.url_args for item in reports_due(scope)] == [(later.pk,)]
    assert standing(visible(scope).get(pk=first.pk), scope.day).replaced
    with pytest.raises(Conflict, match="remplace"):
        decided(first, buyer, "sans_suite", DAY + timedelta(3), reason="Trop tard")


# --- the decision ---


def test_a_notice_gives_the_company_its_turn_then_the_buyer_again(world: World) -> None:
    buyer, company = buyer_of(world), company_of(world)
    made = reported(world)
    assert not reports_due(scoped(company))
    until = DAY + timedelta(15)
    decided(made, buyer, "mise_en_demeure", until=until)
    assert count_reports_due(scoped(buyer)) == 0
    (item,) = reports_due(scoped(company))
    assert (item.turn, item.by, item.since) == (Turn.COMPANY, until, DAY)
    assert item.about == f"{world.operation}, lot 3 · {world.buyer}"
    (waiting,) = reports_due(scoped(buyer))
    assert waiting.about == f"{world.operation}, lot 3 · {world.company}"
    assert count_reports_due(scoped(company)) == 1
    after = until + timedelta(1)
    assert count_reports_due(scoped(company, after)) == 0
    (again,) = reports_due(scoped(buyer, after))
    assert (again.turn, again.since) == (Turn.BUYER, after)
    assert "délai" in again.what
    decided(made, buyer, "penalite", after, amount=Decimal(5000))
    assert not reports_due(scoped(buyer, after))
    assert not reports_due(scoped(company, after))


def test_a_closed_report_is_not_decided_again(world: World) -> None:
    buyer = buyer_of(world)
    made = reported(world)
    decided(made, buyer, "remise", reason="Crise du secteur")
    with pytest.raises(Conflict, match="déjà décidé"):
        decided(made, buyer, "penalite", amount=Decimal(10))
    assert BuyerDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("mise_en_demeure", {}),
        ("mise_en_demeure", {"until": DAY}),
        ("mise_en_demeure", {"until": DAY + timedelta(9), "amount": Decimal(10)}),
        ("penalite", {}),
        ("penalite", {"amount": Decimal(0)}),
        ("penalite", {"amount": Decimal(10), "until": DAY + timedelta(9)}),
        ("remise", {}),
        ("sans_suite", {"reason": " "}),
        ("sans_suite", {"reason": "Avant", "day": DAY - timedelta(1)}),
    ],
)
def test_facts_that_do_not_go_together_are_refused(
    world: World, kind: str, facts: dict[str, Any]
) -> None:
    buyer, made = buyer_of(world), reported(world)
    with pytest.raises(Refused):
        decided(made, buyer, kind, **facts)
    assert not BuyerDecision.objects.exists()


def test_a_decision_to_come_is_refused(world: World) -> None:
    made, buyer = reported(world), buyer_of(world)
    decision = BuyerDecision(kind="sans_suite", decided_on=DAY + timedelta(1), reason="Demain")
    with acting_as(buyer, day=DAY), pytest.raises(Refused, match="date"):
        decide(scoped(buyer), made, decision)


def test_the_referent_records_for_a_buyer_without_account_and_it_is_said(world: World) -> None:
    made = reported(world)
    decided(made, world.facilitator, "sans_suite", reason="Dit par téléphone")
    (told,) = decisions_of(made)
    assert not told.own
    assert "en son nom" in JournalEntry.objects.get(verb="shortfall.decided").sentence
    assert not Mail.objects.exists()


def test_the_facilitator_is_told_what_the_buyer_decided(world: World) -> None:
    buyer, made = buyer_of(world), reported(world)
    decided(made, buyer, "penalite", amount=Decimal("5000.50"))
    mail = Mail.objects.get(kind="shortfall.decided")
    assert mail.recipient == world.facilitator.email
    assert "pénalité de 5 000,50 €" in plain(mail.body)
    (told,) = decisions_of(made)
    assert told.own


def test_nobody_else_decides(world: World) -> None:
    made = reported(world)
    users: list[User] = [company_of(world), builders.world("Mont-Rêvé").facilitator]
    users.append(buyer_of(builders.world("Pays-Supposé")))
    for user in users:
        with pytest.raises(PermissionDenied):
            decided(made, user, "sans_suite", reason="Non")


def test_a_company_reads_only_its_own_and_only_once_decided(world: World) -> None:
    made = reported(world)
    company = company_of(world)
    with acting_as("test", day=DAY):
        other = builders.organisation("Zinc Rêvé", Role.COMPANY)
        AwardMember.objects.create(
            award=world.award,
            organisation=other,
            part=MemberPart.SUBCONTRACTOR,
            starts_on=date(2026, 3, 2),
        )
        beside = builders.member(other, MemberRole.COMPANY)
        coordinator = builders.member(
            builders.organisation("Coordination Inventée", Role.COORDINATION),
            MemberRole.COORDINATOR,
        )
    assert not visible(scoped(company)).exists()
    decided(made, world.facilitator, "sans_suite", reason="Dit par téléphone")
    assert visible(scoped(company)).get() == made
    for user in (beside, coordinator, company_of(builders.world("Mont-Rêvé"))):
        assert not visible(scoped(user)).exists()


def test_who_takes_over_a_contract_reads_what_it_owes_and_who_left_before_does_not(
    world: World,
) -> None:
    company = company_of(world)
    with acting_as("test", day=DAY):
        AwardMember.objects.update(ends_on=date(2026, 10, 31), departure="cession")
        next_one = builders.organisation("Zinc Rêvé", Role.COMPANY)
        AwardMember.objects.create(
            award=world.award,
            organisation=next_one,
            part=MemberPart.HOLDER,
            starts_on=date(2026, 11, 1),
        )
        newcomer = builders.member(next_one, MemberRole.COMPANY)
    made = reported(world)
    assert made.figures["holder"] == "Zinc Rêvé"
    decided(made, world.facilitator, "mise_en_demeure", until=DAY + timedelta(15))
    assert not visible(scoped(company)).exists()
    assert count_reports_due(scoped(company)) == 0
    assert visible(scoped(newcomer)).exists()
    assert count_reports_due(scoped(newcomer)) == 1


def test_of_two_decisions_at_once_one_wins(committed_db: object) -> None:
    world = short_world()
    made = reported(world)

    def closing(one: World) -> object:
        found = ShortfallReport.objects.select_related("clause__lot__contract__operation").get(
            pk=made.pk
        )
        decision = BuyerDecision(kind="sans_suite", decided_on=DAY, reason="Dit par téléphone")
        return decide(one.scope, found, decision, seen=0)

    answers = at_once(world, closing, closing)
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert last_decision(made) == BuyerDecision.objects.get().pk


def test_of_two_reports_at_once_one_is_sent(committed_db: object) -> None:
    world = short_world()

    def told(one: World) -> object:
        return report(
            one.scope,
            Clause.objects.with_context().get(),
            held_award(one),
            basis=Basis.FORESEEN,
            message="",
            letter="Madame, Monsieur,",
            address=lambda made: f"https://essai/{made.pk}",
            seen=(0, Decimal(565)),
        )

    answers = at_once(world, told, told)
    assert not unexpected(answers), answers
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert ShortfallReport.objects.count() == 1
