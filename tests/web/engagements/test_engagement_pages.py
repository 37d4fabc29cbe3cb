"""The pages of commitments: what is typed is kept, what is refused says why, and who sees what."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.choices import ContractKind, Framework, Measure, Trigger
from coclause.clauses.engaging import Terms, add_objective, engage
from coclause.clauses.models import Clause, Commitment, Contract, Objective, Order
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.checking import validate_lines
from coclause.hours.declaring import Entry, declare_month

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
ORDER_QUERIES = 21
TAB_QUERIES = 75
"""At most: other sections of the tab are read with it."""


def agreed(world: World, **facts: Any) -> Clause:
    """A clause accepted on a lot awarded, that owes nothing yet."""
    with acting_as("test", day=DAY):
        lot = builders.lot(world.operation)
        made = builders.clause(lot, ClauseState.AGREED, **facts)
        builders.award(lot, world.company)
    return made


def add(world: World, *terms: Terms) -> list[Objective]:
    with acting_as(world.facilitator, day=DAY):
        commitment = world.clause.commitments.get()
        return [add_objective(world.scope, commitment, said) for said in terms]


def tab(client: Client, clause: Clause) -> str:
    content = client.get(f"/clauses/{clause.pk}/?onglet=engagement").content.decode()
    return content.replace("\u202f", " ").replace("\u00a0", " ")


def sent(clause: Clause, *rows: dict[str, str], **more: str) -> dict[str, str]:
    said = {
        "once": "jeton",
        "award": str(clause.lot.awards.get().pk),
        "objectifs": str(len(rows)),
        **more,
    }
    for place, row in enumerate(rows):
        said |= {f"objectif-{place}-{name}": value for name, value in row.items()}
    return said


FIRM = {"measure": "heures", "trigger": "notification", "quantity": "1 240,5", "label": "Ferme"}
TRANCHE = {"measure": "heures", "trigger": "tranche", "planned": "130"}
DISTRICTS = {"measure": "reserve", "trigger": "notification", "part_of": "1", "public": "QPV"}


def test_objectives_are_chosen_one_by_one_and_what_was_typed_stays(
    world: World, signed_in: SignIn
) -> None:
    clause = agreed(world, target_hours=700)
    client, url = signed_in(world.facilitator), reverse("commitment-new", args=[clause.pk])
    assert 'name="objectif-0-quantity" value="700"' in client.get(url).content.decode()
    more = sent(clause, FIRM, ajouter="1", mesure="heures_par_montant", declencheur="commande")
    page = client.post(url, more).content.decode()
    assert "1 240,5" in page
    assert 'name="objectif-1-rate"' in page
    assert "10\u202f000" in page
    assert 'class="error-summary"' not in page
    less = client.post(url, sent(clause, FIRM, TRANCHE, retirer="0")).content.decode()
    assert 'name="objectif-0-planned" value="130"' in less
    assert "objectif-1-" not in less
    assert not Commitment.objects.filter(clause=clause).exists()


def test_a_commitment_of_several_objectives_is_recorded_and_starts_the_clause(
    world: World, signed_in: SignIn
) -> None:
    clause = agreed(world)
    client, url = signed_in(world.facilitator), reverse("commitment-new", args=[clause.pk])
    rows = ({**DISTRICTS, "share": "30"}, FIRM, TRANCHE)
    assert client.post(url, sent(clause, *rows)).status_code == 302
    client.post(url, sent(clause, *rows))
    clause.refresh_from_db()
    assert clause.state == ClauseState.RUNNING
    firm, tranche, districts = clause.commitments.get().objectives.order_by("pk")
    assert (firm.events.get().quantity, firm.label) == (Decimal("1240.5"), "Ferme")
    assert (tranche.planned, tranche.trigger) == (Decimal(130), "tranche")
    assert (districts.part_of, districts.share) == (firm, Decimal(30))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**FIRM, "quantity": ""}, "Heures engagées"),
        ({**FIRM, "quantity": "beaucoup"}, "Ce n’est pas un nombre"),
        ({**FIRM, "ends_on": "01/01/2031"}, "n’y est pas"),
        ({**FIRM, "hour_kind": "stage"}, "ne compte pas les heures de stage"),
        ({"measure": "personnes", "trigger": "notification", "quantity": "1,5"}, "sans virgule"),
        ({"measure": "part_heures", "trigger": "annee", "rate": "120"}, "100"),
        ({**DISTRICTS, "part_of": "0", "share": "30"}, "choix"),
    ],
)
def test_a_wrong_objective_is_told_where_it_is(
    world: World, signed_in: SignIn, row: dict[str, str], said: str
) -> None:
    clause = agreed(world)
    url = reverse("commitment-new", args=[clause.pk])
    page = signed_in(world.facilitator).post(url, sent(clause, row)).content.decode()
    assert 'class="error-summary"' in page
    assert said in page
    assert not Commitment.objects.filter(clause=clause).exists()


def test_an_objective_is_added_in_two_steps(world: World, signed_in: SignIn) -> None:
    commitment = world.clause.commitments.get()
    client, url = signed_in(world.facilitator), reverse("objective-new", args=[commitment.pk])
    assert "Continuer" in client.get(url).content.decode()
    second = client.get(f"{url}?mesure=reserve").content.decode()
    assert "1\u202f240" in second, "the objective it is part of"
    whole = commitment.objectives.get()
    data = {"once": "a", "mesure": "reserve", "part_of": str(whole.pk), "public": "FEMMES"}
    refused = client.post(url, data).content.decode()
    assert "l’un des deux" in refused
    client.post(url, data | {"share": "25"})
    assert commitment.objectives.get(public="FEMMES").share == 25


def test_years_tranches_hours_and_rates_are_recorded_from_their_pages(
    world: World, signed_in: SignIn
) -> None:
    yearly, tranche, half = add(
        world,
        Terms(trigger=Trigger.YEAR, planned=Decimal(500)),
        Terms(trigger=Trigger.TRANCHE, planned=Decimal(130)),
        Terms(measure=Measure.SHARE, rate=Decimal(50)),
    )
    client = signed_in(world.facilitator)
    page = client.get(reverse("trigger-new", args=[yearly.pk])).content.decode()
    assert 'value="02/03/2026"' in page
    assert 'value="01/03/2027"' in page
    year = {"effective_on": "02/03/2026", "quantity": "500", "due_from": "02/03/2026"}
    client.post(reverse("trigger-new", args=[yearly.pk]), year | {"once": "a"})
    again = client.post(reverse("trigger-new", args=[yearly.pk]), year | {"once": "b"})
    assert "est déjà engagée" in again.content.decode()
    event = {"effective_on": "01/09/2026", "quantity": "130", "once": "c"}
    client.post(reverse("trigger-new", args=[tranche.pk]), event)
    hours = {
        "base": "3 000",
        "due_from": "02/03/2026",
        "due_until": "30/06/2026",
        "effective_on": "05/07/2026",
        "once": "d",
    }
    client.post(reverse("worked-new", args=[half.pk]), hours)
    late = client.post(reverse("worked-new", args=[half.pk]), hours | {"once": "e"})
    assert "sont déjà enregistrées" in late.content.decode()
    rate = {"rate": "40", "effective_on": "02/03/2026", "reason": "Accord", "once": "f"}
    client.post(reverse("rate-new", args=[half.pk]), rate)
    due = {row.pk: sum(e.quantity for e in row.events.all()) for row in (yearly, tranche, half)}
    assert due == {yearly.pk: 500, tranche.pk: 130, half.pk: 1200}


def test_orders_are_listed_with_what_they_engage_and_warn_above_the_maximum(
    world: World, signed_in: SignIn, django_assert_num_queries: Any
) -> None:
    with acting_as("test", day=DAY):
        Contract.objects.filter(lots=world.lot).update(
            framework=Framework.ORDERS, maximum=Decimal(100_000)
        )
    (by_order, _) = add(
        world,
        Terms(trigger=Trigger.ORDER, label="Chaque bon"),
        Terms(
            measure=Measure.PER_EURO, trigger=Trigger.ORDER, rate=Decimal(5), per=Decimal(10_000)
        ),
    )
    client = signed_in(world.facilitator)
    url = reverse("order-new", args=[world.award.pk])
    assert "Chaque bon" in client.get(url).content.decode()
    order = {"kind": "bon_commande", "ordered_on": "01/06/2026", f"objectif-{by_order.pk}": "7"}
    answer = client.post(url, order | {"number": "1", "amount": "60 000", "once": "a"}, follow=True)
    assert "dépasse" not in answer.content.decode()
    twice = client.post(url, order | {"number": "1", "amount": "60 000", "once": "b"})
    assert "est déjà enregistré" in twice.content.decode()
    above = client.post(
        url, order | {"number": "2", "amount": "60 000", "once": "c"}, follow=True
    ).content.decode()
    assert "dépasse le maximum" in above
    assert "7\u00a0h, 30\u00a0h" in above or "30\u00a0h, 7\u00a0h" in above
    assert Order.objects.count() == 2
    listed = reverse("orders", args=[world.award.pk])
    client.get(listed)
    with django_assert_num_queries(ORDER_QUERIES):
        client.get(listed)


def test_a_share_is_read_by_all_and_what_was_done_of_it_by_the_host_alone(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    whole = world.clause.commitments.get().objectives.get()
    add(world, Terms(public="FEMMES", share=Decimal(25), part_of=whole))
    with acting_as(world.facilitator, day=DAY):
        entry = Entry(world.employment.pk, {"travail": Decimal("77.25")})
        statement = declare_month(world.scope, world.award, date(2026, 10, 1), [entry], version=0)
        validate_lines(world.scope, statement, list(statement.lines.values_list("pk", flat=True)))
    for role, shown in (("facilitator", 2), ("manager", 2), ("buyer", 1), ("company", 1)):
        page = tab(signed_in(people[role]), world.clause)
        assert "dont Femmes" in page
        assert "310 h" in page, "a quarter of 1 240 h"
        assert page.count('data-label="Fait">77,25 h') == shown, role
    assert "Ajouter un objectif" not in tab(signed_in(people["buyer"]), world.clause)
    assert "Ajouter un objectif" in tab(signed_in(people["manager"]), world.clause)


def test_what_is_not_known_is_said_instead_of_an_empty_bar(world: World, signed_in: SignIn) -> None:
    clause = agreed(world)
    with acting_as(world.facilitator, day=DAY):
        half = Terms(measure=Measure.SHARE, rate=Decimal(50))
        engage(world.scope, clause, clause.lot.awards.get(), [half])
        Clause.objects.filter(pk=clause.pk).update(state=ClauseState.RUNNING)
    page = tab(signed_in(world.facilitator), clause)
    assert "Engagement pas encore déterminable" in page
    assert "Les heures travaillées sur le marché ne sont pas encore connues" in page
    assert 'role="img"' not in page


def test_queries_of_the_tab_do_not_grow_with_the_objectives(
    world: World, signed_in: SignIn
) -> None:
    client = signed_in(world.facilitator)
    asked = []
    for _ in range(2):
        add(world, *[Terms(trigger=Trigger.TRANCHE, planned=Decimal(9)) for _ in range(4)])
        tab(client, world.clause)
        with CaptureQueriesContext(connection) as queries:
            tab(client, world.clause)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= TAB_QUERIES


def test_what_counts_changes_from_its_page_and_is_read_with_its_date(
    world: World, signed_in: SignIn
) -> None:
    client, url = signed_in(world.facilitator), reverse("counting-new", args=[world.clause.pk])
    data = {"starts_on": "01/12/2026", "hour_kinds": ["travail", "formation"], "once": "a"}
    wrong = client.post(url, data | {"training_cap": "130", "reason": "Accord"})
    assert 'class="error-summary"' in wrong.content.decode()
    client.post(url, data | {"training_cap": "20 %", "reason": "Accord"})
    page = tab(client, world.clause)
    assert "Depuis le 01/12/2026" in page
    assert "Formation (au plus 20 % de l’engagement)" in page


def test_a_private_contract_says_where_its_clause_comes_from(
    world: World, signed_in: SignIn
) -> None:
    with acting_as("test", day=DAY):
        Contract.objects.filter(lots=world.lot).update(kind=ContractKind.PRIVATE)
    client, url = signed_in(world.facilitator), reverse("clause-new", args=[world.lot.pk])
    said = {"instrument": "critere", "theme": "insertion", "hour_kinds": ["travail"], "once": "a"}
    assert 'value="ccp"' not in client.get(url).content.decode()
    page = client.post(url, said | {"basis": "ccp"}).content.decode()
    assert 'class="error-summary"' in page
    client.post(url, said | {"basis": "cession_fonciere", "collective": "on", "once": "b"})
    made = Clause.objects.get(instrument="critere")
    assert (made.basis, made.collective) == ("cession_fonciere", True)


def test_a_framework_is_recorded_with_its_maximum(world: World, signed_in: SignIn) -> None:
    url = reverse("contract-new", args=[world.operation.pk])
    said = {
        "kind": "marche",
        "market_type": "travaux",
        "object": "Entretien des voiries",
        "maximum": "400 000",
        "lots-TOTAL_FORMS": "1",
        "lots-INITIAL_FORMS": "0",
        "lots-0-number": "1",
        "lots-0-title": "Voiries",
    }
    client = signed_in(world.facilitator)
    assert "dites lequel" in client.post(url, said).content.decode()
    client.post(url, said | {"framework": "bons_commande"})
    made = Contract.objects.get(object="Entretien des voiries")
    assert (made.framework, made.maximum) == ("bons_commande", Decimal(400_000))
