"""The pages of closing: who reads which years, what is said before closing, what is shown after."""

import html
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from tests import builders
from tests.builders import DAY
from tests.closing.past_year import (
    CLOSED,
    OCTOBER,
    SEPTEMBER,
    YEAR,
    Past,
    corrected,
    declared,
    past,
    worked,
)

from coclause.closing.actions import close_year
from coclause.closing.models import YearClosure
from coclause.core.actor import acting_as
from coclause.organisations.choices import MemberRole, Role
from coclause.reports.key_figures import key_figures, key_figures_pdf

pytestmark = pytest.mark.django_db
REVIEW = f"/annees/{YEAR}/cloturer/"


@pytest.fixture
def year() -> Past:
    made = past()
    worked(made, SEPTEMBER, "100")
    worked(made, OCTOBER, "60")
    return made


@pytest.fixture
def manager(year: Past, signed_in: Any) -> Client:
    client: Client = signed_in(year.manager)
    return client


@pytest.fixture
def coordination(year: Past, signed_in: Any) -> Client:
    client: Client = signed_in(year.coordinator)
    return client


def closed(year: Past) -> None:
    """By the host, then by the region, on 10/02/2026."""
    with acting_as(year.manager, day=DAY):
        close_year(year.host_scope, year.region, YEAR, year.world.host, at=CLOSED)
    with acting_as(year.coordinator, day=DAY):
        close_year(year.region_scope, year.region, YEAR, at=CLOSED)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def test_a_manager_is_led_from_the_list_to_the_closing_and_back(
    manager: Client, year: Past
) -> None:
    declared(year, date(2025, 11, 1), "20")
    listed = manager.get(reverse("closings"))
    host = year.world.host
    assert listed.context["next"].close_url == f"{REVIEW}?structure={host.pk}"
    page = manager.get(listed.context["next"].close_url)
    left = page.context["left"]
    assert (left.undeclared, left.to_check, left.returned) == (1, 1, 0)
    assert year.world.operation.name in text(page)
    assert "160 h" in text(page)
    typed = {"once": page.context["form"]["once"].value()}
    answer = manager.post(f"{REVIEW}?structure={host.pk}", typed, follow=True)
    assert answer.redirect_chain == [(reverse("closings"), 302)]
    assert "2025 est close" in text(answer)
    kept = YearClosure.objects.get()
    assert (kept.year, kept.host, kept.closed_by) == (YEAR, host, year.manager)
    # Sent twice: the same closing, and no error.
    again = manager.post(f"{REVIEW}?structure={host.pk}", typed, follow=True)
    assert again.status_code == 200
    assert "déjà envoyé" in text(again)
    # From another tab: told that it is done.
    late = manager.post(f"{REVIEW}?structure={host.pk}", {"once": "un-autre"})
    assert late.status_code == 409
    assert "2025 est déjà close" in text(late)
    assert YearClosure.objects.count() == 1


def test_the_coordination_says_why_it_does_not_wait(coordination: Client, year: Past) -> None:
    page = coordination.get(REVIEW)
    assert [one.name for one in page.context["missing"]] == [year.world.host.name]
    refused = coordination.post(REVIEW, {"once": "a", "note": " "})
    assert refused.context["form"].errors["note"]
    assert not YearClosure.objects.exists()
    long = coordination.post(REVIEW, {"once": "a", "note": "x" * 301})
    assert "x" * 301 in text(long)
    coordination.post(REVIEW, {"once": "a", "note": "La structure a cessé son activité."})
    listed = text(coordination.get(reverse("closings")))
    assert "Close d’office" in listed
    assert "La structure a cessé son activité." in listed
    assert "Non close avant la région" in listed


def test_a_year_that_is_not_over_says_when_it_may_be_closed(
    coordination: Client, manager: Client
) -> None:
    for client in (coordination, manager):
        page = client.get("/annees/2026/cloturer/")
        assert "à partir du 01/01/2027" in text(page)
        assert '<form method="post" class="form"' not in text(page)
    assert coordination.get("/annees/1804/cloturer/").status_code == 404


