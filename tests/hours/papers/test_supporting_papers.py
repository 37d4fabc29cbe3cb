"""A paper is put by those it is about or who follow them, read by them alone, and goes away."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests import builders
from tests.builders import DAY, World
from tests.core import clamd_server
from tests.hours.papers import paper_files as files
from tests.hours.papers.paper_worlds import (
    contract,
    declared,
    invoice,
    payslip,
    scope,
    sent,
)

from coclause.clauses.choices import HostRole, MemberPart
from coclause.clauses.models import AwardMember, OperationHost
from coclause.core import papers_store
from coclause.core.actor import acting_as, tell_database
from coclause.core.models import JournalEntry, PersonReading, User
from coclause.core.refusals import Refused
from coclause.hours import tasks
from coclause.hours.checking import validate_lines
from coclause.hours.choices import Scan
from coclause.hours.models import Statement, StatementLine, SupportingPaper
from coclause.hours.papers import keeping, limits
from coclause.hours.papers.adding import (
    INFECTED,
    NOT_MASKED,
    NUMBER_IN_NAME,
    SCANNER_DOWN,
    STORE_DOWN,
)
from coclause.hours.papers.documents import NIR_SEEN
from coclause.hours.papers.keeping import content_for, erase_expired, erase_paper
from coclause.hours.papers.queries import papers_seen, with_erasable
from coclause.organisations.choices import MemberRole, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(world: World) -> User:
    with acting_as("test", day=DAY):
        return builders.member(world.company, MemberRole.COMPANY)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """Inside, what was to run at the commit runs at the end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def seen(user: User) -> list[int]:
    with acting_as(user, day=DAY):
        return list(papers_seen(scope(user)).order_by("pk").values_list("pk", flat=True))


def erasable(user: User, paper: SupportingPaper) -> bool:
    with acting_as(user, day=DAY):
        found: Any = with_erasable(papers_seen(scope(user)), scope(user)).get(pk=paper.pk)
        return bool(found.erasable)


def refused(act: Callable[[], object]) -> str:
    """The sentence; nothing was written, in the database or in the store."""
    before = SupportingPaper.objects.count(), JournalEntry.objects.count()
    kept = sorted(papers_store.names()) if _place().exists() else []
    with pytest.raises(Refused) as told:
        act()
    assert (SupportingPaper.objects.count(), JournalEntry.objects.count()) == before
    assert (sorted(papers_store.names()) if _place().exists() else []) == kept
    return told.value.sentence


def _place() -> Path:
    storage: Any = papers_store.storage()
    return Path(storage.location)


def test_a_company_puts_a_contract_and_its_host_reads_it(world: World, company: User) -> None:
    paper = contract(world, company)
    assert (paper.content_type, paper.scan, paper.size) == (
        "application/pdf",
        Scan.UNCHECKED,
        len(files.pdf()),
    )
    with acting_as(world.facilitator, day=DAY):
        assert content_for(scope(world.facilitator), paper) == files.pdf()


def test_a_paper_is_kept_for_a_bounded_time_said_by_a_dated_value(
    world: World, company: User
) -> None:
    assert contract(world, company).keep_until == DAY + timedelta(days=456)


def test_a_reading_is_written_down_with_who_was_read(world: World, company: User) -> None:
    paper = contract(world, company)
    with acting_as(world.facilitator, day=DAY):
        content_for(scope(world.facilitator), paper)
        reading = PersonReading.objects.latest("pk")
    assert reading.identities == [world.employment.identity_id]
    assert (reading.actor, reading.page) == (world.facilitator, f"Pièce {paper.pk}")


def test_reading_an_invoice_counts_as_reading_whom_it_may_name(world: World, company: User) -> None:
    paper = invoice(world, company, declared(world))
    with acting_as(company, day=DAY):
        content_for(scope(company), paper)
        assert PersonReading.objects.latest("pk").identities == [world.employment.identity_id]


def test_neither_the_journal_nor_the_key_says_whom_a_paper_is_about(
    world: World, company: User
) -> None:
    paper = contract(world, company, sent(name="contrat de Nadia Inventée.pdf"))
    told = JournalEntry.objects.get(verb="paper.added").sentence
    assert "Nadia" not in told + paper.key
    assert told == f"Pièce déposée : contrat de travail ({world.company})."


