"""A company's contact enters with a code received by mail, and by nothing less."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests import builders
from tests.builders import DAY, World
from tests.core.jobs_helper import run_jobs
from tests.core.smtp_server import Mailbox, smtp_server

from coclause.core.actor import acting_as
from coclause.core.models import Mail, User
from coclause.organisations.choices import MemberRole
from coclause.organisations.entering import enter_address, key_of, user_of
from coclause.organisations.models import Membership
from coclause.web.entering.pages import masked

ASK, CODE = "/compte/login/code/", "/compte/login/code/confirm/"
DESK = "/a-faire/"


@contextmanager
def mail_server(settings: Settings) -> Iterator[Mailbox]:
    """A real server, and Django set to it."""
    with smtp_server() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        yield mailbox


@pytest.fixture
def contact(world: World) -> User:
    with acting_as("test", day=DAY):
        return builders.member(world.company, MemberRole.COMPANY)


def code_sent() -> str:
    """The last code written to anybody."""
    body = Mail.objects.filter(kind="login.code").latest("pk").body
    found = re.search(r"\d{4}-\d{4}", body)
    assert found
    return found[0]


def ask(client: Client, email: str, then: str = DESK) -> str:
    """Where asking for a code leads."""
    answer = client.post(ASK, {"email": email, "next": then})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.django_db
def test_a_contact_enters_with_the_code_and_lands_where_the_message_led(
    contact: User, client: Client
) -> None:
    """Two minutes a month leave no time for a password, nor for finding the page again."""
    page = ask(client, contact.email.upper(), "/contacts/")
    assert page == f"{CODE}?next=%2Fcontacts%2F"
    answer = client.post(page, {"code": code_sent().replace("-", " "), "next": "/contacts/"})
    assert answer["Location"] == "/contacts/"
    assert signed_in(client)


@pytest.mark.usefixtures("committed_db")
def test_the_code_arrives_by_a_real_server_as_soon_as_it_is_asked(settings: Settings) -> None:
    """The worker sends it: the page waits for no server, and the contact for no sweep."""
    world = builders.world()
    with acting_as("test", day=DAY):
        contact = builders.member(world.company, MemberRole.COMPANY)
    client = Client()
    with mail_server(settings) as mailbox:
        ask(client, contact.email)
        run_jobs()
        (message,) = mailbox.messages
    assert mailbox.recipients == [contact.email]
    code = re.search(r"\d{4}-\d{4}", message.get_content())
    assert code
    assert code[0] in message["Subject"]
    client.post(CODE, {"code": code[0]})
    assert signed_in(client)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["contact", "facilitator", "nobody"])
def test_asking_tells_nothing_of_who_has_an_account(
    who: str, world: World, contact: User, client: Client
) -> None:
    """Nobody learns which companies, or which people, are here."""
    email = {
        "contact": contact.email,
        "facilitator": world.facilitator.email,
        "nobody": "personne@ailleurs.example",
    }[who]
    page = ask(client, email)
    assert page == f"{CODE}?next=%2Fa-faire%2F"
    shown = client.get(page).content.decode()
    assert email not in shown
    assert "Si cette adresse est celle d’un contact" in shown
    answers = [client.post(CODE, {"code": "0000-000x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert answers[2]["Location"] == ASK
    assert not signed_in(client)


@pytest.mark.django_db
def test_who_has_a_password_receives_no_code(world: World, client: Client) -> None:
    """Persons' files stay behind a password and a second factor."""
    for _ in range(2):
        ask(client, world.facilitator.email)
    mail = Mail.objects.get()
    assert (mail.kind, mail.recipient) == ("login.password", world.facilitator.email)
    assert not re.search(r"\d{4}-\d{4}", mail.body)


@pytest.mark.django_db
def test_a_place_elsewhere_or_ended_shuts_the_door(
    world: World, contact: User, client: Client
) -> None:
    """A former contact, and one who also works in the network, do not enter by code."""
    with acting_as("test", day=DAY):
        both = builders.member(world.company, MemberRole.COMPANY)
        both.memberships.create(
            organisation=world.buyer, role=MemberRole.BUYER, starts_on=date(2026, 1, 1)
        )
        contact.memberships.update(ends_on=DAY - timedelta(days=1))
    ask(client, both.email)
    ask(client, contact.email)
    assert not Mail.objects.filter(kind="login.code").exists()
    link = client.get(enter_address(contact, DESK))
    assert link["Location"] == "/compte/login/?next=%2Fa-faire%2F"