def test_a_host_reads_its_own_closings_the_coordination_and_observers_all(
    year: Past, manager: Client, coordination: Client, signed_in: Any
) -> None:
    with acting_as("test", day=DAY):
        other = builders.organisation("Plie des Brumes", Role.HOST)
        there = builders.member(other, MemberRole.HOST_MANAGER)
        watching = builders.organisation("Observatoire Inventé", Role.OBSERVER)
        observer = builders.member(watching, MemberRole.OBSERVER)
        buyer = builders.member(year.world.buyer, MemberRole.BUYER)
    closed(year)
    name = year.world.host.name
    for client, seen in (
        (manager, True),
        (coordination, True),
        (signed_in(observer), True),
        (signed_in(there), False),
    ):
        page = text(client.get(reverse("closings")))
        assert "10/02/2026" in page
        assert (f'<th scope="row">{name}' in page) == seen
    assert signed_in(observer).get(REVIEW).status_code == 403
    assert signed_in(buyer).get(reverse("closings")).status_code == 403
    own = f"{REVIEW}?structure={year.world.host.pk}"
    assert signed_in(there).get(own).status_code == 403
    assert signed_in(there).get(f"{REVIEW}?structure=aucune").status_code == 404
    assert "Clôture des années" in text(manager.get(reverse("desk")))


def test_a_closed_year_shows_its_figures_and_what_changed_since(
    year: Past, manager: Client, coordination: Client, signed_in: Any
) -> None:
    assert "Provisoire" in text(coordination.get(reverse("dashboard"), {"annee": YEAR}))
    closed(year)
    corrected(year, SEPTEMBER, "112.5")
    listed = text(coordination.get(reverse("closings")))
    assert listed.count("+12,5 h") == 3
    board = coordination.get(reverse("dashboard"), {"annee": YEAR})
    assert "Close par la région le 10/02/2026" in text(board)
    assert "160 h" in text(board)
    assert "+12,5 h depuis la clôture" in text(board)
    own = manager.get(reverse("dashboard"), {"annee": YEAR, "structure": year.world.host.pk})
    assert "Close par la structure le 10/02/2026" in text(own)
    behind = coordination.get(reverse("indicator", args=["hours_validated"]), {"annee": YEAR})
    assert "dont la somme fait 172,5 h aujourd’hui : +12,5 h depuis la clôture" in text(behind)
    public = signed_in(None).get(reverse("key-figures"), {"annee": YEAR})
    assert "Close par la région le 10/02/2026" in text(public)
    assert "+12,5 h depuis la clôture" in text(public)


def test_the_page_in_pdf_says_the_year_is_closed(year: Past) -> None:
    closed(year)
    corrected(year, SEPTEMBER, "112")
    found = key_figures(year.region, YEAR, day=DAY)
    assert found.state == "clos"
    reader = PdfReader(BytesIO(key_figures_pdf(found, fonts=settings.FONTS)))
    assert len(reader.pages) == 1
    said = reader.pages[0].extract_text().replace("\u202f", " ").replace("\xa0", " ")
    assert "clos par la région le 10/02/2026" in " ".join(said.split())
    assert "160 h" in said
    assert "+12 h depuis la clôture" in " ".join(said.split())


def neighbours(year: Past, many: int) -> None:
    """That many more hosts, each with a contract in execution from 2024 to 2026."""
    with acting_as("test", day=DAY):
        for number in range(many):
            host = builders.organisation(f"Structure {number}", Role.HOST)
            facilitator = builders.member(host, MemberRole.FACILITATOR)
            operation = builders.operation(
                f"École {number}", year.world.buyer, host, facilitator, since=date(2024, 1, 1)
            )
            lot = builders.lot(operation)
            builders.clause(lot)
            builders.award(lot, year.world.company, date(2024, 9, 1), date(2026, 8, 31))


@pytest.mark.parametrize("many", [0, 4])
def test_the_list_asks_the_same_queries_whatever_the_hosts(
    year: Past, coordination: Client, django_assert_num_queries: Any, many: int
) -> None:
    closed(year)
    neighbours(year, many)
    with django_assert_num_queries(16):
        page = coordination.get(reverse("closings"))
    assert len(page.context["years"][0].lines) == 2 + many


@pytest.mark.parametrize("many", [0, 4])
def test_the_review_asks_the_same_queries_whatever_is_open(
    year: Past, coordination: Client, django_assert_num_queries: Any, many: int
) -> None:
    neighbours(year, many)
    with django_assert_num_queries(25):
        page = coordination.get(REVIEW)
    assert len(page.context["missing"]) == 1 + many
    assert len(page.context["left"].operations) == 1 + many
