"""Mail, from the act that writes it to a real SMTP server."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from pytest_django import Settings
from tests.builders import DAY
from tests.core.jobs_helper import run_jobs, waiting_jobs
from tests.core.smtp_server import Mailbox, smtp_server

from coclause.core import sending, tasks
from coclause.core.actor import acting_as
from coclause.core.models import Mail, MailState, User
from coclause.core.outbox import mailbox as mailbox_of
from coclause.core.outbox import mails_about, plain_address, post
from coclause.core.refusals import Refused

NOW = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
SOME_TIME = timedelta(days=3)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A real server, and Django set to it."""
    with smtp_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.DEFAULT_FROM_EMAIL = "Réseau des clauses <clauses@region.example>"
        yield server


def write(key: str = "essai:1", to: str = "achats@ville.example", **facts: Any) -> Mail | None:
    facts = {
        "subject": "Votre demande",
        "body": "Bonjour.",
        "kind": "essai",
        "about": [],
        "day": DAY,
        **facts,
    }
    with acting_as("essai", day=DAY):
        return post(to=to, key=key, **facts)


def written(key: str = "essai:1", **facts: Any) -> Mail:
    mail = write(key, **facts)
    assert mail
    return mail


def try_to_send(mail: Mail, now: datetime) -> Mail:
    sending.send(mail.pk, now=now, day=DAY)
    mail.refresh_from_db()
    return mail


@pytest.mark.usefixtures("committed_db")
def test_a_message_leaves_once_its_act_is_kept(mailbox: Mailbox) -> None:
    """A buyer must not be told of a request that was undone, nor wait for one that was kept."""
    with acting_as("essai", day=DAY):
        written("gardé")
        run_jobs()
        assert mailbox.messages == [], "it left before the commit"
    run_jobs()
    assert len(mailbox.messages) == 1

    def undo() -> None:
        with transaction.atomic():
            written("annulé")
            raise LookupError

    with pytest.raises(LookupError):
        undo()
    run_jobs()
    assert waiting_jobs() == []
    assert len(mailbox.messages) == 1
    mail = Mail.objects.get()
    assert (mail.key, mail.state, mail.attempts) == ("gardé", MailState.SENT, 1)
    assert mail.sent_at


@pytest.mark.usefixtures("committed_db")
def test_accents_arrive_as_they_were_written(mailbox: Mailbox) -> None:
    """« Clé à œillets » must not become a row of question marks in a buyer's mailbox."""
    subject = "Réponse à « L’Œuvre d’été », 1 000 h"
    body = "Bonjour,\n\nVotre clause à Besançon : 12 345 h — réalisées.\n.\nÀ bientôt"
    written(subject=subject, body=body)
    run_jobs()
    (message,) = mailbox.messages
    assert message["Subject"].strip() == subject
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == body
    assert message.get_content_type() == "text/plain"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Réseau des clauses <clauses@region.example>"
    assert message["Message-ID"].endswith("@region.example>")


@pytest.mark.usefixtures("committed_db")
def test_one_event_makes_one_message(mailbox: Mailbox) -> None:
    """A form sent twice must not write twice to the same person."""
    first, second = written(subject="Premier"), written(subject="Second")
    assert first == second
    run_jobs()
    assert [message["Subject"] for message in mailbox.messages] == ["Premier"]


@pytest.mark.usefixtures("committed_db")
def test_one_event_told_twice_at_once_makes_one_message(mailbox: Mailbox) -> None:
    both = at_once(2, lambda number: written())
    assert both[0] == both[1]
    run_jobs()
    assert len(mailbox.messages) == 1


@pytest.mark.usefixtures("committed_db")
def test_a_server_that_is_busy_is_asked_again_later(mailbox: Mailbox) -> None:
    """A passing trouble at the recipient's must not lose a message, nor flood the server."""
    mailbox.to_recipients = ["451 4.7.1 Patientez"]
    mail = try_to_send(written(at=NOW), NOW)
    assert (mail.state, mail.attempts) == (MailState.WAITING, 1)
    assert "451" in mail.last_error
    assert mail.next_try_at == NOW + timedelta(minutes=1)

    assert try_to_send(mail, NOW + timedelta(seconds=59)).attempts == 1, "too early"
    mailbox.to_messages = ["452 4.3.1 Disque plein"]
    assert try_to_send(mail, NOW + timedelta(minutes=1)).next_try_at == NOW + timedelta(minutes=6)
    mail = try_to_send(mail, NOW + timedelta(minutes=6))
    assert (mail.state, mail.last_error) == (MailState.SENT, "")
    assert len(mailbox.messages) == 1
    assert try_to_send(mail, NOW + SOME_TIME).attempts == 3, "sent twice"


