"""Pages of checks and contests, for the accessibility test."""

from datetime import date
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page
from tests.journeys.visits import COMPANY, FACILITATOR, Visit, send_empty

from coclause import demo
from coclause.clauses.choices import MemberPart
from coclause.clauses.models import Award, AwardMember, OperationHost
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.core.months import shift
from coclause.hours.choices import EmploymentType, Way
from coclause.hours.contesting import contest
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Assignment, Employment, Statement, StatementLine
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Membership, Organisation
from coclause.organisations.scopes import scope_of
from coclause.people.identities import identity_of
from coclause.people.models import Person

NOT_PAGES_CHECKS = {"contest-withdraw": "POST alone"}
BORN = date(1990, 1, 2)


def places_checks() -> dict[str, object]:
    """Two lines that an agency told on an award of the demonstration's company; one contested."""
    day = demo.today()
    company = User.objects.get(email="entreprise@demo.coclause.test")
    award = _award(company, day)
    host: Any = OperationHost.objects.get(
        operation=award.lot.contract.operation, role="referente", ends_on=None
    )
    with acting_as("test", day=day):
        temp = _agency(award)
    with acting_as(host.facilitator, day=day):
        people = [_sent(award, host, temp, name) for name in ("Rêvé", "Supposé")]
    lines = _told(award, temp, people, shift(day, -1), day)
    with acting_as(company, day=day):
        contest(scope_of(company, day), lines[1], Decimal(40), "Présente cinq jours seulement.")
    return {"told_line": lines[0].pk, "contested_line": lines[1].pk}


def _award(company: User, day: date) -> Award:
    """One that the company answers for, executed last month."""
    mine = company.memberships.filter(ends_on=None).values("organisation")
    rows = Award.objects.filter(
        members__organisation__in=mine,
        members__part=MemberPart.HOLDER,
        lot__clauses__state=ClauseState.RUNNING,
        starts_on__lt=shift(day, -1),
        ends_on__gte=day,
    )
    return rows.order_by("pk")[0]


def _agency(award: Award) -> User:
    """An agency that takes part in the award, and somebody who declares for it."""
    user = User(email="interim@exemple.test", first_name="Basile", last_name="Rêvé")
    user.set_unusable_password()
    user.save()
    made = Organisation.objects.create(name="Intérim des Songes", roles=[Role.COMPANY])
    Membership.objects.create(
        user=user, organisation=made, role=MemberRole.COMPANY, starts_on=award.starts_on
    )
    AwardMember.objects.create(
        award=award, organisation=made, part=MemberPart.AGENCY, starts_on=award.starts_on
    )
    return user


def _sent(award: Award, host: Any, temp: User, name: str) -> Employment:
    """A person whom the agency makes available on the award."""
    identity = identity_of(name, "Aline", BORN)
    Person.objects.create(
        identity=identity,
        host=host.host,
        birth_name=name,
        given_names="Aline",
        born_on=BORN,
        last_contact_on=award.starts_on,
    )
    made = Employment.objects.create(
        identity=identity,
        employer=temp.memberships.get().organisation,
        host=host.host,
        type=EmploymentType.MISSION,
        way=Way.MADE_AVAILABLE,
        starts_on=award.starts_on,
        criteria=["DELD"],
    )
    Assignment.objects.create(
        employment=made, award=award, host=host.host, starts_on=award.starts_on
    )
    return made


def _told(
    award: Award, temp: User, people: list[Employment], month: date, day: date
) -> list[StatementLine]:
    said = Statement.objects.filter(award=award, month=month).first()
    entries = [Entry(one.pk, {"travail": Decimal(70)}) for one in people]
    with acting_as(temp, day=day):
        declare_month(
            scope_of(temp, day), award, month, entries, version=said.version if said else 0
        )
    lines = StatementLine.objects.filter(employment_month__employment__in=people)
    return list(lines.select_related("declaration").order_by("pk"))


def send_back_nothing(page: Page) -> None:
    """Ask to send back the lines that have a reason, while none has."""
    with page.expect_navigation():
        page.get_by_role("button", name="Renvoyer les lignes qui ont un motif").click()


VISITS_CHECKS: tuple[Visit, ...] = (
    Visit("months-to-check", "/a-verifier/", FACILITATOR),
    Visit("months-to-check", "/a-verifier/", FACILITATOR, "nothing chosen", 422, act=send_empty),
    Visit("months-to-check", "/a-verifier/?remarques=avec&tri=-heures", FACILITATOR, "remarked"),
    Visit("months-to-check", "/a-verifier/", COMPANY, "refused", 403),
    Visit("checks", "/verifications/"),
    Visit("checks", "/verifications/", FACILITATOR),
    Visit(
        "month-check",
        "/attributions/{award}/mois/{month}/verifier/",
        FACILITATOR,
        "errors",
        422,
        act=send_back_nothing,
    ),
    Visit("contest", "/lignes/{told_line}/contester/", COMPANY),
    Visit("contest", "/lignes/{told_line}/contester/", COMPANY, "errors", 422, act=send_empty),
    Visit("contest", "/lignes/{contested_line}/contester/", COMPANY, "contested"),
)
