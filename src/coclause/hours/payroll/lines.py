"""The lines of a payroll file, one after the other, and the values they hold.

A line is `rubric,'value'`; lines end with CRLF or LF. The norm writes ISO-8859-1; files saved again
by an office tool come in Windows-1252 or UTF-8, and are read too.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from coclause.hours.payroll.facts import PayrollError

CHUNK: Final = 1 << 17
LONGEST_LINE: Final = 4_096
RUBRIC: Final = 14
BOM: Final = b"\xef\xbb\xbf"
FIRST_YEAR, LAST_YEAR = 1900, 2100
LINE: Final = re.compile(rb"S[0-9]{2}\.G[0-9]{2}\.[0-9]{2}\.[0-9]{3},'")
MEASURE: Final = re.compile(rb"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,6})?")

SEND_THE_DSN: Final = "Envoyez le fichier DSN du mois, tel que votre logiciel de paie l’a produit."
OTHER_FILES: Final = (
    (b"%PDF", "un document PDF"),
    (b"PK\x03\x04", "un classeur ou un dossier compressé"),
    (b"\xd0\xcf\x11\xe0", "un classeur"),
    (b"\x1f\x8b", "un fichier compressé"),
    (b"<", "un fichier XML, comme les retours de la DSN"),
    (b"\xff\xfe", "un texte enregistré autrement que la norme ne le demande"),
    (b"\xfe\xff", "un texte enregistré autrement que la norme ne le demande"),
)


class Source(Protocol):
    """What is read: a file opened in binary, a request's upload…"""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def lines_of(file: Source, limit: int) -> Iterator[list[bytes]]:
    """The lines, a handful at a time, without their line feed; memory does not grow.

    Raises PayrollError beyond `limit` bytes, on a line too long, and on what is no DSN at all.
    """
    tail, size, begun = b"", 0, False
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise PayrollError(
                "Ce fichier est trop gros pour être lu. Demandez à votre service de paie"
                " un fichier par établissement."
            )
        lines = (tail + chunk).split(b"\n")
        tail = lines.pop()
        if not begun and (lines or len(tail) > LONGEST_LINE):
            begun = _begin(lines or [tail])
        if len(tail) > LONGEST_LINE:
            raise PayrollError(
                f"Ce fichier contient une ligne beaucoup trop longue. {SEND_THE_DSN}"
            )
        yield lines
    last = [tail]
    if not begun:
        _begin(last)
    yield last


def _begin(lines: list[bytes]) -> bool:
    """True once a first line is seen to be a DSN's. Raises PayrollError on anything else."""
    lines[0] = lines[0].removeprefix(BOM)
    for line in lines:
        if LINE.match(line):
            return True
        bare = line.strip()
        if bare:
            known = next((name for sign, name in OTHER_FILES if bare.startswith(sign)), None)
            told = f"Ce fichier est {known}, pas une DSN." if known else "Ce n’est pas une DSN."
            raise PayrollError(f"{told} {SEND_THE_DSN}")
    raise PayrollError(f"Ce fichier est vide. {SEND_THE_DSN}")


def value_of(line: bytes, number: int) -> bytes:
    """What stands between the first and the last quote, without the spaces around."""
    text = line[RUBRIC:].rstrip()
    if len(text) > LONGEST_LINE:
        raise PayrollError(f"Ligne {number} : elle est beaucoup trop longue. {SEND_THE_DSN}")
    if len(text) < 3 or not text.startswith(b",'") or not text.endswith(b"'"):
        raise PayrollError(
            f"Ligne {number} : elle est coupée ou abîmée. Produisez de nouveau le fichier dans"
            " votre logiciel de paie, et envoyez-le sans l’ouvrir."
        )
    return text[2:-1].replace(b"''", b"'").strip()


def decode(value: bytes) -> tuple[str, bool]:
    """The text, and whether it was in UTF-8: two bytes in a row that make one are no accident."""
    if value.isascii():
        return value.decode("ascii"), False
    try:
        return value.decode("utf-8"), True
    except UnicodeDecodeError:
        pass
    # Windows-1252 is ISO-8859-1 with œ and its like where the norm has no sign at all.
    return value.decode("cp1252", "replace"), False


def plain(value: bytes) -> str:
    """A code or a number of the file, as text."""
    return value.decode("latin-1")


def day_of(value: bytes, number: int) -> date | None:
    """A day written JJMMAAAA, None when empty. Raises PayrollError on an impossible one."""
    if not value:
        return None
    if len(value) == 8 and value.isdigit() and FIRST_YEAR <= int(value[4:]) <= LAST_YEAR:
        try:
            return date(int(value[4:]), int(value[2:4]), int(value[:2]))
        except ValueError:
            pass
    raise PayrollError(
        f"Ligne {number} : la date qui s’y trouve n’est pas possible. Corrigez-la dans votre"
        " logiciel de paie et produisez de nouveau le fichier."
    )


def measure_of(value: bytes, number: int) -> Decimal | None:
    """A duration, None when empty. Raises PayrollError on what is no number."""
    if not value:
        return None
    if not MEASURE.fullmatch(value):
        raise PayrollError(
            f"Ligne {number} : la durée qui s’y trouve n’est pas un nombre. Corrigez-la dans"
            " votre logiciel de paie et produisez de nouveau le fichier."
        )
    return Decimal(value.decode("ascii").replace(",", "."))
