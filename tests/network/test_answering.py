"""What the network does with a request: rights, the exchange, the mails, and two people at once."""

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from tests import builders
from tests.builders import DAY, World
from tests.network.requests_worlds import (
    DESK,
    coordinator,
    facilitator_of,
    follow,
    need,
    received,
    request_of,
    seen_by,
    wrote,
)

from coclause.clauses.models import Contract, Lot, Operation
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, Mail, User
from coclause.core.outbox import mails_about
from coclause.core.refusals import Conflict, Refused
from coclause.network import links
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.requests import answering
from coclause.network.states import RequestState
from coclause.network.tasks import forget_contacts
from coclause.organisations.choices import BuyerKind, MemberRole, Role
from coclause.organisations.models import Membership, Organisation

S = RequestState


@pytest.fixture
def world(db: None) -> World:
    return builders.world()


@pytest.fixture
def acting(world: World) -> Iterator[World]:
    with acting_as(world.facilitator, day=DAY):
        yield world


def kinds(asked: BuyerRequest) -> list[str]:
    return list(asked.entries.order_by("at", "pk").values_list("kind", flat=True))


def member_of(user: User) -> Membership:
    return user.memberships.get()


def strangers(world: World) -> list[User]:
    """Everybody who must not touch the request of `world.host`."""
    _, other = facilitator_of("Plie des Brumes")
    with acting_as("test", day=DAY):
        far = builders.region("84", "Région Inventée")
        away = builders.organisation("Coordination Lointaine", Role.COORDINATION, of=far)
        observer = builders.organisation("Observatoire Inventé", Role.OBSERVER)
        return [
            other,
            builders.member(away, MemberRole.COORDINATOR),
            builders.member(observer, MemberRole.OBSERVER),
            builders.member(world.company, MemberRole.COMPANY),
            builders.member(world.buyer, MemberRole.BUYER),
        ]


def test_taking_names_who_took_it(acting: World) -> None:
    asked = request_of(acting.host)
    answering.take(acting.scope, asked)
    assert (asked.state, asked.facilitator) == (S.TAKEN, acting.facilitator)
    assert kinds(asked) == [EntryKind.RECEIVED, EntryKind.TAKEN]
    assert asked.answered_on is None
    assert JournalEntry.objects.filter(verb="request.prise").exists()


def test_nobody_outside_acts_and_nothing_changes(world: World) -> None:
    asked = request_of(world.host, world.facilitator, buyer=world.buyer)
    for user in strangers(world):
        scope = seen_by(user)
        acts: tuple[Callable[[], object], ...] = (
            lambda s=scope: answering.take(s, asked),  # type: ignore[misc]
            lambda s=scope: answering.ask(s, asked, "?", follow=follow),  # type: ignore[misc]
            lambda s=scope: answering.answer(s, asked, "!", follow=follow),  # type: ignore[misc]
            lambda s=scope: answering.note(s, asked, "…"),  # type: ignore[misc]
            lambda s=scope: answering.close(s, asked, "non", follow=follow),  # type: ignore[misc]
            lambda s=scope: answering.reroute(s, asked, None, reason="x", desk=DESK),  # type: ignore[misc]
        )
        for act in acts:
            with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
                act()
    asked.refresh_from_db()
    assert asked.state == S.NEW
    assert kinds(asked) == [EntryKind.RECEIVED]
    assert not Mail.objects.exists()


def test_the_coordination_may_take_what_a_host_does_not(world: World) -> None:
    of, user = coordinator()
    asked = request_of(world.host, world.facilitator)
    with acting_as(user, day=DAY):
        answering.take(seen_by(user), asked)
    assert (asked.organisation, asked.facilitator) == (of, user)


def test_a_question_and_an_answer_reach_the_buyer_with_its_link(acting: World) -> None:
    asked = request_of(acting.host, received=DAY - timedelta(3))
    answering.ask(acting.scope, asked, "Combien de logements ?", follow=follow)
    assert (asked.state, asked.answered_on) == (S.ASKED, DAY)
    assert asked.facilitator == acting.facilitator
    mail = mails_about(asked).get()
    assert mail.recipient == "alienor@exemple.test"
    assert "Combien de logements ?" in mail.body
    assert follow(links.written(asked.link_key)) in mail.body


