"""All the visits there are, gathered from the areas of the product."""

import pytest
from _pytest.mark import ParameterSet
from tests.journeys import visits
from tests.journeys.visits_buyer import NOT_PAGES_BUYER, VISITS_BUYER, places_buyer
from tests.journeys.visits_calibrations import (
    NOT_PAGES_CALIBRATIONS,
    VISITS_CALIBRATIONS,
    places_calibrations,
)
from tests.journeys.visits_checks import NOT_PAGES_CHECKS, VISITS_CHECKS, places_checks
from tests.journeys.visits_contacts import NOT_PAGES_CONTACTS, VISITS_CONTACTS, places_contacts
from tests.journeys.visits_door import NOT_PAGES_DOOR, VISITS_DOOR, places_door
from tests.journeys.visits_drafting import NOT_PAGES_DRAFTING, VISITS_DRAFTING, places_drafting
from tests.journeys.visits_month_files import (
    NOT_PAGES_MONTH_FILES,
    VISITS_MONTH_FILES,
    places_month_files,
)
from tests.journeys.visits_papers import NOT_PAGES_PAPERS, VISITS_PAPERS, places_papers
from tests.journeys.visits_programmes import (
    NOT_PAGES_PROGRAMMES,
    VISITS_PROGRAMMES,
    places_programmes,
)
from tests.journeys.visits_proofs import NOT_PAGES_PROOFS, VISITS_PROOFS, places_proofs
from tests.journeys.visits_requests import NOT_PAGES_REQUESTS, VISITS_REQUESTS, places_requests
from tests.journeys.visits_steering import (
    NOT_PAGES_STEERING,
    VISITS_STEERING,
    places_steering,
)

VISITS = (
    *visits.VISITS,
    *VISITS_DOOR,
    *VISITS_REQUESTS,
    *VISITS_PROGRAMMES,
    *VISITS_MONTH_FILES,
    *VISITS_CALIBRATIONS,
    *VISITS_DRAFTING,
    *VISITS_BUYER,
    *VISITS_STEERING,
    *VISITS_CHECKS,
    *VISITS_PAPERS,
    *VISITS_CONTACTS,
    *VISITS_PROOFS,
)
NOT_PAGES = {
    **visits.NOT_PAGES,
    **NOT_PAGES_DOOR,
    **NOT_PAGES_REQUESTS,
    **NOT_PAGES_PROGRAMMES,
    **NOT_PAGES_MONTH_FILES,
    **NOT_PAGES_CALIBRATIONS,
    **NOT_PAGES_DRAFTING,
    **NOT_PAGES_BUYER,
    **NOT_PAGES_STEERING,
    **NOT_PAGES_CHECKS,
    **NOT_PAGES_PAPERS,
    **NOT_PAGES_CONTACTS,
    **NOT_PAGES_PROOFS,
}


def parametrized() -> list[ParameterSet]:
    """Every change is tried on each address once, and on one state that acting leads to; the other
    roles and states are for the night.
    """
    seen: set[tuple[str, bool]] = set()
    found = []
    for visit in VISITS:
        kind = (visit.name or visit.path, visit.act is not None)
        marks = [pytest.mark.nightly] if kind in seen else []
        seen.add(kind)
        found.append(pytest.param(visit, id=str(visit), marks=marks))
    return found


def places() -> dict[str, object]:
    """What the addresses name between braces. Areas that need a state of their own write it."""
    return {
        **visits.places(),
        **places_door(),
        **places_requests(),
        **places_programmes(),
        **places_month_files(),
        **places_calibrations(),
        **places_drafting(),
        **places_buyer(),
        **places_steering(),
        **places_checks(),
        **places_papers(),
        **places_contacts(),
        **places_proofs(),
    }
