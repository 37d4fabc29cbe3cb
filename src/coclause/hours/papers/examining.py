"""What a paper is by its content, whatever its name says; what is kept of it."""

from dataclasses import dataclass
from typing import Final

from coclause.core.refusals import Refused
from coclause.hours.papers import limits
from coclause.hours.papers.documents import HEAD, PDF, must_be_inert
from coclause.hours.papers.pictures import JPEG, drawn_again

PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
HEIC: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc", b"ftypheim")
OFFICE: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
EMPTY: Final = "Ce fichier est vide : choisissez-en un autre."
TOO_HEAVY: Final = (
    f"Ce fichier dépasse {limits.FILE_BYTES // 1_000_000} Mo : allégez-le, ou photographiez la"
    " pièce."
)
WRONG: Final = "Ce fichier n’est ni un PDF, ni une photo (JPEG ou PNG) : déposez l’un des trois."
FROM_OFFICE: Final = (
    "Ce fichier est un document ou une archive (Word, Excel, zip) : enregistrez-le en PDF, puis"
    " déposez-le."
)
FROM_PHONE: Final = (
    "Cette photo est au format HEIC : prenez-la depuis cette page, ou choisissez « Le plus"
    " compatible » dans les réglages de l’appareil photo."
)


@dataclass(frozen=True)
class Examined:
    """What is kept: a PDF as it came, a picture drawn again."""

    content: bytes
    content_type: str


def examine(content: bytes) -> Examined:
    """Raises `Refused`, with a sentence that says what to send instead."""
    must_be_possible(content)
    if content.startswith(HEAD):
        must_be_inert(content)
        return Examined(content, PDF)
    return Examined(drawn_again(content), JPEG)


def must_be_possible(content: bytes) -> None:
    """What its size and first bytes tell, before anything opens it."""
    if not content:
        raise Refused(EMPTY)
    if len(content) > limits.FILE_BYTES:
        raise Refused(TOO_HEAVY)
    if content.startswith(OFFICE):
        raise Refused(FROM_OFFICE)
    if content[4:12] in HEIC:
        raise Refused(FROM_PHONE)
    if not content.startswith((HEAD, *PICTURES)):
        raise Refused(WRONG)