def test_the_first_answer_is_dated_once(acting: World) -> None:
    asked = request_of(acting.host, received=DAY - timedelta(5))
    answering.take(acting.scope, asked)
    answering.note(acting.scope, asked, "Appelée, rappelle demain.")
    assert asked.answered_on is None
    answering.ask(acting.scope, asked, "Où ?", follow=follow)
    with acting_as("test", day=DAY):
        BuyerRequest.objects.filter(pk=asked.pk).update(answered_on=DAY - timedelta(2))
    asked.refresh_from_db()
    answering.answer(acting.scope, asked, "Voici.", follow=follow)
    assert asked.answered_on == DAY - timedelta(2)


def test_a_note_writes_to_nobody(acting: World) -> None:
    asked = request_of(acting.host)
    answering.note(acting.scope, asked, "L’élue est prudente.")
    assert asked.state == S.NEW
    assert not Mail.objects.exists()


@pytest.mark.parametrize("text", ["", "   \n ", "a" * (answering.LONGEST + 1)])
def test_an_empty_or_endless_text_is_refused(acting: World, text: str) -> None:
    asked = request_of(acting.host)
    with pytest.raises(Refused):
        answering.answer(acting.scope, asked, text, follow=follow)
    with pytest.raises(Refused):
        answering.close(acting.scope, asked, text, follow=follow)
    asked.refresh_from_db()
    assert asked.state == S.NEW


def test_a_request_passed_on_leaves_the_former_host(world: World) -> None:
    host, other = facilitator_of("Plie des Brumes")
    asked = request_of(world.host, world.facilitator, state=S.TAKEN)
    with acting_as(world.facilitator, day=DAY):
        answering.reroute(world.scope, asked, member_of(other), reason="Hors de ma zone", desk=DESK)
        assert not BuyerRequest.objects.visible_to(world.scope).exists()
        with pytest.raises(PermissionDenied):
            answering.note(world.scope, asked, "Encore moi")
    assert (asked.organisation, asked.facilitator, asked.state) == (host, other, S.NEW)
    assert asked.route == "Hors de ma zone"
    assert mails_about(asked).get().recipient == other.email


def test_a_request_goes_back_to_the_coordination_under_nobodys_name(acting: World) -> None:
    of, _ = coordinator()
    asked = request_of(acting.host, acting.facilitator)
    answering.reroute(acting.scope, asked, None, reason="Plusieurs départements", desk=DESK)
    assert (asked.organisation, asked.facilitator) == (of, None)
    assert not Mail.objects.exists()


def test_whom_a_request_may_be_passed_to(acting: World) -> None:
    asked = request_of(acting.host, acting.facilitator)
    _, other = facilitator_of("Plie des Brumes")
    with acting_as("test", day=DAY):
        far = builders.region("84", "Région Inventée")
        away = builders.organisation("Maison du Lointain", Role.HOST, of=far)
        distant = builders.member(away, MemberRole.FACILITATOR)
        company = builders.member(acting.company, MemberRole.COMPANY)
    offered = [one.user for one in answering.reachable(asked, acting.scope)]
    assert set(offered) == {acting.facilitator, other}
    for user in (distant, company):
        with pytest.raises(Refused):
            answering.reroute(acting.scope, asked, member_of(user), reason="x", desk=DESK)
    with pytest.raises(Refused, match="pas de coordination"):
        answering.reroute(acting.scope, asked, None, reason="x", desk=DESK)
    with pytest.raises(Refused, match="déjà cette personne"):
        answering.reroute(acting.scope, asked, member_of(acting.facilitator), reason="x", desk=DESK)
    with acting_as("test", day=DAY):
        other.memberships.update(ends_on=DAY - timedelta(1))
    with pytest.raises(Refused):
        answering.reroute(acting.scope, asked, member_of(other), reason="x", desk=DESK)


def test_closing_says_why_to_the_buyer_and_ends_it(acting: World) -> None:
    asked = request_of(acting.host)
    answering.close(acting.scope, asked, "Déjà suivi par la métropole.", follow=follow)
    assert asked.state == S.CLOSED
    assert "Déjà suivi par la métropole." in mails_about(asked).get().body
    with pytest.raises(Conflict):
        answering.answer(acting.scope, asked, "Trop tard", follow=follow)


def operation_for(asked: BuyerRequest, buyer: Organisation) -> Operation:
    return Operation(name=asked.object, buyer=buyer, commune=asked.commune)


