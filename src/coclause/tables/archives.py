"""Opens the ZIP behind an .xlsx or .ods without believing what it declares of itself.

Every part is decompressed here under a budget, looked at, and written again in a plain archive:
what is handed to the spreadsheet reader is exactly what was measured.
"""

import zipfile
import zlib
from io import BytesIO
from typing import Final

from coclause.core.refusals import Refused
from coclause.tables import limits

CORRUPT: Final = (
    "Ce fichier est abîmé : ouvrez-le dans votre tableur, enregistrez-le à nouveau en .xlsx, "
    "puis déposez-le."
)
LOCKED: Final = (
    "Ce classeur est protégé par un mot de passe : enregistrez-en une copie sans mot de passe, "
    "puis déposez-la."
)
TOO_DENSE: Final = (
    f"Ce fichier devient trop gros une fois ouvert (plus de "
    f"{limits.UNPACKED_BYTES // 1024 // 1024} Mo) : copiez le seul tableau utile dans un "
    "classeur neuf, puis déposez ce classeur."
)
_CHUNK: Final = 256 * 1024
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only methods of a spreadsheet; the others unpack a whole piece before it can be measured."""
_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    RuntimeError,
)


def parts_of(content: bytes) -> dict[str, bytes]:
    """Name → content of every part of the archive. Raises `Refused`."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _unpacked(archive)
    except _BROKEN as error:
        raise Refused(CORRUPT) from error


def plain_archive(parts: dict[str, bytes]) -> BytesIO:
    """The same parts, not compressed; the one named ``mimetype`` first, as OpenDocument asks."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(parts, key=lambda name: (name != "mimetype", name)):
            archive.writestr(zipfile.ZipInfo(name), parts[name])
    packed.seek(0)
    return packed


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    declared = sum(entry.file_size for entry in entries)
    if len(entries) > limits.PARTS or declared > limits.UNPACKED_BYTES:
        raise Refused(TOO_DENSE)
    if len({entry.filename for entry in entries}) != len(entries):
        raise Refused(CORRUPT)
    parts: dict[str, bytes] = {}
    left = limits.UNPACKED_BYTES
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise Refused(LOCKED)
        if entry.compress_type not in _PACKED:
            raise Refused(CORRUPT)
        parts[entry.filename] = _part(archive, entry, left)
        left -= len(parts[entry.filename])
    return parts


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """The content of one part, read in pieces: a forged size is met before memory is."""
    most = min(left, max(limits.RATIO_FLOOR, entry.compress_size * limits.PART_RATIO))
    pieces: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > most:
                raise Refused(TOO_DENSE)
            pieces.append(piece)
    return b"".join(pieces)
