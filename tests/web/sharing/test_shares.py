"""Shares of an operation: what an associated host, the referent and a company type and read."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests import builders
from tests.builders import DAY
from tests.clauses import sharing_worlds
from tests.clauses.sharing_worlds import Region, associated, declare

from coclause.clauses.models import AwardMember
from coclause.clauses.sharing import hand_over
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.models import Assignment, Employment, Statement, StatementLine
from coclause.organisations.choices import MemberRole

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]


@pytest.fixture
def region() -> Region:
    return sharing_worlds.build()


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.fixture
def basile(region: Region) -> Employment:
    """A person in the share of the other host, associated."""
    return associated(region)[1]


def month(region: Region, suffix: str = "") -> str:
    return f"/attributions/{region.here.award.pk}/mois/2026-10/{suffix}"


def test_an_associated_host_types_and_names_its_share_alone(
    region: Region, basile: Employment, signed_in: As
) -> None:
    nadia = region.here.employment
    client = signed_in(region.user)
    page = text(client, month(region))
    assert "Basile Supposé" in page
    assert f"h-{nadia.pk}-" not in page
    sent = {"version": "0", f"h-{basile.pk}-travail": "20", f"h-{nadia.pk}-travail": "99"}
    assert client.post(month(region), sent).status_code == 302
    assert [line.employment_id for line in StatementLine.objects.all()] == [basile.pk]
    clause = text(client, f"/clauses/{region.here.clause.pk}/?onglet=personnes")
    assert "Basile Supposé" in clause
    assert "Inventée" not in clause
    with acting_as(region.user, day=DAY):
        assert not Employment.objects.filter(pk=nadia.pk).exists()


def test_the_referent_handles_every_line_without_the_names_of_the_other_share(
    region: Region, basile: Employment, signed_in: As
) -> None:
    nadia, client = region.here.employment, signed_in(region.here.facilitator)
    page = text(client, month(region))
    assert "Inventée" in page
    assert "Supposé" not in page
    sent = {
        "version": "0",
        f"h-{basile.pk}-travail": "20",
        f"h-{nadia.pk}-travail": "30",
    }
    assert client.post(month(region), sent).status_code == 302
    lines = list(StatementLine.objects.values_list("pk", flat=True))
    assert "Supposé" not in text(client, month(region, "verifier/"))
    done = client.post(month(region, "verifier/"), {"acte": "tout", "lue": lines})
    assert done.status_code == 302
    assert StatementLine.objects.validated().count() == 2


def test_an_associated_host_checks_its_share_alone(
    region: Region, basile: Employment, signed_in: As
) -> None:
    nadia = region.here.employment
    declare(region.here.facilitator, region, {nadia.pk: 30, basile.pk: 20})
    by_person = {line.employment_id: line.pk for line in StatementLine.objects.all()}
    theirs, own = by_person[nadia.pk], by_person[basile.pk]
    client, check = signed_in(region.user), month(region, "verifier/")
    page = text(client, check)
    assert "Inventée" not in page
    assert f'value="{theirs}"' not in page
    assert client.post(check, {"acte": "tout", "lue": [theirs, own]}).status_code == 403
    back = {"acte": "renvoyer", "ligne": theirs, "motif": "Absente"}
    assert client.post(check, back).status_code == 403
    plain = f"/clauses/{region.here.clause.pk}/valider/"
    assert client.post(plain, {"ligne": [theirs, own]}).status_code == 403
    assert not StatementLine.objects.validated().exists()
    assert client.post(plain, {"ligne": own}).status_code == 302
    assert [line.pk for line in StatementLine.objects.validated()] == [own]


def test_an_associated_host_does_not_say_that_nobody_worked(
    region: Region, basile: Employment, signed_in: As
) -> None:
    answer = signed_in(region.user).post(month(region), {"version": "0", "neant": "1"})
    assert answer.status_code == 422
    assert "le mois à zéro est envoyé par" in answer.content.decode()
    assert not Statement.objects.exists()


def test_a_company_declares_everybody_while_its_part_lasts(
    region: Region, basile: Employment, signed_in: As
) -> None:
    here = region.here
    with acting_as("test", day=DAY):
        user = builders.member(here.company, MemberRole.COMPANY)
        AwardMember.objects.update(ends_on=date(2026, 9, 15))
    client, base = signed_in(user), "/mon-mois/"
    page = text(client, f"{base}2026-09/")
    assert "Inventée" in page
    assert "Supposé" in page
    assert client.get(f"{base}2026-10/").status_code == 404
    section = f"m{here.award.pk}-"
    sent = {
        f"{section}version": "0",
        f"{section}h-{basile.pk}-travail": "10",
        f"{section}h-{here.employment.pk}-travail": "",
    }
    assert client.post(f"{base}2026-10/", sent).status_code == 404
    assert client.post(f"{base}2026-09/", sent).status_code == 302
    assert Statement.objects.get().month == date(2026, 9, 1)


def test_an_inherited_person_may_be_put_on_another_lot(region: Region, signed_in: As) -> None:
    here = region.here
    with acting_as("test", day=DAY):
        second = builders.award(builders.lot(here.operation, number=4), here.company)
    with acting_as(here.facilitator, day=DAY):
        hand_over(here.scope, here.operation, region.other, region.user, on=DAY, reason="Départ")
    sent = {"emploi": here.employment.pk}
    answer = signed_in(region.user).post(f"/attributions/{second.pk}/personnes/", sent)
    assert answer.status_code == 302
    assert Assignment.objects.get(award=second).host == region.other


def test_a_page_read_before_somebody_else_handed_over_is_told(
    region: Region, signed_in: As
) -> None:
    path = f"/operations/{region.here.operation.pk}/passer-la-main/"
    client = signed_in(region.coordinator)
    seen = client.get(path).context["form"]["seen"].value()
    sent = {"on": "24/11/2026", "reason": "Départ", "seen": seen}
    first = {**sent, "follower": f"{region.other.pk}-{region.user.pk}"}
    assert client.post(path, first).status_code == 302
    late = client.post(path, {**sent, "follower": f"{region.other.pk}-{region.colleague.pk}"})
    assert "Quelqu’un d’autre vient de changer" in late.content.decode()
    assert region.here.operation.hosts.filter(facilitator=region.user, ends_on=None).exists()


def test_a_facilitator_does_not_learn_the_members_of_another_host(
    region: Region, signed_in: As
) -> None:
    path = f"/operations/{region.here.operation.pk}/passer-la-main/"
    page = text(signed_in(region.here.facilitator), path)
    assert region.other.name in page
    assert str(region.user) not in page
    assert str(region.user) in text(signed_in(region.coordinator), path)