def test_nobody_else_sees_a_paper(world: World, company: User) -> None:
    paper = contract(world, company)
    bill = invoice(world, company, declared(world))
    other = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        holder = builders.organisation("Autre entreprise du marché", Role.COMPANY)
        AwardMember.objects.create(
            award=world.award, organisation=holder, part=MemberPart.SUBCONTRACTOR,
            starts_on=world.award.starts_on,
        )  # fmt: skip
        region = builders.organisation("Coordination", Role.COORDINATION)
        others = [
            builders.member(world.buyer, MemberRole.BUYER),
            builders.member(region, MemberRole.COORDINATOR),
            builders.member(holder, MemberRole.COMPANY),
            other.facilitator,
        ]
    assert seen(company) == seen(world.facilitator) == [paper.pk, bill.pk]
    for user in others:
        assert seen(user) == []
        with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
            content_for(scope(user), paper)


def test_the_database_itself_hides_a_paper_of_somebody(world: World, company: User) -> None:
    """A query that forgets its scope shows nothing."""
    contract(world, company)
    buyer = builders.world("Mont-Rêvé").facilitator
    with acting_as(buyer, day=DAY):
        assert not SupportingPaper.objects.exists()
    tell_database(None, DAY)
    assert not SupportingPaper.objects.exists()


def test_an_associated_host_reads_its_share_and_no_invoice(world: World, company: User) -> None:
    paper = contract(world, company)
    invoice(world, company, declared(world))
    neighbour = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        OperationHost.objects.create(
            operation=world.operation, host=neighbour.host, facilitator=neighbour.facilitator,
            role=HostRole.ASSOCIATED, starts_on=DAY - timedelta(30),
        )  # fmt: skip
    with acting_as(neighbour.facilitator, day=DAY):
        person = builders.person(neighbour.host, "Rêvée", "Zoé")
        theirs = builders.employment(person, world.company, world.award)
    own = contract(world, neighbour.facilitator, employment=theirs)
    assert seen(neighbour.facilitator) == [own.pk]
    assert own.pk not in seen(world.facilitator)
    assert paper.pk in seen(world.facilitator)


def test_only_the_employer_and_who_follows_them_put_papers_about_somebody(
    world: World, company: User
) -> None:
    other = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        users = [
            builders.member(world.buyer, MemberRole.BUYER),
            builders.member(other.company, MemberRole.COMPANY),
            other.facilitator,
        ]
    for user in users:
        with pytest.raises(PermissionDenied):
            contract(world, user)
        with pytest.raises(PermissionDenied):
            invoice(world, user, declared(world) if user is users[0] else None)
    assert not _place().exists(), "nothing was ever written"


def test_an_invoice_is_never_put_in_another_company_s_name(world: World, company: User) -> None:
    statement = declared(world)
    other = builders.world("Mont-Rêvé")
    with pytest.raises(PermissionDenied):
        invoice(world, company, statement, company=other.company)
    with pytest.raises(PermissionDenied):
        invoice(world, world.facilitator, statement, company=other.company)


def test_a_payslip_and_an_invoice_are_of_a_month_that_was_sent(world: World, company: User) -> None:
    assert "envoyez d’abord ce mois" in refused(lambda: payslip(world, company, None))
    assert "envoyez d’abord ce mois" in refused(lambda: invoice(world, company, None))


def test_a_month_of_another_award_is_not_taken(world: World, company: User) -> None:
    other = declared(builders.world("Mont-Rêvé"))
    with pytest.raises(PermissionDenied):
        payslip(world, company, other)


def test_a_payslip_of_a_month_before_the_hiring_is_refused(world: World, company: User) -> None:
    early = date(2026, 3, 1)
    with acting_as(world.facilitator, day=DAY):
        world.employment.assignments.update(starts_on=date(2026, 6, 1))
        statement = Statement.objects.create(award=world.award, month=early, declared_on=DAY)
    assert "ce mois-là" in refused(lambda: payslip(world, company, statement))


