"""Pages of calibration, as the accessibility test walks through them."""

from datetime import date
from decimal import Decimal

from playwright.sync_api import Page
from tests.journeys.visits import FACILITATOR, Visit, send_empty

from coclause import demo
from coclause.clauses.calibrating import Draft, DraftLine, calibrate, retain
from coclause.clauses.choices import CalibrationMethod
from coclause.clauses.models import Contract, OperationHost
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.organisations.scopes import scope_of

NOT_PAGES_CALIBRATIONS = {"calibration-note": "a file", "calibration-retain": "POST alone"}


def places_calibrations() -> dict[str, object]:
    """A contract calibrated twice, one version retained, and another without any version.

    The second says nothing of when its notice is sent.
    """
    user = User.objects.get(email="facilitatrice@demo.coclause.test")
    day = demo.today()
    with acting_as(user, day=day):
        scope = scope_of(user, day)
        mine = OperationHost.objects.filter(host__in=scope.hosts, role="referente").on(day)
        found = Contract.objects.filter(operation__in=mine.values("operation")).order_by("pk")
        calibrated, bare = found[0], found[1]
        Contract.objects.filter(pk=calibrated.pk).update(
            estimated_value=Decimal(6_200_000), notice_on=date(2027, 1, 12), duration_months=14
        )
        first, _ = (calibrate(scope, calibrated, _draft(title)) for title in ("Courant", "Ample"))
        retain(scope, first, seen=None)
        return {
            "calibrated": calibrated.pk,
            "uncalibrated": bare.pk,
            "version": first.pk,
        }


def _draft(title: str) -> Draft:
    line = DraftLine(
        method=CalibrationMethod.AMOUNT,
        amount=Decimal(1_000_000),
        labour_share=Decimal("0.5"),
        rate=Decimal("0.05"),
        hourly_cost=Decimal(30),
        sources={"rate": "Usage inventé"},
    )
    return Draft(title=title, step=5, lines=(line,))


def compute(page: Page) -> None:
    """Name the version and see its result, before it is kept."""
    page.get_by_label("Nom de la version").fill("Essai")
    page.get_by_role("button", name="Calculer").click()
    page.get_by_role("button", name="Enregistrer cette version").wait_for()


def open_a_calculation(page: Page) -> None:
    page.locator(".version-how summary").first.click()


NEW = "/contrats/{calibrated}/calibrages/nouveau/"
VISITS_CALIBRATIONS = (
    Visit("contract-duty", "/contrats/{calibrated}/obligation/", FACILITATOR, "due"),
    Visit("contract-duty", "/contrats/{uncalibrated}/obligation/", FACILITATOR, "unknown"),
    Visit("calibrations", "/contrats/{calibrated}/calibrages/", FACILITATOR),
    Visit(
        "calibrations",
        "/contrats/{calibrated}/calibrages/",
        FACILITATOR,
        "calculation open",
        act=open_a_calculation,
    ),
    Visit("calibrations", "/contrats/{uncalibrated}/calibrages/", FACILITATOR, "empty"),
    Visit("calibration-new", f"{NEW}?depuis={{version}}", FACILITATOR, "taken up again"),
    Visit("calibration-new", NEW, FACILITATOR, "refused", act=send_empty),
    Visit("calibration-new", f"{NEW}?portee=ensemble", FACILITATOR, "computed", act=compute),
    Visit("calibration-new", f"{NEW}?portee=lots", FACILITATOR, "by lot"),
)
