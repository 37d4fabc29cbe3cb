"""A request that comes in: kept with what was told, in the right hands, acknowledged by mail."""

from datetime import date
from typing import Any

import pytest
from tests import builders
from tests.builders import DAY
from tests.network.requests_worlds import (
    DESK,
    VERDICT,
    coordinator,
    facilitator_of,
    follow,
    need,
    received,
)

from coclause.core.actor import acting_as
from coclause.core.models import Mail, User
from coclause.core.refusals import Refused
from coclause.network import links
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest, RegionalBuyer
from coclause.organisations.models import TerritoryCharge

pytestmark = pytest.mark.django_db


def described(**facts: Any) -> Any:
    with acting_as("test", day=DAY):
        return need(**facts)


def facilitator_here() -> User:
    _, user = facilitator_of("Maison de l'emploi du Val-Rêvé")
    with acting_as("test", day=DAY):
        TerritoryCharge.objects.create(
            membership=user.memberships.get(), commune=builders.commune(), starts_on="2026-01-01"
        )
    return user


def test_it_is_kept_with_what_the_buyer_was_told_and_the_day_promised() -> None:
    user = facilitator_here()
    made = received(described())
    assert made.verdict == VERDICT
    assert made.facilitator == user
    # Tuesday 24 November: five working days later is Tuesday 1 December.
    assert made.answer_by == date(2026, 12, 1)
    assert [one.kind for one in made.entries.all()] == [EntryKind.RECEIVED]


def test_the_acknowledgement_holds_the_link_and_nothing_that_was_typed() -> None:
    facilitator_here()
    made = received(
        described(object="Achetez sur http://pub.exemple.test"),
        name="Gagnez un lot",
        buyer_name="Un faux acheteur",
        message="http://pub.exemple.test",
    )
    mail = Mail.objects.get(kind="request.received")
    assert mail.recipient == "alienor@exemple.test"
    assert follow(links.written(made.link_key)) in mail.body
    for typed in ("pub.exemple", "Gagnez", "faux acheteur"):
        assert typed not in mail.body + mail.subject


def test_the_facilitator_is_told_without_a_word_of_the_buyer() -> None:
    user = facilitator_here()
    received(described(object="Achetez sur http://pub.exemple.test"))
    mail = Mail.objects.get(kind="request.announced")
    assert mail.recipient == user.email
    assert DESK in mail.body
    assert "pub.exemple" not in mail.body + mail.subject


def test_where_nobody_is_in_charge_the_coordination_gets_it() -> None:
    of, _ = coordinator()
    made = received(described())
    assert (made.organisation, made.facilitator) == (of, None)
    assert "Aucun facilitateur" in made.route


def test_a_buyer_of_regional_scope_goes_to_whom_the_coordination_named() -> None:
    facilitator_here()
    _, referent = coordinator()
    siret = builders.siret()
    with acting_as("test", day=DAY):
        RegionalBuyer.objects.create(
            region=builders.region(),
            siren=siret[:9],
            name="Groupement hospitalier inventé",
            referent=referent.memberships.get(),
            starts_on="2026-01-01",
        )
    assert received(described(), buyer_siret=siret).facilitator == referent


def test_beyond_a_handful_of_messages_the_request_is_kept_and_no_mail_leaves() -> None:
    coordinator()
    for _ in range(7):
        received(described())
    assert BuyerRequest.objects.count() == 7
    assert Mail.objects.filter(kind="request.received").count() == 5


def test_the_same_mailbox_under_another_name_receives_no_more() -> None:
    coordinator()
    for number in range(7):
        received(described(), email=f"Alienor+{number}@exemple.test")
    assert Mail.objects.filter(kind="request.received").count() == 5


def test_two_addresses_in_one_are_refused_and_nothing_is_kept() -> None:
    coordinator()
    with pytest.raises(Refused, match="adresse"):
        received(described(), email="alienor@exemple.test, autre@exemple.test")
    assert not BuyerRequest.objects.exists()
    assert not Mail.objects.exists()


def test_two_requests_never_share_a_link() -> None:
    coordinator()
    first, second = received(described()), received(described())
    assert first.link_key != second.link_key
    assert links.read(links.written(first.link_key)) == first.link_key
