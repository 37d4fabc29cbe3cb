"""One agreement on the debt of a company: what one contract does makes up for another, once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.builders import DAY, at
from tests.clauses.groups_worlds import commitment_of, company, second_contract, validated

from coclause.clauses.choices import Departure, Measure
from coclause.clauses.due import DueItem
from coclause.clauses.globalising import globalise, leave_globalisation
from coclause.clauses.groups import replace_holder
from coclause.clauses.models import (
    Award,
    Clause,
    Commitment,
    Globalisation,
    GlobalisedCommitment,
    Objective,
)
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours import due
from coclause.hours.globalised import judged, pool_of
from coclause.hours.models import StatementLine
from coclause.hours.progress import progress_of_clauses, progress_of_commitments
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole, Role

pytestmark = pytest.mark.django_db
START = date(2026, 6, 1)
AGREEMENT = "Courrier de la Ville du 28/05/2026"


class Two:
    """A world with a second contract of the same company."""

    def __init__(self) -> None:
        self.world = builders.world()
        self.clause, self.award = second_contract(self.world)

    @property
    def commitments(self) -> list[Commitment]:
        return [commitment_of(self.world.award), commitment_of(self.award)]

    def act(self, what: Callable[[], Any], user: User | None = None) -> Any:
        with acting_as(user or self.world.facilitator, day=DAY):
            return what()

    def globalised(
        self,
        commitments: list[Commitment] | None = None,
        *,
        starts_on: date = START,
        agreement: str = AGREEMENT,
    ) -> Globalisation:
        world = self.world

        def do() -> Globalisation:
            return globalise(
                world.scope,
                world.company,
                commitments or self.commitments,
                starts_on=starts_on,
                agreement=agreement,
            )

        made: Globalisation = self.act(do)
        return made

    def leave(
        self, of: Award, last_day: date = DAY, reason: str = "Accord caduc"
    ) -> GlobalisedCommitment:
        member = GlobalisedCommitment.objects.get(commitment__award=of)
        found: GlobalisedCommitment = self.act(
            lambda: leave_globalisation(self.world.scope, member, last_day=last_day, reason=reason)
        )
        return found

    def work(self, on: Award, hours: str, month: date = date(2026, 10, 1)) -> None:
        """Hours of the world's person on that award."""
        world = self.world
        if on.pk == world.award.pk:
            validated(world, hours, month=month)
            return
        with acting_as(world.facilitator, day=DAY):
            hired = builders.employment(
                world.person, world.company, on, contract_number=f"C{on.pk}"
            )
        validated(world, hours, month=month, award=on, employment=hired)


@pytest.fixture
def two() -> Two:
    return Two()


def pool(two: Two, day: date = DAY, known_on: datetime | None = None) -> Any:
    pk = commitment_of(two.world.award).pk
    return pool_of([pk], day, known_on).get(pk)


def test_hours_of_one_contract_make_up_for_the_other(two: Two) -> None:
    two.work(two.award, "140")
    two.globalised()
    found = pool(two)
    assert [found.progress.validated, found.progress.committed] == [140, 2040]
    assert found.sentence() == (
        "Engagement globalisé avec 1 autre marché : 140\u00a0h validées sur 2\u202f040\u00a0h,"
        " il reste 1\u202f900\u00a0h."
    )


def test_no_hour_is_counted_twice(two: Two) -> None:
    two.work(two.world.award, "60")
    two.work(two.award, "80")
    clauses = [two.world.clause.pk, two.clause.pk]
    before = progress_of_clauses(clauses, DAY)
    two.globalised()
    assert progress_of_clauses(clauses, DAY) == before
    lines = StatementLine.objects.validated()
    assert sum(line.hours for line in lines) == 140 == pool(two).progress.validated
    parts = pool(two).parts
    assert [parts[c.pk].validated for c in two.commitments] == [60, 80]


def test_the_figures_of_the_region_do_not_move(two: Two) -> None:
    two.work(two.world.award, "60")
    two.work(two.award, "80")
    region, year = Perimeter(two.world.operation.region_id), Period.year(2026)
    before = {code: found.value for code, found in figures(region, year).items()}
    two.globalised(starts_on=date(2026, 3, 2))
    after = {code: found.value for code, found in figures(region, year).items()}
    # One figure tells how many hours are under such an agreement; nothing else moves.
    assert {code for code in after if after[code] != before[code]} == {"hours_globalised"}
    assert before["hours_validated"] == after["hours_validated"] == 140


def test_each_clause_keeps_its_own_figures(two: Two) -> None:
    own = progress_of_clauses([two.clause.pk], DAY)[two.clause.pk]
    assert progress_of_commitments([commitment_of(two.award).pk], DAY) == {
        commitment_of(two.award).pk: own
    }


def watched(two: Two) -> list[DueItem]:
    scope = two.world.scope
    return due.to_watch(scope, due.running_of(scope))


