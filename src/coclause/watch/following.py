"""From a published contract to the operation that follows it.

What the publication says is proposed; what the facilitator confirmed is written, in one
transaction. Of two persons following the same contract at once, one wins and the other is told.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from stdnum.fr import siret as french_siret

from coclause.clauses import choices as clauses
from coclause.clauses.actions import add_contract, award_lot, open_operation, write_clause
from coclause.clauses.models import Award, Clause, Contract, Lot, Operation
from coclause.core.journal import record_act
from coclause.core.months import last_day, shift
from coclause.core.refusals import Conflict
from coclause.organisations.actions import register_organisation
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation, TerritoryCharge
from coclause.organisations.scopes import Scope
from coclause.reference.models import Commune, Cpv
from coclause.reference.queries import commune_by_code
from coclause.watch.choices import ContractKind, MarketType
from coclause.watch.decp.social import plain
from coclause.watch.models import PublishedContract

NAME_LENGTH = 300
OBJECT_LENGTH = 1000
LARGEST_AMOUNT = Decimal(10) ** 12


class AlreadyFollowed(Conflict):
    """Somebody follows this contract already; `operation` is where."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(f"Ce marché est déjà suivi dans l'opération « {operation} ».")
        self.operation = operation


@dataclass(frozen=True)
class Proposal:
    """What the publication allows to fill; the facilitator confirms or corrects."""

    name: str
    object: str
    buyer: Organisation | None
    buyer_name: str
    buyer_siret: str
    commune: Commune | None
    kind: str
    market_type: str
    cpv: Cpv | None
    amount: Decimal | None
    duration_months: int | None
    notified_on: date
    ends_on: date | None
    company_siret: str = ""
    company_name: str = ""
    doubts: tuple[str, ...] = ()


@dataclass
class Confirmed:
    """What the facilitator confirmed. Organisations without a key are registered on the way."""

    host: Organisation
    operation: Operation
    buyer: Organisation
    contract: Contract
    lot: Lot
    clause: Clause
    award: Award | None = None
    company: Organisation | None = field(default=None)


def propose(published: PublishedContract) -> Proposal:
    """Fill what can be filled; what is doubtful is said, what is unknown stays empty."""
    text = " ".join(published.object.split())
    holder = single_french_holder(published)
    amount = published.amount
    if amount is not None and amount >= LARGEST_AMOUNT:
        amount = None
    ends_on = None
    if published.duration_months:
        ends_on = _after_months(published.notified_on, published.duration_months)
    return Proposal(
        name=_shortened(text or f"Marché {published.published_id}", NAME_LENGTH),
        object=_shortened(text, OBJECT_LENGTH),
        buyer=known_buyer(published),
        buyer_name=published.buyer_name[:200],
        buyer_siret="" if published.buyer_siret_doubtful else published.buyer_siret,
        commune=place_of(published),
        kind=_kind(published),
        market_type=_market_type(published),
        cpv=Cpv.objects.filter(pk=published.cpv).first() if published.cpv else None,
        amount=amount,
        duration_months=published.duration_months,
        notified_on=published.notified_on,
        ends_on=ends_on,
        company_siret=holder[0],
        company_name=holder[1],
        doubts=_doubts(published),
    )


def known_buyer(published: PublishedContract) -> Organisation | None:
    """The buyer by its SIRET, else the only one of its SIREN."""
    exact = Organisation.objects.filter(siret=published.buyer_siret).first()
    if exact is not None:
        return exact
    siblings = Organisation.objects.playing(Role.BUYER).filter(
        siret__startswith=published.buyer_siren
    )[:2]
    return siblings[0] if len(siblings) == 1 else None


def place_of(published: PublishedContract) -> Commune | None:
    """The commune of execution, from an INSEE code or from a postcode of one commune alone."""
    code, kind = published.place_code, plain(published.place_type)
    if "postal" in kind:
        return _only(code)
    if "commune" in kind or (not kind and len(code) == 5):
        return commune_by_code(code) or (None if kind else _only(code))
    return None


def likely_charges(published: PublishedContract, day: date) -> list[TerritoryCharge]:
    """Facilitators in charge of the place, the closest territory first."""
    commune = place_of(published)
    if commune is not None:
        charges = TerritoryCharge.objects.covering(commune, day)
    else:
        charges = TerritoryCharge.objects.on(day).filter(  # type: ignore[assignment]
            Q(departement=published.departement or None) | Q(region=published.region or None)
        )
    return list(charges.select_related("membership__user", "membership__organisation")[:3])


def single_french_holder(published: PublishedContract) -> tuple[str, str]:
    """SIRET and name of the holder when there is exactly one, with a sound French SIRET."""
    holders = [holder for holder in published.holders.all() if holder.current]
    if len(holders) != 1 or holders[0].identifier_doubtful:
        return "", ""
    identifier = holders[0].identifier
    if not french_siret.is_valid(identifier):
        return "", ""
    return identifier, holders[0].name[:200]


@transaction.atomic
def follow(scope: Scope, published: PublishedContract, said: Confirmed) -> Operation:
    """Open the operation with its contract, lot, clause and award, and link it.

    Raises `AlreadyFollowed` when somebody else was first: nothing is then written.
    """
    locked = PublishedContract.objects.select_for_update().get(pk=published.pk)
    if locked.operation is not None:
        raise AlreadyFollowed(locked.operation)
    operation = said.operation
    operation.buyer = _registered(scope, said.buyer, said.host)
    open_operation(scope, operation, said.host)
    said.contract.operation = operation
    add_contract(scope, said.contract, [said.lot])
    said.clause.lot = said.lot
    write_clause(scope, said.clause)
    if said.award is not None and said.company is not None:
        said.award.lot = said.lot
        award_lot(scope, said.award, _registered(scope, said.company, said.host))
    PublishedContract.objects.filter(pk=published.pk).update(operation=operation)
    record_act(
        scope.user,
        "published.followed",
        f"Suit le marché publié {published.published_id}.",
        operation,
        published,
        day=scope.day,
    )
    return operation


def _registered(scope: Scope, found: Organisation, host: Organisation) -> Organisation:
    if found.pk and set(found.roles) & {Role.BUYER, Role.COMPANY}:
        return found
    found.region = found.region or host.region
    return register_organisation(scope, found, scope.day)


def _kind(published: PublishedContract) -> str:
    if published.kind == ContractKind.CONCESSION:
        return clauses.ContractKind.CONCESSION
    return clauses.ContractKind.MARCHE


def _market_type(published: PublishedContract) -> str:
    if published.kind == ContractKind.CONCESSION:
        return clauses.MarketType.CONCESSION
    return "" if published.market_type == MarketType.UNKNOWN else published.market_type


def _only(postcode: str) -> Commune | None:
    found = Commune.objects.filter(postcodes__contains=[postcode], active=True)[:2]
    return found[0] if len(found) == 1 else None


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _after_months(start: date, months: int) -> date:
    """The last day of a duration counted in months."""
    target = shift(start.replace(day=1), months)
    return target.replace(day=min(start.day, last_day(target).day)) - timedelta(days=1)


def _doubts(published: PublishedContract) -> tuple[str, ...]:
    doubts = []
    if published.amount_doubtful:
        doubts.append("Le montant publié est douteux : vérifiez-le.")
    if published.buyer_siret_doubtful:
        doubts.append("Le SIRET publié de l'acheteur est douteux : vérifiez-le.")
    if len(published.object) > OBJECT_LENGTH:
        doubts.append("L'objet publié est trop long : il est coupé.")
    return tuple(doubts)
