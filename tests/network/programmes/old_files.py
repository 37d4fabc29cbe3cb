"""Old .xls files made by hand: a container of sectors, and the records of one sheet (BIFF8)."""

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Cells = Sequence[tuple[int, int, str | float]]


def xls(sheets: Sequence[tuple[str, Cells]]) -> bytes:
    """A workbook of these sheets, each with the cells (row, column, value) given."""
    return _container(_workbook(sheets))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _bof(substream: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, substream, 0x0DBB, 0x07CC, 0, 6))


def _text(row: int, column: int, text: str) -> bytes:
    head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
    return _record(0x0204, head + text.encode("utf-16-le"))


def _number(row: int, column: int, value: float) -> bytes:
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def _sheet(cells: Cells) -> bytes:
    body = b"".join(
        _text(row, column, value) if isinstance(value, str) else _number(row, column, float(value))
        for row, column, value in cells
    )
    return _bof(0x0010) + body + _record(0x000A, b"")


def _workbook(sheets: Sequence[tuple[str, Cells]]) -> bytes:
    bodies = [_sheet(cells) for _, cells in sheets]
    names = [name.encode("utf-16-le") for name, _ in sheets]
    start = len(_bof(5)) + sum(12 + len(name) for name in names) + 4
    bounds = b""
    for name, body in zip(names, bodies, strict=True):
        bounds += _record(0x0085, struct.pack("<IHBB", start, 0, len(name) // 2, 1) + name)
        start += len(body)
    return _bof(0x0005) + bounds + _record(0x000A, b"") + b"".join(bodies)


def _container(stream: bytes) -> bytes:
    """One stream, « Workbook », long enough not to be among the small ones."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    chain = [FAT, END, *range(3, 2 + count), END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    assert len(fat) == SECTOR, "one sector of allocation is enough for tests"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0
    )
    head += struct.pack("<I", 0) + b"\xff" * (SECTOR - len(head) - 4)
    root = _entry("Root Entry", 5, END, 0, child=1)
    return head + fat + root + _entry("Workbook", 2, 2, len(stream)) + b"\0" * 256 + stream


def _entry(name: str, kind: int, first: int, size: int, child: int = FREE) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written) + 2, kind, 1)
    links = struct.pack("<III", FREE, FREE, child)
    return head + links + b"\0" * 36 + struct.pack("<IQ", first, size)
