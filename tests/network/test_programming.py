"""A purchase programme from its file to requests: nothing lost, nothing sent twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from tests import builders
from tests.builders import DAY
from tests.network.programming_worlds import (
    AT,
    SMALL,
    WORKS,
    answering,
    case_file,
    confirmed,
    deposited,
    file_of,
    many,
)

from coclause.core.actor import acting_as
from coclause.core.models import Mail, StoredFile
from coclause.core.refusals import Conflict, Refused
from coclause.network.choices import Channel, ProgrammeState
from coclause.network.models import BuyerRequest, ColumnMemory, Programme, ProgrammeLine
from coclause.network.programmes import analysis as programme_analysis
from coclause.network.programmes.analysis import analyse
from coclause.network.programmes.columns import columns_of
from coclause.network.programmes.links import forget
from coclause.network.programmes.reader.fields import Field
from coclause.network.programmes.receiving import (
    ask_to_send,
    choose_sheet,
    confirm_columns,
    sendable_lines,
)
from coclause.network.programmes.sending import send
from coclause.organisations.choices import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("day_of_the_builders")]


def analysed(content: bytes, **facts: Any) -> Programme:
    programme = confirmed(deposited(content, **facts))
    analyse(programme.pk, day=DAY)
    programme.refresh_from_db()
    return programme


def line(programme: Programme, row: int) -> ProgrammeLine:
    return programme.lines.get(row=row)


def sent(programme: Programme, *, at: Any = AT) -> int:
    """All its lines sent, as the page and the job do one after the other; the job is over."""
    lines = list(sendable_lines(programme).values_list("pk", flat=True))
    with acting_as("test", day=DAY):
        told = ask_to_send(programme, lines, at=at, by=None)
    send(programme.pk, lines, at=at, by=None)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return told


# --- from the file to the answer ---


def test_the_file_of_a_real_buyer_is_answered_line_by_line() -> None:
    """Merged cells, a title row, « 1,2 M€ », « T3 2027 », empty lines, another sheet first."""
    user = answering()
    builders.commune()
    programme = analysed(case_file())
    assert programme.state == ProgrammeState.DONE
    assert (programme.sheet, programme.header_row) == ("Achats", 3)
    assert list(programme.lines.values_list("row", flat=True)) == [4, 6, 7, 8, 9, 10]
    hall = line(programme, 4)
    assert hall.value == 1_200_000
    assert (hall.duty, hall.commune_id) == ("not_due", "21231")
    assert (hall.first_day, hall.last_day) == (date(2027, 7, 1), date(2027, 9, 30))
    assert hall.facilitator is not None
    assert hall.facilitator.user == user
    assert any("total" in one for one in programme.skipped)


def test_the_duty_looks_at_all_the_lots_and_their_hours_count_once() -> None:
    answering()
    programme = analysed(case_file())
    first, second = line(programme, 6), line(programme, 7)
    assert (first.duty, second.duty) == ("due", "due")
    assert first.whole_value == second.whole_value == 6_200_000
    assert first.hours_high is not None
    assert first.hours_high > 0
    # Nothing more: not « unknown », and no hour twice in a sum.
    assert (second.hours_low, second.hours_high) == (0, 0)
    assert any("ligne 6" in one for one in second.doubts)


def test_several_places_go_to_the_coordination_and_an_unknown_place_is_said() -> None:
    answering()
    programme = analysed(case_file())
    cleaning, study = line(programme, 8), line(programme, 10)
    assert cleaning.several_sites
    assert cleaning.facilitator is None
    assert cleaning.organisation is not None
    assert Role.COORDINATION in cleaning.organisation.roles
    assert study.commune is None
    assert any("Brumeville" in one for one in study.doubts)


def test_a_line_without_object_is_refused_and_one_without_date_not_known() -> None:
    answering()
    programme = analysed(case_file())
    refused, study = line(programme, 9), line(programme, 10)
    assert "l’objet est vide" in refused.refused
    assert refused.duty == ""
    assert study.duty == "unknown"
    assert study.hours_low is None


def test_lines_that_say_no_place_are_where_the_buyer_said() -> None:
    answering()
    with acting_as("test", day=DAY):
        place = builders.commune()
    programme = analysed(file_of([SMALL]), commune=place)
    assert line(programme, 2).commune == place


def test_an_unknown_buyer_leaves_a_supply_between_two_thresholds_unknown() -> None:
    """140 000 € for a central authority, 216 000 € for the others: nothing is guessed."""
    answering()
    row = ("Fourniture de bancs", "Fournitures", 180_000, "2 mois", date(2027, 3, 1), "Montfictif")
    assert line(analysed(file_of([row]), law_buyer=""), 2).duty == "unknown"
    assert line(analysed(file_of([row]), law_buyer="collectivite"), 2).duty == "not_due"


def test_the_notification_alone_is_said_not_to_be_the_day_of_the_law() -> None:
    answering()
    headers = ("Objet", "Type", "Montant HT", "Durée", "Date de notification", "Lieu")
    found = line(analysed(file_of([WORKS], headers)), 2)
    assert any("notification" in one["text"] for one in (found.verdict or {})["reasons"])


# --- columns ---


def test_next_year_the_columns_are_read_as_they_were_corrected() -> None:
    answering()
    rows = [(*WORKS, "x")]
    headers = ("Intitulé", "Type", "Montant", "Durée", "Lancement", "Lieu", "Où")
    programme = deposited(file_of(rows, headers))
    fields = columns_of(programme).fields | {Field.NOTES: 6}
    with acting_as("test", day=DAY):
        confirm_columns(programme, fields, year=2027, at=AT)
    again = columns_of(deposited(file_of(rows, headers)))
    assert again.remembered
    assert again.fields == fields
    assert not columns_of(deposited(file_of(rows, headers), email="autre@exemple.test")).remembered
    assert "alienor" not in ColumnMemory.objects.get().owner


def test_another_sheet_proposes_its_own_columns() -> None:
    answering()
    from_two = file_of([WORKS])
    programme = deposited(from_two)
    with acting_as("test", day=DAY), pytest.raises(Refused, match="Aucune feuille"):
        choose_sheet(programme, "Inconnue")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({Field.AMOUNT: 2}, "objet"),
        ({Field.OBJECT: 0, Field.AMOUNT: 0}, "deux fois"),
        ({Field.OBJECT: 40}, "n’existe pas"),
    ],
)
def test_columns_that_do_not_hold_start_nothing(fields: dict[Field, int], why: str) -> None:
    answering()
    programme = deposited(file_of([WORKS]))
    with acting_as("test", day=DAY), pytest.raises(Refused, match=why):
        confirm_columns(programme, fields, year=None, at=AT)
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.MAPPING


def test_corrected_columns_replace_the_lines_until_some_are_sent() -> None:
    answering()
    programme = analysed(file_of([WORKS, SMALL]))
    before = set(programme.lines.values_list("pk", flat=True))
    confirmed(programme)
    analyse(programme.pk, day=DAY)
    assert programme.lines.count() == 2
    assert not before & set(programme.lines.values_list("pk", flat=True))
    programme.refresh_from_db()
    sent(programme)
    with pytest.raises(Refused, match="déjà parties"):
        confirmed(programme)
    assert programme.lines.count() == 2


def test_columns_do_not_change_under_an_analysis_that_runs() -> None:
    answering()
    programme = confirmed(deposited(file_of([WORKS])))
    with pytest.raises(Conflict, match="en cours"):
        confirmed(programme)


# --- the job, killed and run again ---


def test_killed_in_the_middle_it_goes_on_and_no_line_is_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering()
    monkeypatch.setattr(programme_analysis, "BATCH", 2)
    programme = confirmed(deposited(many(7)))
    write = programme_analysis._write
    calls = []

    def dies(*args: Any) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*args)

    monkeypatch.setattr(programme_analysis, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        analyse(programme.pk, day=DAY)
    programme.refresh_from_db()
    assert (programme.state, programme.done, programme.total) == (ProgrammeState.RUNNING, 2, 7)
    analyse(programme.pk, day=DAY)
    programme.refresh_from_db()
    assert (programme.state, programme.done) == (ProgrammeState.DONE, 7)
    assert programme.lines.count() == 7


def test_a_failure_is_said_on_the_page_and_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering()
    programme = confirmed(deposited(file_of([WORKS])))
    with monkeypatch.context() as broken:
        broken.setattr(programme_analysis, "wholes", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            analyse(programme.pk, day=DAY)
    programme.refresh_from_db()
    assert programme.state == ProgrammeState.FAILED
    assert "arrêtée" in programme.problem
    confirmed(programme)
    analyse(programme.pk, day=DAY)
    programme.refresh_from_db()
    assert (programme.state, programme.problem) == (ProgrammeState.DONE, "")


# --- requests ---


def test_lines_become_requests_with_one_message_for_all() -> None:
    user = answering()
    programme = analysed(case_file())
    assert sent(programme) == 5
    made = BuyerRequest.objects.order_by("pk")
    assert {one.channel for one in made} == {Channel.PROGRAMME}
    assert made[0].object == "Réfection de la halle imaginaire"
    assert made[0].verdict["duty"] == "not_due"
    assert made[1].value == 6_200_000
    assert made[1].notice_on is None
    assert "entre le 01/03/2027 et le 31/03/2027" in made[1].message
    mails = Mail.objects.exclude(kind="programme.received")
    assert sorted(mails.values_list("kind", "recipient")) == [
        ("programme.announced", user.email),
        ("programme.sent", "alienor@exemple.test"),
    ]
    told = mails.get(kind="programme.sent")
    assert "5 demandes" in told.body
    assert "halle" not in told.body


def test_a_line_sent_does_not_leave_again() -> None:
    answering()
    programme = analysed(file_of([WORKS, SMALL]))
    sent(programme)
    lines = list(programme.lines.values_list("pk", flat=True))
    with acting_as("test", day=DAY), pytest.raises(Refused, match="Aucune ligne"):
        ask_to_send(programme, lines, at=AT, by=None)
    # The job run again, its worker having died after the work.
    send(programme.pk, lines, at=AT, by=None)
    assert BuyerRequest.objects.count() == 2
    assert Mail.objects.filter(kind="programme.sent").count() == 1


def test_a_line_of_another_programme_or_without_a_type_never_leaves() -> None:
    answering()
    programme = analysed(file_of([WORKS]))
    row = ("Divers", "", "6,2 M€", "14 mois", "T3 2027", "Montfictif")
    other = analysed(file_of([row]), email="autre@exemple.test")
    assert other.lines.get().market_type == ""
    for strange in (other.lines.get().pk, 10**17):
        with acting_as("test", day=DAY), pytest.raises(Refused, match="Aucune ligne"):
            ask_to_send(programme, [strange], at=AT, by=None)
    with acting_as("test", day=DAY), pytest.raises(Refused, match="Aucune ligne"):
        ask_to_send(other, [other.lines.get().pk], at=AT, by=None)


def test_more_than_somebody_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answering()
    monkeypatch.setattr("coclause.network.programmes.receiving.MOST_SENT_WITHOUT_ACCOUNT", 1)
    programme = analysed(file_of([WORKS, SMALL]))
    with pytest.raises(Refused, match="1 sont admises"):
        sent(programme)
    assert not BuyerRequest.objects.exists()


# --- the end of the link ---


def test_when_the_link_ends_the_file_and_the_contact_go_and_the_lines_stay() -> None:
    answering()
    programme = analysed(file_of([WORKS]))
    with acting_as("test", day=DAY):
        assert forget(programme.link_until) == 0
        assert forget(programme.link_until + timedelta(days=1)) == 1
        assert forget(programme.link_until + timedelta(days=2)) == 0
    programme.refresh_from_db()
    assert (programme.file, programme.contact_name, programme.contact_email) == (None, "", "")
    assert programme.mapping == {}
    assert not StoredFile.objects.exists()
    assert programme.lines.count() == 1
    with acting_as("test", day=DAY), pytest.raises(Refused, match="pris fin"):
        ask_to_send(programme, [programme.lines.get().pk], at=AT, by=None)


def test_a_reading_of_columns_that_serves_nobody_is_forgotten() -> None:
    answering()
    confirmed(deposited(file_of([WORKS])))
    with acting_as("test", day=DAY):
        forget(DAY + timedelta(days=700))
        assert ColumnMemory.objects.exists()
        forget(DAY + timedelta(days=731))
    assert not ColumnMemory.objects.exists()
