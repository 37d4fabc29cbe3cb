"""The pages of requests, as those who open them: what the accessibility test walks through.

The demonstration has no request of its own here: they are received as the front door would.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from tests.journeys.visits import BUYER, COORDINATION, FACILITATOR, Visit, send_empty

from coclause import demo
from coclause.clauses.duty import told
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.choices import Channel
from coclause.network.door import answer_to, told_estimate
from coclause.network.models import BuyerRequest, RegionalBuyer
from coclause.network.needs import Contact, Described
from coclause.network.requests import answering
from coclause.network.requests.receiving import receive
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import scope_of
from coclause.reference.models import Commune

LONG = (
    "Construction de douze logements passifs, requalification de la place du marché et réfection"
    " des réseaux de la Communauté d’agglomération des Songes-et-Chimères-en-Plaine"
)

NOT_PAGES_REQUESTS = {
    "request-take": "POST alone",
    "request-write": "POST alone",
    "request-answer": "POST alone",
    "request-take-back": "POST alone",
}

VISITS_REQUESTS = (
    *(Visit("requests", "/demandes/", r) for r in (FACILITATOR, COORDINATION, BUYER)),
    Visit("requests", "/demandes/?q=introuvable", FACILITATOR, note="empty"),
    Visit("requests", "/demandes/?onglet=terminees", COORDINATION, note="over"),
    *(Visit("request", "/demandes/{new_request}/", r) for r in (FACILITATOR, COORDINATION)),
    *(Visit("request", "/demandes/{asked_request}/", r) for r in (FACILITATOR, BUYER)),
    Visit("request-new", "/demandes/nouvelle/", FACILITATOR),
    Visit(
        "request-new",
        "/demandes/nouvelle/",
        FACILITATOR,
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("request-reroute", "/demandes/{new_request}/confier/", FACILITATOR),
    Visit("request-close", "/demandes/{new_request}/classer/", FACILITATOR),
    Visit(
        "request-close",
        "/demandes/{new_request}/classer/",
        FACILITATOR,
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("request-open", "/demandes/{new_request}/operation/", FACILITATOR),
    Visit("regional-buyers", "/acheteurs-regionaux/", COORDINATION),
    Visit("regional-buyer-new", "/acheteurs-regionaux/nouveau/", COORDINATION),
    Visit(
        "regional-buyer-new",
        "/acheteurs-regionaux/nouveau/",
        COORDINATION,
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("regional-buyer-edit", "/acheteurs-regionaux/{regional_buyer}/modifier/", COORDINATION),
)


def places_requests() -> dict[str, object]:
    """Two requests of the facilitator, one with a question for the buyer, and a listed buyer."""
    user = User.objects.get(email="facilitatrice@demo.coclause.test")
    buyer = User.objects.get(email="acheteur@demo.coclause.test")
    day = demo.today()
    bought_for = buyer.memberships.filter(role=MemberRole.BUYER)[0].organisation
    place = _place_of(user)
    waiting = _received(LONG, place, day)
    asked = _received("Groupe scolaire des Songes", place, day, buyer=bought_for)
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        answering.note(scope, asked, "Appelée : le conseil vote la semaine prochaine.")
        answering.ask(scope, asked, "Combien de lots prévoyez-vous ?", follow=_address)
    with acting_as("test", day=day):
        listed = RegionalBuyer.objects.create(
            region=place.departement.region,
            siren="000000018",
            name="Région Supposée",
            starts_on=day - timedelta(30),
        )
    return {
        "new_request": waiting.pk,
        "asked_request": asked.pk,
        "regional_buyer": listed.pk,
    }


_address: Callable[[str], str] = "https://porte.exemple.test/suivi/{}/".format


def _place_of(user: User) -> Commune:
    """A commune that the facilitator is in charge of today."""
    charge = user.memberships.get().charges.filter(ends_on=None)[0]
    inside: dict[str, Any] = {"departement": charge.departement, "epci": charge.epci}
    inside = {name: value for name, value in inside.items() if value is not None}
    communes = Commune.objects.filter(active=True, **inside).select_related("departement__region")
    return charge.commune or communes.order_by("pk")[0]


def _received(
    what: str, place: Commune, day: date, buyer: Organisation | None = None
) -> BuyerRequest:
    need = Described(
        object=what,
        kind="marche",
        market_type="travaux",
        region=place.departement.region,
        law_buyer="collectivite",
        value=Decimal(6_200_000),
        months=14,
        notice_on=date(2027, 1, 12),
        commune=place,
        defense=False,
    )
    who = Contact(
        buyer_name=buyer.name if buyer else "Ville de Val-Rêvé",
        buyer_siret="",
        name="Aliénor Fictive",
        email="alienor@exemple.test",
    )
    found = answer_to(need, day=day)
    with acting_as("front-door", day=day):
        return receive(
            need,
            who,
            verdict=told(found.verdict),
            estimate=told_estimate(found),
            channel=Channel.DOOR,
            at=timezone.now(),
            follow=_address,
            desk="https://porte.exemple.test/a-faire/",
            buyer=buyer,
        )
