"""Telling the buyer, letting it decide: each side sees its own part, and only that."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from tests import builders
from tests.builders import DAY, World
from tests.hours.steering.steering_worlds import decided, reported, short_world, with_terms

from coclause.clauses.models import PenaltyTerms
from coclause.core.actor import acting_as
from coclause.core.models import Mail, User
from coclause.hours.models import BuyerDecision, ShortfallReport
from coclause.organisations.choices import Role

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
TERMS = {
    "unit": "part_montant",
    "share": "2,5",
    "cap_percent": "5 %",
    "notice": "on",
    "notice_days": "15",
    "article": "Article 8.2 du CCAP",
    "wording": "Une pénalité de 2,5 %.",
    "starts_on": "20/02/2026",
}


@pytest.fixture
def world() -> World:
    return short_world()


def plain(page: Any) -> str:
    text: str = page.content.decode()
    return text.replace("\u202f", " ").replace("\u00a0", " ")


# --- terms ---


def test_shares_are_typed_in_per_cent_and_read_back(world: World, signed_in: As) -> None:
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/penalites/"
    assert "Non connue" in plain(client.get(url))
    assert client.post(url, TERMS | {"seen": "0"})["Location"] == url
    made = PenaltyTerms.objects.get()
    assert (made.rate, made.cap_share) == (Decimal("0.025"), Decimal("0.05"))
    page = client.get(url)
    assert "2,50 % du montant du marché" in plain(page)
    assert 'value="2,5"' in page.content.decode()
    changed = TERMS | {"share": "3", "seen": str(made.pk)}
    assert "Dites pourquoi" in plain(client.post(url, changed))
    changed["reason"] = "Avenant n° 1"
    assert client.post(url, changed).status_code == 302
    assert "viennent d’être saisies" in plain(client.post(url, changed))
    assert PenaltyTerms.objects.count() == 2
    assert "Autres versions" in plain(client.get(url))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"share": ""}, "Donnez la part"),
        ({"amount": "50"}, "est une part du montant"),
        ({"unit": "heure"}, "Donnez le montant"),
        ({"unit": "heure", "amount": "50"}, "est en euros"),
        ({"unit": "aucune"}, "n’en prévoit pas : videz"),
        ({"unit": ""}, "Choisissez ce que prévoit"),
        ({"share": "120"}, "100"),
        ({"article": ""}, "Article du contrat"),
        ({"notice": ""}, "suppose une mise en demeure"),
    ],
)
def test_terms_typed_wrong_are_told_at_their_field(
    changed: dict[str, str], sentence: str, world: World, signed_in: As
) -> None:
    url = f"/clauses/{world.clause.pk}/penalites/"
    page = plain(signed_in(world.facilitator).post(url, TERMS | changed))
    assert sentence in page
    assert "field-bad" in page or "suppose" in sentence
    assert not PenaltyTerms.objects.exists()


def test_a_contract_without_penalty_is_recorded_as_such(world: World, signed_in: As) -> None:
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/penalites/"
    nothing = {"unit": "aucune", "article": "CCAP", "starts_on": "20/02/2026"}
    assert client.post(url, nothing).status_code == 302
    assert "Aucune pénalité ne serait calculée" in plain(client.get(url))


# --- the report ---


def sending(page: Any, **changed: str) -> dict[str, Any]:
    """What the form holds, as a browser would send it."""
    form = page.context["form"]
    held = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in held.items()} | changed


def test_the_referent_reports_and_the_buyer_decides(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    with_terms(world)
    host, buyer, company = (signed_in(people[r]) for r in ("facilitator", "buyer", "company"))
    page = host.get(f"/clauses/{world.clause.pk}/signalement/")
    for words in ("565 h", "28 250 €", "565 h × 50 € = 28 250 €", "Un message préviendra"):
        assert words in plain(page)
    sent = host.post(
        f"/clauses/{world.clause.pk}/signalement/",
        sending(page, message="Aucune réponse depuis octobre."),
    )
    made = ShortfallReport.objects.get()
    assert sent["Location"] == f"/signalements/{made.pk}/"
    mail = Mail.objects.get()
    assert mail.recipient == people["buyer"].email
    assert f"/signalements/{made.pk}/" in mail.body
    page = buyer.get(f"/signalements/{made.pk}/")
    for words in ("Votre décision", "Aucune réponse depuis octobre", "28 250 €", "mise en demeure"):
        assert words in plain(page)
    assert company.get(f"/signalements/{made.pk}/").status_code == 404
    until = {"kind": "mise_en_demeure", "until": "15/12/2026", "decided_on": "24/11/2026"}
    assert buyer.post(f"/signalements/{made.pk}/", sending(page) | until).status_code == 302
    told = plain(company.get(f"/signalements/{made.pk}/"))
    assert "Mise en demeure jusqu’au 15/12/2026" in told
    for hidden in ("Aucune réponse", "Projet de lettre", "28 250", "Enregistrer la décision"):
        assert hidden not in told
    assert company.get(f"/signalements/{made.pk}/lettre.docx").status_code == 404
    page = host.get(f"/signalements/{made.pk}/")
    assert "en son nom" in plain(page)
    fine = {"kind": "penalite", "amount": "5 000", "until": "", "decided_on": "24/11/2026"}
    asked = host.post(f"/signalements/{made.pk}/", sending(page) | fine)
    assert "celle du 24/11/2026 court jusqu’au 15/12/2026" in plain(asked)
    fine["confirmed"] = asked.context["confirmed"]
    assert host.post(f"/signalements/{made.pk}/", sending(page) | fine).status_code == 302
    text = plain(buyer.get(f"/signalements/{made.pk}/"))
    assert "Pénalité de 5 000 €" in text
    assert "au nom de l’acheteur" in text
    assert "Enregistrer la décision" not in text
    assert "Manque signalé" in plain(host.get(f"/clauses/{world.clause.pk}/"))


def test_without_an_account_at_the_buyers_nothing_is_promised(world: World, signed_in: As) -> None:
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/signalement/"
    page = client.get(url)
    assert "n’a de compte" in plain(page)
    assert client.post(url, sending(page)).status_code == 302
    assert not Mail.objects.exists()
    made = ShortfallReport.objects.get()
    text = plain(client.get(f"/signalements/{made.pk}/"))
    assert "Aucun message n’est parti" in text
    assert f"/signalements/{made.pk}/lettre.docx" in text


def test_figures_that_moved_are_read_again(world: World, signed_in: As) -> None:
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/signalement/"
    page = client.get(url)
    old = sending(page, missing="600", letter="Ma lettre, relue.")
    answer = plain(client.post(url, old))
    assert "Les chiffres viennent de changer" in answer
    assert "Ma lettre, relue." in answer
    assert not ShortfallReport.objects.exists()


def test_the_basis_is_chosen_and_nothing_to_report_is_said(world: World, signed_in: As) -> None:
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/signalement/"
    page = plain(client.get(f"{url}?base=retard"))
    assert "Retard à ce jour : 584 h" in page
    assert "attendues à cette date" in page
    assert "rien à signaler" in plain(client.get(f"{url}?base=final"))
    assert client.get(f"{url}?base=nimporte").status_code == 200
    assert client.get(f"{url}?attribution=999999").status_code == 404
    assert client.get(f"{url}?attribution=zzz").status_code == 404


def test_among_several_companies_one_is_chosen(world: World, signed_in: As) -> None:
    with acting_as("test", day=DAY):
        other = builders.award(world.lot, builders.organisation("Zinc Rêvé", Role.COMPANY))
        builders.commit(other, world.clause, Decimal(100))
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/signalement/"
    page = plain(client.get(url))
    assert "De laquelle s’agit-il" in page
    assert f"?attribution={other.pk}" in page
    page = plain(client.get(f"{url}?attribution={other.pk}"))
    assert "Zinc Rêvé" in page
    assert "Retard à ce jour" in page


def test_a_double_click_tells_the_buyer_once(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/signalement/"
    data = sending(client.get(url))
    first, second = (client.post(url, data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert ShortfallReport.objects.count() == Mail.objects.count() == 1


def test_an_earlier_report_is_shown_before_another_replaces_it(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    made = reported(world, day=DAY - timedelta(3))
    client = signed_in(world.facilitator)
    page = client.get(f"/clauses/{world.clause.pk}/signalement/")
    assert f"/signalements/{made.pk}/" in plain(page)
    assert client.post(f"/clauses/{world.clause.pk}/signalement/", sending(page)).status_code == 302
    text = plain(client.get(f"/signalements/{made.pk}/"))
    assert "Remplacé par un plus récent" in text
    assert "Enregistrer la décision" not in text


# --- the decision ---


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": ""}, "Choisissez la décision"),
        ({"kind": "mise_en_demeure"}, "Donnez le délai"),
        ({"kind": "mise_en_demeure", "until": "24/11/2026"}, "un jour après la décision"),
        ({"kind": "penalite"}, "Donnez le montant"),
        ({"kind": "penalite", "amount": "0"}, "Donnez le montant"),
        ({"kind": "penalite", "amount": "5", "until": "15/12/2026"}, "donne un délai"),
        ({"kind": "remise"}, "Donnez le motif"),
        ({"kind": "remise", "reason": "x", "amount": "5"}, "a un montant"),
        ({"kind": "sans_suite", "reason": "x", "decided_on": "23/11/2026"}, "corrigez sa date"),
    ],
)
def test_a_decision_typed_wrong_is_told_and_not_kept(
    data: dict[str, str], sentence: str, world: World, people: dict[str, User], signed_in: As
) -> None:
    made = reported(world)
    url = f"/signalements/{made.pk}/"
    answer = signed_in(people["buyer"]).post(url, {"decided_on": "24/11/2026"} | data)
    assert sentence in plain(answer)
    assert not BuyerDecision.objects.exists()


def test_a_report_decided_meanwhile_says_so_and_keeps_what_was_typed(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    made = reported(world)
    client, url = signed_in(people["buyer"]), f"/signalements/{made.pk}/"
    data = sending(client.get(url)) | {
        "kind": "penalite",
        "amount": "5000",
        "decided_on": "24/11/2026",
    }
    decided(made, world.facilitator, "sans_suite", reason="Dit par téléphone")
    answer = plain(client.post(url, data))
    assert "déjà décidé" in answer
    assert 'value="5000"' in answer
    assert BuyerDecision.objects.count() == 1


def test_a_penalty_beyond_the_contract_is_said_then_recorded_when_confirmed(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    with_terms(world)
    made = reported(world)
    client, url = signed_in(people["buyer"]), f"/signalements/{made.pk}/"
    page = client.get(url)
    assert "Le contrat donnerait 28 250 € au plus" in plain(page)
    assert "mise en demeure préalable de 15 jours" in plain(page)
    fine = sending(page) | {"kind": "penalite", "amount": "30 000", "decided_on": "24/11/2026"}
    page = client.post(url, fine)
    asked = plain(page)
    for words in (
        "2 points à confirmer",
        "soit 1 750 € de plus",
        "aucune n’est enregistrée",
        "Enregistrer quand même",
        'value="30 000"',
    ):
        assert words in asked, words
    assert not BuyerDecision.objects.exists()
    assert "2 points à confirmer" in plain(client.post(url, fine | {"confirmed": "autre"}))
    confirmed = fine | {"confirmed": page.context["confirmed"]}
    for _ in range(2):  # a double click
        assert client.post(url, confirmed)["Location"] == url
    assert BuyerDecision.objects.get().amount == 30_000
    for role, read in (("buyer", True), ("facilitator", True), ("company", False)):
        told = plain(signed_in(people[role]).get(url))
        assert "Pénalité de 30 000 €" in told
        assert ("soit 1 750 € de plus" in told) is read, role
        assert "points à confirmer" not in told


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "penalite", "amount": "28 250"},
        {"kind": "remise", "reason": "Crise du secteur"},
        {"kind": "sans_suite", "reason": "Rattrapé"},
        {"kind": "mise_en_demeure", "until": "25/11/2026"},
    ],
)
def test_what_the_contract_allows_is_recorded_at_once(
    said: dict[str, str], world: World, people: dict[str, User], signed_in: As
) -> None:
    with_terms(world, notice=said["kind"] != "penalite", notice_days=None)
    made = reported(world)
    client, url = signed_in(people["buyer"]), f"/signalements/{made.pk}/"
    data = sending(client.get(url)) | {"decided_on": "24/11/2026"} | said
    assert client.post(url, data).status_code == 302


def test_without_known_terms_the_page_says_so_and_asks_nothing(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    made = reported(world)
    client, url = signed_in(people["buyer"]), f"/signalements/{made.pk}/"
    page = client.get(url)
    assert "Ce que prévoit le contrat n’est pas saisi" in plain(page)
    fine = {"kind": "penalite", "amount": "900 000", "decided_on": "24/11/2026"}
    assert client.post(url, sending(page) | fine).status_code == 302


# --- the letter ---


def test_the_letter_comes_out_in_word_and_in_pdf(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    made = reported(
        world,
        letter='Ville de Val-Imaginé\nà Toitures\n\nMadame,\n\n[à compléter : date] #read("x")',
    )
    client = signed_in(people["buyer"])
    word = client.get(f"/signalements/{made.pk}/lettre.docx")
    assert "attachment" in word["Content-Disposition"]
    inside = zipfile.ZipFile(io.BytesIO(word.content)).read("word/document.xml").decode()
    assert "Toitures" in inside
    assert "yellow" in inside
    paper = client.get(f"/signalements/{made.pk}/lettre.pdf")
    read = PdfReader(io.BytesIO(paper.content))
    text = " ".join(page.extract_text() for page in read.pages)
    for words in ("Projet de lettre", "[à compléter : date]", '#read("x")', "à Toitures"):
        assert words in text.replace("\u00a0", " ")
    root: Any = read.trailer["/Root"]
    assert "/MarkInfo" in root
    assert root["/Lang"] in ("fr", "fr-FR")


def test_a_long_letter_of_a_company_with_a_long_name_holds(world: World, signed_in: As) -> None:
    name = "Société coopérative d’intérêt collectif des Charpentes et Couvertures du Val"
    with acting_as("test", day=DAY):
        world.company.name = name
        world.company.save()
    made = reported(world, letter="\n\n".join(f"Paragraphe {n}. " * 40 for n in range(20)))
    client = signed_in(world.facilitator)
    for kind in ("docx", "pdf"):
        assert client.get(f"/signalements/{made.pk}/lettre.{kind}").status_code == 200
