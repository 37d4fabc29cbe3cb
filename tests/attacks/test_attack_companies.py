"""Companies on the same award, and those who enter for them: names, figures, mails, doors."""

import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from tests import builders
from tests.attacks.months_site import HERE, OCTOBER, Site, built_site, joins
from tests.builders import DAY

from coclause.clauses import contacts
from coclause.clauses.contacts import Newcomer
from coclause.clauses.models import AwardMember
from coclause.core.actor import acting_as
from coclause.core.models import Mail, PersonReading, User
from coclause.core.refusals import Refused
from coclause.hours import owing
from coclause.hours.checking import return_lines
from coclause.hours.contesting import contest
from coclause.hours.models import Contest, Statement, StatementLine
from coclause.organisations.choices import MemberRole
from coclause.organisations.entering import enter_address, enters_by_code
from coclause.organisations.models import Membership
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db
BASILE = ("Supposé", "Basile", "SUPPOSE", "Suppose")


@pytest.fixture(autouse=True)
def _today(day_of_the_builders: None) -> None:
    """Every test is of that day."""


@pytest.fixture
def site() -> Site:
    return built_site()


def text_of(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode()
    with ZipFile(BytesIO(content)) as book:
        return " ".join(book.read(name).decode() for name in book.namelist())


def pages(site: Site) -> list[str]:
    world = site.world
    line = StatementLine.objects.order_by("pk").last()
    return [
        HERE, f"{HERE}modele.xlsx", f"{HERE}fichier/", "/a-faire/", "/courriels/", "/contacts/",
        f"/clauses/{world.clause.pk}/", f"/clauses/{world.clause.pk}/?onglet=personnes",
        f"/clauses/{world.clause.pk}/?onglet=journal", f"/clauses/{world.clause.pk}/heures.xlsx",
        f"/clauses/{world.clause.pk}/documents/", f"/attributions/{world.award.pk}/plan/",
        f"/attributions/{world.award.pk}/mois/2026-10/pieces/",
        f"/lignes/{line.pk if line else 0}/contester/",
    ]  # fmt: skip


def test_a_holder_reads_no_name_of_an_agency_s_people_anywhere(site: Site) -> None:
    site.say(site.temp, {site.basile: "230"}, 0)
    told = site.typed({site.basile: "10", site.world.employment: "500", site.zoe: "9"}, 1)
    client = site.client(site.holder)
    bodies = {path: client.get(path) for path in pages(site)}
    bodies["sent"] = client.post(HERE, told)
    bodies["stale"] = client.post(HERE, site.typed({site.zoe: "900"}, 7))
    for path, answer in bodies.items():
        body = text_of(answer.content) if answer.content else ""
        assert not [name for name in BASILE if name in body], path
        assert "Chimérique" not in body, path
    read = PersonReading.objects.filter(actor=site.holder).values_list("identities", flat=True)
    with acting_as(site.world.facilitator, day=DAY):
        theirs = {site.basile.identity_id, site.zoe.identity_id}
    assert not [one for found in read for one in found if one in theirs]


def test_an_agency_reads_nothing_of_the_holder_s_people(site: Site) -> None:
    site.say(site.holder, {site.world.employment: "131.75"}, 0)
    client = site.client(site.temp)
    for path in pages(site)[:3]:
        body = text_of(client.get(path).content)
        assert "Inventée" not in body, path


def test_an_agency_contests_nothing(site: Site) -> None:
    site.say(site.holder, {site.world.employment: "35"}, 0)
    line = StatementLine.objects.get()
    answer = site.client(site.temp).post(
        f"/lignes/{line.pk}/contester/", {"hours": "1", "reason": "non"}
    )
    assert answer.status_code in (403, 404)
    assert not Contest.objects.exists()


def test_a_company_is_written_once_of_lines_sent_back(site: Site) -> None:
    world = site.world
    site.say(site.temp, {site.basile: "70"}, 0)
    statement = site.say(site.holder, {world.employment: "35"}, 1)
    basile = StatementLine.objects.get(hours=70)
    nadia = StatementLine.objects.get(hours=35)
    with acting_as(world.facilitator, day=DAY):
        return_lines(world.scope, statement, [basile.pk], "Facture ?")
        return_lines(world.scope, statement, [nadia.pk], "Attestation ?")
    site.say(site.holder, {world.employment: "36"}, 2)
    again = StatementLine.objects.get(hours=36)
    with acting_as(world.facilitator, day=DAY):
        return_lines(world.scope, Statement.objects.get(), [again.pk], "Encore")
    to_agency = Mail.objects.filter(kind="month.returned", recipient=site.temp.email)
    assert to_agency.count() == 1
    assert Mail.objects.filter(kind="month.returned", recipient=site.holder.email).count() == 2


def test_a_reason_as_long_as_a_letter_is_refused_or_cut(site: Site) -> None:
    world = site.world
    statement = site.say(site.temp, {site.basile: "70"}, 0)
    line = StatementLine.objects.get()
    with acting_as(world.facilitator, day=DAY), pytest.raises(Refused):
        return_lines(world.scope, statement, [line.pk], "non " * 200)


def test_who_works_in_the_network_never_enters_by_code(site: Site) -> None:
    with acting_as("test", day=DAY):
        for since, until in ((DAY + timedelta(days=3), None), (date(2020, 1, 1), DAY)):
            user = builders.member(site.agency, MemberRole.COMPANY)
            Membership.objects.create(
                user=user, organisation=site.world.host, role=MemberRole.FACILITATOR,
                starts_on=since, ends_on=until,
            )  # fmt: skip
            assert not enters_by_code(user, DAY), since


@pytest.mark.parametrize(
    "away", ["//evil.test/", "https://evil.test/", "/\\evil.test", "javascript:alert(1)"]
)
def test_the_way_in_leads_nowhere_else(site: Site, away: str) -> None:
    path = enter_address(site.temp, away).partition("/entrer/")[2]
    client = Client()
    page = client.get(f"/entrer/{path}")
    asked = client.post(f"/entrer/{path}", {"next": away})
    assert asked.status_code == 302, page.status_code
    code = re.search(r"\d{4}-?\d{4}", Mail.objects.get(kind="login.code").body)
    assert code
    done = client.post(asked["Location"], {"code": code[0], "next": away})
    assert done.status_code == 302
    assert "evil" not in done["Location"]
    assert "javascript" not in done["Location"]


def test_a_code_opens_once_and_only_where_it_was_asked(site: Site) -> None:
    ask, answer = "/compte/login/code/", "/compte/login/code/confirm/"
    client, thief = Client(), Client()
    sent = client.post(ask, {"email": site.temp.email})
    thief.post(ask, {"email": site.holder.email})
    code = re.search(r"\d{4}-?\d{4}", Mail.objects.get(recipient=site.temp.email).body)
    assert code
    where = sent["Location"] or answer
    assert "_auth_user_id" not in (thief.post(where, {"code": code[0]}), thief.session)[1]
    assert client.post(where, {"code": code[0]}).status_code == 302
    assert "_auth_user_id" in client.session
    other = Client()
    other.post(ask, {"email": site.temp.email})
    other.post(where, {"code": code[0]})
    assert "_auth_user_id" not in other.session


def test_handing_over_twice_leaves_one_successor(site: Site) -> None:
    scope = scope_of(site.temp, DAY)
    with acting_as(site.temp, day=DAY):
        contacts.hand_over(scope, site.agency, Newcomer("suite@exemple.test", "Suite", "Une"))
        with pytest.raises(Exception):  # noqa: B017, PT011
            contacts.hand_over(scope, site.agency, Newcomer("deux@exemple.test", "Deux", "Deux"))
    assert not User.objects.filter(email="deux@exemple.test").exists()


def test_who_left_yesterday_declares_nothing(site: Site) -> None:
    with acting_as("test", day=DAY):
        Membership.objects.filter(user=site.temp).update(ends_on=DAY - timedelta(days=1))
    answer = site.client(site.temp).post(HERE, site.typed({site.basile: "70"}))
    assert answer.status_code in (403, 404)
    assert not Statement.objects.exists()


def test_who_is_host_and_company_types_as_the_host(site: Site) -> None:
    joins(site.world.facilitator, site.world.company)
    site.say(site.world.facilitator, {site.world.employment: "35"}, 0)
    page = site.client(site.world.facilitator).get(HERE)
    assert page.status_code == 200
    assert StatementLine.objects.filter(declaration__organisation=None).exists()


def test_validating_a_contested_line_asks_again(site: Site) -> None:
    statement = site.say(site.temp, {site.basile: "70"}, 0)
    line = StatementLine.objects.get()
    with acting_as(site.holder, day=DAY):
        contest(scope_of(site.holder, DAY), line, Decimal(60), "Basile Supposé est parti le 20.")
    client = site.client(site.world.facilitator)
    page = client.get(f"/attributions/{site.world.award.pk}/mois/2026-10/verifier/")
    assert "60" in page.content.decode()
    body = site.client(site.holder).get(HERE).content.decode()
    assert statement.pk
    assert "Une personne employée par" in body


def test_nobody_calls_or_writes_to_a_company_for_a_month_it_cannot_open(site: Site) -> None:
    with acting_as("test", day=DAY):
        AwardMember.objects.filter(organisation=site.agency).update(ends_on=date(2026, 9, 20))
    owed = owing.owed_by_companies(DAY)
    assert OCTOBER not in {month for row in owed.get(site.agency.pk, ()) for month in row.months}
    assert date(2026, 9, 1) in {m for row in owed[site.agency.pk] for m in row.months}
    assert site.client(site.temp).get(HERE).status_code == 404