@pytest.mark.parametrize("answers", ["to_recipients", "to_messages"])
@pytest.mark.usefixtures("committed_db")
def test_a_refusal_for_good_is_not_asked_again(mailbox: Mailbox, answers: str) -> None:
    """An address that does not exist must be seen, and its server left alone."""
    setattr(mailbox, answers, ["550 5.1.1 Inconnu : Bonjour."])
    mail = try_to_send(written(at=NOW), NOW)
    assert (mail.state, mail.attempts) == (MailState.ABANDONED, 1)
    assert "550" in mail.last_error
    assert "Bonjour" not in mail.last_error
    assert try_to_send(mail, NOW + SOME_TIME).attempts == 1
    assert mailbox.messages == []


@pytest.mark.usefixtures("committed_db")
def test_a_message_that_never_passes_is_given_up_and_says_why(mailbox: Mailbox) -> None:
    """Somebody must read that a mail never left, rather than believe it did."""
    mailbox.to_recipients = ["451 Plus tard"] * 20
    mail, now = written(at=NOW), NOW
    while mail.state == MailState.WAITING:
        now = mail.next_try_at
        try_to_send(mail, now)
    assert mail.state == MailState.ABANDONED
    assert mail.attempts == len(sending.DELAYS) + 1 == len(mailbox.tried)
    assert "451" in mail.last_error
    assert now - NOW == sum(sending.DELAYS, timedelta())


@pytest.mark.usefixtures("committed_db")
def test_what_a_lost_job_left_is_swept_up(mailbox: Mailbox) -> None:
    """A worker killed with its job in hand must not keep a message for ever."""
    for number in range(3):
        mail = written(f"essai:{number}")
    late = written("demain")
    with acting_as("essai", day=DAY):
        Mail.objects.filter(pk=late.pk).update(next_try_at=mail.next_try_at + timedelta(days=9999))
    tasks.sweep_mail(timestamp=0)
    assert len(mailbox.messages) == 3
    run_jobs()
    assert len(mailbox.messages) == 3


@pytest.mark.usefixtures("committed_db")
def test_a_server_out_of_reach_stops_the_sweep(settings: Settings) -> None:
    """Each message waiting its turn for a dead server would stop every other job."""
    with smtp_server() as gone:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", gone.port
    for number in range(3):
        written(f"essai:{number}")
    tasks.sweep_mail(timestamp=0)
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert Mail.objects.get(attempts=1).last_error == "Le serveur d'envoi ne répond pas."


@pytest.mark.usefixtures("committed_db")
def test_of_two_workers_at_once_one_sends(mailbox: Mailbox) -> None:
    """Nobody gets the same message twice because two workers took it up."""
    mail = written(at=NOW)
    mailbox.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(apart, lambda: sending.send(mail.pk, now=NOW, day=DAY))
        assert mailbox.entered.wait(10)
        assert sending.send(mail.pk, now=NOW, day=DAY) is None
        mailbox.gate.set()
        assert first.result()
    assert sending.send(mail.pk, now=NOW, day=DAY) is None
    assert len(mailbox.messages) == 1


