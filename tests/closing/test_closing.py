"""A closed year keeps what was reported, says what changed since, and stops no later work."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from tests import builders
from tests.builders import DAY, at
from tests.closing.past_year import (
    CLOSED,
    OCTOBER,
    SEPTEMBER,
    YEAR,
    Past,
    corrected,
    declared,
    hired,
    past,
    worked,
)

from coclause.closing.actions import close_year
from coclause.closing.freezing import read, stored
from coclause.closing.models import FrozenFigure, YearClosure
from coclause.closing.queries import hours_by_year
from coclause.closing.remaining import remaining
from coclause.closing.reported import CHANGED, reported
from coclause.core.actor import acting_as
from coclause.core.models import JournalEntry, User
from coclause.core.refusals import Conflict, Refused
from coclause.hours.checking import return_lines
from coclause.indicators.catalogue import CATALOGUE
from coclause.indicators.figures import figures
from coclause.indicators.perimeter import Perimeter, Period
from coclause.organisations.choices import MemberRole, Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import scope_of
from coclause.render.numbers import HIDDEN

pytestmark = pytest.mark.django_db
REWINDING = (
    "hours_declared",
    "hours_validated",
    "fte_insertion",
    "hours_validated_by_kind",
    "hours_by_market_type",
    "hours_by_instrument",
    "hours_by_month",
    "hours_by_host",
    "hours_by_departement",
)
"""Figures that can be asked as they were known at a moment."""
REGION, PERIOD = Perimeter("27"), Period.year(YEAR)


@pytest.fixture
def year() -> Past:
    """100 hours in September, 60 in October, all validated."""
    made = past()
    worked(made, SEPTEMBER, "100")
    worked(made, OCTOBER, "60.5")
    return made


def close_host(year: Past, **options: Any) -> YearClosure:
    with acting_as(year.manager, day=DAY):
        return close_year(
            year.host_scope, year.region, YEAR, year.world.host, **{"at": CLOSED, **options}
        )


def close_region(year: Past, **options: Any) -> YearClosure:
    with acting_as(year.coordinator, day=DAY):
        return close_year(year.region_scope, year.region, YEAR, **{"at": CLOSED, **options})


def cells(value: Any) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value


def perimeter_of(closure: YearClosure) -> Perimeter:
    return Perimeter(closure.region_id, host=closure.host_id)


def test_a_closing_keeps_the_whole_catalogue_as_it_is(year: Past) -> None:
    for closure in (close_host(year), close_region(year)):
        there = perimeter_of(closure)
        told, now = reported(there, PERIOD), figures(there, PERIOD, closure.closed_at)
        assert list(told.figures) == list(CATALOGUE)
        for code, figure in told.figures.items():
            assert figure.state == "clos", code
            assert figure.value == now[code].value, code
            assert figure.terms == now[code].terms, code
            if isinstance(figure.value, dict):
                assert list(figure.value) == list(cells(now[code].value)), code


def test_what_was_frozen_is_what_was_known_then_and_corrections_stand_beside(year: Past) -> None:
    """The reported year never moves, and nobody loses the hours found after it."""
    closures = [close_host(year), close_region(year)]
    corrected(year, SEPTEMBER, "112")
    corrected(year, date(2025, 12, 1), "30.5")
    for closure in closures:
        there = perimeter_of(closure)
        told, then = reported(there, PERIOD), figures(there, PERIOD, closure.closed_at)
        for code in REWINDING:
            assert told.figures[code].value == then[code].value, code
            assert told.current[code].value != told.figures[code].value, code
        assert told.since("hours_validated") == "+42,5\u00a0h depuis la clôture"
        assert told.since("facilitators") == ""


def test_before_its_closing_a_year_is_provisional(year: Past) -> None:
    close_host(year)
    closure = close_region(year)
    corrected(year, SEPTEMBER, "112")
    before = reported(REGION, PERIOD, at(date(2026, 1, 15)))
    assert before.state.label == "Provisoire"
    assert before.figures["hours_validated"].state == "provisoire"
    after = reported(REGION, PERIOD, closure.closed_at)
    assert after.state.label == "Close par la région le 10/02/2026"
    assert after.since("hours_validated") == ""


def test_each_reader_is_told_who_closed(year: Past) -> None:
    host = Perimeter("27", host=year.world.host.pk)
    place = Perimeter("27", departement="21")
    assert reported(host, PERIOD, codes=["buyers"]).state.label == "Provisoire"
    close_host(year)
    assert reported(host, PERIOD, codes=["buyers"]).state.label == (
        "Close par la structure le 10/02/2026"
    )
    assert reported(REGION, PERIOD, codes=["buyers"]).state.label == "Provisoire"
    close_region(year, at=at(date(2026, 3, 31)))
    assert "La région a clos l’année le 31/03/2026" in reported(host, PERIOD, codes=[]).state.note
    cut = reported(place, PERIOD, codes=["hours_validated"])
    assert cut.state.label == "Provisoire"
    assert "par la région le 31/03/2026, mais pas sur ce périmètre" in cut.state.note
    assert cut.figures["hours_validated"].state == "provisoire"
    part = reported(REGION, Period(date(2025, 1, 1), date(2025, 11, 24)), codes=["buyers"])
    assert part.state.label == "Provisoire"


def test_few_persons_stay_hidden_in_what_is_kept(year: Past) -> None:
    """A closing must not become the place where small groups are read."""
    close_host(year)
    closure = close_region(year)
    kept = dict(closure.frozen.values_list("code", "value"))
    assert kept["beneficiaries"] == HIDDEN
    assert set(cells(kept["beneficiaries_by_sex"]).values()) == {HIDDEN}
    assert kept["hours_validated"] == "160.50"


def test_a_change_of_a_few_persons_is_told_without_its_size(year: Past) -> None:
    crowd = [hired(year.world, f"Fictive{letter}") for letter in "abcde"]
    worked(year, date(2025, 11, 1), "30", *crowd)
    close_host(year)
    close_region(year)
    late = [hired(year.world, f"Tardive{letter}") for letter in "abcdefg"]
    corrected(year, date(2025, 12, 1), "10", *late[:2])
    told = reported(REGION, PERIOD)
    assert told.figures["beneficiaries"].value == 6
    assert told.since("beneficiaries") == CHANGED
    assert told.since("hours_per_beneficiary") == CHANGED
    corrected(year, date(2025, 12, 1), "10", *late)
    assert reported(REGION, PERIOD).since("beneficiaries") == "+7 depuis la clôture"


def test_a_figure_the_catalogue_gained_since_is_today_s(
    year: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.delitem(CATALOGUE, "buyers")
        close_host(year)
        close_region(year)
    told = reported(REGION, PERIOD)
    assert told.figures["buyers"].state == "provisoire"
    assert told.since("buyers") == ""
    assert told.figures["companies"].state == "clos"


@pytest.mark.parametrize(
    "value",
    [None, 0, 16, Decimal("16.80"), HIDDEN, {}, {"a": 3, "b": Decimal("0.5"), "c": HIDDEN}],
)
def test_what_is_stored_is_read_back(value: Any) -> None:
    assert read(stored(value)) == value


# --- who, when, once ---


def test_a_year_closes_only_once_it_is_over(year: Past) -> None:
    for closed, name in ((2026, "2026 n’est pas finie"), (1804, "1990 à 2100")):
        with acting_as(year.manager, day=DAY), pytest.raises(Refused, match=name):
            close_year(year.host_scope, year.region, closed, year.world.host)
    assert not YearClosure.objects.exists()


def test_the_database_itself_keeps_a_year_open_until_it_is_over(year: Past) -> None:
    facts = {"region": year.region, "closed_by": year.manager}
    with acting_as("test", day=DAY):
        with pytest.raises(IntegrityError, match="closure_year_over"), transaction.atomic():
            YearClosure.objects.create(year=YEAR, closed_at=at(date(2025, 12, 31), 22), **facts)
        # Midnight in France.
        YearClosure.objects.create(year=YEAR, closed_at=at(date(2025, 12, 31), 23), **facts)
        with pytest.raises(IntegrityError, match="closure_once"), transaction.atomic():
            YearClosure.objects.create(year=YEAR, closed_at=CLOSED, **facts)
        with pytest.raises(IntegrityError, match="closure_year_plausible"), transaction.atomic():
            YearClosure.objects.create(year=1804, closed_at=CLOSED, **facts)


def test_only_its_manager_closes_a_host_s_year_and_only_the_coordination_the_region_s(
    year: Past,
) -> None:
    with acting_as("test", day=DAY):
        other = builders.organisation("Plie des Brumes", Role.HOST)
        next_door = builders.member(other, MemberRole.HOST_MANAGER)
        far = builders.region("84", "Région Inventée")
        beyond = builders.member(
            builders.organisation("Coordination du Lointain", Role.COORDINATION, of=far),
            MemberRole.COORDINATOR,
        )
    host = year.world.host
    wrong: tuple[tuple[User, Organisation | None], ...] = (
        (year.world.facilitator, host),
        (next_door, host),
        (year.coordinator, host),
        (year.manager, None),
        (beyond, None),
    )
    for user, asked in wrong:
        with acting_as(user, day=DAY), pytest.raises(PermissionDenied):
            close_year(scope_of(user, DAY), year.region, YEAR, asked, note="Sans attendre")
    assert not YearClosure.objects.exists()
    assert not JournalEntry.objects.filter(verb="year.closed").exists()


def test_a_second_closing_is_told_who_was_first(year: Past) -> None:
    close_host(year)
    with pytest.raises(Conflict, match="déjà close : Capucine"):
        close_host(year)
    assert YearClosure.objects.count() == 1
    assert FrozenFigure.objects.count() == len(CATALOGUE)


def test_the_region_waits_for_its_hosts_or_says_why_it_does_not(year: Past) -> None:
    with pytest.raises(Refused, match="1 structure n’a pas clos 2025"):
        close_region(year)
    closure = close_region(year, note="La structure a cessé son activité.")
    assert closure.note == "La structure a cessé son activité."
    told = JournalEntry.objects.get(verb="year.closed")
    assert told.sentence == "Année 2025 close par la région, d’office : 160,5\u00a0h validées."
    with pytest.raises(Refused, match="ne peut plus la clore après elle"):
        close_host(year)


def test_once_every_host_has_closed_the_region_gives_no_reason(year: Past) -> None:
    close_host(year)
    assert close_region(year, note="Inutile").note == ""


def test_nobody_changes_what_was_frozen(year: Past) -> None:
    closure = close_host(year)
    closures: Any = YearClosure.objects.filter(pk=closure.pk)
    figures_: Any = FrozenFigure.objects.filter(code="buyers")
    attempts: tuple[Callable[[], object], ...] = (
        lambda: closures.update(note="autre"),
        lambda: closures._raw_delete("default"),
        lambda: figures_.update(value=0),
        lambda: figures_._raw_delete("default"),
    )
    with acting_as("test", day=DAY):
        for attempt in attempts:
            with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
                attempt()
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        FrozenFigure.objects.create(closure=closure, code="imagine", value=1)


def test_closing_stops_no_later_work(year: Past) -> None:
    close_host(year)
    close_region(year)
    corrected(year, OCTOBER, "61")
    worked(year, date(2025, 11, 1), "12")
    assert hours_by_year("27", PERIOD.first, PERIOD.last)[YEAR, year.world.host.pk] == 173


# --- what is still open ---


def test_what_a_year_still_waits_for_is_counted_in_months(year: Past) -> None:
    statement = declared(year, date(2025, 11, 1), "20")
    with acting_as(year.world.facilitator, day=DAY):
        pks = list(statement.lines.values_list("pk", flat=True))
        return_lines(year.world.scope, statement, pks, "Relisez le total.")
    declared(year, OCTOBER, "70")
    for host in (None, year.world.host.pk):
        left = remaining("27", YEAR, host)
        assert (left.undeclared, left.to_check, left.returned) == (1, 1, 1)
        assert left.hours == 90
        assert [row.pk for row in left.operations] == [year.world.operation.pk]
    with acting_as("test", day=DAY):
        other = builders.organisation("Plie des Brumes", Role.HOST)
    assert not remaining("27", YEAR, other.pk)
    assert not remaining("27", 2024)


def test_today_s_hours_by_year_and_host_are_those_of_the_catalogue(year: Past) -> None:
    worked(year, date(2025, 11, 1), "12")
    found = hours_by_year("27", date(2025, 1, 1), date(2026, 12, 31))
    assert found[YEAR, None] == figures(REGION, PERIOD)["hours_validated"].value
    by_host = cells(figures(REGION, PERIOD)["hours_by_host"].value)
    assert found[YEAR, year.world.host.pk] == by_host[str(year.world.host.pk)]
