"""The demonstration's data, from nothing to a filled database, in one transaction."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils import timezone

from coclause.clauses.models import (
    Award,
    AwardMember,
    Clause,
    Commitment,
    Contract,
    Convention,
    CountingChange,
    Globalisation,
    GlobalisedCommitment,
    Lot,
    Objective,
    ObjectiveEvent,
    Operation,
    OperationHost,
    Order,
    Split,
    SplitPart,
)
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.demo.acts import tell_acts
from coclause.demo.book import Book
from coclause.demo.cases import Cases
from coclause.demo.casting import cast
from coclause.demo.chance import chance
from coclause.demo.closings import close_past_years
from coclause.demo.commitments import commit
from coclause.demo.crews import Crews
from coclause.demo.crowd import Crowd
from coclause.demo.declarations import Declarations, allocate
from coclause.demo.front_door import door_of, open_the_door
from coclause.demo.mishaps import spoil
from coclause.demo.network import build_network
from coclause.demo.oddities import Oddities
from coclause.demo.operations import Scene, build_sites
from coclause.demo.partners import build_partners
from coclause.demo.pipeline import build_pipeline
from coclause.demo.places import Map, load_map
from coclause.demo.plan import build_plan
from coclause.demo.prepared import opt_out, prepare_contracts, send_programme
from coclause.demo.published import publish
from coclause.demo.settling import settle
from coclause.demo.sharing_cases import count_without_names, move_calendars, share
from coclause.demo.steering import steer
from coclause.hours.models import (
    Assignment,
    Declaration,
    Employment,
    EmploymentMonth,
    Statement,
    StatementLine,
)
from coclause.network.library.keeping import load_library
from coclause.organisations.models import (
    FacilitatorPost,
    Membership,
    Organisation,
    PostFunding,
    TerritoryCharge,
)
from coclause.people.models import Identity, Person
from coclause.reference.models import PriorityDistrict
from coclause.watch.models import ImportRun, PublishedContract, PublishedHolder, PublishedState

ACTOR = "demonstration"
EARLIEST = date(2025, 1, 1)
ORDER: tuple[type[models.Model], ...] = (
    User,
    Organisation,
    Membership,
    FacilitatorPost,
    PostFunding,
    TerritoryCharge,
    Operation,
    OperationHost,
    PriorityDistrict,
    Convention,
    Convention.districts.through,
    Contract,
    Lot,
    Clause,
    CountingChange,
    Award,
    AwardMember,
    Order,
    Commitment,
    Objective,
    ObjectiveEvent,
    Split,
    SplitPart,
    Globalisation,
    GlobalisedCommitment,
    Identity,
    Person,
    Employment,
    Assignment,
    EmploymentMonth,
    Statement,
    Declaration,
    StatementLine,
    JournalEntry,
    ImportRun,
    PublishedContract,
    PublishedState,
    PublishedHolder,
)
"""Tables, each after those it points at."""


@dataclass(frozen=True)
class Summary:
    """What a build did: rows by table, none when the data were already there."""

    built: bool
    rows: dict[str, int]


def build(*, day: date, using: str = "owner", scale: float = 1.0) -> Summary:
    """Fill the database with the fictitious region as it stands on `day`, all or nothing, then
    close its past years and live its front door as its people do.

    The reference data must be loaded, and `day` not before 2025 (ValueError). `using`
    connects as the tables' owner.
    `scale` thins operations and hours; every state, oddity and demonstration user stays.
    A database that has organisations is left as it is.
    """
    if day < EARLIEST:
        raise ValueError(f"the story is not long enough on {day}")
    if Organisation.objects.using(using).exists():
        return Summary(built=False, rows={})
    with acting_as(ACTOR, day=day, using=using):
        book = tell(load_map(using=using), day=day, scale=scale)
        book.write(ORDER, using=using)
        load_library(day=day, using=using)
    close_past_years(day)
    door = door_of(day)
    open_the_door(door)
    prepare_contracts(door)
    opt_out(door)
    send_programme(door)
    steer(door)
    settle(ACTOR, day, using=using)
    return Summary(built=True, rows=book.counts())


def today() -> date:
    """The day on which the demonstration is built when nobody says another."""
    return timezone.localdate()


def tell(map_: Map, *, day: date, scale: float) -> Book:
    """All the rows, unsaved; the same for the same arguments."""
    book = Book()
    network = build_network(book, map_, day)
    partners = build_partners(book, chance("partners"), map_, scale)
    scene = Scene(book, chance("operations"), map_, network, partners, day, scale)
    sites = build_sites(scene)
    spoil(scene, sites)
    plan = build_plan(sites, chance("plan"), day, scale)
    crowd = Crowd(book, chance("persons"), map_, partners)
    crews = Crews(book, chance("crews"), crowd, network, sites)
    worked = crews.work(plan, day)
    declarations = Declarations(scene, sites)
    declarations.record(worked)
    declarations.say_no_hours()
    commit(scene, sites, plan)
    cases = Cases(scene, sites, plan)
    cases.turn()
    share(scene, cases, sites)
    book.add_later(move_calendars(scene, cases, sites))
    count_without_names(scene, declarations, sites)
    Oddities(scene, sites, worked, declarations).add(crews, crowd)
    allocate(book)
    tell_acts(scene, sites, build_pipeline(scene))
    publish(scene)
    cast(scene, sites)
    return book
