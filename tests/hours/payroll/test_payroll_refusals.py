"""What cannot be read is refused in one French sentence, which quotes nobody's data."""

import io
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.hours.payroll.dsn_files import (
    BORN,
    Activity,
    Contract,
    Declaration,
    Employee,
    Pay,
    absence,
    hours,
    october,
    sending,
    worker,
)

from coclause.hours.payroll import lines, reading
from coclause.hours.payroll.facts import PayrollError, Sought

LEA = Sought("Exemple", "Léa", BORN)
STAFF = {
    "00013": [
        Employee("AUTRE", "PAUL", "01011980", pays=(hours("12"),)),
        worker(contracts=(Contract(), Contract("00002")), pays=(hours("80"), hours("1", "-2.5"))),
    ],
    "00021": [worker(used="ÉPOUSE", pays=(Pay((Activity("3", unit="21"), absence("7"))),))],
}
GOOD = sending([Declaration(STAFF), october(worker())])


def refusal(content: bytes, limit: int = reading.LIMIT) -> str:
    with pytest.raises(PayrollError) as caught:
        reading.read_payroll(io.BytesIO(content), [LEA], limit=limit)
    told = str(caught.value)
    assert "\n" not in told
    assert told.endswith(".")
    return told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "vide"),
        (b"\r\n \r\n", "vide"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "PDF"),
        (b"PK\x03\x04" + bytes(500), "classeur"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(5000), "classeur"),
        (b"\x1f\x8b\x08\x00", "compressé"),
        (b"<?xml version='1.0'?>\n<DSN_RETOUR/>", "XML"),
        (b"\xef\xbb\xbf<CRM>\n</CRM>", "XML"),
        (GOOD.decode("iso-8859-1").encode("utf-16"), "autrement que la norme"),
        (b"nom;prenom;heures\nEXEMPLE;LEA;12\n", "pas une DSN"),
        (bytes(10_000), "pas une DSN"),
        (b"x" * 200_000, "pas une DSN"),
    ],
)
def test_another_file_is_refused_by_what_it_is(content: bytes, told: str) -> None:
    assert told in refusal(content)


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.98])
def test_a_file_cut_anywhere_is_refused(kept: float) -> None:
    """Read as it is, it would say that the rest of the hours were not worked."""
    assert refusal(GOOD[: int(len(GOOD) * kept)]) == reading.CUT or "coupée" in refusal(
        GOOD[: int(len(GOOD) * kept)]
    )


def test_a_sending_cut_before_the_next_one_is_refused() -> None:
    cut = GOOD[: GOOD.index(b"S90.G00.90.001")]
    assert refusal(cut + GOOD) == reading.CUT


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b"S20.G00.05.005,'01102026'", b"S20.G00.05.005,'01100202'", "date"),
        (b"S20.G00.05.005,'01102026'", b"S20.G00.05.005,'31022026'", "date"),
        (b"S20.G00.05.005,'01102026'", b"S20.G00.05.005,'2026-10-01'", "date"),
        (b"S20.G00.05.005,'01102026'", b"S20.G00.05.005,''", "mois"),
        (b"S20.G00.05.005,'01102026'", b"", "mois"),
        (b"S21.G00.40.001,'01092026'", b"S21.G00.40.001,'01090202'", "date"),
        (b"S21.G00.51.001,'01102026'", b"S21.G00.51.001,'00102026'", "date"),
        (b"S21.G00.53.002,'80'", b"S21.G00.53.002,'80 heures'", "nombre"),
        (b"S21.G00.53.002,'80'", b"S21.G00.53.002,'NaN'", "nombre"),
        (b"S21.G00.53.002,'80'", b"S21.G00.53.002,'1e9'", "nombre"),
        (b"S21.G00.53.002,'80'", b"S21.G00.53.002,'" + b"9" * 50 + b"'", "nombre"),
        (b"S21.G00.53.002,'80'", b"S21.G00.53.002,'80", "coupée"),
        (b"S21.G00.53.002,'80'", b"S21.G00.53.002,'" + b"8" * 5_000 + b"'", "trop longue"),
        (b"S21.G00.53.002,'80'", b"S21.G00.53.002,'" + b"8" * 900_000 + b"'", "trop longue"),
        (b"S20.G00.05.001,'01'", b"S20.G00.05.001,'02'", "aucune déclaration mensuelle"),
    ],
)
def test_a_wrong_value_is_refused_without_being_quoted(
    before: bytes, after: bytes, told: str
) -> None:
    assert before in GOOD
    sentence = refusal(GOOD.replace(before, after))
    assert told in sentence
    value = after.partition(b",'")[2].rstrip(b"'").decode()
    assert len(value) < 3 or value not in sentence