@pytest.mark.django_db
def test_a_code_serves_once_in_the_window_that_asked_for_it(contact: User, client: Client) -> None:
    """A code read over a shoulder, or in a mailbox left open, opens nothing elsewhere."""
    ask(client, contact.email)
    stolen = Client()
    assert stolen.post(CODE, {"code": code_sent()})["Location"] == ASK
    ask(stolen, "personne@ailleurs.example")
    stolen.post(CODE, {"code": code_sent()})
    assert not signed_in(stolen)
    client.post(CODE, {"code": code_sent()})
    assert signed_in(client)
    client.logout()
    client.post(CODE, {"code": code_sent()})
    assert not signed_in(client)


@pytest.mark.django_db
def test_three_wrong_codes_end_it(contact: User, client: Client) -> None:
    """Nobody guesses by trying."""
    ask(client, contact.email)
    for _ in range(3):
        client.post(CODE, {"code": "0000-000x"})
    client.post(CODE, {"code": code_sent()})
    assert not signed_in(client)


@pytest.mark.django_db
def test_a_new_code_replaces_the_first(contact: User, client: Client) -> None:
    """Who lost the first message is not shut out by it."""
    ask(client, contact.email)
    first = code_sent()
    page = client.get(ASK).content.decode()
    assert "Un code a déjà été demandé ici" in page
    ask(client, contact.email)
    client.post(CODE, {"code": first})
    assert not signed_in(client)
    client.post(CODE, {"code": code_sent()})
    assert signed_in(client)


@pytest.mark.django_db
def test_an_old_code_opens_nothing(
    contact: User, client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    ask(client, contact.email)
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    client.post(CODE, {"code": code_sent()})
    assert not signed_in(client)


@pytest.mark.django_db
def test_nobody_floods_a_mailbox_with_codes(contact: User) -> None:
    """Five an hour, however the address is spelled; an unknown address is answered alike."""
    for email in (contact.email, "personne@ailleurs.example"):
        local, _, domain = email.partition("@")
        answers = [
            Client().post(ASK, {"email": f"{local}{tag}@{domain}"})
            for tag in ("", "", "", "+a", "+b", "", "+c")
        ]
        assert [answer.status_code for answer in answers] == [302] * 5 + [422] * 2
        assert "Trop de codes" in answers[6].content.decode()


@pytest.mark.django_db
def test_the_link_of_a_message_leaves_one_button_to_press(contact: User, client: Client) -> None:
    """Opening it writes nothing: mail filters open links too."""
    address = enter_address(contact, "/contacts/")
    page = client.get(address)
    assert page.status_code == 200
    assert contact.email not in page.content.decode()
    assert masked(contact.email) in page.content.decode()
    assert not Mail.objects.exists()
    answer = client.post(address, {"next": "/contacts/"})
    assert answer["Location"] == f"{CODE}?next=%2Fcontacts%2F"
    assert client.post(answer["Location"], {"code": code_sent()})["Location"] == "/contacts/"
    assert client.get(address)["Location"] == "/contacts/"


@pytest.mark.django_db
def test_a_link_nobody_wrote_leads_to_the_plain_page(contact: User, client: Client) -> None:
    forged = signing.Signer(sep=".", salt="autre").sign(str(contact.pk))
    for key in (forged, str(contact.pk), f"{key_of(contact)}x", "x" * 300):
        assert user_of(key) is None
        answer = client.get(reverse("enter", args=[key]), {"next": DESK})
        assert answer["Location"] == "/compte/login/?next=%2Fa-faire%2F"
    assert user_of(key_of(contact)) == contact


@pytest.mark.django_db
@pytest.mark.parametrize("far", ["https://ailleurs.example/", "//ailleurs.example"])
def test_a_link_leads_nowhere_else_than_here(far: str, contact: User, client: Client) -> None:
    """A forged link must not hand a contact over to another site."""
    page = ask(client, contact.email, far)
    answer = client.post(page, {"code": code_sent(), "next": far})
    assert answer["Location"] == DESK


@pytest.mark.django_db
def test_a_session_opened_by_a_code_ends_when_its_user_does_more_than_declare(
    world: World, contact: User, client: Client
) -> None:
    client.post(ask(client, contact.email), {"code": code_sent()})
    assert client.get(DESK).status_code == 200
    with acting_as("test", day=DAY):
        Membership.objects.create(
            user=contact,
            organisation=world.host,
            role=MemberRole.FACILITATOR,
            starts_on=date(2020, 1, 1),
        )
    answer = client.get(DESK)
    assert answer["Location"] == f"{reverse('account_login')}?next={DESK}"
    assert not signed_in(client)


@pytest.mark.django_db
def test_a_second_factor_is_still_asked(contact: User, client: Client) -> None:
    with acting_as("test", day=DAY):
        TOTP.activate(contact, generate_totp_secret())
    assert Authenticator.objects.filter(user=contact).exists()
    page = ask(client, contact.email)
    answer = client.post(page, {"code": code_sent(), "next": DESK})
    assert answer["Location"] == "/compte/2fa/authenticate/"
    assert not signed_in(client)
