"""Suspending, resuming, extending, ending: what is due, expected and asked follows the calendar."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from tests import builders
from tests.builders import DAY, World

from coclause.clauses.actions import change_state
from coclause.clauses.calendars import days_of_execution
from coclause.clauses.choices import EventKind, ExecutionChange, Measure
from coclause.clauses.execution import extend, removable, resume, suspend, terminate, undo
from coclause.clauses.models import Award, Clause, Execution, Objective, ObjectiveEvent
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Refused
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.owing import months_to_declare
from coclause.hours.progress import progress_of_clauses
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import scope_of

pytestmark = pytest.mark.django_db

STARTS, ENDS = date(2026, 3, 2), date(2027, 5, 28)
WHOLE = (ENDS - STARTS).days + 1
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def world() -> World:
    return builders.world()


def act(world: World, does: Callable[..., object], **said: object) -> object:
    with acting_as(world.facilitator, day=DAY):
        done = does(world.scope, world.award, **said)
    world.award.refresh_from_db()
    return done


def expected(world: World, day: date = DAY) -> Decimal | None:
    return progress_of_clauses([world.clause.pk], day)[world.clause.pk].expected


def committed(world: World, day: date = DAY) -> Decimal | None:
    return progress_of_clauses([world.clause.pk], day)[world.clause.pk].committed


def asked(world: World, day: date = DAY) -> list[date]:
    return months_to_declare(world.award, [], day)


def state(world: World) -> str:
    return Clause.objects.get(pk=world.clause.pk).state


def part(days: int, whole: int, hours: int = 1240) -> Decimal:
    return (Decimal(hours) * days / whole).quantize(Decimal(1), "ROUND_HALF_UP")


def test_a_suspension_stops_what_falls_due_and_leaves_the_debt(world: World) -> None:
    act(world, suspend, on=date(2026, 10, 15), reason="Intempéries")
    before = (date(2026, 10, 14) - STARTS).days + 1
    assert expected(world) == expected(world, date(2026, 10, 14)) == part(before, WHOLE)
    assert committed(world) == 1240
    assert asked(world) == []
    assert state(world) == ClauseState.SUSPENDED
    assert Clause.objects.get().state_since == date(2026, 10, 15)


def test_a_resumed_award_asks_for_the_months_with_a_day_of_work(world: World) -> None:
    act(world, suspend, on=date(2026, 8, 20), reason="Fouilles")
    act(world, resume, on=date(2026, 11, 10), ends_on=date(2027, 8, 28), reason="Fin des fouilles")
    assert asked(world, date(2026, 12, 3))[-2:] == [date(2026, 8, 1), NOVEMBER]
    assert world.award.ends_on == date(2027, 8, 28)
    assert state(world) == ClauseState.RUNNING
    off = (date(2026, 11, 10) - date(2026, 8, 20)).days
    whole = (date(2027, 8, 28) - STARTS).days + 1 - off
    assert expected(world) == part((DAY - STARTS).days + 1 - off, whole)
    assert expected(world, date(2027, 8, 28)) == 1240


def test_an_extension_spreads_the_same_debt_over_more_days(world: World) -> None:
    act(world, extend, ends_on=date(2027, 12, 31), effective_on=DAY, reason="Avenant de délai")
    whole = (date(2027, 12, 31) - STARTS).days + 1
    assert expected(world) == part((DAY - STARTS).days + 1, whole)
    assert committed(world, date(2027, 12, 31)) == 1240


def test_a_termination_takes_off_what_is_no_longer_due_from_its_day(world: World) -> None:
    objective = Objective.objects.get()
    on = date(2026, 11, 10)
    act(
        world, terminate, on=on, partial=False, removed={objective.pk: Decimal(700)}, reason="Faute"
    )
    assert committed(world, date(2026, 11, 9)) == 1240
    assert committed(world, on) == expected(world) == 540
    assert asked(world, date(2027, 2, 1))[-1] == NOVEMBER
    assert removable(objective, on) == 540


def test_a_termination_may_leave_the_whole_debt(world: World) -> None:
    act(world, terminate, on=DAY, partial=False, removed={}, reason="Abandon du chantier")
    assert committed(world) == expected(world) == 1240


def test_a_suspended_award_ended_owes_what_is_left_of_the_debt(world: World) -> None:
    act(world, suspend, on=date(2026, 9, 1), reason="Sinistre")
    removed = {Objective.objects.get().pk: Decimal(1000)}
    act(world, terminate, on=DAY, partial=False, removed=removed, reason="Sinistre total")
    assert world.award.suspended_on is None
    assert days_of_execution(world.award, SEPTEMBER, DAY) == 0
    assert expected(world) == committed(world) == 240
    assert asked(world, date(2027, 1, 5))[-1] == date(2026, 8, 1)
    assert state(world) == ClauseState.RUNNING


def test_a_partial_termination_leaves_the_calendar(world: World) -> None:
    removed = {Objective.objects.get().pk: Decimal("240")}
    on = date(2026, 11, 2)
    act(world, terminate, on=on, partial=True, removed=removed, reason="Une aile retirée")
    assert world.award.ends_on == ENDS
    assert committed(world) == 1000
    version = world.award.executions.get(superseded_at=None)
    assert version.kind == ExecutionChange.PARTIAL
    event = ObjectiveEvent.objects.get(kind=EventKind.TERMINATION)
    assert event.quantity == -240
    assert (event.effective_on, event.reason) == (on, "Une aile retirée")


def test_a_termination_by_mistake_is_taken_back_with_its_hours(world: World) -> None:
    before = expected(world)
    removed = {Objective.objects.get().pk: Decimal(700)}
    act(world, terminate, on=DAY, partial=False, removed=removed, reason="Mauvais lot")
    version = act(world, undo, reason="Mauvais lot")
    assert isinstance(version, Execution)
    assert version.kind == ExecutionChange.CORRECTION
    assert world.award.ends_on == ENDS
    assert committed(world) == 1240
    assert expected(world) == before
    with pytest.raises(Refused, match="déjà une correction"):
        act(world, undo, reason="Encore")


def test_a_suspension_by_mistake_is_taken_back_with_the_state(world: World) -> None:
    with pytest.raises(Refused, match="rien à annuler"):
        act(world, undo, reason="Rien")
    act(world, suspend, on=DAY, reason="Mauvais lot")
    act(world, undo, reason="Mauvais lot")
    assert (world.award.suspended_on, state(world)) == (None, ClauseState.RUNNING)


def test_the_calendar_is_told_as_it_was_known(world: World) -> None:
    act(world, suspend, on=OCTOBER, reason="Fouilles", at=builders.at(date(2026, 10, 5)))
    act(world, resume, on=date(2026, 11, 2), reason="", at=builders.at(date(2026, 11, 3)))

    def known(on: date) -> Decimal | None:
        found = progress_of_clauses([world.clause.pk], DAY, builders.at(on))
        return found[world.clause.pk].expected

    days = (DAY - STARTS).days + 1
    assert known(date(2026, 10, 1)) == part(days, WHOLE)
    assert known(date(2026, 10, 20)) == part((OCTOBER - STARTS).days, WHOLE)
    assert known(DAY) == expected(world) == part(days - 32, WHOLE - 32)


EARLY, LATE, SOON = date(2026, 2, 1), date(2027, 6, 1), date(2026, 12, 1)
WHY = {"reason": "Motif"}
NOTHING: dict[int, Decimal] = {}


@pytest.mark.parametrize(
    ("does", "said", "told"),
    [
        (suspend, {"on": EARLY, **WHY}, "commence le 02/03/2026"),
        (suspend, {"on": LATE, **WHY}, "finit le 28/05/2027"),
        (suspend, {"on": SOON, **WHY}, "jour où elle commence"),
        (suspend, {"on": DAY, "reason": " "}, "motif de la suspension"),
        (resume, {"on": DAY, **WHY}, "n’est pas suspendue"),
        (extend, {"ends_on": ENDS, "effective_on": DAY, **WHY}, "finit déjà"),
        (extend, {"ends_on": LATE, "effective_on": EARLY, **WHY}, "prend effet"),
        (extend, {"ends_on": LATE, "effective_on": DAY, "reason": ""}, "motif"),
        (extend, {"ends_on": date(2101, 1, 1), "effective_on": DAY, **WHY}, "2100"),
        (terminate, {"on": EARLY, "partial": False, "removed": NOTHING, **WHY}, "commence le"),
        (terminate, {"on": SOON, "partial": False, "removed": NOTHING, **WHY}, "pris effet"),
        (terminate, {"on": DAY, "partial": True, "removed": NOTHING, **WHY}, "n’est plus dû"),
        (terminate, {"on": DAY, "partial": True, "removed": {0: 5}, **WHY}, "fait pas partie"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    world: World, does: Callable[..., object], said: dict[str, object], told: str
) -> None:
    with pytest.raises(Refused, match=told):
        act(world, does, **said)
    assert Execution.objects.count() == 1
    assert not JournalEntry.objects.filter(verb__startswith="award.").exists()


def test_suspensions_never_overlap_nor_run_backwards(world: World) -> None:
    act(world, suspend, on=OCTOBER, reason="Fouilles")
    for on, told in ((OCTOBER, "plus tardif"), (LATE, "après sa fin")):
        with pytest.raises(Refused, match=told):
            act(world, resume, on=on, reason="")
    with pytest.raises(Refused, match="ne l’avance pas"):
        act(world, resume, on=DAY, ends_on=date(2027, 5, 1), reason="")
    with pytest.raises(Refused, match="déjà suspendue"):
        act(world, suspend, on=DAY, reason="Encore")
    act(world, resume, on=NOVEMBER, reason="")
    with pytest.raises(Refused, match="déjà suspendue jusqu’au 01/11/2026"):
        act(world, suspend, on=date(2026, 10, 20), reason="Encore")
    act(world, suspend, on=NOVEMBER, reason="Aussitôt")
    assert days_of_execution(world.award, OCTOBER, ENDS) == 0


@pytest.mark.parametrize("quantity", [Decimal(1241), Decimal(-1)])
def test_a_termination_never_takes_more_than_what_is_owed(world: World, quantity: Decimal) -> None:
    removed = {Objective.objects.get().pk: quantity}
    with pytest.raises(Refused):
        act(world, terminate, on=DAY, partial=False, removed=removed, reason="Faute")
    assert world.award.ends_on == ENDS


def test_a_later_amendment_bounds_what_may_be_taken_off(world: World) -> None:
    objective = Objective.objects.get()
    with acting_as("test", day=DAY):
        ObjectiveEvent.objects.create(
            objective=objective,
            kind=EventKind.AMENDMENT,
            effective_on=date(2027, 1, 1),
            quantity=Decimal(-400),
            reason="Lot réduit",
        )
    assert removable(objective, DAY) == 840


def test_a_clause_suspended_by_its_state_is_by_its_calendar(world: World) -> None:
    with acting_as(world.facilitator, day=DAY):
        change_state(world.scope, world.clause, "suspendre", reason="Gel", on=date(2026, 11, 9))
    world.award.refresh_from_db()
    assert world.award.suspended_on == date(2026, 11, 9)
    with acting_as(world.facilitator, day=DAY):
        change_state(world.scope, world.clause, "relancer", on=date(2026, 11, 16), ends_on=LATE)
    resumed = Award.objects.get(pk=world.award.pk)
    assert resumed.suspended_on is None
    assert resumed.ends_on == LATE
    told = JournalEntry.objects.filter(verb__startswith="clause.").order_by("pk")
    assert [entry.sentence for entry in told] == [
        "Suspendre au 09/11/2026 : Gel. La clause est « Suspendue ».",
        "Reprendre l’exécution au 16/11/2026. La clause est « En exécution ».",
    ]


def test_a_refused_day_leaves_the_state(world: World) -> None:
    with acting_as(world.facilitator, day=DAY), pytest.raises(Refused):
        change_state(world.scope, world.clause, "suspendre", reason="Gel", on=LATE)
    assert state(world) == ClauseState.RUNNING


def test_suspending_a_clause_suspends_every_award_under_it(world: World) -> None:
    with acting_as("test", day=DAY):
        second = builders.award(world.lot, world.company)
        builders.commit(second, world.clause, Decimal(300))
        other = builders.clause(world.lot, theme="formation")
        builders.commit(second, other, Decimal(50))
    act(world, suspend, on=OCTOBER, reason="Un seul titulaire")
    assert state(world) == ClauseState.RUNNING
    assert asked(world) == []
    assert months_to_declare(second, [], DAY)[-1] == OCTOBER
    with acting_as(world.facilitator, day=DAY):
        change_state(world.scope, world.clause, "suspendre", reason="Tous", on=NOVEMBER)
    days = Award.objects.order_by("pk").values_list("suspended_on", flat=True)
    assert list(days) == [OCTOBER, NOVEMBER]
    # The other clause rests on the second award alone: it is suspended with it.
    assert set(Clause.objects.values_list("state", flat=True)) == {ClauseState.SUSPENDED}
    with acting_as(world.facilitator, day=DAY):
        resume(world.scope, second, on=DAY, reason="")
    assert set(Clause.objects.values_list("state", flat=True)) == {ClauseState.RUNNING}


def test_nothing_changes_once_the_clause_is_over(world: World) -> None:
    with acting_as(world.facilitator, day=DAY):
        change_state(world.scope, world.clause, "achever")
    with pytest.raises(Refused, match="rouvrez-la"):
        act(world, extend, ends_on=LATE, effective_on=DAY, reason="Délai")
    with acting_as(world.facilitator, day=DAY):
        change_state(world.scope, world.clause, "rouvrir", reason="Trop tôt")
    act(world, extend, ends_on=LATE, effective_on=DAY, reason="Délai")


def test_only_the_referent_host_changes_a_calendar(world: World) -> None:
    neighbour = builders.world("Mont-Rêvé")
    with acting_as("test", day=DAY):
        users: list[User] = [
            neighbour.facilitator,
            builders.member(world.buyer, MemberRole.BUYER),
            builders.member(world.company, MemberRole.COMPANY),
        ]
    calls: list[tuple[Callable[..., object], dict[str, object]]] = [
        (suspend, {"on": DAY}),
        (resume, {"on": DAY}),
        (extend, {"ends_on": LATE, "effective_on": DAY}),
        (terminate, {"on": DAY, "partial": False, "removed": NOTHING}),
        (undo, {}),
    ]
    for user in users:
        for does, said in calls:
            with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
                does(scope_of(user, DAY), world.award, reason="Motif", **said)
    assert Execution.objects.filter(award=world.award).count() == 1


def declare(world: World, month: date, hours: int, version: int = 0) -> object:
    entry = Entry(world.employment.pk, {"travail": Decimal(hours)})
    with acting_as(world.facilitator, day=DAY):
        return declare_month(world.scope, world.award, month, [entry], version=version)


def test_no_hours_for_a_month_without_a_day_of_execution(world: World) -> None:
    act(world, suspend, on=date(2026, 9, 1), reason="Fouilles")
    act(world, resume, on=date(2026, 11, 2), reason="")
    with pytest.raises(Refused, match="suspendue du 01/09/2026 au 01/11/2026"):
        declare(world, OCTOBER, 35)
    declare(world, NOVEMBER, 35)
    act(world, terminate, on=date(2026, 10, 31), partial=False, removed={}, reason="Faute")
    with pytest.raises(Refused, match="au 31/10/2026"):
        declare(world, date(2026, 11, 1).replace(month=12, year=2025), 35)


def test_a_month_declared_before_the_calendar_moved_can_still_be_corrected(world: World) -> None:
    declare(world, OCTOBER, 96)
    act(world, suspend, on=OCTOBER, reason="Enregistrée après coup")
    declare(world, OCTOBER, 0, version=1)
    with pytest.raises(Refused):
        declare(world, NOVEMBER, 7)


def test_journal_lines_name_nobody_and_say_why(world: World) -> None:
    with acting_as("test", day=DAY):
        commitment = Objective.objects.get().commitment
        hired = Objective.objects.create(commitment=commitment, measure=Measure.PERSONS)
        ObjectiveEvent.objects.create(
            objective=hired, kind=EventKind.INITIAL, effective_on=STARTS, quantity=Decimal(3)
        )
    act(
        world,
        terminate,
        on=DAY,
        partial=False,
        removed={hired.pk: Decimal(2)},
        reason="Lot abandonné.",
    )
    entry = JournalEntry.objects.get(verb="award.terminated")
    assert entry.sentence == (
        "Résiliation : l’exécution s’arrête le 24/11/2026 ; 2 personnes en moins : Lot abandonné."
    )
    assert f"clause:{world.clause.pk}" in entry.subjects