def test_the_line_is_told_by_its_number() -> None:
    at = GOOD[: GOOD.index(b"S21.G00.53.002,'80'")].count(b"\n") + 1
    assert f"Ligne {at} :" in refusal(GOOD.replace(b"53.002,'80'", b"53.002,'x'"))


def test_a_stranger_s_wrong_values_stop_nobody() -> None:
    """The rest of the staff is not ours to check."""
    strange = Employee(
        "AUTRE",
        "X",
        "99999999",
        contracts=(Contract(start="0202"),),
        pays=(Pay((Activity("beaucoup"),), first="hier"),),
    )
    found = reading.read_payroll(io.BytesIO(sending([october(strange, worker())])), [LEA])
    assert len(found.people[0].contracts) == 1


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    assert "trop gros" in refusal(GOOD, limit=len(GOOD) - 1)


def test_a_person_repeated_without_end_is_refused() -> None:
    endless = worker(contracts=tuple(Contract(str(rank)) for rank in range(6_000)))
    assert "trop de contrats" in refusal(sending([october(endless)]))


def test_a_file_that_stops_answering_is_refused() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "EXEMPLE")

    with pytest.raises(PayrollError, match="jusqu’au bout") as caught:
        reading.read_payroll(Broken(), [LEA])
    assert "EXEMPLE" not in str(caught.value)


class Dribble(io.BytesIO):
    """Gives its bytes a few at a time, as a slow line does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(7)


def test_what_is_read_does_not_depend_on_how_bytes_come(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = reading.read_payroll(io.BytesIO(GOOD), [LEA])
    assert reading.read_payroll(Dribble(GOOD), [LEA]) == whole
    assert reading.read_payroll(io.BytesIO(GOOD.replace(b"\r\n", b"\n")), [LEA]) == whole
    monkeypatch.setattr(lines, "CHUNK", 61)
    assert reading.read_payroll(io.BytesIO(GOOD), [LEA]) == whole


def swap(content: bytes, place: int, other: int) -> bytes:
    rows = content.split(b"\r\n")
    one, two = place % len(rows), other % len(rows)
    rows[one], rows[two] = rows[two], rows[one]
    return b"\r\n".join(rows)


def drop(content: bytes, place: int, other: int) -> bytes:
    rows = content.split(b"\r\n")
    del rows[place % len(rows)]
    return b"\r\n".join(rows)


def repeat(content: bytes, place: int, other: int) -> bytes:
    rows = content.split(b"\r\n")
    rows.insert(other % len(rows), rows[place % len(rows)])
    return b"\r\n".join(rows)


def change(content: bytes, place: int, other: int) -> bytes:
    at = place % max(len(content), 1)
    return content[:at] + bytes([other % 256]) + content[at + 1 :]


def cut(content: bytes, place: int, other: int) -> bytes:
    first, last = sorted((place % (len(content) + 1), (place + other) % (len(content) + 1)))
    return content[:first] + content[last:] if last - first < 80 else content


Mutation = Callable[[bytes, int, int], bytes]
MUTATIONS: list[Mutation] = [swap, drop, repeat, change, cut]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(MUTATIONS), st.integers(0, 10_000), st.integers(0, 10_000)),
        max_size=8,
    )
)
def test_a_damaged_file_is_read_or_refused_never_broken(
    damages: list[tuple[Mutation, int, int]],
) -> None:
    content = GOOD
    for damage, place, other in damages:
        content = damage(content, place, other)
    try:
        found = reading.read_payroll(io.BytesIO(content), [LEA])
    except PayrollError:
        return
    assert len(found.people) == 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
@example(b"S21.G00.30.002,'X'")
@example(b"S21.G00.53.001,'01'\nS20.G00.05.005,'01102026'")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for start in (b"", b"S10.G00.00.001,'X'\n", b"S20.G00.05.005,'01102026'\n"):
        try:
            reading.read_payroll(io.BytesIO(start + content), [LEA])
        except PayrollError:
            continue