def test_the_number_is_to_be_masked(world: World, company: User) -> None:
    assert refused(lambda: contract(world, company, sent(masked=False))) == NOT_MASKED
    shown = sent(files.pdf(files.NUMBER, rectangle=True))
    assert refused(lambda: contract(world, company, shown)) == NIR_SEEN
    named = sent(name=f"bulletin {files.NUMBER}.pdf")
    assert refused(lambda: contract(world, company, named)) == NUMBER_IN_NAME


def test_the_same_paper_twice_is_once(world: World, company: User) -> None:
    contract(world, company)
    assert "déjà là" in refused(lambda: contract(world, company, sent(name="autre nom.pdf")))


def test_one_account_does_not_fill_the_store(
    world: World, company: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAPERS_A_PERSON", 1)
    contract(world, company)
    told = refused(lambda: contract(world, company, sent(files.pdf("autre"))))
    assert "effacez celles qui ne servent plus" in told


def test_a_store_that_is_full_refuses_in_a_sentence(
    world: World, company: User, store: Path
) -> None:
    store.parent.mkdir(exist_ok=True)
    store.write_text("a file where the folder should be")
    with pytest.raises(Refused) as told:
        contract(world, company)
    assert told.value.sentence == STORE_DOWN
    assert not SupportingPaper.objects.exists()


def test_an_act_undone_after_the_paper_leaves_no_bytes(world: World, company: User) -> None:
    @transaction.atomic
    def act() -> None:
        contract(world, company)
        raise LookupError

    with pytest.raises(LookupError):
        act()
    assert list(papers_store.names()) == []


def test_who_put_a_paper_erases_it_until_it_was_checked_and_the_host_after(
    world: World, company: User
) -> None:
    statement = declared(world)
    slip, deal = payslip(world, company, statement), contract(world, company, sent(files.pdf("b")))
    bill = invoice(world, company, statement)
    papers = (slip, deal, bill)
    assert all(erasable(company, paper) for paper in papers)
    with acting_as(world.facilitator, day=DAY):
        validate_lines(world.scope, statement, [StatementLine.objects.get().pk])
    assert not any(erasable(company, paper) for paper in papers)
    assert all(erasable(world.facilitator, paper) for paper in papers)
    later = contract(world, company, sent(files.pdf("c")))
    assert erasable(company, later), "put since: not checked yet"


def test_a_colleague_erases_what_the_company_put_and_not_what_the_host_put(
    world: World, company: User
) -> None:
    with acting_as("test", day=DAY):
        colleague = builders.member(world.company, MemberRole.COMPANY)
    ours = contract(world, company)
    theirs = contract(world, world.facilitator, sent(files.pdf("b")))
    assert erasable(colleague, ours)
    assert not erasable(colleague, theirs)
    with acting_as(colleague, day=DAY), pytest.raises(PermissionDenied):
        erase_paper(scope(colleague), theirs)


def test_what_is_erased_leaves_neither_bytes_nor_name_and_twice_is_once(
    world: World, company: User, commits: Any
) -> None:
    with commits():
        paper = contract(world, company, sent(name="Nadia Inventée.pdf"))
    with commits(), acting_as(company, day=DAY):
        erase_paper(scope(company), paper)
        erase_paper(scope(company), paper)
    assert list(papers_store.names()) == []
    with acting_as(company, day=DAY):
        left = SupportingPaper.objects.get()
        assert (left.key, left.name) == ("", keeping.ERASED)
        with pytest.raises(Refused, match="effacée"):
            content_for(scope(company), left)
    assert JournalEntry.objects.filter(verb="paper.erased").count() == 1


def test_a_paper_whose_last_day_is_over_is_erased_once(
    world: World, company: User, commits: Any
) -> None:
    with commits():
        paper = contract(world, company)
    last, now = paper.keep_until, timezone.now()
    with commits(), acting_as("erase-papers", day=last):
        assert erase_expired(last, now) == 0, "its last day is a day of keeping"
    assert len(list(papers_store.names())) == 1
    for expected in (1, 0):
        with commits(), acting_as("erase-papers", day=last + timedelta(1)):
            assert erase_expired(last + timedelta(1), now) == expected
    assert list(papers_store.names()) == []


def test_an_erasing_that_fails_keeps_the_paper_for_the_next_night(
    world: World, company: User, commits: Any
) -> None:
    with commits():
        paper = contract(world, company)
    after = paper.keep_until + timedelta(1)

    def fail() -> None:
        with acting_as("erase-papers", day=after):
            erase_expired(after, timezone.now())
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with acting_as(company, day=DAY):
        assert content_for(scope(company), SupportingPaper.objects.get()) == files.pdf()


def test_bytes_without_a_row_are_swept_and_the_others_stay(
    world: World, company: User, commits: Any
) -> None:
    with commits():
        contract(world, company)
        papers_store.keep(b"left by a crash")
    now = timezone.now()
    for later, swept in ((timedelta(hours=1), 0), (timedelta(hours=25), 1), (timedelta(26), 0)):
        with acting_as("sweep-papers", day=DAY):
            assert keeping.sweep_strays(now + later) == swept
    assert len(list(papers_store.names())) == 1
    with acting_as(company, day=DAY):
        assert content_for(scope(company), SupportingPaper.objects.get())


def test_a_store_that_is_mostly_unknown_is_not_emptied(commits: Any) -> None:
    """Another database behind the same store: everything in it would look lost."""
    with commits():
        for number in range(keeping.FEW_STRAYS + 1):
            papers_store.keep(b"%d" % number)
    with acting_as("sweep-papers", day=DAY), pytest.raises(keeping.StrangeStoreError):
        keeping.sweep_strays(timezone.now() + timedelta(hours=25))
    assert len(list(papers_store.names())) == keeping.FEW_STRAYS + 1


def test_a_sweep_that_does_not_see_the_papers_erases_none(
    world: World, company: User, commits: Any
) -> None:
    """Acting for somebody, the row policies hide the papers of others."""
    with commits():
        contract(world, company)
    with (
        acting_as(builders.world("Mont-Rêvé").facilitator, day=DAY),
        pytest.raises(PermissionDenied),
    ):
        keeping.sweep_strays(timezone.now() + timedelta(hours=25))
    assert len(list(papers_store.names())) == 1


def test_each_night_does_both(world: World, company: User, commits: Any) -> None:
    with commits():
        contract(world, company)
    with acting_as("test", day=DAY):
        SupportingPaper.objects.update(keep_until=timezone.localdate() - timedelta(1))
    with commits():
        tasks.erase_papers(0)
        tasks.sweep_papers(0)
    assert list(papers_store.names()) == []


def test_bytes_that_were_changed_are_not_handed_over(
    world: World, company: User, store: Path, commits: Any
) -> None:
    with commits():
        paper = contract(world, company)
    (store / paper.key).write_bytes(files.pdf("autre chose"))
    with acting_as(company, day=DAY), pytest.raises(Refused, match="dépôt"):
        content_for(scope(company), paper)


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    if not clamd_server.is_installed():
        pytest.skip(clamd_server.ABSENT)
    with tempfile.TemporaryDirectory(prefix="av") as place, clamd_server.running(Path(place)) as at:
        yield at


@pytest.mark.xdist_group("antivirus")
def test_a_virus_is_refused_and_a_clean_paper_says_so(
    world: World, company: User, clamd: str, settings: Any
) -> None:
    settings.CLAMAV = clamd
    infected = sent(files.pdf()[:-6] + clamd_server.EICAR + b"\n%%EOF\n")
    assert refused(lambda: contract(world, company, infected)) == INFECTED
    assert contract(world, company).scan == Scan.CLEAN


def test_an_antivirus_that_does_not_answer_refuses(
    world: World, company: User, settings: Any
) -> None:
    settings.CLAMAV = "/nulle/part.sock"
    assert refused(lambda: contract(world, company)) == SCANNER_DOWN


def test_a_paper_is_never_kept_without_its_key(world: World, company: User) -> None:
    contract(world, company)
    with acting_as(company, day=DAY), pytest.raises(IntegrityError), transaction.atomic():
        SupportingPaper.objects.update(key="")
