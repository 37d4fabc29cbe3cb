"""Whoever is not sought appears nowhere: not in what comes back, errors, logs, files or memory."""

import gc
import io
import logging
import os
import subprocess
import sys
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType

import pytest
from tests.hours.payroll.dsn_files import BORN, Employee, hours, october, sending, worker

from coclause.hours.payroll import facts, ledger, lines, names, reading, tally
from coclause.hours.payroll.facts import PayrollError, Sought

LEA = Sought("Exemple", "Léa", BORN)
# Put together at run time, so that this module's own constants are not found in memory.
SIGN = "ZZ".join(("Q", "Q"))
NIR_SIGN = "YY".join(("K", "K"))
SIGNS = (SIGN, NIR_SIGN, SIGN.casefold())


def stranger(rank: int = 0, birth: str = "05031999") -> Employee:
    """Born the same day as the person sought: their name must be looked at, then dropped."""
    return Employee(
        f"{SIGN}É{rank}", f"{SIGN} B", birth, used=SIGN, pays=(hours("77.77"),), nir=NIR_SIGN
    )


class Written:
    """A file that is made as it is read, and kept nowhere."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def read(self, size: int, /) -> bytes:
        return next(self._parts, b"")


def written(end: bytes = b"") -> Written:
    """The person sought between strangers."""

    def parts() -> Iterator[bytes]:
        people = (stranger(1), worker(nir=NIR_SIGN), stranger(2), stranger(3, "00001999"))
        content = sending([october(*people)])
        for at in range(0, len(content), 100):
            yield content[at : at + 100]
        yield end

    return Written(parts())


def in_memory() -> list[str]:
    """Every object of Python's that holds a sign, told by its type."""
    gc.collect()
    found = []
    for holder in gc.get_objects():
        if type(holder) is FrameType:
            continue
        for held in gc.get_referents(holder):
            # By type: isinstance would wake lazy objects.
            if type(held) in {bytes, bytearray}:
                text = bytes(held).decode("latin-1")
            elif type(held) is str:
                text = held
            else:
                continue
            if text not in SIGNS and any(sign in text for sign in SIGNS):
                found.append(f"{type(holder).__name__}: {text[:60]}")
    return found


def frames_of(trace: TracebackType | None) -> list[FrameType]:
    found = []
    while trace:
        found.append(trace.tb_frame)
        trace = trace.tb_next
    return found


def test_the_search_finds_what_is_kept() -> None:
    """Otherwise the next tests would pass on anything."""
    kept = [SIGN + " kept"]
    assert in_memory()
    kept.clear()
    assert in_memory() == []


def test_nothing_of_a_stranger_is_left_in_what_is_given_or_in_memory(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = reading.read_payroll(written(), [LEA])
    assert found.others_skipped == 3
    assert len(found.people[0].contracts) == 1
    assert in_memory() == []
    told = repr(found) + caplog.text + "".join(capfd.readouterr())
    assert not any(sign in told for sign in SIGNS)


@pytest.mark.parametrize(
    "line",
    [
        b"S21.G00.30.002,'%s\r\n",
        b"S20.G00.05.005,'%s'\r\n",
        b"S10.G00.00.001,'%s'\r\n",
        b"S21.G00.30.002,'%s'\r\nS20.G00.05.005,'0202'\r\n",
        b"S21.G00.30.002,'%s'\r\nS10.G00.00.001,''\r\nS21.G00.30.002,'%s'\r\n",
        b"S21.G00.30.004,'%s" + b"x" * 300_000,
    ],
)
def test_an_error_holds_nothing_of_a_stranger(line: bytes) -> None:
    """An error is logged or sent to whoever repairs, with the variables of its frames."""
    end = line.replace(b"%s", SIGN.encode())
    with pytest.raises(PayrollError) as caught:
        reading.read_payroll(written(end), [LEA])
    refused = caught.value
    del end, line
    assert refused.__cause__ is None
    assert refused.__context__ is None
    names_of_frames = [frame.f_code.co_name for frame in frames_of(refused.__traceback__)]
    assert names_of_frames[-1] == "read_payroll", "no frame of the reading itself"
    whole = traceback.TracebackException.from_exception(refused, capture_locals=True)
    ours = [one for one in whole.stack if Path(one.filename).parent.name == "payroll"]
    told = str(refused) + "".join(str(one.locals) for one in ours if "test_" not in one.filename)
    assert not any(sign in told for sign in SIGNS)


def test_a_fault_of_ours_does_not_quote_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(value: bytes) -> tuple[str, bool]:
        raise ValueError(f"cannot read {value!r}")

    monkeypatch.setattr(reading, "decode", faulty)
    with pytest.raises(RuntimeError, match="ValueError") as caught:
        reading.read_payroll(written(), [LEA])
    assert SIGN not in str(caught.value)
    assert caught.value.__context__ is None


WATCHED = """
import io, os, sys
from datetime import date
from coclause.hours.payroll.facts import Sought
from coclause.hours.payroll.reading import read_payroll

content, done = io.BytesIO(sys.stdin.buffer.read()), []
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def watch(event, arguments):
    if event == "open" and arguments[2] & WRITES:
        done.append(event)
    elif event.split(".")[0] in {"socket", "subprocess", "tempfile", "sqlite3", "shutil"}:
        done.append(event)

sys.addaudithook(watch)
found = read_payroll(content, [Sought("Exemple", "Léa", date(1999, 3, 5))])
assert found.others_skipped == 3 and not done, done
if "spoil" in sys.argv:
    open(os.devnull, "w").close()
    sys.exit(len(done))
"""


@pytest.mark.parametrize(("spoil", "written_to"), [([], 0), (["spoil"], 1)])
def test_nothing_is_written_anywhere(spoil: list[str], written_to: int, tmp_path: Path) -> None:
    """In a process of its own: a watch cannot be taken off. It does see a file opened to write."""
    file = written()
    content = b"".join(iter(lambda: file.read(1), b""))
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *spoil],
        input=content,
        capture_output=True,
        check=False,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert done.returncode == written_to, done.stderr.decode()
    assert done.stdout + done.stderr == b""
    assert list(tmp_path.iterdir()) == []


