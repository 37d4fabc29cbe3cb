"""Pages of calibration: what is typed, what is shown before it is kept, what is compared."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from tests import builders
from tests.builders import DAY, World
from tests.clauses.calibration_worlds import by_amount, contract_of, kept, more_lots
from tests.web.conftest import As

from coclause.clauses.calibrating import retain
from coclause.clauses.choices import Instrument
from coclause.clauses.models import Calibration, CalibrationLine, Clause, Contract
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.achieved import Achieved
from coclause.law.calibration import defaults
from coclause.organisations.choices import MemberRole
from coclause.web.calibrations import pages, reading
from coclause.web.calibrations.drawing import draw
from coclause.web.calibrations.reading import Measure, shown, versions_of

pytestmark = pytest.mark.django_db
NBSP, THIN = "\u00a0", "\u202f"
LIST_QUERIES = 19
START = defaults(DAY)


@pytest.fixture
def facilitator(world: World, signed_in: As) -> Client:
    return signed_in(world.facilitator)


@pytest.fixture
def address(world: World) -> str:
    return reverse("calibration-new", args=[world.lot.contract_id])


def whole(**typed: str) -> dict[str, str]:
    """The form of the whole as it opens, one million euros, and what was typed over it."""
    return {
        "once": "jeton",
        "title": "Taux courant",
        "rate": "5",
        "rate_source": START.rate.reference,
        "labour_share": "50 %",
        "labour_share_source": START.labour_share.reference,
        "hourly_cost": "30",
        "hourly_cost_source": START.hourly_cost.reference,
        "cost_basis": "cout",
        "step": "5",
        "amount_source": "Estimation du maître d’œuvre",
        "ensemble-method": "montant",
        "ensemble-amount": "1 000 000",
        **typed,
    }


def text(answer: Any) -> str:
    told: str = answer.content.decode()
    return told.replace(NBSP, " ").replace(THIN, " ")


def try_out(client: Client, address: str, data: dict[str, str]) -> HttpResponse:
    return client.post(address, {**data, "calculer": "1"})  # type: ignore[return-value]


def keep(client: Client, address: str, data: dict[str, str]) -> Any:
    """Compute, then keep what the page computed."""
    tried: Any = try_out(client, address, data)
    told = tried.context["forms"].shared["computed"].value()
    return client.post(address, {**data, "computed": told or "", "enregistrer": "1"})


# --- trying values ---


def test_the_form_opens_with_the_day_s_values_and_their_sources(
    facilitator: Client, address: str
) -> None:
    shown_ = text(facilitator.get(address))
    assert 'value="1 000 000"' in shown_
    assert START.hourly_cost.reference in shown_
    assert "Enregistrer cette version" not in shown_


def test_the_result_is_read_before_anything_is_kept(facilitator: Client, address: str) -> None:
    told = text(try_out(facilitator, address, whole()))
    assert "Résultat : 835 h à demander" in told
    assert "500 000 € ÷ 30 € de l’heure" in told
    assert "Enregistrer cette version" in told
    assert not Calibration.objects.exists()


def test_what_was_computed_is_what_is_kept(facilitator: Client, address: str) -> None:
    answer = keep(facilitator, address, whole())
    assert answer.status_code == 302
    line = CalibrationLine.objects.get()
    assert (line.exact, line.hours, line.rate) == (Decimal("833.33"), 835, Decimal("0.05"))
    assert line.sources["amount"] == "Estimation du maître d’œuvre"
    assert line.sources["rate"] == START.rate.reference


def test_values_changed_after_the_calculation_are_shown_again_not_kept(
    facilitator: Client, address: str
) -> None:
    tried: Any = try_out(facilitator, address, whole())
    told = tried.context["forms"].shared["computed"].value()
    changed = whole(rate="10", rate_source="Courrier", computed=told, enregistrer="1")
    answer = facilitator.post(address, changed)
    assert "Des valeurs ont changé" in text(answer)
    assert "Résultat : 1 670 h" in text(answer)
    assert not Calibration.objects.exists()


def test_a_double_click_keeps_one_version(facilitator: Client, address: str) -> None:
    keep(facilitator, address, whole())
    keep(facilitator, address, whole())
    assert Calibration.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"rate": "0"}, "plus grand que 0"),
        ({"rate": "500"}, "écrivez 5 pour 5"),
        ({"rate": ""}, "Donnez le taux"),
        ({"labour_share": ""}, "Donnez la part de main-d’œuvre"),
        ({"hourly_cost": "0"}, "0.01"),
        ({"ensemble-amount": ""}, "Donnez le montant"),
        ({"ensemble-amount": "beaucoup"}, "pas un nombre"),
        ({"ensemble-method": ""}, "Choisissez une méthode"),
        ({"title": ""}, "Ce champ est obligatoire"),
        ({"rate": "7"}, "vous avez changée"),
        (
            {"ensemble-amount": "99999999999", "hourly_cost": "1", "hourly_cost_source": ""},
            "clause",
        ),
        (
            {
                "ensemble-method": "heures",
                "ensemble-hours_worked": "100",
                "ensemble-transferred_hours": "200",
            },
            "plus que les heures travaillées",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_told_at_its_field(
    facilitator: Client, address: str, typed: dict[str, str], told: str
) -> None:
    answer = try_out(facilitator, address, whole(**typed))
    assert answer.status_code == 200
    assert told in text(answer)
    assert "Enregistrer cette version" not in text(answer)


def test_hours_worked_need_neither_share_nor_cost(facilitator: Client, address: str) -> None:
    typed = whole(
        **{
            "labour_share": "",
            "hourly_cost": "",
            "ensemble-method": "heures",
            "ensemble-hours_worked": "12 500",
            "ensemble-transferred_hours": "2 000",
        }
    )
    assert keep(facilitator, address, typed).status_code == 302
    assert CalibrationLine.objects.get().hours == 525


def test_lots_have_their_own_values_and_may_be_left_aside(
    world: World, facilitator: Client, address: str
) -> None:
    second, third = more_lots(world, 420_000, 9000)
    typed = whole() | {
        f"lot-{world.lot.pk}-method": "heures",
        f"lot-{world.lot.pk}-hours_worked": "2 000",
        f"lot-{second.pk}-method": "montant",
        f"lot-{second.pk}-amount": "420 000",
        f"lot-{second.pk}-labour_share": "70",
        f"lot-{second.pk}-own_source": "Peinture, usage inventé",
        f"lot-{third.pk}-method": "",
    }
    assert keep(facilitator, address, typed).status_code == 302
    lines = {line.lot: line for line in CalibrationLine.objects.select_related("lot")}
    assert set(lines) == {world.lot, second}
    assert (lines[world.lot].hours, lines[second].hours) == (100, 490)
    assert lines[second].labour_share == Decimal("0.7")
    assert lines[second].sources["labour_share"] == "Peinture, usage inventé"
    assert lines[second].sources["rate"] == START.rate.reference


def test_small_lots_are_told_what_they_give_together(
    world: World, facilitator: Client, address: str
) -> None:
    lots = more_lots(world, 24_000, 30_000)
    typed = whole() | {f"lot-{world.lot.pk}-method": ""}
    for lot in lots:
        typed |= {f"lot-{lot.pk}-method": "montant", f"lot-{lot.pk}-amount": str(lot.amount)}
    told = text(try_out(facilitator, address, typed))
    assert "Lots 4 et 5 : trop petits chacun" in told
    assert "45 h, soit 45 h à demander : globalisez, ou laissez." in told


def test_a_version_taken_up_again_brings_back_every_value(
    world: World, facilitator: Client, address: str
) -> None:
    (second,) = more_lots(world, 420_000)
    own = by_amount(
        "420000", second, labour_share=Decimal("0.7"), sources={"labour_share": "Peinture"}
    )
    made = kept(world, by_amount("500000", world.lot), own, step=10)
    page: Any = facilitator.get(f"{address}?depuis={made.pk}")
    form = page.context["forms"]
    assert form.shared["step"].value() == 10
    first, other = form.lines
    assert (first["amount"].value(), first.has_own) == ("500 000".replace(" ", THIN), False)
    assert other["labour_share"].value() == "70"
    assert other["own_source"].value() == "Peinture"
    assert "Reprendre la version 1" in text(page)


def test_a_version_of_another_contract_is_not_taken_up(
    world: World, facilitator: Client, address: str
) -> None:
    theirs = kept(builders.world("Mont-Rêvé"))
    page: Any = facilitator.get(f"{address}?depuis={theirs.pk}")
    assert page.context["base"] is None


# --- side by side ---


def home(world: World) -> str:
    return reverse("calibrations", args=[world.lot.contract_id])


def test_versions_stand_side_by_side_with_their_sources(world: World, facilitator: Client) -> None:
    kept(world)
    kept(world, by_amount("2000000"), title="Plus large")
    told = text(facilitator.get(home(world)))
    for words in ("Version 1", "Taux courant", "Version 2", "Plus large", "835 h", "1 670 h"):
        assert words in told
    assert "Usage inventé" in told
    assert "source non indiquée" in told
    assert "Aucune version n’est retenue." in told


def test_the_first_thing_to_do_is_said(world: World, facilitator: Client, signed_in: As) -> None:
    assert "Calculer une première version" in text(facilitator.get(home(world)))
    with acting_as("test", day=DAY):
        buyer = builders.member(world.buyer, MemberRole.BUYER)
    told = text(signed_in(buyer).get(home(world)))
    assert "n’a pas encore calculé" in told
    assert "Calculer une première version" not in told


def test_a_buyer_reads_and_has_no_button(
    world: World, people: dict[str, User], signed_in: As
) -> None:
    kept(world)
    told = text(signed_in(people["buyer"]).get(home(world)))
    assert "835 h" in told
    assert "Retenir" not in told
    assert "Nouvelle version" not in told


@pytest.mark.parametrize("who", ["company", "observer", "prescriber", "far_host"])
def test_others_do_not_know_that_it_exists(
    world: World, people: dict[str, User], signed_in: As, who: str
) -> None:
    kept(world)
    client = signed_in(people[who])
    for name in ("calibrations", "calibration-new", "calibration-note", "contract-duty"):
        assert client.get(reverse(name, args=[world.lot.contract_id])).status_code == 404


def test_retaining_says_where_the_volume_went(world: World, facilitator: Client) -> None:
    with acting_as("test", day=DAY):
        builders.clause(world.lot, ClauseState.DRAFT, instrument=Instrument.CRITERION)
    version = kept(world)
    address = reverse("calibration-retain", args=[version.pk])
    told = text(facilitator.post(address, {"once": "a", "seen": ""}, follow=True))
    assert "Version 1 retenue. Le volume est porté dans la clause en projet." in told
    assert "Lot 3 : sa clause n’est plus en projet" in told
    assert Clause.objects.get(state=ClauseState.DRAFT).target_hours == 835
    late = kept(world)
    address = reverse("calibration-retain", args=[late.pk])
    told = text(facilitator.post(address, {"once": "b", "seen": ""}, follow=True))
    assert "vient d’être retenue" in told
    assert facilitator.get(address).status_code == 405


def test_old_versions_fold_and_the_retained_one_stays() -> None:
    world = builders.world()
    made = [kept(world) for _ in range(8)]
    with acting_as(world.facilitator, day=DAY):
        retain(world.scope, made[0], seen=None)
        measure = Measure(Decimal(1_000_000), "montant", None, "")
        versions = versions_of(contract_of(world), world.scope, measure)
    assert [one.row.number for one in shown(versions, every=False)] == [1, 5, 6, 7, 8]
    assert len(shown(versions, every=True)) == 8


@pytest.mark.parametrize("lots", [1, 60])
def test_sixty_lots_cost_no_more_queries_than_one(
    world: World, facilitator: Client, lots: int, django_assert_num_queries: Any
) -> None:
    rows = more_lots(world, *[420_000] * lots)
    for _ in range(1 + lots // 30):
        kept(world, *(by_amount("420000", lot) for lot in rows))
    facilitator.get(home(world))
    with django_assert_num_queries(LIST_QUERIES):
        assert facilitator.get(home(world)).status_code == 200
    assert (
        facilitator.get(reverse("calibration-new", args=[world.lot.contract_id])).status_code == 200
    )


def test_two_hundred_lots_are_calibrated_in_one_form(
    world: World, facilitator: Client, address: str
) -> None:
    rows = more_lots(world, *[420_000] * 199)
    typed = whole()
    page: Any = facilitator.get(address)
    for line in page.context["forms"].lines:
        for field in line:
            typed[field.html_name] = str(field.value() or "")
    for lot in rows:
        assert f"lot-{lot.pk}-rate" not in typed
    typed[f"lot-{world.lot.pk}-method"] = ""
    assert try_out(facilitator, address, typed).status_code == 200


# --- what was achieved ---

ACHIEVED = Achieved(
    basis="division",
    contracts=23,
    done=(Decimal("0.6"), Decimal("0.9"), Decimal("1.2")),
    committed=(Decimal("0.5"), Decimal("0.8"), Decimal("1.1")),
    hours_done=Decimal(900),
    hours_committed=Decimal(1000),
    without_cpv=2,
    without_amount=1,
)


def test_what_was_achieved_is_shown_beside_what_had_been_committed(
    world: World, facilitator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def some(*args: object, **options: object) -> Achieved:
        return ACHIEVED

    monkeypatch.setattr(reading, "achieved", some)
    kept(world)
    told = text(facilitator.get(home(world)))
    for words in (
        "Constaté, pas recommandé : 0,9 h réalisées pour 1 000 €, en médiane",
        "23 contrats clos",
        "900 h validées sur 1 000 h engagées, soit 90,0 %",
        "1 sans montant, 2 sans code CPV",
        "dans la moitié centrale de ce qui a été réalisé",
    ):
        assert words in told


def test_with_too_few_contracts_nothing_is_shown(world: World, facilitator: Client) -> None:
    told = text(facilitator.get(home(world)))
    assert "Moins de 5 contrats comparables sont clos" in told
    assert "Constaté" not in told


def test_the_drawing_keeps_its_marks_within_the_frame() -> None:
    for ours in (None, Decimal(0), Decimal("0.7"), Decimal(40)):
        drawn = draw(ACHIEVED.done, ACHIEVED.committed, ours, "Version 1")
        marks = [*drawn.done, *drawn.committed, drawn.median]
        marks += [drawn.ours.x] if drawn.ours else []
        assert all(0 <= float(mark.rstrip("%")) <= 100 for mark in marks)
    assert draw((Decimal(0),) * 3, (Decimal(0),) * 3, None).done == ("0.00%", "0.50%")


def test_the_fallback_says_among_which_contracts(world: World) -> None:
    contract = Contract.objects.get(pk=world.lot.contract_id)
    other = Achieved(**{**ACHIEVED.__dict__, "basis": "market_type"})
    told = pages.among(contract, Measure(None, "", other, "45"))
    assert told == "type de marché travaux, trop peu de contrats clos dans la division CPV 45"
    assert "code CPV" in pages.among(contract, Measure(None, "", other, ""))
    assert pages.among(contract, Measure(None, "", ACHIEVED, "45")) == "division CPV 45"


# --- the note ---


def test_the_note_says_versions_sources_and_the_law(world: World, facilitator: Client) -> None:
    (second,) = more_lots(world, 9000)
    kept(world)
    version = kept(
        world, by_amount("500000", world.lot), by_amount("9000", second), title="Par lot"
    )
    with acting_as(world.facilitator, day=DAY):
        retain(world.scope, version, seen=None)
    answer = facilitator.get(reverse("calibration-note", args=[world.lot.contract_id]))
    assert answer["Content-Type"] == "application/pdf"
    pages_ = PdfReader(_file(answer)).pages
    told = " ".join(" ".join(page.extract_text() for page in pages_).split())
    told = told.replace(NBSP, " ").replace(THIN, " ")
    for words in ("Note de calibrage", "Par lot", "420 h", "Usage inventé", "trop petit"):
        assert words.lower() in told.lower()


def test_a_note_without_a_version_says_so(world: World, facilitator: Client) -> None:
    answer = facilitator.get(reverse("calibration-note", args=[world.lot.contract_id]))
    assert "Aucune version" in " ".join(p.extract_text() for p in PdfReader(_file(answer)).pages)


def _file(answer: Any) -> Any:
    return BytesIO(answer.content)
