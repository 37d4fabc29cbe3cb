"""Documents on screen: what will be frozen is read before, and nobody reads another's."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.builders import DAY, World
from tests.hours.proofs.proof_worlds import END_OF_OCTOBER, issued, validated, words_in
from tests.render.papers import scanned

from coclause.core.actor import acting_as
from coclause.core.models import Attempt, Mail, User
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
LIST_QUERIES = 24


def documents(world: World, suffix: str = "") -> str:
    return f"/clauses/{world.clause.pk}/documents/{suffix}"


def issuing(world: World, kind: ProofKind = ProofKind.INTERIM, **said: object) -> str:
    more = "".join(f"&{name}={value}" for name, value in said.items())
    return documents(world, f"etablir/?nature={kind.value}{more}")


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form that establishes."""
    form = page[page.index('<form method="post"') :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_document_is_read_then_established_once(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    validated(world, "60")
    client = signed_in(people["facilitator"])
    page = read(client, issuing(world, jusqu="2026-10"))
    assert "60\u00a0h validées sur 1\u202f240\u00a0h engagées" in page
    assert "Octobre 2026" in page
    for _ in range(2):  # a double click
        answer = client.post(issuing(world, jusqu="2026-10"), hidden(page))
        assert answer.status_code == 302
    proof = Proof.objects.get()
    assert proof.until == END_OF_OCTOBER
    listed = read(client, answer["Location"])
    assert "Le document est établi" in listed
    assert proof.number in listed
    assert "En vigueur" in listed


def test_figures_that_moved_meanwhile_are_read_again(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    validated(world, "60")
    client = signed_in(people["facilitator"])
    sent = hidden(read(client, issuing(world)))
    validated(world, "30", month=date(2026, 9, 1))
    answer = client.post(issuing(world), sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Les chiffres ont changé" in page
    assert not Proof.objects.exists()
    assert client.post(issuing(world), hidden(page)).status_code == 302


def test_a_correction_asks_for_the_second_version_by_its_link(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    validated(world, "60")
    first = issued(world, until=END_OF_OCTOBER)
    client = signed_in(people["facilitator"])
    assert "corrigés depuis" not in read(client, documents(world))
    assert "Rien n’a changé depuis le document" in read(client, issuing(world, jusqu="2026-10"))
    validated(world, "55", version=1)
    page = read(client, documents(world))
    assert "des heures ou l’engagement ont été corrigés depuis" in page
    found = re.search(r'href="([^"]+)">Établir la version 2', page)
    assert found
    link = found[1].replace("&amp;", "&")
    shown = read(client, link)
    assert f"Il remplace le n° {first.number}" in shown
    assert client.post(link, hidden(shown)).status_code == 302
    page = read(client, documents(world))
    assert "Remplacé" in page
    assert "corrigés depuis" not in page
    buyer = signed_in(people["buyer"])
    assert words_in(buyer.get(f"/documents/{first.number}.pdf").content)


def test_each_side_is_given_its_own_documents(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    validated(world, "60")
    statement = issued(world)
    certificate = issued(world, ProofKind.CERTIFICATE, company=world.company)
    control = issued(world, ProofKind.CONTROL)
    given = {
        "facilitator": {statement, certificate, control},
        "manager": {statement, certificate, control},
        "buyer": {statement},
        "coordinator": {statement},
        "company": {certificate},
    }
    for role, user in people.items():
        client = signed_in(user)
        for proof in (statement, certificate, control):
            answer = client.get(f"/documents/{proof.number}.pdf")
            expected = 200 if proof in given.get(role, ()) else 404
            assert answer.status_code == expected, (role, proof)
        if role in given:
            page = read(client, documents(world))
            shown = {p for p in (statement, certificate, control) if p.number in page}
            assert shown == given[role], role
            assert ("Établir" in page) == (role in {"facilitator", "manager"})


def test_a_document_is_kept_by_no_cache(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    proof = issued(world)
    answer = signed_in(people["buyer"]).get(f"/documents/{proof.number}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{proof.number}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_the_list_makes_the_same_queries_for_any_number(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    client = signed_in(people["facilitator"])
    validated(world, "60")
    issued(world)
    client.get(documents(world))

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(documents(world))
        return len(found)

    first = count()
    for month in range(3, 10):
        issued(world, until=date(2026, month, 28))
    assert count() == first
    assert first <= LIST_QUERIES


def test_the_month_offered_first_is_the_last_one_over(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    client = signed_in(people["facilitator"])
    page = read(client, issuing(world))
    assert '<option value="2026-10" selected>octobre 2026</option>' in page
    assert "31/10/2026" in page
    assert "24/11/2026" in read(client, issuing(world, jusqu="2026-11"))
    for wrong in ("2031-01", "x", "2026-13", "1200-01"):
        assert "31/10/2026" in read(client, issuing(world, jusqu=wrong))


def test_an_unknown_kind_is_no_page(world: World, people: dict[str, User], signed_in: As) -> None:
    client = signed_in(people["facilitator"])
    for kind in ("", "autre", "bilan_final%00"):
        answer = client.get(documents(world, f"etablir/?nature={kind}"))
        assert answer.status_code in {400, 404}


def test_a_final_statement_says_what_to_do_before_the_end(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    client = signed_in(people["facilitator"])
    page = read(client, issuing(world, ProofKind.FINAL))
    assert "établissez un bilan intermédiaire, ou constatez d’abord la fin" in page
    assert '<form method="post" class="form"' not in page
    assert "Établir le bilan final" not in read(client, documents(world))


def test_the_control_sheet_shows_names_to_the_host_alone(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    validated(world, "60")
    client = signed_in(people["facilitator"])
    assert "Inventée" in read(client, issuing(world, ProofKind.CONTROL))
    assert "Inventée" not in read(client, issuing(world))
    proof = issued(world, ProofKind.CONTROL)
    answer = client.get(f"/documents/{proof.number}.pdf")
    assert "Nadia" in words_in(answer.content)


def test_the_message_leads_to_the_document(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    proof = issued(world)
    mail = Mail.objects.get(recipient=people["buyer"].email, kind="proof.issued")
    link = re.search(r"https?://[^/\s]+(/\S+)", mail.body)
    assert link
    assert proof.number in read(signed_in(people["buyer"]), link[1])


def test_the_clause_leads_to_its_documents_for_who_is_given_some(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    page = f"/clauses/{world.clause.pk}/"
    for role in ("facilitator", "buyer", "coordinator", "company"):
        assert documents(world) in read(signed_in(people[role]), page), role
    assert documents(world) not in read(signed_in(people["other_host"]), page)


def test_the_buyer_finds_its_statements_beside_its_contract(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    first, control = issued(world), issued(world, ProofKind.CONTROL)
    validated(world, "60")
    second = issued(world)
    page = read(signed_in(people["buyer"]), "/mes-marches/")
    assert f"/documents/{second.number}.pdf" in page
    assert first.number not in page
    assert control.number not in page


def told(page: str) -> str:
    """The words of the page, its frame apart."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_a_stranger_is_told_valid_and_nothing_of_whom(world: World) -> None:
    validated(world, "61")
    proof = issued(world)
    client = Client()
    answer = client.get(f"/verifier/{proof.code}/")
    assert answer.status_code == 200
    words = told(answer.content.decode())
    assert "authentique et en vigueur" in words
    assert "Bilan intermédiaire, établi le 24/11/2026" in words
    for secret in ("Val-Imaginé", "61", proof.number, "Capucine", "Toitures", "Médiathèque"):
        assert secret not in words, secret
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_a_code_is_typed_as_one_likes_and_leads_to_one_address(world: World) -> None:
    proof = issued(world)
    client = Client()
    typed = proof.code.lower().replace("-", " ")
    answer = client.get("/verifier/", {"code": typed})
    assert answer["Location"] == f"/verifier/{proof.code}/"
    assert client.get(f"/verifier/{proof.code.lower().replace('-', '')}/").status_code == 200


@pytest.mark.parametrize("kind", [ProofKind.INTERIM, ProofKind.CERTIFICATE, ProofKind.CONTROL])
def test_the_code_scanned_on_the_paper_opens_the_valid_page(
    kind: ProofKind, world: World, people: dict[str, User], signed_in: As, settings: Any
) -> None:
    settings.SITE_URL = "https://clauses.exemple.test"
    validated(world, "60")
    company = world.company if kind == ProofKind.CERTIFICATE else None
    proof = issued(world, kind, company=company)
    paper = signed_in(people["facilitator"]).get(f"/documents/{proof.number}.pdf").content
    (link,) = scanned(paper)
    assert link == f"https://clauses.exemple.test/verifier/{proof.code}/"
    assert proof.code in words_in(paper)
    page = read(Client(), link.removeprefix(settings.SITE_URL))
    assert "authentique et en vigueur" in page
    assert f'value="{proof.code}"' in page


def test_a_replaced_document_says_since_when(world: World) -> None:
    first = issued(world)
    validated(world, "60")
    second = issued(world)
    words = told(Client().get(f"/verifier/{first.code}/").content.decode())
    assert "n’est plus en vigueur" in words
    assert "remplacé par une version plus récente le 24/11/2026" in words
    assert second.number not in words
    assert second.code not in words


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN-PQRS", "1", "%3Cscript%3E", "é" * 80])
def test_an_unknown_code_is_no_document(db: None, code: str) -> None:
    answer = Client().get(f"/verifier/{code}/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Aucun document ne porte ce code" in page
    assert "<script>" not in page.replace("<script src=", "")


def test_codes_are_not_tried_without_end(world: World) -> None:
    proof = issued(world)
    client = Client()
    for _ in range(60):
        assert client.get("/verifier/ABCD-EFGH-JKMN-PQRS/").status_code == 404
    assert client.get(f"/verifier/{proof.code}/").status_code == 429
    assert "Trop de codes" in client.get(f"/verifier/{proof.code}/").content.decode()
    assert Client(REMOTE_ADDR="203.0.113.9").get(f"/verifier/{proof.code}/").status_code == 200
    with acting_as("test", day=DAY):
        assert Attempt.objects.count() == 61
