"""Documents and papers of companies that share an award: whose each is, and what leaks."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.attacks.months_site import HERE, Site, built_site
from tests.builders import DAY
from tests.hours.papers.paper_worlds import contract, invoice
from tests.hours.proofs.proof_worlds import issued

from coclause.core.actor import acting_as
from coclause.hours.checking import validate_lines
from coclause.hours.choices import ProofKind
from coclause.hours.models import Assignment, Proof, StatementLine, SupportingPaper
from coclause.hours.proofs.facts import outdated
from coclause.organisations.models import Organisation

pytestmark = pytest.mark.django_db
NAMES = ("Inventée", "INVENTEE", "Nadia", "Supposé", "Basile", "Chimérique")


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None:
    """Every test is of that day."""


@pytest.fixture
def site() -> Site:
    """Seventy hours of the agency and thirty-five of the holder, validated."""
    made = built_site()
    made.say(made.temp, {made.basile: "70"}, 0)
    statement = made.say(made.holder, {made.world.employment: "35"}, 1)
    with acting_as(made.world.facilitator, day=DAY):
        lines = list(StatementLine.objects.values_list("pk", flat=True))
        validate_lines(made.world.scope, statement, lines)
    return made


def certificate(site: Site, company: Organisation) -> Proof:
    return issued(site.world, ProofKind.CERTIFICATE, company=company)


def test_what_is_frozen_names_nobody(site: Site) -> None:
    issued(site.world)
    issued(site.world, ProofKind.CONTROL)
    certificate(site, site.agency)
    certificate(site, site.world.company)
    for proof in Proof.objects.all():
        told = json.dumps(proof.figures, ensure_ascii=False)
        assert not [name for name in NAMES if name in told], proof.kind


def test_a_company_reads_its_own_certificate_alone(site: Site) -> None:
    own, other = certificate(site, site.agency), certificate(site, site.world.company)
    sheet, statement = issued(site.world, ProofKind.CONTROL), issued(site.world)
    client = site.client(site.temp)
    assert client.get(f"/documents/{own.number}.pdf").status_code == 200
    for proof in (other, sheet, statement):
        assert client.get(f"/documents/{proof.number}.pdf").status_code == 404, proof.kind
    page = client.get(f"/clauses/{site.world.clause.pk}/documents/").content.decode()
    assert own.number in page
    assert other.number not in page


def test_a_correction_of_the_agency_outdates_the_documents_that_counted_it(site: Site) -> None:
    statement = issued(site.world)
    of_agency = certificate(site, site.agency)
    month = site.say(site.temp, {site.basile: "60"}, 2)
    with acting_as(site.world.facilitator, day=DAY):
        waiting = list(month.lines.to_check().values_list("pk", flat=True))
        validate_lines(site.world.scope, month, waiting)
    assert outdated([statement, of_agency], DAY) == {statement.pk, of_agency.pk}


def test_verifying_tells_nothing_but_valid_what_and_when(site: Site) -> None:
    proof = certificate(site, site.agency)
    answer = Client().get(f"/verifier/{proof.code}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    head = proof.figures["head"]
    for secret in (proof.number, head["company"], head["operation"], head["host"], "70", *NAMES):
        assert f">{secret}" not in page, secret
    assert "no-store" in answer["Cache-Control"]
    for wrong in ("ABCD-EFGH-JKMN-PQRS", "x" * 5000, "%00", "../", "<b>"):
        assert Client().get("/verifier/", {"code": wrong}).status_code in (302, 400, 404), wrong


@pytest.mark.parametrize("who", ["holder", "temp"])
def test_papers_of_another_company_are_nowhere(site: Site, who: str) -> None:
    world = site.world
    mine: dict[str, Any] = {"temp": site.basile, "holder": world.employment}
    user = getattr(site, who)
    theirs = "temp" if who == "holder" else "holder"
    paper = contract(world, world.facilitator, employment=mine[theirs])
    statement = StatementLine.objects.earliest("pk").statement
    bill = invoice(world, world.facilitator, statement, company=mine[theirs].employer)
    client = site.client(user)
    for one in (paper, bill):
        assert client.get(f"/pieces/{one.pk}/").status_code == 404
        assert client.post(f"/pieces/{one.pk}/effacer/").status_code == 404
    assignment = Assignment.objects.get(employment=mine[theirs].pk)
    assert client.get(f"/affectations/{assignment.pk}/pieces/").status_code in (403, 404)
    page = client.get(f"/attributions/{world.award.pk}/mois/2026-10/pieces/").content.decode()
    assert f"/pieces/{bill.pk}/" not in page
    with acting_as(world.facilitator, day=DAY):
        assert SupportingPaper.objects.filter(erased_at__isnull=True).count() == 2
    assert client.get(HERE).status_code == 200
