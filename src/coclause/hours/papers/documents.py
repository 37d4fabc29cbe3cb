"""A PDF is kept as it came (its signature, if any, still holds), once nothing in it acts."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    StreamObject,
)

from coclause.core.refusals import Refused
from coclause.hours.papers import limits
from coclause.hours.papers.nir import holds_nir

PDF: Final = "application/pdf"
HEAD: Final = b"%PDF-"
END: Final = b"%%EOF"
ARCHIVE_END: Final = b"PK\x05\x06"
DEPTH: Final = 50
BLANK: Final = b" \t\r\n\0\x0c\x1a"
ACTS: Final = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE",
                         "/Rendition", "/RichMediaExecute", "/Movie", "/Sound"})  # fmt: skip
"""What an action of a PDF may not be (`/S`)."""
KEYS: Final = frozenset({"/JS", "/JavaScript", "/AA", "/XFA",
                         "/RichMediaContent", "/RichMediaSettings", "/Launch"})  # fmt: skip
"""What no dictionary of a PDF may hold."""
INVOICE_DATA: Final = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
"""The one file that may be attached: the data of an electronic invoice (Factur-X), as text."""
UNREADABLE: Final = (
    "Ce PDF ne s’ouvre pas ou n’est pas entier : imprimez-le de nouveau en PDF, puis déposez-le."
)
LOCKED: Final = "Ce PDF est protégé par un mot de passe : enregistrez-le sans, puis déposez-le."
ACTIVE: Final = (
    "Ce PDF contient un programme, un fichier joint ou une action : imprimez-le en PDF, puis"
    " déposez la copie."
)
TOO_LONG: Final = f"Ce PDF a plus de {limits.PAGES} pages : déposez seulement celles qui servent."
NIR_SEEN: Final = (
    "Un numéro de sécurité sociale se lit dans ce PDF : masquez-le, puis déposez-le de nouveau. Un"
    " rectangle noir posé dessus ne suffit pas, car le texte reste lisible dessous : imprimez,"
    " masquez au feutre et photographiez, ou enregistrez la page masquée comme une image."
)


def must_be_inert(content: bytes) -> None:
    """Raises `Refused` for a PDF that is locked, acts, holds other files, or shows a number."""
    _must_be_one_file(content)
    try:
        reader = PdfReader(BytesIO(content), strict=False)
        refusal = _refusal(reader)
    except (PyPdfError, RecursionError, *_MISTAKES) as error:
        raise Refused(UNREADABLE) from error
    if refusal:
        raise Refused(refusal)


def _refusal(reader: PdfReader) -> str:
    """Why it is not kept; empty when it is."""
    if reader.is_encrypted:
        return LOCKED
    pages = len(reader.pages)
    if not 1 <= pages <= limits.PAGES:
        return TOO_LONG if pages else UNREADABLE
    for found in _dictionaries(reader):
        if KEYS & found.keys() or _plain(found.get("/S")) in ACTS:
            return ACTIVE
        if "/EF" in found and not _is_invoice_data(found):
            return ACTIVE
    return NIR_SEEN if _shows_number(reader) else ""


_MISTAKES = (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, AssertionError,
             ArithmeticError, EOFError, NotImplementedError)  # fmt: skip
"""What pypdf raises as well on a file made to be wrong."""


def _must_be_one_file(content: bytes) -> None:
    """From its first byte to its last: what precedes or follows could be another file."""
    if not content.startswith(HEAD):
        raise Refused(UNREADABLE)
    before, found, after = content.rpartition(END)
    if not found or not before or after.strip(BLANK) or ARCHIVE_END in content[-limits.TAIL :]:
        raise Refused(UNREADABLE)


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those that no page leads to as well."""
    numbers = {
        (number, generation) for generation, table in reader.xref.items() for number in table
    } | {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > limits.OBJECTS:
        raise ValueError("too many objects")
    yield from _within(reader.trailer)
    for number, generation in sorted(numbers):
        held = reader.get_object(IndirectObject(number, generation, reader))
        if held is not None and not isinstance(held, NullObject):
            yield from _within(held)


def _within(held: Any, depth: int = 0) -> Iterator[DictionaryObject]:
    """The dictionaries written inside this object; what it refers to is met on its own."""
    if depth > DEPTH:
        raise ValueError("too deep")
    if isinstance(held, DictionaryObject):
        yield held
        inner = list(held.values())
    elif isinstance(held, ArrayObject):
        inner = list(held)
    else:
        return
    for one in inner:
        if isinstance(one, DictionaryObject | ArrayObject):
            yield from _within(one, depth + 1)


def _is_invoice_data(specification: DictionaryObject) -> bool:
    """Whether what is attached is the text of an electronic invoice, without the number."""
    names = {str(specification.get(key)) for key in ("/F", "/UF") if key in specification}
    files: Any = specification["/EF"]
    held = [files[key].get_data() for key in files]
    return names <= INVOICE_DATA and all(
        one.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and not holds_nir(_text(one))
        for one in held
    )


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _plain(held: Any) -> str:
    return str(held.get_object() if isinstance(held, IndirectObject) else held)


def _shows_number(reader: PdfReader) -> bool:
    """In its pages, its form and its annotations."""
    read = 0
    for page in reader.pages:
        text = page.extract_text()
        read += len(text)
        if holds_nir(text):
            return True
        if read > limits.TEXT_CHARACTERS:
            raise ValueError("too much text")
    return any(holds_nir(text) for text in _written(reader))


def _written(reader: PdfReader) -> Iterator[str]:
    """What a form or an annotation holds, and what the file says of itself."""
    for found in _dictionaries(reader):
        if isinstance(found, StreamObject):
            continue
        for key in ("/V", "/Contents", "/Title", "/Subject", "/Keywords", "/DV"):
            held = found.get(key)
            if isinstance(held, str):
                yield held