def test_a_request_becomes_an_operation_with_its_contract_and_lot(acting: World) -> None:
    asked = request_of(acting.host, acting.facilitator, notice_on=date(2027, 1, 12))
    made = answering.open_from(
        acting.scope, asked, operation_for(asked, acting.buyer), acting.host, follow=follow
    )
    contract = Contract.objects.get(operation=made)
    assert (contract.estimated_value, contract.duration_months) == (asked.value, 14)
    assert contract.notice_on == date(2027, 1, 12)
    assert Lot.objects.get(contract=contract).number == 1
    asked.refresh_from_db()
    assert (asked.state, asked.operation, asked.buyer) == (S.OPENED, made, acting.buyer)
    assert asked.answered_on == DAY
    told = JournalEntry.objects.get(verb="request.operation")
    assert f"operation:{made.pk}" in told.subjects


def test_a_buyer_not_yet_known_is_registered_in_the_region(acting: World) -> None:
    asked = request_of(acting.host)
    new = Organisation(
        name="Syndicat des Brumes", roles=[Role.BUYER], buyer_kind=BuyerKind.MUNICIPAL
    )
    made = answering.open_from(
        acting.scope, asked, operation_for(asked, new), acting.host, follow=follow
    )
    assert made.buyer.pk
    assert made.buyer.region == acting.host.region


def test_an_operation_opened_for_another_host_is_refused_whole(acting: World) -> None:
    other, _ = facilitator_of("Plie des Brumes")
    asked = request_of(acting.host)
    before = Operation.objects.count()
    with pytest.raises(PermissionDenied):
        answering.open_from(
            acting.scope, asked, operation_for(asked, acting.buyer), other, follow=follow
        )
    asked.refresh_from_db()
    assert (asked.state, Operation.objects.count()) == (S.NEW, before)


@pytest.mark.parametrize("state", [S.ASKED, S.ANSWERED])
def test_a_buyer_who_writes_back_gives_the_turn_back(acting: World, state: RequestState) -> None:
    asked = request_of(acting.host, acting.facilitator, state=state, answered_on=DAY)
    answering.reply(asked, "Douze logements.", author=None, at=builders.at(DAY), desk=DESK)
    assert asked.state == S.TAKEN
    mail = mails_about(asked).get()
    assert mail.recipient == acting.facilitator.email
    assert "Douze logements" not in mail.body


@pytest.mark.parametrize("state", [S.OPENED, S.CLOSED])
def test_a_request_that_is_over_takes_no_more_words(acting: World, state: RequestState) -> None:
    asked = request_of(acting.host, state=state)
    with pytest.raises(Refused):
        answering.reply(asked, "Et puis ?", author=None, at=builders.at(DAY), desk=DESK)
    with pytest.raises(Refused):
        answering.withdraw(asked, author=None, at=builders.at(DAY), desk=DESK)


def test_a_buyer_takes_its_request_back(acting: World) -> None:
    asked = request_of(acting.host, acting.facilitator)
    answering.withdraw(asked, author=None, at=builders.at(DAY), desk=DESK)
    assert asked.state == S.CLOSED
    assert kinds(asked)[-1] == EntryKind.WITHDRAWN
    assert mails_about(asked).get().recipient == acting.facilitator.email


def test_a_request_received_reaches_whoever_is_in_charge(world: World) -> None:
    of, _ = coordinator()
    asked = received(need())
    assert (asked.organisation, asked.facilitator) == (of, None)
    assert asked.answer_by == date(2026, 12, 1)
    assert [mail.kind for mail in mails_about(asked)] == ["request.received"]


def test_contacts_are_forgotten_once_their_time_is_over_and_not_before(
    world: World, day_of_the_builders: None
) -> None:
    kept = DAY - timedelta(730)
    over = request_of(received=kept - timedelta(9), state=S.CLOSED, state_since=kept - timedelta(1))
    last = request_of(received=kept - timedelta(9), state=S.CLOSED, state_since=kept)
    live = request_of(received=kept - timedelta(9), state=S.TAKEN)
    wrote(over, EntryKind.ANSWER, kept - timedelta(5), "Bonjour Aliénor")
    forget_contacts(timestamp=0)
    for asked in (over, last, live):
        asked.refresh_from_db()
    assert (over.contact_name, over.contact_email, over.contact_phone, over.message) == ("",) * 4
    assert not RequestEntry.objects.filter(request=over, text__gt="").exists()
    assert over.object
    assert over.verdict["duty"] == "due"
    assert last.contact_email
    assert live.contact_email
    forget_contacts(timestamp=0)