def test_the_registration_number_is_not_even_taken_out_of_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bytes] = []
    value_of: Callable[[bytes, int], bytes] = lines.value_of

    def watched(line: bytes, number: int) -> bytes:
        seen.append(line)
        return value_of(line, number)

    monkeypatch.setattr(reading, "value_of", watched)
    reading.read_payroll(io.BytesIO(sending([october(stranger(), worker())])), [LEA])
    assert seen
    assert not any(line.startswith(b"S21.G00.30.001") for line in seen)
    assert not any(b"77.77" in line for line in seen), "nor the pay of a stranger"


def test_reading_needs_no_framework() -> None:
    modules = [one.__name__ for one in (facts, ledger, lines, names, reading, tally)]
    script = (
        f"import sys, {', '.join(modules)}\n"
        "heavy = {'django', 'psycopg', 'logging', 'tempfile'} & sys.modules.keys()\n"
        "sys.exit(f'{heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 0, done.stderr


def crowd(people: int) -> Iterator[bytes]:
    """A staff of so many, the person sought among them, without ever standing whole."""
    head, _, end = sending([october(worker())]).partition(b"S21.G00.30.001")
    yield head
    for rank in range(people):
        one = Employee(f"AUTRE{rank}", "PAUL", "05031999", pays=(hours("151.67", "3"),))
        yield "".join(f"{line}\r\n" for line in one.lines()).encode()
    yield b"S21.G00.30.001" + end


def peak_of(people: int) -> int:
    """Bytes of memory that a reading takes at its most."""
    tracemalloc.start()
    try:
        found = reading.read_payroll(Written(crowd(people)), [LEA])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.others_skipped == people
    assert len(found.people[0].contracts) == 1
    return peak


def test_memory_does_not_follow_the_staff() -> None:
    """Eight bytes a stranger, and what counts them: a file of 1.1 MB is never held."""
    assert sum(map(len, crowd(2_000))) > 1_100_000
    assert peak_of(2_000) < 400_000


MEASURED = """
import sys
from datetime import date
from coclause.hours.payroll.facts import Sought
from coclause.hours.payroll.reading import read_payroll

head, one, end = sys.stdin.buffer.read().split(b"|")

class Crowd:
    sent = -1
    def read(self, size):
        self.sent += 1
        if self.sent > 500:
            return b""
        block = one.replace(b"%(block)d", b"%d" % self.sent)
        hundred = b"".join(block.replace(b"%(rank)d", b"%d" % rank) for rank in range(100))
        return head + hundred if not self.sent else hundred if self.sent < 500 else end

def most_memory():
    # Not getrusage: it begins with what the parent held.
    with open("/proc/self/status") as told:
        return next(int(line.split()[1]) for line in told if line.startswith("VmHWM"))

def read():
    return read_payroll(Crowd(), [Sought("Exemple", "Léa", date(1999, 3, 5))])

before = most_memory()
found = read()
grown = most_memory() - before
assert found.others_skipped == 50_000, found.others_skipped
assert len(found.people[0].contracts) == 1
print(grown)
"""


def test_a_staff_of_fifty_thousand_is_read_in_a_few_megabytes() -> None:
    """35 MB of file, made as it is read; without tracing, which would take a minute."""
    head, _, end = sending([october(worker())]).partition(b"S21.G00.30.001")
    other = Employee("AUTRE%(block)dX%(rank)d", "PAUL", "05031999", pays=(hours("151.67", "3"),))
    one = "".join(f"{line}\r\n" for line in other.lines()).encode()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=b"|".join((head, one, b"S21.G00.30.001" + end)),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) < 8_000, "kilobytes"
