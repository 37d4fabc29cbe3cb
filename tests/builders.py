"""Small worlds for tests: every name is plainly invented, every day is written down."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from stdnum import luhn

from coclause.clauses.choices import (
    ContractKind,
    EventKind,
    ExecutionChange,
    HostRole,
    HoursKind,
    Instrument,
    MarketType,
    MemberPart,
)
from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    Execution,
    Lot,
    Objective,
    ObjectiveEvent,
    Operation,
    OperationHost,
)
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import User
from coclause.hours.choices import EmploymentType, Way
from coclause.hours.models import Assignment, Employment
from coclause.organisations.choices import BuyerKind, MemberRole, Role
from coclause.organisations.models import FacilitatorPost, Membership, Organisation
from coclause.organisations.scopes import Scope, scope_of
from coclause.people.choices import Sex
from coclause.people.identities import identity_of
from coclause.people.models import Person
from coclause.reference.keys import search_key
from coclause.reference.models import Commune, Departement, Epci, Region

DAY = date(2026, 11, 24)
"""Today, in tests."""

_serial = itertools.count(1)


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def siret() -> str:
    """A well-formed SIRET that nobody holds (it begins with 000)."""
    siren = f"000{next(_serial):05d}"
    siren += luhn.calc_check_digit(siren)
    nic = siren + "0001"
    return nic + luhn.calc_check_digit(nic)


def region(code: str = "27", name: str = "Bourgogne-Franche-Comté") -> Region:
    made, _ = Region.objects.get_or_create(
        code=code, defaults={"name": name, "search_key": search_key(name), "zone": "metro"}
    )
    return made


def commune(code: str = "21231", name: str = "Montfictif", of: Region | None = None) -> Commune:
    """A commune in the département that its code begins with, in an EPCI of its own."""
    inside, _ = Departement.objects.get_or_create(
        code=code[:2],
        defaults={
            "name": f"Département {code[:2]}",
            "search_key": code[:2],
            "region": of or region(),
            "zone": "metro",
        },
    )
    epci, _ = Epci.objects.get_or_create(
        siren=f"9{code:0>8}",
        defaults={"name": f"Communauté de {name}", "search_key": search_key(name), "kind": "CC"},
    )
    made, _ = Commune.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "search_key": search_key(name),
            "search_words": search_key(name),
            "departement": inside,
            "epci": epci,
            "population": 1000,
            "postcodes": [code],
        },
    )
    return made


def organisation(name: str, *roles: Role, of: Region | None = None) -> Organisation:
    return Organisation.objects.create(
        name=name,
        siret=siret(),
        roles=list(roles),
        buyer_kind=BuyerKind.MUNICIPAL if Role.BUYER in roles else "",
        region=of or region(),
    )


def member(of: Organisation, role: MemberRole, *, since: date = date(2020, 1, 1)) -> User:
    """A new user with one role. Their password is "mot de passe d'essai"."""
    number = next(_serial)
    user = User(
        email=f"personne{number}@exemple.test", first_name="Capucine", last_name=f"Fictive{number}"
    )
    user.password = PASSWORD
    user.save()
    Membership.objects.create(user=user, organisation=of, role=role, starts_on=since)
    return user


PASSWORD = "!"
"""Nobody signs in by password in these tests: the client's `force_login` does."""


@dataclass
class World:
    """One host, its facilitator, a buyer, a company, a clause in execution with a person."""

    host: Organisation
    facilitator: User
    buyer: Organisation
    company: Organisation
    operation: Operation
    lot: Lot
    clause: Clause
    award: Award
    person: Person
    employment: Employment

    @property
    def scope(self) -> Scope:
        return scope_of(self.facilitator, DAY)

    def as_user(self, user: User) -> Scope:
        return scope_of(user, DAY)


def world(name: str = "Val-Imaginé", *, of: Region | None = None) -> World:
    """Build a world as a task and, for its person, as its facilitator."""
    with acting_as("test", day=DAY):
        place = of or region()
        host = organisation(f"Maison de l'emploi du {name}", Role.HOST, of=place)
        facilitator = member(host, MemberRole.FACILITATOR)
        FacilitatorPost.objects.create(
            membership=facilitator.memberships.get(), fte=Decimal("0.80"), starts_on="2020-01-01"
        )
        buyer = organisation(f"Ville de {name}", Role.BUYER, of=place)
        company = organisation(f"Toitures du {name}", Role.COMPANY, of=place)
        operation_ = operation(f"Médiathèque de {name}", buyer, host, facilitator, of=place)
        lot_ = lot(operation_)
        clause_ = clause(lot_)
        award_ = award(lot_, company)
        commit(award_, clause_, Decimal(1240))
    with acting_as(facilitator, day=DAY):
        person_ = person(host, "Inventée", "Nadia")
        employment_ = employment(person_, company, award_)
    return World(
        host=host,
        facilitator=facilitator,
        buyer=buyer,
        company=company,
        operation=operation_,
        lot=lot_,
        clause=clause_,
        award=award_,
        person=person_,
        employment=employment_,
    )