# Two people at once, on two connections.

Act = Callable[[World, BuyerRequest], object]


def at_once(world: World, *acts: tuple[User, Act]) -> list[object]:
    """Run each act in a thread and a transaction of its own; its answer, or what it raised."""
    start = threading.Barrier(len(acts))
    answers: list[object] = [None] * len(acts)
    pk = BuyerRequest.objects.get().pk

    def run(number: int, user: User, act: Act) -> None:
        try:
            asked = BuyerRequest.objects.select_related("region").get(pk=pk)
            start.wait(timeout=20)
            with acting_as(user, day=DAY):
                answers[number] = act(world, asked)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, *pair)) for number, pair in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def one_won(answers: list[object]) -> bool:
    return [type(answer) for answer in answers if isinstance(answer, Exception)] == [Conflict]


@pytest.mark.usefixtures("committed_db")
def test_two_colleagues_taking_at_once_leave_one_in_charge() -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        colleague = builders.member(world.host, MemberRole.FACILITATOR)
    request_of(world.host)

    def take_as(user: User) -> tuple[User, Act]:
        return user, lambda w, asked: answering.take(w.as_user(user), asked)

    answers = at_once(world, take_as(world.facilitator), take_as(colleague))
    assert one_won(answers), answers
    asked = BuyerRequest.objects.get()
    winner = next(a for a in answers if isinstance(a, BuyerRequest))
    assert asked.facilitator == winner.facilitator
    assert kinds(asked).count(EntryKind.TAKEN) == 1


@pytest.mark.usefixtures("committed_db")
def test_an_answer_and_a_closing_at_once_tell_the_buyer_one_story() -> None:
    world = builders.world()
    request_of(world.host, world.facilitator, state=S.TAKEN)
    answers = at_once(
        world,
        (world.facilitator, lambda w, a: answering.answer(w.scope, a, "Oui.", follow=follow)),
        (world.facilitator, lambda w, a: answering.close(w.scope, a, "Non.", follow=follow)),
    )
    asked = BuyerRequest.objects.get()
    told = list(Mail.objects.order_by("pk").values_list("kind", flat=True))
    if asked.state == S.CLOSED and len(told) == 2:
        # The answer came first, and closing what is answered is allowed: in that order.
        assert told == ["request.reponse", "request.classee"]
        assert not any(isinstance(answer, Exception) for answer in answers)
    else:
        assert one_won(answers), answers
        assert told == ["request.classee"]


@pytest.mark.usefixtures("committed_db")
def test_two_operations_are_never_opened_from_one_request() -> None:
    world = builders.world()
    request_of(world.host, world.facilitator)
    before = Operation.objects.count()

    def open_it(at: World, asked: BuyerRequest) -> object:
        return answering.open_from(
            at.scope, asked, operation_for(asked, at.buyer), at.host, follow=follow
        )

    answers = at_once(world, (world.facilitator, open_it), (world.facilitator, open_it))
    assert one_won(answers), answers
    assert Operation.objects.count() == before + 1


@pytest.mark.usefixtures("committed_db")
def test_taking_what_is_being_passed_on_never_steals_it() -> None:
    """Whoever was told that it is theirs keeps it, whichever act came first."""
    world = builders.world()
    _, other = facilitator_of("Plie des Brumes")
    _, user = coordinator()

    def pass_on(at: World, asked: BuyerRequest) -> object:
        return answering.reroute(
            at.as_user(user), asked, member_of(other), reason="Hors zone", desk=DESK
        )

    for _ in range(4):
        with acting_as("test", day=DAY):
            BuyerRequest.objects.all().delete()
        request_of(world.host, world.facilitator)
        taken, passed = at_once(
            world,
            (world.facilitator, lambda w, a: answering.take(w.scope, a)),
            (user, pass_on),
        )
        assert isinstance(passed, BuyerRequest), passed
        assert isinstance(taken, BuyerRequest | PermissionDenied), taken
        assert BuyerRequest.objects.get().facilitator == other
