"""Typing operations, contracts, clauses, awards the French way; nothing typed is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.forms import Form
from django.urls import reverse
from tests import builders
from tests.builders import DAY, World
from tests.web.operations.web_operations import HOLDER_SIRET, signed_in

from coclause.clauses.models import Award, Clause, Contract, ObjectiveEvent, Operation
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.organisations.models import Organisation
from coclause.web.operations.fields import EuroField, FrenchDateField, HoursField

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return builders.world()


class Typed(Form):
    amount = EuroField(max_digits=14, decimal_places=2)
    hours = HoursField()
    day = FrenchDateField()


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("1 234 567,89", "1234567.89"),
        ("1\u202f234\u00a0567,89 €", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("40000", "40000"),
        ("12.5", "12.5"),
        ("40 000 € HT", "40000"),
    ],
)
def test_an_amount_is_understood_as_it_is_written_in_french(typed: str, understood: str) -> None:
    form = Typed({"amount": typed, "hours": "1", "day": "22/08/2026"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == Decimal(understood)


def test_an_amount_that_may_mean_two_things_is_refused() -> None:
    assert "amount" in Typed({"amount": "1.234", "hours": "1", "day": "22/08/2026"}).errors


@pytest.mark.parametrize("typed", ["22/08/2026", "22/8/26", "22.08.2026", "2026-08-22"])
def test_a_date_is_read_day_first(typed: str) -> None:
    form = Typed({"amount": "1", "hours": "1", "day": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 8, 22)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("22/08/0202", "L'année 0202 n’est pas possible"),
        ("31/02/2026", "Cette date n’existe pas"),
        ("08/22/2026", "Cette date n’existe pas"),
    ],
)
def test_a_wrong_date_is_refused_in_words(typed: str, said: str) -> None:
    assert said in Typed({"amount": "1", "hours": "1", "day": typed}).errors["day"][0]


def test_hours_may_be_removed_with_a_real_minus_sign() -> None:
    form = Typed({"amount": "1", "hours": "−40,5 h", "day": "22/08/2026"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["hours"] == Decimal("-40.5")


def operation_data(world: World, **changes: str) -> dict[str, str]:
    return {
        "once": "jeton-1",
        "host": str(world.host.pk),
        "name": "École de Montfictif",
        "buyer": world.buyer.siret or "",
        "commune": "montfictif",
    } | changes


def test_an_operation_opens_for_the_host_and_leads_to_its_contract(world: World) -> None:
    place = builders.commune()
    answer = signed_in(world.facilitator).post(reverse("operation-new"), operation_data(world))
    made = Operation.objects.get(name="École de Montfictif")
    assert answer["Location"] == reverse("contract-new", args=[made.pk])
    assert (made.buyer, made.commune) == (world.buyer, place)
    assert made.hosts.get().host == world.host


def test_a_double_click_opens_one_operation(world: World) -> None:
    builders.commune()
    client = signed_in(world.facilitator)
    first = client.post(reverse("operation-new"), operation_data(world))
    second = client.post(reverse("operation-new"), operation_data(world))
    assert Operation.objects.filter(name="École de Montfictif").count() == 1
    assert second["Location"] == first["Location"]


def test_two_forms_open_two_operations_of_one_name(world: World) -> None:
    builders.commune()
    client = signed_in(world.facilitator)
    for token in ("jeton-1", "jeton-2"):
        client.post(reverse("operation-new"), operation_data(world, once=token))
    assert Operation.objects.filter(name="École de Montfictif").count() == 2


def test_a_buyer_is_created_on_the_way_and_found_again_by_its_siret(world: World) -> None:
    builders.commune()
    siret = builders.siret()
    client = signed_in(world.facilitator)
    new = {"buyer": "", "buyer_name": "Syndicat inventé", "buyer_siret": siret}
    for token in ("jeton-1", "jeton-2"):
        client.post(reverse("operation-new"), operation_data(world, once=token, **new))
    made = Organisation.objects.get(siret=siret)
    assert made.operations.count() == 2
    assert made.buyer_kind == "inconnu"


def test_what_was_typed_comes_back_with_the_errors(world: World) -> None:
    typed = operation_data(world, name="É" * 301, buyer_siret="123", buyer="", commune="nulle part")
    page = signed_in(world.facilitator).post(reverse("operation-new"), typed).content.decode()
    assert "É" * 301 in page
    assert "301" in page
    assert "Aucune commune de la région ne correspond" in page
    assert "n’est pas un SIRET" in page.replace("&#x27;", "’")
    assert 'class="error-summary"' in page
    assert not Operation.objects.filter(name__startswith="ÉÉ").exists()


def test_a_name_with_several_communes_asks_which_one(world: World) -> None:
    builders.commune("21998", "Saint-Fictif")
    chosen = builders.commune("71002", "Saint-Fictif")
    client = signed_in(world.facilitator)
    page = client.post(reverse("operation-new"), operation_data(world, commune="saint fictif"))
    assert "Quelle commune" in page.content.decode()
    again = operation_data(world, commune="saint fictif", commune_choice="71002")
    client.post(reverse("operation-new"), again)
    assert Operation.objects.get(name="École de Montfictif").commune == chosen


def contract_data(**changes: str) -> dict[str, str]:
    return {
        "once": "jeton-c",
        "kind": "marche",
        "market_type": "travaux",
        "object": "Extension de l’école",
        "amount": "1 234 567,89",
        "notified_on": "02/03/2026",
        "lots-TOTAL_FORMS": "2",
        "lots-INITIAL_FORMS": "0",
        "lots-0-number": "1",
        "lots-0-title": "Gros œuvre",
        "lots-0-amount": "800 000",
        "lots-1-number": "2",
        "lots-1-title": "Charpente",
        "lots-1-amount": "",
    } | changes


def test_a_contract_is_saved_with_its_lots(world: World) -> None:
    address = reverse("contract-new", args=[world.operation.pk])
    answer = signed_in(world.facilitator).post(address, contract_data())
    assert answer.status_code == 302
    made = Contract.objects.get(object="Extension de l’école")
    assert made.amount == Decimal("1234567.89")
    assert made.notified_on == date(2026, 3, 2)
    assert [(lot.number, lot.title) for lot in made.lots.all()] == [
        (1, "Gros œuvre"),
        (2, "Charpente"),
    ]


def test_another_lot_row_keeps_everything_typed(world: World) -> None:
    address = reverse("contract-new", args=[world.operation.pk])
    sent = contract_data(ajouter_lot="1", amount="pas un nombre")
    page = signed_in(world.facilitator).post(address, sent).content.decode()
    assert 'name="lots-2-title"' in page
    assert 'name="lots-2-number" value="3"' in page
    assert "pas un nombre" in page
    assert "Gros œuvre" in page
    assert 'class="error-summary"' not in page
    assert Contract.objects.filter(object="Extension de l’école").count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"lots-1-number": "1"},
        {"lots-0-title": "", "lots-0-amount": ""},
        {"lots-TOTAL_FORMS": "beaucoup"},
        {"amount": "-5"},
        {"notified_on": "02/03/0202"},
    ],
)
def test_a_wrong_contract_is_refused_whole(world: World, wrong: dict[str, str]) -> None:
    address = reverse("contract-new", args=[world.operation.pk])
    answer = signed_in(world.facilitator).post(address, contract_data(**wrong))
    assert answer.status_code == 200
    assert not Contract.objects.filter(object="Extension de l’école").exists()


def test_too_many_rows_asked_do_not_break_the_page(world: World) -> None:
    address = reverse("contract-new", args=[world.operation.pk])
    sent = contract_data(ajouter_lot="1", **{"lots-TOTAL_FORMS": "beaucoup"})
    assert signed_in(world.facilitator).post(address, sent).status_code == 200


def clause_data(**changes: Any) -> dict[str, Any]:
    return {
        "once": "jeton-k",
        "instrument": "critere",
        "theme": "insertion",
        "basis": "ccp",
        "hour_kinds": ["travail"],
        "publics": ["DELD"],
        "target_hours": "500",
        "act_by": "15/12/2026",
        "terms": "",
    } | changes


def test_a_clause_is_written_then_corrected(world: World) -> None:
    client = signed_in(world.facilitator)
    client.post(reverse("clause-new", args=[world.lot.pk]), clause_data())
    made = Clause.objects.get(instrument="critere")
    assert (made.state, made.publics, made.target_hours) == (ClauseState.DRAFT, ["DELD"], 500)
    client.post(
        reverse("clause-edit", args=[made.pk]), clause_data(once="jeton-l", target_hours="620")
    )
    made.refresh_from_db()
    assert made.target_hours == 620


def test_a_second_clause_alike_is_refused_with_the_way_out(world: World) -> None:
    address = reverse("clause-new", args=[world.lot.pk])
    sent = clause_data(instrument=world.clause.instrument)
    page = signed_in(world.facilitator).post(address, sent).content.decode()
    assert "a déjà une clause" in page
    assert Clause.objects.filter(lot=world.lot).count() == 1


def award_data(**changes: str) -> dict[str, str]:
    return {
        "once": "jeton-a",
        "company": "",
        "company_name": "Charpentes imaginaires",
        "company_siret": HOLDER_SIRET,
        "notified_on": "02/03/2026",
        "starts_on": "09/03/2026",
        "ends_on": "08/03/2027",
    } | changes


def test_an_award_creates_its_company_and_leads_to_the_commitment(world: World) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation)
        clause = builders.clause(lot, ClauseState.AGREED, target_hours=700)
    client = signed_in(world.facilitator)
    answer = client.post(reverse("award-new", args=[lot.pk]), award_data())
    address = reverse("commitment-new", args=[clause.pk])
    assert answer["Location"] == address
    award = Award.objects.get(lot=lot)
    assert award.members.get().organisation.siret == HOLDER_SIRET
    assert "700" in client.get(address).content.decode()
    client.post(address, {"once": "jeton-e", "award": award.pk, "objectif-0-quantity": "1 240,5"})
    clause.refresh_from_db()
    assert clause.state == ClauseState.RUNNING
    event = ObjectiveEvent.objects.get(objective__commitment__clause=clause)
    assert event.quantity == Decimal("1240.5")


@pytest.mark.parametrize(
    "wrong",
    [
        {"company_siret": "12345678901234"},
        {"company_siret": ""},
        {"ends_on": "01/01/2026"},
        {"starts_on": ""},
        {"company_name": "", "company": "Introuvable"},
    ],
)
def test_a_wrong_award_is_refused_and_creates_no_company(
    world: World, wrong: dict[str, str]
) -> None:
    before = Organisation.objects.count()
    address = reverse("award-new", args=[world.lot.pk])
    answer = signed_in(world.facilitator).post(address, award_data(**wrong))
    assert answer.status_code == 200
    assert Award.objects.filter(lot=world.lot).count() == 1
    assert Organisation.objects.count() == before


def test_no_commitment_before_the_buyer_agrees(world: World) -> None:
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation)
        clause = builders.clause(lot, ClauseState.PROPOSED)
        award = builders.award(lot, world.company)
    address = reverse("commitment-new", args=[clause.pk])
    sent = {"once": "jeton-e", "award": award.pk, "objectif-0-quantity": "100"}
    page = signed_in(world.facilitator).post(address, sent).content.decode()
    assert "pas encore acceptée" in page
    assert not clause.commitments.exists()


def test_an_amendment_adds_or_removes_but_never_below_zero(world: World) -> None:
    objective = world.clause.commitments.get().objectives.get()
    address = reverse("amendment-new", args=[objective.pk])
    client = signed_in(world.facilitator)
    sent = {"once": "a1", "quantity": "−240", "effective_on": "01/06/2026", "reason": "Moins"}
    client.post(address, sent)
    assert sum(event.quantity for event in objective.events.all()) == 1000
    page = client.post(address, sent | {"once": "a2", "quantity": "-5000"}).content.decode()
    assert "retire plus d" in page
    assert objective.events.count() == 2
