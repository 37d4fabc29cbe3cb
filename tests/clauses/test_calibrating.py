"""Versions of a calibration: a volume asked for must be traceable, and never change afterwards."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from tests import builders
from tests.builders import DAY, World
from tests.clauses.calibration_worlds import (
    by_amount,
    by_hours,
    clause_in,
    contract_of,
    draft,
    kept,
    more_lots,
)

from coclause.clauses.calibrating import (
    Draft,
    Retained,
    calibrate,
    computed,
    retain,
    retained_hours,
    together,
)
from coclause.clauses.choices import Instrument, Theme
from coclause.clauses.models import Calibration, CalibrationLine, Clause, Contract
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.journal import subject
from coclause.core.models import JournalEntry
from coclause.core.refusals import Conflict, Refused
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """One lot, whose clause is being written."""
    made = builders.world()
    with acting_as("test", day=DAY):
        builders.clause(made.lot, ClauseState.DRAFT, instrument=Instrument.CRITERION)
    return made


def choose(world: World, version: Calibration, seen: Calibration | None = None) -> Retained:
    with acting_as(world.facilitator, day=DAY):
        return retain(world.scope, version, seen=seen.pk if seen else None)


def drafted(world: World) -> Clause:
    return Clause.objects.get(lot=world.lot, state=ClauseState.DRAFT)


# --- keeping a version ---


def test_a_version_keeps_its_inputs_its_sources_its_author_and_both_figures(world: World) -> None:
    made = kept(world)
    line = made.lines.get()
    assert (made.number, made.author, made.day) == (1, world.facilitator, DAY)
    assert (made.step, made.minimum, made.retained_on) == (5, 35, None)
    assert (line.exact, line.hours) == (Decimal("833.33"), 835)
    assert [line.labour_share, line.hourly_cost, line.hours_worked] == [Decimal("0.5"), 30, None]
    assert line.sources == {"rate": "Usage inventé"}
    entry = JournalEntry.objects.get(verb="calibration.recorded")
    assert entry.sentence == (
        "Calibrage enregistré, version 1 « Taux courant » : 835\u00a0h à demander."
    )
    assert subject(world.operation) in entry.subjects


def test_staff_taken_over_is_subtracted_before_the_rate(world: World) -> None:
    line = kept(world, by_hours("12500", "2000"), step=10).lines.get()
    assert (line.exact, line.hours) == (Decimal(525), 530)
    assert [line.amount, line.labour_share, line.hourly_cost, line.cost_basis] == [None] * 3 + [""]


def test_versions_are_numbered_one_after_the_other(world: World) -> None:
    assert [kept(world).number for _ in range(3)] == [1, 2, 3]


def test_each_lot_has_its_own_method_and_a_small_one_has_no_volume(world: World) -> None:
    small, _ = more_lots(world, 9000, 420_000)
    made = kept(world, by_hours("12500", lot=world.lot), by_amount("9000", small))
    assert {line.lot: (line.exact, line.hours) for line in made.lines.all()} == {
        world.lot: (Decimal(625), 625),
        small: (Decimal("7.5"), None),
    }


@pytest.mark.parametrize("who", ["neighbour", "associated", "coordinator", "buyer"])
def test_the_referent_host_alone_calibrates(world: World, who: str) -> None:
    neighbour = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        if who == "associated":
            world.operation.hosts.create(
                host=neighbour.host, role="associee", starts_on="2026-01-05"
            )
        coordination = builders.organisation("Coordination Inventée", Role.COORDINATION)
        user = {
            "coordinator": builders.member(coordination, MemberRole.COORDINATOR),
            "buyer": builders.member(world.buyer, MemberRole.BUYER),
        }.get(who, neighbour.facilitator)
    with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
        calibrate(scope_of(user, DAY), contract_of(world), draft())
    made = kept(world)
    with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
        retain(scope_of(user, DAY), made, seen=None)
    assert Calibration.objects.get().retained_on is None


def test_what_cannot_be_computed_is_refused_with_the_lot_and_keeps_nothing(world: World) -> None:
    (lot,) = more_lots(world, 9000)
    cases = (
        (by_hours("100", "200", lot), "Lot 4, lot inventé 4 : Les heures du personnel repris"),
        (by_amount(lot=lot, rate=None), "il manque le taux d’insertion"),
        (by_amount("99999999", lot, hourly_cost=Decimal("0.01")), "c’est plus qu’une clause"),
    )
    for line, told in cases:
        with pytest.raises(Refused, match=told):
            kept(world, line)
    with pytest.raises(Refused, match="L’arrondi se fait à 5 ou 10"):
        kept(world, step=7)
    with acting_as(world.facilitator, day=DAY), pytest.raises(Refused, match="Rien à calculer"):
        calibrate(world.scope, contract_of(world), Draft("Vide", 5, ()))
    assert not Calibration.objects.exists()


def test_a_lot_of_another_contract_or_twice_the_same_is_refused(world: World) -> None:
    other = builders.world("Mont-Rêvé")
    for lines in (
        (by_amount(lot=other.lot),),
        (by_amount(lot=world.lot), by_hours("1000", lot=world.lot)),
        (by_amount(), by_amount(lot=world.lot)),
    ):
        with pytest.raises(Refused):
            kept(world, *lines)
    assert not Calibration.objects.exists()


def test_the_database_refuses_that_a_version_changes(world: World) -> None:
    made = kept(world)
    with acting_as(world.facilitator, day=DAY):
        with pytest.raises(DatabaseError, match=r"Cannot|only grows"), transaction.atomic():
            Calibration.objects.filter(pk=made.pk).update(step=10)
        with pytest.raises(DatabaseError, match=r"Cannot|only grows"), transaction.atomic():
            CalibrationLine.objects.update(rate=Decimal("0.9"))


# --- too small apart, enough together ---


def test_small_lots_together_are_rounded_once(world: World) -> None:
    a, b = more_lots(world, 24_000, 30_000)
    apart = computed(draft(by_amount("24000", a), by_amount("30000", b)), DAY)
    assert [one.hours for one in apart] == [None, None]
    found = together([(one.exact, one.hours) for one in apart], 5, 35)
    assert found is not None
    assert (found.exact, found.hours) == (Decimal(45), 45)


def test_one_small_lot_alone_has_nobody_to_join() -> None:
    assert together([(Decimal(12), None), (Decimal(400), 400)], 5, 35) is None


# --- retaining one ---


def test_the_retained_version_fills_the_clause_being_written(world: World) -> None:
    version = kept(world)
    done = choose(world, version)
    clause = drafted(world)
    assert clause.target_hours == 835
    assert done.written == (clause,)
    version.refresh_from_db()
    assert version.retained_on == DAY
    entry = JournalEntry.objects.get(verb="calibration.retained")
    assert subject(clause) in entry.subjects


def test_a_clause_already_proposed_keeps_its_volume_and_it_is_said(world: World) -> None:
    done = choose(world, kept(world))
    running = Clause.objects.get(pk=world.clause.pk)
    assert running.target_hours is None
    assert done.left == (
        "Lot 3 : sa clause n’est plus en projet, son volume proposé (non connu) n’a pas changé.",
    )


def test_clauses_of_other_themes_are_left_alone(world: World) -> None:
    other = clause_in(world.lot, theme=Theme.EQUALITY)
    choose(world, kept(world))
    other.refresh_from_db()
    assert other.target_hours is None


def test_each_lot_gives_its_own_clause_its_volume(world: World) -> None:
    second, small, bare = more_lots(world, 420_000, 9000, 300_000)
    clause, tiny = clause_in(second), clause_in(small)
    done = choose(
        world,
        kept(
            world,
            by_amount("420000", second),
            by_amount("9000", small),
            by_amount("300000", bare),
        ),
    )
    clause.refresh_from_db()
    tiny.refresh_from_db()
    assert (clause.target_hours, tiny.target_hours, drafted(world).target_hours) == (
        350,
        None,
        None,
    )
    assert done.left == (
        "Lot 5 : trop petit, aucun volume n’est porté.",
        "Lot 6 : pas encore de clause d’insertion ; elle s’écrira avec ce volume.",
    )


def test_the_whole_of_several_lots_fills_no_clause(world: World) -> None:
    more_lots(world, 420_000)
    done = choose(world, kept(world))
    assert done.written == ()
    assert "répartissez le volume" in done.left[0]


def test_a_clause_written_afterwards_finds_its_volume(world: World) -> None:
    """Of its own lot; the volume of a whole is given to the only lot, never to one of several."""
    whole = kept(world)
    assert retained_hours(world.lot) is None, "nothing is retained yet"
    choose(world, whole)
    assert retained_hours(world.lot) == 835
    (second,) = more_lots(world, 420_000)
    assert retained_hours(world.lot) is None
    choose(world, kept(world, by_amount("420000", second)), whole)
    assert (retained_hours(second), retained_hours(world.lot)) == (350, None)


def test_one_version_is_retained_at_a_time(world: World) -> None:
    first, second = kept(world), kept(world, by_amount("2000000"), title="Plus large")
    choose(world, first)
    choose(world, second, seen=first)
    assert list(Calibration.objects.filter(retained_on__isnull=False)) == [second]
    assert drafted(world).target_hours == 1670


def test_who_read_an_older_table_is_told_and_changes_nothing(world: World) -> None:
    first, second = kept(world), kept(world, by_amount("2000000"))
    choose(world, first)
    with pytest.raises(Conflict):
        choose(world, second, seen=None)
    with pytest.raises(Refused, match="déjà"):
        choose(world, first, seen=first)
    assert Calibration.objects.get(retained_on__isnull=False) == first
    assert drafted(world).target_hours == 835


def test_another_contract_keeps_its_own_choice(world: World) -> None:
    other = builders.world("Mont-Rêvé")
    theirs = kept(other)
    choose(other, theirs)
    choose(world, kept(world))
    assert Calibration.objects.filter(retained_on__isnull=False).count() == 2
    assert Contract.objects.filter(calibrations__retained_on=DAY).count() == 2
