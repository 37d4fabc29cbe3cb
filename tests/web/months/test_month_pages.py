"""A month sent, sent back, corrected and validated through its pages, alone and two at once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.db.models import Sum
from django.test import Client
from tests import builders
from tests.builders import DAY, World

from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import (
    Assignment,
    Declaration,
    EmploymentMonth,
    Statement,
    StatementLine,
)

OCTOBER = date(2026, 10, 1)
SignIn = Callable[[User | None], Client]


def month_url(world: World, month: str = "2026-10") -> str:
    return f"/mon-mois/{month}/"


def host_url(world: World) -> str:
    return f"/attributions/{world.award.pk}/mois/2026-10/"


def typed(world: World, hours: str, *, version: int = 0, **more: str) -> dict[str, str]:
    return {
        f"m{world.award.pk}-h-{world.employment.pk}-travail": hours,
        f"m{world.award.pk}-version": str(version),
        "confirmed": "",
        **more,
    }


def declared() -> Decimal:
    return StatementLine.objects.declared().aggregate(total=Sum("hours"))["total"] or Decimal(0)


def validated() -> Decimal:
    return StatementLine.objects.validated().aggregate(total=Sum("hours"))["total"] or Decimal(0)


def declare(world: World, month: date, hours: str, version: int = 0) -> Statement:
    with acting_as(world.facilitator, day=DAY):
        return declare_month(
            world.scope,
            world.award,
            month,
            [Entry(world.employment.pk, {"travail": Decimal(hours)})],
            version=version,
        )


@pytest.mark.django_db
def test_hours_are_typed_the_french_way(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    client = signed_in(people["company"])
    for version, written in enumerate(("35,5", "35h30", " 35:30")):
        answer = client.post(month_url(world), typed(world, written, version=version))
        assert answer.status_code == 302
        assert declared() == Decimal("35.5")


@pytest.mark.django_db
def test_a_month_starts_from_the_one_before(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    declare(world, date(2026, 9, 1), "21.5")
    page = signed_in(people["company"]).get(month_url(world)).content.decode()
    assert "Septembre est repris." in page
    assert 'value="21,5"' in page
    page = signed_in(people["company"]).get(month_url(world) + "?vierge=1").content.decode()
    assert 'value="21,5"' not in page


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["beaucoup", "NaN", "-3", "999", "1,234"])
def test_what_cannot_be_hours_is_told_at_the_line_and_kept(
    world: World, people: dict[str, User], signed_in: SignIn, wrong: str
) -> None:
    answer = signed_in(people["company"]).post(month_url(world), typed(world, wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{wrong}"' in page
    assert f"#id_m{world.award.pk}-h-{world.employment.pk}-travail" in page
    assert not Statement.objects.exists()


@pytest.mark.django_db
def test_a_doubt_is_shown_before_anything_is_sent(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    client = signed_in(people["company"])
    answer = client.post(month_url(world), typed(world, "230"))
    assert answer.status_code == 200
    assert "plus de 220\u00a0h" in answer.content.decode()
    assert not Statement.objects.exists()
    mark = f"{world.employment.pk}:above_ceiling"
    assert client.post(month_url(world), typed(world, "230", confirmed=mark)).status_code == 302
    assert declared() == 230


@pytest.mark.django_db
def test_a_month_changed_meanwhile_keeps_what_was_typed(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    declare(world, OCTOBER, "35")
    answer = signed_in(people["company"]).post(month_url(world), typed(world, "41"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="41"' in page
    assert "35\u00a0h ont été envoyées entre-temps" in page
    assert declared() == 35


@pytest.mark.django_db
def test_a_month_at_zero_is_declared(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    answer = signed_in(people["company"]).post(
        month_url(world), {f"m{world.award.pk}-version": "0", "neant": "1"}
    )
    assert answer.status_code == 302
    assert Statement.objects.get().month == OCTOBER
    assert declared() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("month", ["2026-02", "2026-12", "2030-01"])
def test_months_out_of_execution_or_to_come_do_not_exist(
    world: World, people: dict[str, User], signed_in: SignIn, month: str
) -> None:
    assert signed_in(people["company"]).get(month_url(world, month)).status_code == 404


@pytest.mark.django_db
def test_the_company_reads_why_at_the_line_and_corrects(
    world: World, people: dict[str, User], signed_in: SignIn
) -> None:
    statement = declare(world, OCTOBER, "35")
    line = str(statement.lines.get().pk)
    check = host_url(world) + "verifier/"
    facilitator = signed_in(world.facilitator)
    refused = facilitator.post(check, {"acte": "renvoyer", "ligne": line, "lue": line})
    assert refused.status_code == 422
    back = {"acte": "renvoyer", "ligne": line, "lue": line, "motif": "Bulletin de paie à 28 h"}
    assert facilitator.post(check, back).status_code == 302
    company = signed_in(people["company"])
    assert "Bulletin de paie à 28 h" in company.get(month_url(world)).content.decode()
    assert company.post(month_url(world), typed(world, "28", version=1)).status_code == 302
    assert declared() == 28


@pytest.mark.django_db
def test_a_line_corrected_since_it_was_read_is_not_validated(
    world: World, signed_in: SignIn
) -> None:
    read = str(declare(world, OCTOBER, "35").lines.get().pk)
    declare(world, OCTOBER, "40", version=1)
    check = host_url(world) + "verifier/"
    answer = signed_in(world.facilitator).post(check, {"acte": "tout", "lue": read})
    assert answer.status_code == 409
    assert validated() == 0


@pytest.mark.django_db
def test_several_months_without_remark_are_validated_in_one_act(
    world: World, signed_in: SignIn
) -> None:
    lines = [declare(world, date(2026, m, 1), "35").lines.get().pk for m in (8, 9)]
    doubtful = declare(world, OCTOBER, "230").lines.get().pk
    client, url = signed_in(world.facilitator), f"/clauses/{world.clause.pk}/valider/"
    assert client.post(url, {"ligne": [*lines, doubtful]}).status_code == 409
    assert validated() == 0
    assert client.post(url, {"ligne": lines}).status_code == 302
    assert validated() == 70


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["buyer", "company", "coordinator", "other_host"])
def test_others_validate_nothing(
    world: World, people: dict[str, User], signed_in: SignIn, role: str
) -> None:
    line = declare(world, OCTOBER, "35").lines.get().pk
    client = signed_in(people[role])
    check = host_url(world) + "verifier/"
    assert client.post(check, {"acte": "tout", "lue": line}).status_code == 403
    url = f"/clauses/{world.clause.pk}/valider/"
    assert client.post(url, {"ligne": line}).status_code == 403
    assert validated() == 0


def together(*acts: Callable[[], int]) -> list[int]:
    """Run these requests at the same time, each on a connection of its own; their statuses."""
    barrier, statuses = Barrier(len(acts)), [0] * len(acts)

    def run(place: int, act: Callable[[], int]) -> None:
        try:
            barrier.wait(timeout=20)
            statuses[place] = act()
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(statuses)


@pytest.mark.usefixtures("committed_db")
def test_two_validations_at_once_count_once(signed_in: SignIn) -> None:
    world = builders.world()
    line = declare(world, OCTOBER, "35").lines.get().pk
    clients = [signed_in(world.facilitator), signed_in(world.facilitator)]
    url = host_url(world) + "verifier/"
    sent = {"acte": "tout", "lue": line}
    statuses = together(*[lambda c=c: c.post(url, sent).status_code for c in clients])
    assert statuses == [302, 409]
    assert validated() == 35


@pytest.mark.usefixtures("committed_db")
def test_a_double_click_sends_one_month(signed_in: SignIn) -> None:
    world = builders.world()
    clients = [signed_in(world.facilitator), signed_in(world.facilitator)]
    sent = {"version": "0", f"h-{world.employment.pk}-travail": "35"}
    statuses = together(*[lambda c=c: c.post(host_url(world), sent).status_code for c in clients])
    assert statuses == [302, 302]
    assert (declared(), Statement.objects.get().version) == (Decimal(35), 1)
    assert Declaration.objects.count() == 1


@pytest.mark.usefixtures("committed_db")
def test_two_sites_never_share_more_hours_than_were_worked(signed_in: SignIn) -> None:
    world = builders.world()
    with acting_as("test", day=DAY):
        second = builders.award(builders.lot(world.operation, number=4), world.company)
    with acting_as(world.facilitator, day=DAY):
        Assignment.objects.create(
            employment=world.employment, award=second, host=world.host, starts_on="2026-03-09"
        )
    pk = world.employment.pk
    sent = {"version": "0", f"h-{pk}-travail": "100", f"total-{pk}": "151"}
    urls = [host_url(world), f"/attributions/{second.pk}/mois/2026-10/"]
    clients = [signed_in(world.facilitator) for _ in urls]
    pairs: Any = zip(clients, urls, strict=True)
    statuses = together(*[lambda c=c, u=u: c.post(u, sent).status_code for c, u in pairs])
    assert statuses == [302, 422]
    month = EmploymentMonth.objects.get()
    assert [declared(), month.hours_allocated, month.hours_worked] == [100, 100, 151]
