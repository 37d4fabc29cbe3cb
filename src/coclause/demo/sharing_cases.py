"""Who answers together, and what changes on the way: groups, replaced holders, pooled debts,
conventions, calendars moved, statements without names.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from coclause.clauses.choices import (
    Basis,
    Departure,
    EventKind,
    ExecutionChange,
    Group,
    HoursKind,
    Instrument,
    MemberPart,
    Programme,
)
from coclause.clauses.models import (
    Award,
    AwardMember,
    Commitment,
    Convention,
    Execution,
    Globalisation,
    GlobalisedCommitment,
    Split,
    SplitPart,
)
from coclause.clauses.states import ClauseState
from coclause.demo.book import Book
from coclause.demo.cases import Cases, Told
from coclause.demo.commitments import add_event
from coclause.demo.declarations import Declarations, moment
from coclause.demo.operations import Scene
from coclause.demo.places import REGION
from coclause.demo.sites import Site
from coclause.hours.choices import LineState
from coclause.hours.models import Employment, StatementLine
from coclause.organisations.models import Organisation
from coclause.reference.keys import search_key
from coclause.reference.models import PriorityDistrict

CONTRACTS = 12
"""Contracts that answer to a convention, at most."""
TARGETED = Convention.districts.through
VINTAGES = ("2015", "2024")


def share(scene: Scene, cases: Cases, sites: list[Site]) -> None:
    """Groups, a holder replaced, commitments pooled, conventions of the NPNRU."""
    for group, with_split in ((Group.JOINT, True), (Group.SEVERAL, False)):
        told = cases.take(lambda told: told.owed >= 300)
        if told is not None:
            _group(scene, told, group, with_split=with_split)
    replaced = cases.take(lambda told: len(told.site.months) >= 4)
    if replaced is not None:
        _replace(scene, replaced.site)
    _pool(scene, sites)
    _conventions(scene, sites)


def move_calendars(scene: Scene, cases: Cases, sites: list[Site]) -> list[Execution]:
    """Suspensions, an extension, terminations; to be written once the awards are."""
    moved = [_suspended(site) for site in sites if site.clause.state == ClauseState.SUSPENDED]
    for change in (_extended, _paused_once, _cut_in_part):
        told = cases.take(lambda told: len(told.site.months) >= 5)
        if told is not None:
            moved.append(change(scene, told))
    ended = [site for site in sites if site.clause.state == ClauseState.ENDED]
    if ended:
        moved.append(_terminated(ended[0]))
    return moved


def count_without_names(scene: Scene, declarations: Declarations, sites: list[Site]) -> None:
    """Collective statements on reserved contracts, in the present year."""
    reserved = [s for s in sites if s.clause.instrument == Instrument.RESERVED]
    running = [s for s in reserved if s.running(scene.day)]
    if not running:
        running = [next(s for s in sites if s.running(scene.day) and s.host == 0)]
        running[0].clause.instrument = Instrument.RESERVED
    for site in running[:3]:
        site.clause.collective = True
        number = sites.index(site)
        for month in site.months:
            statement = declarations.statements.get((number, month))
            if statement is None or month.year != scene.day.year:
                continue
            waits = month in site.waiting
            checked = min(statement.declared_on + timedelta(days=2), scene.day)
            by = scene.network.in_charge(site.host, site.share, checked)
            headcount = scene.dice.randint(6, 14)
            scene.book.add(
                StatementLine(
                    statement_id=statement.pk,
                    declaration_id=declarations.sending(number, month, site.holder).pk,
                    kind=HoursKind.WORK,
                    hours=Decimal(headcount * scene.dice.randint(9, 16)),
                    headcount=headcount,
                    state=LineState.DECLARED if waits else LineState.VALIDATED,
                    declared_at=moment(statement.declared_on, 9),
                    declared_by_id=site.declared_by.pk,
                    validated_at=None if waits else moment(checked, 15),
                    validated_by_id=None if waits else by.pk,
                )
            )


def _holder(scene: Scene, award: Award) -> AwardMember:
    rows = scene.book.rows(AwardMember)
    return next(r for r in rows if r.award_id == award.pk and r.part == MemberPart.HOLDER)


def _others(scene: Scene, site: Site) -> list[Organisation]:
    """Companies of the same trade that are not on the award yet."""
    rows = scene.book.rows(AwardMember)
    there = {row.organisation_id for row in rows if row.award_id == site.award.pk}
    companies = scene.partners.companies[site.trade.company]
    return [company for company in companies if company.pk not in there]


def _group(scene: Scene, told: Told, group: Group, *, with_split: bool) -> None:
    """The holder leads one or two companies of the trade."""
    book, award = scene.book, told.site.award
    award.group = group
    _holder(scene, award).part = MemberPart.LEADER
    others = _others(scene, told.site)[:2]
    for company in others:
        book.add(
            AwardMember(
                award=award,
                organisation=company,
                part=MemberPart.COCONTRACTOR,
                starts_on=award.starts_on,
            )
        )
    if not with_split:
        return
    split = book.add(
        Split(
            commitment_id=told.objective.commitment_id,
            effective_on=award.notified_on,
            reason="Convention de groupement",
            recorded_at=moment(award.notified_on, 11),
        )
    )
    first = sum(e.quantity for e in told.events if e.effective_on <= award.notified_on)
    each = Decimal(int(first) // (len(others) + 2))
    for company in others:
        book.add(SplitPart(split=split, organisation=company, quantity=each))
    left = first - each * len(others)
    book.add(SplitPart(split=split, organisation=told.site.holder, quantity=left))


def _replace(scene: Scene, site: Site) -> None:
    """Another company held the award first, until it was wound up."""
    companies = _others(scene, site)
    if not companies:
        return
    row = _holder(scene, site.award)
    change = row.starts_on + timedelta(days=75)
    scene.book.add(
        AwardMember(
            award=site.award,
            organisation=companies[-1],
            part=MemberPart.HOLDER,
            starts_on=row.starts_on,
            ends_on=change - timedelta(days=1),
            departure=Departure.LIQUIDATION,
        )
    )
    row.starts_on = change


def _pool(scene: Scene, sites: list[Site]) -> None:
    """One company's commitments under one agreement, on contracts of one facilitator."""
    book = scene.book
    commitments = {row.award_id: row for row in book.rows(Commitment)}
    by_company: dict[tuple[int, int, int], list[Site]] = {}
    for site in sites:
        running = site.clause.state == ClauseState.RUNNING and site.award.pk in commitments
        if running and _holder_is(scene, site):
            key = (site.host, site.share, site.holder.pk)
            by_company.setdefault(key, []).append(site)
    pools = sorted((key for key, found in by_company.items() if len(found) >= 2))
    for key in pools[:2]:
        pooled = by_company[key][:3]
        starts_on = max(site.award.starts_on for site in pooled)
        agreement = book.add(
            Globalisation(
                region_id=REGION,
                company=pooled[0].holder,
                starts_on=starts_on,
                agreement="Accord des acheteurs par courriel, réunion de suivi",
                recorded_at=moment(starts_on, 11),
            )
        )
        for site in pooled:
            book.add(
                GlobalisedCommitment(
                    globalisation=agreement,
                    commitment=commitments[site.award.pk],
                    starts_on=starts_on,
                )
            )


