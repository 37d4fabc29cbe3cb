"""Documents that prove hours: what they say must hold, and go on holding once figures move."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from tests import builders
from tests.builders import DAY, World, at
from tests.hours.proofs.proof_worlds import (
    END_OF_OCTOBER,
    NOVEMBER,
    declared,
    hired,
    issued,
    validated,
    words_in,
    words_of,
)

from coclause.clauses.choices import MemberPart
from coclause.clauses.models import AwardMember, Clause
from coclause.core.actor import acting_as
from coclause.core.journal import subject
from coclause.core.models import JournalEntry, Mail, PersonReading
from coclause.core.refusals import Conflict, Refused
from coclause.hours.choices import DecisionKind, ProofKind, Way
from coclause.hours.models import BuyerDecision, PlanStep, Proof, ShortfallReport
from coclause.hours.proofs.facts import outdated
from coclause.hours.proofs.issuing import content, digest_of, issue
from coclause.hours.proofs.numbering import ALPHABET, code_in, new_code
from coclause.hours.proofs.verifying import verified
from coclause.organisations.choices import MemberRole, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


def ended(world: World) -> None:
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=world.clause.pk).update(state="achevee")
    world.clause.refresh_from_db()


def test_an_interim_statement_tells_validated_from_waiting_and_what_is_expected(
    world: World,
) -> None:
    validated(world, "60", month=date(2026, 9, 1))
    declared(world, "90")
    proof = issued(world, until=END_OF_OCTOBER)
    hours = proof.figures["hours"]
    assert (hours["validated"], hours["waiting"], hours["committed"]) == (
        "60.00",
        "90.00",
        "1240.00",
    )
    text = words_of(proof)
    for words in (
        "60 h validées sur 1 240 h engagées",
        "Il manque 1 180 h",
        "Déclarées, à vérifier 90 h",
        "Octobre 2026 0 h 90 h 60 h",
        "Sans déclaration : mars 2026, avril 2026",
        proof.number,
        proof.code,
        "/verifier/",
        "Ville de Val-Imaginé",
        "Maison de l'emploi du Val-Imaginé",
    ):
        assert words in text, words


def test_the_hours_stop_at_the_month_asked_for(world: World) -> None:
    validated(world, "60")
    validated(world, "30", month=NOVEMBER)
    assert issued(world, until=END_OF_OCTOBER).figures["hours"]["validated"] == "60.00"
    assert issued(world).figures["hours"]["validated"] == "90.00"


def test_a_buyer_is_told_no_name_no_criterion_no_small_group(world: World) -> None:
    validated(world, "60")
    proof = issued(world)
    kept = str(proof.figures) + words_of(proof)
    for told in ("Inventée", "Nadia", "DELD", "CDD"):
        assert told not in kept
    persons = proof.figures["persons"]
    assert persons["total"] == "hidden"
    assert set(persons["sexes"].values()) == {"hidden"}
    assert "Personnes distinctes < 5" in words_of(proof)


def test_numbers_of_persons_large_enough_are_shown_and_one_person_counts_once(
    world: World,
) -> None:
    for number in range(8):
        sex = "femme" if number < 5 else "homme"
        worker = hired(world, number, sex=sex)
        validated(world, "10", employment=worker, version=number)
    validated(world, "10", month=NOVEMBER, employment=worker)
    persons = issued(world).figures["persons"]
    assert persons["total"] == 8
    # Three men would be told by the difference: both are hidden.
    assert persons["sexes"] == {"femme": "hidden", "homme": "hidden", "inconnu": 0}
    assert persons["ages"]["26_49"] == 8


def test_ways_and_employers_add_up_to_the_validated_hours(world: World) -> None:
    with acting_as("test", day=DAY):
        agency = builders.organisation("Relais des Brumes", Role.COMPANY)
        AwardMember.objects.create(
            award=world.award,
            organisation=agency,
            part=MemberPart.AGENCY,
            starts_on=date(2026, 3, 2),
        )
    lent = hired(world, 0, employer=agency, way=Way.MADE_AVAILABLE)
    validated(world, "60")
    validated(world, "40", employment=lent, version=1)
    figures = issued(world).figures
    assert figures["ways"] == {"embauche_directe": "60.00", "mise_a_disposition": "40.00"}
    assert figures["employers"] == {"titulaire": "60.00", "mise_a_dispo": "40.00"}
    assert "Relais des Brumes" not in str(figures["employers"])


def test_a_final_statement_waits_for_the_end_and_counts_validated_hours_alone(
    world: World,
) -> None:
    validated(world, "60")
    declared(world, "30", month=NOVEMBER)
    with pytest.raises(Refused, match="bilan intermédiaire"):
        issued(world, ProofKind.FINAL)
    ended(world)
    proof = issued(world, ProofKind.FINAL)
    assert proof.until == DAY
    text = words_of(proof)
    assert "60 h validées sur 1 240 h engagées" in text
    assert "30 h déclarées attendent une vérification : non comptées ici" in text
    assert "à ce rythme" not in text
    assert "Aucune décision inscrite." in text


def test_a_final_statement_says_what_the_buyer_decided(world: World) -> None:
    ended(world)
    with acting_as(world.facilitator, day=DAY):
        report = ShortfallReport.objects.create(
            award=world.award,
            clause=world.clause,
            day=DAY,
            missing=Decimal(1240),
            figures={},
            penalty={},
            letter="Projet",
            author=world.facilitator,
        )
        BuyerDecision.objects.create(
            report=report,
            kind=DecisionKind.PENALTY,
            decided_on=DAY,
            amount=Decimal("4600.50"),
            reason="Motif gardé par l’acheteur",
            author=world.facilitator,
        )
    text = words_of(issued(world, ProofKind.FINAL))
    assert "Le 24/11/2026 : pénalité de 4 600,50 €." in text
    assert "Motif gardé" not in text


def test_after_a_correction_a_second_version_names_the_first_which_stays(world: World) -> None:
    ended(world)
    validated(world, "60")
    first = issued(world, ProofKind.FINAL)
    assert not outdated([first], DAY)
    with pytest.raises(Refused, match="Rien n’a changé"):
        issued(world, ProofKind.FINAL)
    validated(world, "55", version=1)
    assert outdated([first], DAY) == {first.pk}
    second = issued(world, ProofKind.FINAL)
    assert (second.version, second.replaces) == (2, first)
    assert f"2, qui remplace le document n° {first.number} du 24/11/2026" in words_of(second)
    assert "55 h validées" in words_of(second)
    first.refresh_from_db()
    assert "60 h validées" in words_of(first)
    assert not outdated([second], DAY)


def test_an_amendment_known_later_makes_a_statement_out_of_date(world: World) -> None:
    validated(world, "60")
    proof = issued(world)
    with acting_as("test", day=DAY):
        objective = world.award.commitments.get().objectives.get()
        objective.events.create(
            kind="avenant",
            effective_on=date(2026, 11, 2),
            quantity=Decimal(-40),
            reason="Lot réduit",
            recorded_at=at(DAY),
        )
    assert outdated([proof], DAY) == {proof.pk}
    second = issued(world)
    assert second.figures["hours"]["committed"] == "1200.00"
    assert "avenant : 40 h de moins, l’engagement passe à 1 200 h" in words_of(second)


def test_a_statement_of_another_month_is_another_document(world: World) -> None:
    validated(world, "60")
    first = issued(world, until=END_OF_OCTOBER)
    second = issued(world, until=DAY)
    assert (second.version, second.replaces) == (1, None)
    assert [first.number, second.number] == ["CC-2026-000001", "CC-2026-000002"]


def test_what_was_read_is_what_is_frozen(world: World) -> None:
    validated(world, "60")
    proof = issued(world, version=0)
    for stale in ({"version": 0}, {"read": digest_of({"autre": 1})}):
        with pytest.raises(Conflict):
            issued(world, **stale)
    assert Proof.objects.get() == proof


def test_a_version_never_changes(world: World) -> None:
    proof = issued(world)
    with (
        pytest.raises(DatabaseError, match="only grows"),
        acting_as("test", day=DAY),
        transaction.atomic(),
    ):
        Proof.objects.filter(pk=proof.pk).update(number="CC-2026-999999")


def test_only_the_referent_host_establishes(world: World) -> None:
    with acting_as("test", day=DAY):
        buyer = builders.member(world.buyer, MemberRole.BUYER)
        company = builders.member(world.company, MemberRole.COMPANY)
    for user in (buyer, company):
        with pytest.raises(PermissionDenied), acting_as(user, day=DAY):
            issue(world.as_user(user), ProofKind.INTERIM, world.clause, world.award)
    assert not Proof.objects.exists()


def test_a_certificate_attests_what_the_holder_owns_and_an_agency_what_it_employs(
    world: World,
) -> None:
    with acting_as("test", day=DAY):
        agency = builders.organisation("Relais des Brumes", Role.COMPANY)
        AwardMember.objects.create(
            award=world.award,
            organisation=agency,
            part=MemberPart.AGENCY,
            starts_on=date(2026, 3, 2),
        )
    validated(world, "60")
    validated(world, "40", employment=hired(world, 0, employer=agency), version=1)
    whole = issued(world, ProofKind.CERTIFICATE, company=world.company)
    part = issued(world, ProofKind.CERTIFICATE, company=agency)
    assert whole.figures["hours"] == {"validated": "100.00", "own": "60.00"}
    assert part.figures["hours"] == {"validated": "40.00", "own": "40.00"}
    text = words_of(part)
    assert "40 h d’insertion validées" in text
    assert "engagement de Toitures du Val" in text
    assert str(agency.siret) in text


def test_a_company_replaced_is_attested_its_own_months_alone(world: World) -> None:
    with acting_as("test", day=DAY):
        second = builders.organisation("Charpentes Suivantes", Role.COMPANY)
        world.award.members.update(ends_on=date(2026, 10, 14), departure="cession")
        AwardMember.objects.create(
            award=world.award,
            organisation=second,
            part=MemberPart.HOLDER,
            starts_on=date(2026, 10, 15),
        )
    worker = hired(world, 0, employer=second, starts=date(2026, 3, 9))
    validated(world, "60", month=date(2026, 9, 1), employment=worker)
    validated(world, "35", employment=worker)
    gone = issued(world, ProofKind.CERTIFICATE, company=world.company)
    assert gone.figures["hours"]["validated"] == "60.00"


def test_nothing_is_attested_without_hours_nor_to_a_stranger(world: World) -> None:
    with acting_as("test", day=DAY):
        other = builders.organisation("Mirage", Role.COMPANY)
    for company in (world.company, other, None):
        with pytest.raises(Refused):
            issued(world, ProofKind.CERTIFICATE, company=company)
    with pytest.raises(Refused, match="Seule une attestation"):
        issued(world, company=world.company)
    with pytest.raises(Refused, match="entre le 02/03/2026"):
        issued(world, until=date(2026, 3, 1))
    with pytest.raises(Refused):
        issued(world, until=date(2026, 11, 25))


def test_a_control_sheet_keeps_no_name_and_is_read_with_names_by_the_host(world: World) -> None:
    declared(world, "300")
    with acting_as("test", day=DAY):
        PlanStep.objects.create(
            award=world.award,
            label="Recruter deux aides-couvreurs",
            turn="entreprise",
            by=date(2026, 11, 2),
            agreed_on=date(2026, 3, 2),
        )
    proof = issued(world, ProofKind.CONTROL)
    assert "Inventée" not in str(proof.figures) + words_of(proof)
    assert "Personne 1" in words_of(proof)
    with acting_as(world.facilitator, day=DAY):
        before = PersonReading.objects.count()
        text = words_in(content(proof, world.scope))
        assert PersonReading.objects.count() == before + 1
    assert "Nadia" in text
    for words in ("300 h", "plus de 220 h", "Recruter deux aides-couvreurs", "1 étape en retard"):
        assert words in text, words


def test_a_control_sheet_is_not_told_in_the_journal_of_the_clause(world: World) -> None:
    issued(world, ProofKind.CONTROL)
    issued(world)
    told = JournalEntry.objects.filter(
        verb="proof.issued", subjects__contains=[subject(world.clause)]
    )
    assert [entry.sentence[:18] for entry in told] == ["Bilan intermédiair"]


def test_the_buyer_and_the_company_are_told_once_each(world: World) -> None:
    with acting_as("test", day=DAY):
        buyer = builders.member(world.buyer, MemberRole.BUYER)
        company = builders.member(world.company, MemberRole.COMPANY)
        builders.member(world.company, MemberRole.COMPANY)
    validated(world, "60")
    statement = issued(world)
    certificate = issued(world, ProofKind.CERTIFICATE, company=world.company)
    issued(world, ProofKind.CONTROL)
    mails = list(Mail.objects.filter(kind="proof.issued").order_by("pk"))
    assert [mail.recipient for mail in mails] == [buyer.email, company.email]
    assert statement.number in mails[0].subject
    assert certificate.number in mails[1].body
    assert "60" not in mails[1].body.replace(certificate.number, "")
    assert f"/clauses/{world.clause.pk}/documents/" in mails[0].body


def test_zero_hours_and_more_than_the_commitment_are_both_said(world: World) -> None:
    text = words_of(issued(world))
    assert "0 h validées sur 1 240 h engagées" in text
    assert "Aucun mois déclaré." in text
    for month in range(3, 11):
        validated(world, "180", month=date(2026, month, 1))
    text = words_of(issued(world))
    assert "1 440 h validées sur 1 240 h engagées" in text
    assert "est tenu : 116,1 %" in text


def test_an_award_without_a_known_commitment_says_so(world: World) -> None:
    with acting_as("test", day=DAY):
        alone = builders.clause(builders.lot(world.operation, number=7))
        award = builders.award(alone.lot, world.company)
    lonely = replace(world, clause=alone, award=award, lot=alone.lot)
    worker = hired(lonely, 0)
    validated(lonely, "12", employment=worker)
    proof = issued(lonely)
    assert proof.figures["hours"]["committed"] is None
    text = words_of(proof)
    assert "12 h validées" in text
    assert "L’engagement n’est pas connu." in text


def test_a_suspended_award_says_since_when(world: World) -> None:
    builders_day = date(2026, 11, 2)
    with acting_as("test", day=DAY):
        builders.calendar(
            world.award,
            world.award.starts_on,
            world.award.ends_on,
            since=builders_day,
            suspended_on=builders_day,
        )
    assert "suspendue depuis le 02/11/2026" in words_of(issued(world))


def test_codes_are_long_readable_and_read_however_they_are_typed() -> None:
    code = new_code()
    assert re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{3}}", code)
    assert not set("ILOU01") & set(ALPHABET)
    assert len(ALPHABET) ** 16 > 2**64
    assert code_in(code.lower().replace("-", " ")) == code
    assert code_in(code.replace("-", "")) == code
    for wrong in ("", "ABCD", code + "A", code[:-1] + "0", "é" * 16):
        assert code_in(wrong) is None
    assert len({new_code() for _ in range(500)}) == 500


def test_a_stranger_is_told_valid_or_replaced_and_nothing_else(world: World) -> None:
    first = issued(world)
    assert verified(first.code.lower()) == verified(first.code)
    found = verified(first.code)
    assert found
    assert (found.kind, found.day, found.replaced_on) == ("Bilan intermédiaire", DAY, None)
    validated(world, "60")
    issued(world)
    found = verified(first.code)
    assert found
    assert found.replaced_on == DAY
    assert verified(new_code()) is None
