"""Pages of the register of opt-outs, of the buyer's space and of meetings."""

import re
from datetime import date, timedelta
from decimal import Decimal

from playwright.sync_api import Page
from tests.journeys.visits import BUYER, FACILITATOR, Visit

from coclause import demo
from coclause.clauses.meeting import arrange
from coclause.clauses.models import Meeting, Operation, OptOut
from coclause.clauses.opting_out import record
from coclause.clauses.permissions import is_referent
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope, scope_of

NOT_PAGES_BUYER = {"opt-out-pdf": "a file", "opt-out-withdraw": "POST alone"}


def places_buyer() -> dict[str, object]:
    """An entry of the buyer, and a meeting of the facilitator, written in this database."""
    day = demo.today()
    buyer = User.objects.get(email="acheteur@demo.coclause.test")
    facilitator = User.objects.get(email="facilitatrice@demo.coclause.test")
    with acting_as(buyer, day=day):
        entry = record(scope_of(buyer, day), _entry(buyer))
    with acting_as(facilitator, day=day):
        scope = scope_of(facilitator, day)
        followed = Operation.objects.editable_by(scope).order_by("pk")
        operation = next(one for one in followed if is_referent(one, scope))
        meeting = arrange(scope, _meeting(operation, scope))
    return {"opt_out": entry.pk, "meeting": meeting.pk, "met_operation": operation.pk}


def _entry(buyer: User) -> OptOut:
    of = Organisation.objects.get(memberships__user=buyer, memberships__ends_on=None)
    return OptOut(
        buyer=of,
        object="Réfection de la verrière de la halle",
        kind="marche",
        market_type="travaux",
        law_buyer="collectivite",
        value=Decimal(6_200_000),
        months=8,
        notice_on=date(2026, 11, 2),
        code="competition_or_difficulty",
        reason="Chantier de nuit en site occupé, une seule équipe de deux personnes.",
    )


def _meeting(operation: Operation, scope: Scope) -> Meeting:
    return Meeting(operation=operation, kind="suivi", on=scope.day + timedelta(7), place="Mairie")


def to_the_law(page: Page) -> None:
    page.get_by_label("Objet du contrat").fill("Réfection de la verrière")
    page.get_by_label("Travaux", exact=True).check()
    page.get_by_label("Valeur estimée, € HT").fill("6 200 000")
    page.get_by_label("Envoi de l’avis").fill("02/11/2026")
    page.get_by_role("button", name="Voir ce que dit la loi").click()


def to_the_cases(page: Page) -> None:
    to_the_law(page)
    page.get_by_role("button", name=re.compile("choisir un cas")).click()


def to_the_summary(page: Page) -> None:
    to_the_cases(page)
    page.locator("input[name=code]").first.check()
    page.get_by_label(re.compile("Vos motifs")).fill("Chantier de nuit en site occupé.")
    page.get_by_role("button", name="Relire avant d’inscrire").click()


def send_empty(page: Page) -> None:
    page.get_by_role("button", name="Voir ce que dit la loi").click()


VISITS_BUYER: tuple[Visit, ...] = (
    Visit("opt-outs", "/registre/", BUYER),
    Visit("opt-outs", "/registre/?etat=retiree", BUYER, "nothing found"),
    Visit("opt-outs", "/registre/", FACILITATOR),
    Visit("opt-out-new", "/registre/nouvelle/", BUYER),
    Visit("opt-out-new", "/registre/nouvelle/", BUYER, "refused", act=send_empty),
    Visit("opt-out-new", "/registre/nouvelle/", BUYER, "the law", act=to_the_law),
    Visit("opt-out-new", "/registre/nouvelle/", BUYER, "the cases", act=to_the_cases),
    Visit("opt-out-new", "/registre/nouvelle/", BUYER, "the summary", act=to_the_summary),
    Visit("opt-out", "/registre/{opt_out}/", BUYER),
    Visit("opt-out-correct", "/registre/{opt_out}/corriger/", BUYER),
    Visit("buyer-space", "/mes-marches/", BUYER),
    Visit("buyer-space", "/mes-marches/?q=introuvable", BUYER, "nothing found"),
    Visit("spaser", "/mes-marches/spaser/", BUYER),
    Visit("spaser", "/mes-marches/spaser/?annee=2021", BUYER, "nothing"),
    Visit("meeting-new", "/operations/{met_operation}/reunions/nouvelle/", FACILITATOR),
    Visit("meeting-edit", "/reunions/{meeting}/modifier/", FACILITATOR),
    Visit("meeting-cancel", "/reunions/{meeting}/annuler/", FACILITATOR),
)
