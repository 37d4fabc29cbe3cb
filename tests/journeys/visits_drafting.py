"""The library and the drafting of a contract, as those who open them."""

from playwright.sync_api import Page
from tests.journeys.visits import BUYER, COORDINATION, FACILITATOR, Visit, send_empty

from coclause import demo
from coclause.clauses.models import Contract
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.network.drafting.preparing import prepare
from coclause.network.drafting.values import instrument_of, text_contract_of
from coclause.network.library.offered import offered_for
from coclause.network.models import ClauseText
from coclause.organisations.scopes import scope_of

NOT_PAGES_DRAFTING = {
    "draft-file": "a file",
    "library-text-retire": "POST alone",
}


def places_drafting() -> dict[str, object]:
    """A text, a contract whose documents are prepared, the version made."""
    user = User.objects.get(email="facilitatrice@demo.coclause.test")
    agent = User.objects.get(email="acheteur@demo.coclause.test")
    day = demo.today()
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        bought = scope_of(agent, day).buyers
        mine = Contract.objects.filter(operation__hosts__host__in=scope.hosts, kind="marche")
        common = mine.filter(operation__buyer__in=bought).order_by("pk")
        contract = common.first() or mine.order_by("pk")[0]
        instrument = instrument_of(contract)
        texts = offered_for(
            contract.operation.region_id, day, instrument, text_contract_of(contract)
        )
        made = prepare(scope, contract, instrument, texts)
    return {
        "library_text": ClauseText.objects.get(code="ccap-condition-execution-marche").pk,
        "drafted": contract.pk,
        "draft_version": made.pk,
    }


def prepare_nothing(page: Page) -> None:
    """Untick every text, then send."""
    for box in page.locator("main input[name=texts]").all():
        box.uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="Préparer le document Word").click()


VISITS_DRAFTING = (
    *(Visit("library", "/bibliotheque/", role) for role in (FACILITATOR, COORDINATION)),
    Visit("library", "/bibliotheque/?q=introuvable", FACILITATOR, note="empty"),
    Visit("library", "/bibliotheque/", BUYER, note="refused", status=403),
    *(
        Visit("library-text", "/bibliotheque/{library_text}/", role)
        for role in (FACILITATOR, COORDINATION)
    ),
    Visit("library-text-new", "/bibliotheque/nouveau/", COORDINATION),
    Visit(
        "library-text-new",
        "/bibliotheque/nouveau/",
        COORDINATION,
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("library-version-new", "/bibliotheque/{library_text}/version/", COORDINATION),
    Visit("drafting", "/contrats/{drafted}/redaction/", FACILITATOR),
    Visit(
        "drafting",
        "/contrats/{drafted}/redaction/",
        FACILITATOR,
        note="errors",
        status=422,
        act=prepare_nothing,
    ),
    Visit("draft-return", "/contrats/{drafted}/redaction/reprendre/", FACILITATOR),
    Visit(
        "draft-return",
        "/contrats/{drafted}/redaction/reprendre/",
        FACILITATOR,
        note="errors",
        status=422,
        act=send_empty,
    ),
    Visit("draft", "/redactions/{draft_version}/", FACILITATOR),
)