def _holder_is(scene: Scene, site: Site) -> bool:
    rows = [r for r in scene.book.rows(AwardMember) if r.award_id == site.award.pk]
    return any(
        r.organisation_id == site.holder.pk
        and r.part in (MemberPart.HOLDER, MemberPart.LEADER)
        and r.starts_on == site.award.starts_on
        for r in rows
    )


def _conventions(scene: Scene, sites: list[Site]) -> None:
    """Two conventions: one with its targets, one of which little is known."""
    book = scene.book
    conventions = [
        book.add(
            Convention(
                region_id=REGION,
                programme=Programme.NPNRU,
                name=name,
                name_key=search_key(name),
                signed_on=signed,
                starts_on=signed or date(2020, 1, 1),
                ends_on=date(2030, 12, 31) if target else None,
                target_hours=target,
                district_share=Decimal(50) if target else None,
                source="Charte d’insertion, page 4 (document fictif)" if target else "",
            )
        )
        for name, signed, target in (
            ("Convention NPNRU fictive des Hauts-Imaginés", date(2020, 2, 14), 180_000),
            ("Convention NPNRU fictive du Plateau-Rêvé", None, None),
        )
    ]
    urban = [site for site in sites if site.clause.basis == Basis.NPNRU]
    contracts = list({site.lot.contract.pk: site.lot.contract for site in urban}.values())
    for rank, contract in enumerate(contracts[:CONTRACTS]):
        contract.convention = conventions[0 if rank % 4 else 1]
    for district in _load_districts(book)[:3]:
        book.add(TARGETED(convention=conventions[0], prioritydistrict=district))


def _load_districts(book: Book) -> list[PriorityDistrict]:
    """The districts where persons were said to live, in both vintages; the latest are given."""
    latest = []
    for code in sorted({row.district for row in book.rows(Employment) if row.district}):
        name = f"Quartier fictif {code[-4:]}"
        rows = [
            book.add(
                PriorityDistrict(code=code, vintage=vintage, name=name, search_key=search_key(name))
            )
            for vintage in VINTAGES
        ]
        latest.append(rows[-1])
    return latest


def _version(site: Site, kind: ExecutionChange, day: date, reason: str) -> Execution:
    award = site.award
    return Execution(
        award_id=award.pk,
        kind=kind,
        effective_on=day,
        starts_on=award.starts_on,
        ends_on=award.ends_on,
        reason=reason,
        recorded_at=moment(day, 11),
    )


def _suspended(site: Site) -> Execution:
    since = site.clause.state_since
    made = _version(site, ExecutionChange.SUSPENSION, since, "Chantier arrêté par l’acheteur")
    made.suspended_on = since
    return made


def _extended(scene: Scene, told: Told) -> Execution:
    day = scene.day - timedelta(days=40)
    made = _version(told.site, ExecutionChange.EXTENSION, day, "Retard de livraison du gros œuvre")
    made.ends_on = told.site.award.ends_on + timedelta(days=92)
    return made


def _paused_once(scene: Scene, told: Told) -> Execution:
    first = told.site.award.starts_on + timedelta(days=70)
    back = first + timedelta(days=24)
    made = _version(told.site, ExecutionChange.RESUMPTION, back, "Intempéries")
    made.suspensions = [DateRange(first, back)]
    return made


def _cut_in_part(scene: Scene, told: Told) -> Execution:
    day = scene.day - timedelta(days=30)
    removed = -max(10, round(told.owed * 0.15 / 5) * 5)
    reason = "Une partie des prestations est retirée du marché"
    add_event(
        scene.book,
        told.objective,
        kind=EventKind.TERMINATION,
        day=day,
        quantity=removed,
        reason=reason,
    )
    return _version(told.site, ExecutionChange.PARTIAL, day, reason)


def _terminated(site: Site) -> Execution:
    """The contract was to last four months more."""
    day = site.award.ends_on
    made = _version(
        site, ExecutionChange.TERMINATION, day, "Résiliation pour motif d’intérêt général"
    )
    site.award.ends_on = day + timedelta(days=120)
    return made