def operation(
    name: str,
    buyer: Organisation,
    host: Organisation,
    facilitator: User,
    *,
    of: Region | None = None,
    since: date = date(2026, 1, 5),
) -> Operation:
    made = Operation.objects.create(name=name, buyer=buyer, region=of or region())
    OperationHost.objects.create(
        operation=made,
        host=host,
        facilitator=facilitator,
        role=HostRole.REFERENT,
        starts_on=since,
    )
    return made


def lot(of: Operation, *, market_type: MarketType = MarketType.WORKS, number: int = 3) -> Lot:
    contract = Contract.objects.create(
        operation=of,
        kind=ContractKind.MARCHE,
        market_type=market_type,
        object=of.name,
        amount=Decimal(1_000_000),
        notified_on=date(2026, 2, 20),
    )
    return Lot.objects.create(contract=contract, number=number, title="charpente et couverture")


def clause(of: Lot, state: ClauseState = ClauseState.RUNNING, **facts: Any) -> Clause:
    return Clause.objects.create(
        lot=of,
        state=state,
        **{
            "instrument": Instrument.CONDITION,
            "hour_kinds": [HoursKind.WORK, HoursKind.TRAINING],
            "state_since": date(2026, 3, 2),
            **facts,
        },
    )


def award(
    of: Lot,
    company: Organisation,
    starts: date = date(2026, 3, 2),
    ends: date = date(2027, 5, 28),
) -> Award:
    made = Award.objects.create(
        lot=of,
        notified_on=date(2026, 2, 20),
        starts_on=starts,
        ends_on=ends,
        recorded_at=at(date(2026, 2, 20)),
    )
    AwardMember.objects.create(
        award=made, organisation=company, part=MemberPart.HOLDER, starts_on=starts
    )
    return made


def calendar(
    of: Award, starts: date, ends: date, *, since: date | None = None, **facts: Any
) -> Execution:
    """A new version of the calendar of an award, copied to it by the database."""
    made = Execution.objects.create(
        award=of,
        **{
            "kind": ExecutionChange.CORRECTION,
            "reason": "essai",
            "effective_on": since or starts,
            "starts_on": starts,
            "ends_on": ends,
            **facts,
        },
    )
    of.refresh_from_db()
    return made


def commit(of: Award, under: Clause, hours: Decimal) -> Objective:
    objective = Objective.objects.create(
        commitment=Commitment.objects.create(award=of, clause=under)
    )
    ObjectiveEvent.objects.create(
        objective=objective,
        kind=EventKind.INITIAL,
        effective_on=of.notified_on,
        quantity=hours,
        recorded_at=at(of.notified_on),
    )
    return objective


def person(
    host: Organisation,
    name: str,
    given: str,
    born_on: date = date(1995, 5, 17),
    sex: Sex = Sex.FEMALE,
) -> Person:
    """A person of that host; the acting user must be its facilitator (row security)."""
    return Person.objects.create(
        identity=identity_of(name, given, born_on),
        host=host,
        birth_name=name,
        given_names=given,
        born_on=born_on,
        sex=sex,
        last_contact_on=DAY,
    )


def employment(
    of: Person,
    employer: Organisation,
    on: Award,
    *,
    starts: date = date(2026, 3, 9),
    ends: date | None = None,
    **facts: Any,
) -> Employment:
    """An employment of that person, assigned to the award in the share of the person's host."""
    made = Employment.objects.create(
        identity=of.identity,
        employer=employer,
        host=of.host,
        starts_on=starts,
        ends_on=ends,
        sex=of.sex,
        age=31,
        **{
            "type": EmploymentType.CDD,
            "way": Way.DIRECT,
            "criteria": ["DELD"],
            "commune": commune(),
            **facts,
        },
    )
    Assignment.objects.create(
        employment=made, award=on, host=of.host, starts_on=starts, ends_on=ends
    )
    return made