@pytest.mark.usefixtures("committed_db")
def test_a_message_sent_again_after_a_crash_is_recognised(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine dies after the server's yes: mailboxes must be able to tell the copy."""
    mail = written(at=NOW)
    note = sending._note

    def crash(*args: object) -> None:
        raise SystemError

    monkeypatch.setattr(sending, "_note", crash)
    with pytest.raises(SystemError):
        sending.send(mail.pk, now=NOW, day=DAY)
    monkeypatch.setattr(sending, "_note", note)
    sending.send(mail.pk, now=NOW, day=DAY)
    other = written("autre", at=NOW)
    sending.send(other.pk, now=NOW, day=DAY)
    first, copy, third = (message["Message-ID"] for message in mailbox.messages)
    assert first == copy != third


@pytest.mark.usefixtures("committed_db")
def test_a_stranger_cannot_make_an_address_receive_more_than_a_handful(mailbox: Mailbox) -> None:
    """The front door must not be a way to flood somebody else's mailbox."""
    spellings = ["victime@ville.example", "Victime+a@Ville.example", "VICTIME+b+c@ville.example"]
    for number in range(12):
        write(f"essai:{number}", to=spellings[number % 3], limited=True, at=NOW)
    assert Mail.objects.count() == 5
    assert write("essai:13", to=spellings[0], limited=True, at=NOW) is None
    assert write("essai:0", to=spellings[0], limited=True, at=NOW), "the first ones are still there"

    day_later = NOW + timedelta(hours=24)
    assert not write("tôt", to=spellings[0], limited=True, at=day_later - timedelta(seconds=1))
    assert write("demain", to=spellings[0], limited=True, at=day_later)
    assert write("autre", to="autre@ville.example", limited=True, at=NOW)
    assert write("ordinaire", to=spellings[0], at=NOW), "a message of the house is not counted"
    run_jobs()
    assert len(mailbox.messages) == 8


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Achats+1@Ville.example", "achats@ville.example", True),
        ("a.chats@ville.example", "achats@ville.example", False),
        ("a.chats+x@gmail.com", "achats@googlemail.com", True),
        ("achats@besançon.example", "achats@xn--besanon-yxa.example", True),
        ("+1@ville.example", "+2@ville.example", False),
    ],
)
def test_a_mailbox_is_known_under_its_spellings(one: str, other: str, same: bool) -> None:
    """Another spelling of an address must not open five more messages."""
    assert (mailbox_of(one) == mailbox_of(other)) is same


@pytest.mark.usefixtures("committed_db")
def test_many_at_once_do_not_pass_the_limit() -> None:
    def one(number: int) -> Mail | None:
        return write(f"essai:{number}", to=f"victime+{number}@ville.example", limited=True, at=NOW)

    made = at_once(8, one)
    assert len([mail for mail in made if mail]) == 5 == Mail.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "a@ville.example\nBcc: tous@ville.example",
        "a@ville.example, b@ville.example",
        "Nom <a@ville.example>",
        '"a@b, c"@ville.example',
        "ſomebody@ville.example",
        "a@ville.example.",
        "",
    ],
)
def test_an_address_is_one_plain_address(address: str) -> None:
    """A form's field must not add recipients or headers of its own."""
    with pytest.raises(Refused, match="n’est pas une adresse électronique"):
        write(to=address)
    assert plain_address(" a@ville.example\r\n") == "a@ville.example"


@pytest.mark.usefixtures("committed_db")
def test_a_subject_adds_no_header(mailbox: Mailbox) -> None:
    written(subject="Marché\r\nBcc: tous@ville.example\n\nCorps")
    run_jobs()
    (message,) = mailbox.messages
    assert message["Subject"] == "Marché Bcc: tous@ville.example Corps"
    assert message["Bcc"] is None
    assert mailbox.recipients == ["achats@ville.example"]


@pytest.mark.django_db
def test_messages_are_found_by_what_they_are_about() -> None:
    """Who looks at a request must see what was written about it, and whether it left."""
    user = User.objects.create_user("essai@ville.example", first_name="Essai", last_name="Fictif")
    mail = written(about=[user])
    written("autre", about=[])
    assert list(mails_about(user)) == [mail]


def apart(act: Any) -> Any:
    """Runs in a thread, and leaves no connection behind."""
    try:
        return act()
    finally:
        connections.close_all()


def at_once(count: int, act: Any) -> list[Any]:
    """What that many threads got, started together."""
    start = threading.Barrier(count)

    def one(number: int) -> Any:
        start.wait()
        return apart(lambda: act(number))

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.mark.django_db
def test_a_message_is_erased_in_time_and_one_that_waits_never_is() -> None:
    """Nobody keeps for ever what was written to people; what waits is not lost."""
    gone, recent, waits = (written(key) for key in ("ancien", "récent", "attend"))
    with acting_as("essai", day=DAY):
        over = Mail.objects.filter(pk__in=[gone.pk, recent.pk])
        over.update(state=MailState.SENT, sent_at=NOW)
        Mail.objects.filter(pk__in=[gone.pk, waits.pk]).update(created_at=NOW - 2 * SOME_TIME)
        Mail.objects.filter(pk=recent.pk).update(created_at=NOW)
        assert sending.forget(NOW - SOME_TIME) == 1
    assert set(Mail.objects.values_list("pk", flat=True)) == {recent.pk, waits.pk}