def test_the_shortfall_is_judged_on_the_whole(two: Two) -> None:
    # 734 h are expected on the first contract, 473 h on the second.
    months = [date(2026, m, 1) for m in range(4, 11)]
    for month in months[:-1]:
        validated(two.world, "180", month=month)
    alone = watched(two)
    assert [item.url_args for item in alone] == [(two.clause.pk,)]
    two.globalised(starts_on=date(2026, 3, 2))
    found = judged(progress_of_clauses([two.clause.pk], DAY), DAY)[two.clause.pk]
    assert [found.contracts, found.progress.validated] == [2, 1080]
    assert not found.progress.is_short(Decimal("0.85"))
    assert watched(two) == []


def test_a_pool_under_the_alert_is_called_about_once(two: Two) -> None:
    assert len(watched(two)) == 2
    two.globalised()
    (item,) = watched(two)
    assert item.what.startswith(f"Appeler {two.world.company} : ")
    assert "2 marchés globalisés" in item.about


def test_a_clause_out_of_any_agreement_is_judged_on_its_own(two: Two) -> None:
    own = progress_of_clauses([two.clause.pk], DAY)
    assert judged(own, DAY)[two.clause.pk].progress == own[two.clause.pk]


def test_a_debt_that_is_not_known_leaves_the_whole_unknown(two: Two) -> None:
    two.globalised(starts_on=date(2026, 3, 2))
    other = date(2026, 2, 19)
    assert pool(two, other) is None
    with acting_as("test", day=DAY):
        Objective.objects.filter(commitment__award=two.award).update(measure=Measure.PERSONS)
    found = pool(two)
    assert found.progress.committed is None
    assert found.told == (
        "0\u00a0h validées, l’engagement de l’ensemble n’est pas encore déterminable"
    )


def test_an_agreement_is_unknown_before_it_was_recorded(two: Two) -> None:
    two.globalised()
    with acting_as("test", day=DAY):
        Globalisation.objects.update(recorded_at=at(DAY))
    assert pool(two, DAY, at(DAY - timedelta(1))) is None
    assert pool(two, DAY, at(DAY, 12)) is not None


def test_the_pool_starts_and_ends_on_its_days(two: Two) -> None:
    two.globalised()
    assert pool(two, START - timedelta(1)) is None
    assert pool(two, START) is not None
    two.leave(two.award, DAY)
    assert pool(two, DAY) is not None
    assert pool(two, DAY + timedelta(1)) is None


def test_with_one_contract_left_the_agreement_ends(two: Two) -> None:
    two.globalised()
    two.leave(two.award, DAY)
    assert set(GlobalisedCommitment.objects.values_list("ends_on", flat=True)) == {DAY}
    assert Globalisation.objects.get().ends_on == DAY


def test_with_two_left_the_agreement_goes_on(two: Two) -> None:
    _, third = second_contract(two.world, "Piscine imaginaire", Decimal(300))
    two.globalised([*two.commitments, commitment_of(third)])
    two.leave(third, DAY)
    assert Globalisation.objects.get().ends_on is None
    assert len(pool(two, DAY + timedelta(1)).members) == 2
    assert len(pool(two, DAY).members) == 3


def test_the_journal_of_each_clause_tells_it_once(two: Two) -> None:
    two.globalised()
    told = JournalEntry.objects.get(verb="commitment.globalised")
    assert told.sentence == (
        f"Engagements de {two.world.company} globalisés sur 2 marchés à partir du 01/06/2026 :"
        " Courrier de la Ville du 28/05/2026"
    )
    assert {f"clause:{two.world.clause.pk}", f"clause:{two.clause.pk}"} <= set(told.subjects)


