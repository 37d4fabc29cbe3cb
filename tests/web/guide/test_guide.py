"""The guide for facilitators: it opens to the network, finds its cases, and names what exists."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse
from tests.builders import World
from tests.web.guide.vocabulary import buttons, fields, plain

from coclause.core.models import User
from coclause.indicators.catalogue import CATALOGUE
from coclause.web.guide.cases import Case, Kind, by_slug, pieces, search, themes

ASKED = (
    "une réponse à la demande d’un acheteur",
    "un calibrage",
    "les pièces d’une consultation",
    "une dispense de condition sociale",
    "une part des heures travaillées",
    "des heures par montant commandé (accord-cadre à bons de commande)",
    "un marché subséquent",
    "une tranche optionnelle",
    "une concession (phase travaux, exploitation)",
    "un contrat privé (charte, cession foncière…)",
    "un groupement (conjoint, solidaire) et sa répartition",
    "un sous-traitant",
    "le remplacement d’un titulaire",
    "une globalisation",
    "une opération suivie par deux structures",
    "le passage de main d’une opération",
    "un marché réservé et une déclaration collective",
    "une convention NPNRU et ses quartiers",
    "un avenant",
    "une suspension, une reprise, une prolongation, une résiliation",
    "un changement des heures qui comptent",
    "des apprentis ou un nombre de personnes",
    "une part réservée à un public",
    "la clôture d’une année",
)
QUERIES = 11
"""Who asks and what waits for them: the guide itself reads no table."""
CASES = [pytest.param(case, id=slug) for slug, case in by_slug().items()]


def text(answer: Any) -> str:
    said = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(said.split())


def named(case: Case, kind: Kind) -> set[str]:
    return {piece.text for said in case.texts for piece in pieces(said) if piece.kind == kind}


# --- what it says ---


def test_nothing_that_can_be_recorded_lacks_its_case() -> None:
    assert {case.title for case in by_slug().values()} == set(ASKED)
    assert len(by_slug()) == sum(len(theme.cases) for theme in themes())


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_whole_and_short(case: Case) -> None:
    assert all((case.when, case.example, case.changes, case.unknown, case.mistake))
    assert len(case.steps) > 2
    assert re.search(r"\d", case.example), "an example has figures"
    said = " ".join(case.texts)
    assert 120 <= len(said.split()) <= 220
    assert "!" not in said
    assert "'" not in said, "apostrophes are typographic"


@pytest.mark.parametrize("case", CASES)
def test_a_case_leads_to_others(case: Case) -> None:
    assert case.see
    assert case.slug not in case.see
    assert set(case.see) <= set(by_slug())


@pytest.mark.parametrize("case", CASES)
def test_every_field_named_is_on_a_form(case: Case) -> None:
    wanted = {plain(label) for label in named(case, Kind.FIELD)}
    assert not wanted - fields()


@pytest.mark.parametrize("case", CASES)
def test_every_button_named_is_on_a_page(case: Case) -> None:
    known = buttons()
    missing = [
        label
        for label in named(case, Kind.BUTTON)
        if not any(one.fullmatch(plain(label)) for one in known)
    ]
    assert not missing


@pytest.mark.parametrize("case", CASES)
def test_every_figure_named_is_in_the_catalogue(case: Case) -> None:
    assert named(case, Kind.FIGURE) <= {figure.label for figure in CATALOGUE.values()}


def test_a_label_that_no_page_shows_is_told_apart() -> None:
    assert "Heures offertes" not in fields()
    for wrong in ("Offrir les heures", "Modifier l’avenant", "Enregistrer"[:-1]):
        assert not any(one.fullmatch(wrong) for one in buttons()), wrong


def test_figures_and_colons_are_not_cut_at_the_end_of_a_line() -> None:
    (said,) = pieces("À 50 % de 3 000 h : 1 500 h, « dues »")
    held = "À 50\u00a0% de 3\u00a0000\u00a0h\u00a0: 1\u00a0500\u00a0h, «\u00a0dues\u00a0»"
    assert said.text == held


# --- the search ---


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("répartition", "groupement"),
        ("REPARTITION", "groupement"),
        ("Tranches", "tranche-optionnelle"),
        ("faillite", "remplacement-du-titulaire"),
        ("bons commande", "heures-par-montant-commande"),
        ("l'arrêt", "suspension-reprise-prolongation-resiliation"),
        ("ESAT", "marche-reserve-et-declaration-collective"),
    ],
)
def test_a_case_is_found_by_its_words(typed: str, slug: str) -> None:
    assert slug in {case.slug for theme in search(typed) for case in theme.cases}


def test_a_search_keeps_the_themes_that_answer() -> None:
    found = search("npnru")
    assert len(found) < len(themes())
    assert all(theme.cases for theme in found)
    assert search("zzz") == []
    assert search("  ") == list(themes())


# --- the pages ---

pytestmark = pytest.mark.django_db


def test_the_guide_lists_its_cases_by_theme(world: World, signed_in: Any) -> None:
    said = text(signed_in(world.facilitator).get(reverse("guide")))
    for theme in themes():
        assert theme.name in said
    for title in ASKED:
        assert f"Comment saisir {title}" in said


def test_the_search_keeps_what_was_typed(world: World, signed_in: Any) -> None:
    answer = signed_in(world.facilitator).get(reverse("guide"), {"q": "Suspénsion <b>"})
    assert 'value="Suspénsion &lt;b&gt;"' in answer.content.decode()
    assert "Aucun cas ne répond" in text(answer)
    answer = signed_in(world.facilitator).get(reverse("guide"), {"q": "SUSPENSION"})
    assert "Comment saisir une suspension" in text(answer)
    assert "Comment saisir un sous-traitant" not in text(answer)


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_read_whole_without_its_marks(case: Case, world: World, signed_in: Any) -> None:
    answer = signed_in(world.facilitator).get(reverse("guide-case", args=[case.slug]))
    said = text(answer)
    assert f"Comment saisir {case.title}" in said
    for part in ("Les étapes", "Un exemple", "Ce qui change", "En cas d’erreur", "Voir aussi"):
        assert part in said
    assert not re.search(r"[\[\]{}]", said)
    for label in named(case, Kind.BUTTON) | named(case, Kind.FIELD):
        assert f"«\u00a0{label}\u00a0»" in html.unescape(answer.content.decode())


def test_a_figure_leads_to_its_definition(world: World, signed_in: Any) -> None:
    answer = signed_in(world.facilitator).get(reverse("guide-case", args=["globalisation"]))
    assert f"{reverse('definitions')}#hours_globalised" in answer.content.decode()


def test_the_guide_reads_no_table(
    world: World, signed_in: Any, django_assert_num_queries: Any
) -> None:
    client = signed_in(world.facilitator)
    with django_assert_num_queries(QUERIES):
        client.get(reverse("guide"), {"q": "heures"})
    with django_assert_num_queries(QUERIES):
        client.get(reverse("guide-case", args=["avenant"]))


@pytest.mark.parametrize("role", ["facilitator", "manager", "coordinator"])
def test_the_network_finds_the_guide_in_its_menu(
    role: str, people: dict[str, User], signed_in: Any
) -> None:
    assert f'href="{reverse("guide")}"' in signed_in(people[role]).get("/a-faire/").content.decode()


@pytest.mark.parametrize("role", ["buyer", "company", "observer", "prescriber"])
def test_others_have_no_guide(role: str, people: dict[str, User], signed_in: Any) -> None:
    client = signed_in(people[role])
    assert client.get(reverse("guide")).status_code == 403
    assert client.get(reverse("guide-case", args=["avenant"])).status_code == 403
    assert f'href="{reverse("guide")}"' not in client.get("/a-faire/").content.decode()


def test_the_tab_of_a_commitment_leads_to_the_guide(
    world: World, people: dict[str, User], signed_in: Any
) -> None:
    address = reverse("clause", args=[world.clause.pk])
    for role, seen in (("facilitator", True), ("coordinator", True), ("buyer", False)):
        page = signed_in(people[role]).get(address, {"onglet": "engagement"})
        assert ("Comment saisir ?" in text(page)) is seen, role
