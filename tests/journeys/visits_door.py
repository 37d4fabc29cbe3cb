"""The pages of the front door, for the accessibility test."""

from datetime import timedelta

from playwright.sync_api import Page
from tests.journeys.visits import BUYER, STRANGER, Visit, send_empty

from coclause import demo
from coclause.clauses.choices import ContractKind, MarketType
from coclause.core.actor import acting_as
from coclause.network import links
from coclause.network.choices import Channel, EntryKind
from coclause.network.models import BuyerRequest, RequestEntry
from coclause.network.states import RequestState
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.web.door.forms import home_region

DUE = "objet=Piscine%20des%20Nuages&type=travaux&valeur=6%20200%20000&mois=14&avis=12/01/2027"
UNDER = "objet=Piscine%20des%20Nuages&type=travaux&valeur=620%20000&mois=14&avis=12/01/2027"
UNKNOWN = "objet=Nettoyage&type=services&commune=Dijon"

NOT_PAGES_DOOR = {
    "door-pdf": "a file",
    "request-reply": "POST alone",
    "request-withdraw": "POST alone",
}


def open_every_fold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


VISITS_DOOR = (
    Visit("door", "/porte/"),
    Visit("door", f"/porte/?{DUE}&commune=Dijon", note="due", act=open_every_fold),
    Visit("door", f"/porte/?{UNDER}&commune=Lyon", note="not due, elsewhere"),
    Visit("door", f"/porte/?{UNKNOWN}", note="unknown"),
    Visit("door", "/porte/?objet=&type=x&valeur=douze&avis=hier&commune=zzzz", note="errors"),
    Visit("door", "/porte/?objet=Halle&type=travaux&commune=Saint", note="which commune"),
    Visit("door-send", f"/porte/envoyer/?{DUE}&commune=Dijon"),
    Visit("door-send", f"/porte/envoyer/?{DUE}&commune=Dijon", note="errors", act=send_empty),
    Visit("door-send", f"/porte/envoyer/?{DUE}&commune=Dijon", BUYER),
    Visit("who-answers", "/facilitateurs/"),
    Visit("who-answers", "/facilitateurs/?commune=Dijon", note="found"),
    Visit("who-answers", "/facilitateurs/?commune=", note="errors"),
    Visit("request-follow", "/suivi/{asked_link}/", STRANGER, act=open_every_fold),
    Visit("request-follow", "/suivi/{asked_link}/", note="errors", act=send_empty),
    Visit("request-follow", "/suivi/{closed_link}/", note="over"),
    Visit("request-follow", "/suivi/{old_link}/", note="closed link", status=410),
    Visit("request-follow", "/suivi/inconnu/", note="forged link", status=404),
)


def places_door() -> dict[str, object]:
    """Requests followed by a link: one with a question, one over, one whose link is closed."""
    return {
        "asked_link": _request(RequestState.ASKED, open_for=90),
        "closed_link": _request(RequestState.CLOSED, open_for=90),
        "old_link": _request(RequestState.CLOSED, open_for=-1),
    }


def _request(state: RequestState, *, open_for: int) -> str:
    day = demo.today()
    coordination = Organisation.objects.playing(Role.COORDINATION).order_by("pk")[0]
    with acting_as("front-door", day=day):
        made = BuyerRequest.objects.create(
            region=home_region(),
            channel=Channel.DOOR,
            received_on=day,
            buyer_name="Ville de Montfictif",
            contact_name="Aliénor Fictive",
            contact_email="alienor@exemple.test",
            object="Réhabilitation de la piscine des Nuages",
            kind=ContractKind.MARCHE,
            market_type=MarketType.WORKS,
            verdict={"duty": "due"},
            estimate={"low": 2395, "high": 12400},
            organisation=coordination,
            state=state,
            state_since=day,
            answer_by=day,
            link_key=links.new_key(),
            link_until=day + timedelta(open_for),
        )
        RequestEntry.objects.create(request=made, kind=EntryKind.RECEIVED, day=day)
        RequestEntry.objects.create(
            request=made, kind=EntryKind.QUESTION, text="Combien de lots ?", day=day
        )
    return links.written(made.link_key)