# --- refused ---


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"agreement": "  "}, "Dites qui a donné son accord"),
        ({"starts_on": date(2026, 3, 1)}, "n’en répond pas le 01/03/2026"),
    ],
)
def test_an_agreement_that_makes_no_sense_is_refused(
    two: Two, facts: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        two.globalised(**facts)
    assert not Globalisation.objects.exists()


def test_one_contract_is_not_an_agreement(two: Two) -> None:
    with pytest.raises(Refused, match="au moins deux marchés"):
        two.globalised(two.commitments[:1])


def test_the_same_contract_twice_is_one(two: Two) -> None:
    with pytest.raises(Refused, match="au moins deux marchés"):
        two.globalised([two.commitments[0], two.commitments[0]])


def test_two_debts_of_the_same_contract_would_count_its_hours_twice(two: Two) -> None:
    with acting_as("test", day=DAY):
        second = builders.clause(two.world.lot, instrument="critere")
        builders.commit(two.world.award, second, Decimal(100))
        both = list(Commitment.objects.filter(award=two.world.award))
    with pytest.raises(Refused, match="deux fois"):
        two.globalised(both)


def test_a_debt_in_persons_is_not_pooled(two: Two) -> None:
    with acting_as("test", day=DAY):
        Objective.objects.filter(commitment__award=two.award).update(measure=Measure.PERSONS)
    with pytest.raises(Refused, match="ne se compte pas en heures"):
        two.globalised()


def test_a_closed_clause_is_not_pooled(two: Two) -> None:
    with acting_as("test", day=DAY):
        for state in (ClauseState.ENDED, ClauseState.CLOSED):
            Clause.objects.filter(pk=two.clause.pk).update(state=state)
    with pytest.raises(Refused, match="la clause est close"):
        two.globalised()


def test_a_commitment_is_in_one_agreement_at_a_time(two: Two) -> None:
    two.globalised()
    _, third = second_contract(two.world, "Piscine imaginaire")
    with pytest.raises(Conflict, match="déjà globalisé depuis le 01/06/2026"):
        two.globalised([two.commitments[0], commitment_of(third)])
    with pytest.raises(Conflict, match="déjà globalisé"):
        two.globalised([two.commitments[0], commitment_of(third)], starts_on=date(2026, 5, 1))


def test_a_company_pools_only_what_it_answers_for(two: Two) -> None:
    other = company("Charpentes Mirage")
    with acting_as("test", day=DAY):
        lot = builders.lot(two.world.operation, number=9)
        award = builders.award(lot, other)
        builders.commit(award, builders.clause(lot), Decimal(90))
    with pytest.raises(Refused, match="n’en répond pas"):
        two.globalised([two.commitments[0], commitment_of(award)])


def test_a_contract_that_another_host_follows_needs_the_coordination(two: Two) -> None:
    world = two.world
    neighbour = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        lot = builders.lot(neighbour.operation, number=9)
        award = builders.award(lot, world.company)
        builders.commit(award, builders.clause(lot), Decimal(90))
        of = builders.organisation("Coordination inventée", Role.COORDINATION)
        coordinator = builders.member(of, MemberRole.COORDINATOR)
    both = [commitment_of(world.award), commitment_of(award)]
    with pytest.raises(PermissionDenied):
        two.globalised(both)
    scope = world.as_user(coordinator)
    made = two.act(
        lambda: globalise(scope, world.company, both, starts_on=START, agreement=AGREEMENT),
        coordinator,
    )
    assert made.members.count() == 2


@pytest.mark.parametrize("role", [MemberRole.COMPANY, MemberRole.BUYER])
def test_neither_company_nor_buyer_pools(two: Two, role: MemberRole) -> None:
    world = two.world
    with acting_as("test", day=DAY):
        of = world.company if role == MemberRole.COMPANY else world.buyer
        user = builders.member(of, role)
    scope = world.as_user(user)
    with pytest.raises(PermissionDenied):
        two.act(
            lambda: globalise(
                scope, world.company, two.commitments, starts_on=START, agreement=AGREEMENT
            ),
            user,
        )
    two.globalised()
    member = GlobalisedCommitment.objects.all()[0]
    with pytest.raises(PermissionDenied):
        two.act(lambda: leave_globalisation(scope, member, last_day=DAY, reason="Essai"), user)


@pytest.mark.parametrize(
    ("last_day", "reason", "said"),
    [
        (DAY, " ", "Donnez le motif"),
        (START - timedelta(1), "Essai", "commence le 01/06/2026"),
        (DAY - timedelta(2), "Essai", "aujourd’hui ou plus tard"),
    ],
)
def test_leaving_that_makes_no_sense_is_refused(
    two: Two, last_day: date, reason: str, said: str
) -> None:
    two.globalised()
    with pytest.raises(Refused, match=said):
        two.leave(two.award, last_day, reason)
    assert Globalisation.objects.get().ends_on is None


def test_leaving_twice_is_told(two: Two) -> None:
    two.globalised()
    two.leave(two.award)
    with pytest.raises(Conflict, match="a déjà quitté"):
        two.leave(two.award)


# --- the company stops answering ---


def replaced(two: Two, on: date) -> None:
    two.act(
        lambda: replace_holder(
            two.world.scope,
            two.award,
            company("Charpentes Mirage"),
            on=on,
            departure=Departure.TRANSFER,
            reason="Cession d’activité",
        )
    )


def test_a_replaced_company_takes_the_contract_out_of_its_agreement(two: Two) -> None:
    two.globalised()
    replaced(two, DAY)
    assert pool(two, DAY) is None
    assert pool(two, DAY - timedelta(1)) is not None


def test_an_agreement_to_come_is_undone_before_the_company_is_replaced(two: Two) -> None:
    two.globalised(starts_on=DAY + timedelta(10))
    with pytest.raises(Refused, match="est globalisé à partir du 04/12/2026"):
        replaced(two, DAY)


@pytest.mark.parametrize("contracts", [2, 4])
def test_queries_do_not_grow_with_the_contracts(
    two: Two, contracts: int, django_assert_num_queries: Any
) -> None:
    more = [second_contract(two.world, f"Piscine {number}")[1] for number in range(contracts - 2)]
    two.globalised([*two.commitments, *(commitment_of(award) for award in more)])
    pk = commitment_of(two.award).pk
    with django_assert_num_queries(7):
        pool_of([pk], DAY)
