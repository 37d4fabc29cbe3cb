"""Requests of buyers for tests, in each state, as the front door would have received them."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests import builders
from tests.builders import DAY

from coclause.clauses.choices import ContractKind, MarketType
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.working_days import add_working_days
from coclause.network import links
from coclause.network.choices import Channel, EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.needs import Contact, Described
from coclause.network.requests.receiving import receive
from coclause.network.states import RequestState
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope, scope_of

VERDICT = {
    "duty": "due",
    "threshold": 5_404_000,
    "reasons": [
        {
            "text": "La valeur atteint le seuil.",
            "detail": "6 200 000 € HT.",
            "articles": ["R2121-3"],
            "kind": "yes",
        }
    ],
    "articles": ["R2121-3"],
    "exemptions": [],
    "keep_reasons": None,
    "text_date": "2026-08-22",
    "text_note": "Texte relevé pour l’essai.",
}
ESTIMATE = {
    "low": 3100,
    "high": 5170,
    "assumptions": [{"label": "taux d’insertion", "told": "5 % à 7 %", "source": "essai"}],
}


def follow(part: str) -> str:
    return f"https://porte.exemple.test/suivi/{part}/"


DESK = "https://porte.exemple.test/a-faire/"


def request_of(
    organisation: Organisation | None = None,
    facilitator: User | None = None,
    *,
    received: date = DAY,
    state: RequestState = RequestState.NEW,
    **facts: Any,
) -> BuyerRequest:
    """A request as it stands, without the way that led there. Promised in five working days."""
    with acting_as("test", day=DAY):
        made = BuyerRequest.objects.create(
            organisation=organisation,
            facilitator=facilitator,
            received_on=received,
            received_at=builders.at(received),
            state=state,
            **{
                "region": builders.region(),
                "channel": Channel.DOOR,
                "buyer_name": "Ville de Val-Rêvé",
                "contact_name": "Aliénor Fictive",
                "contact_email": "alienor@exemple.test",
                "contact_phone": "03 00 00 00 00",
                "message": "Nous voudrions une clause.",
                "object": "Réfection de la halle imaginaire",
                "kind": ContractKind.MARCHE,
                "market_type": MarketType.WORKS,
                "value": Decimal(6_200_000),
                "months": 14,
                "commune": builders.commune(),
                "verdict": VERDICT,
                "estimate": ESTIMATE,
                "state_since": received,
                "answer_by": add_working_days(received, 5),
                "link_key": links.new_key(),
                "link_until": date(2027, 12, 31),
                **facts,
            },
        )
        RequestEntry.objects.create(
            request=made, kind=EntryKind.RECEIVED, day=received, at=builders.at(received)
        )
    return made


def wrote(request: BuyerRequest, kind: EntryKind, day: date, text: str = "Un mot.") -> None:
    with acting_as("test", day=DAY):
        RequestEntry.objects.create(
            request=request, kind=kind, text=text, day=day, at=builders.at(day, hour=12)
        )


def received(need: Described, **contact: str) -> BuyerRequest:
    """A request received today by the front door, with its mails."""
    told = {
        "buyer_name": "Ville de Val-Rêvé",
        "buyer_siret": "",
        "name": "Aliénor Fictive",
        "email": "alienor@exemple.test",
        **contact,
    }
    with acting_as("front-door", day=DAY):
        return receive(
            need,
            Contact(**told),
            verdict=VERDICT,
            estimate=None,
            channel=Channel.DOOR,
            at=builders.at(DAY),
            follow=follow,
            desk=DESK,
        )


def need(**facts: Any) -> Described:
    return Described(
        **{
            "object": "Réfection de la halle imaginaire",
            "kind": ContractKind.MARCHE,
            "market_type": MarketType.WORKS,
            "region": builders.region(),
            "commune": builders.commune(),
            **facts,
        }
    )


def coordinator(name: str = "Coordination Inventée") -> tuple[Organisation, User]:
    with acting_as("test", day=DAY):
        of = builders.organisation(name, Role.COORDINATION)
        return of, builders.member(of, MemberRole.COORDINATOR)


def facilitator_of(name: str) -> tuple[Organisation, User]:
    with acting_as("test", day=DAY):
        host = builders.organisation(name, Role.HOST)
        return host, builders.member(host, MemberRole.FACILITATOR)


def seen_by(user: User) -> Scope:
    return scope_of(user, DAY)
