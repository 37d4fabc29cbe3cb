"""A Word file that somebody changed by hand: is it a plain document, and what does it say?

Nothing in it is run or fetched. What could be (macros, remote templates or images, fields that
fetch, embedded programs) is refused with a sentence that says what to do.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

SIZE_LIMIT: Final = 5 * 1024 * 1024
"""Bytes of a file that is read."""
_UNPACKED_LIMIT: Final = 40 * 1024 * 1024
_MEMBERS_LIMIT: Final = 1_000
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only methods of an office file; the others unpack a whole part before it can be measured."""
_TYPES: Final = "[Content_Types].xml"
_MAIN: Final = "word/document.xml"
_MAIN_TYPE: Final = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TO_COMPLETE: Final = re.compile(r"\[\s*à\s+compléter[^\]\n]*\]?", re.IGNORECASE)
_BRACES: Final = re.compile(r"\{\{[^{}\n]*(?:\}\})?")
_LINKS: Final = re.compile(r"(?:https?://|mailto:|tel:|#)", re.IGNORECASE)
_FETCHING: Final = re.compile(
    r"(?<![A-Z])(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK)(?![A-Z])", re.IGNORECASE
)
# The target of a HYPERLINK field; a bare switch (\\l, \\h) points inside the document.
_TARGET: Final = re.compile(r"HYPERLINK\s+(?!\\[a-z]\b)\"?([^\s\"]+)", re.IGNORECASE)
_OTHER_FILES: Final = (
    (b"%PDF", "un PDF"),
    (b"\xd0\xcf\x11\xe0", "un ancien document Word ou un document protégé par un mot de passe"),
    (b"{\\rtf", "un document RTF"),
)
_INCORPORATED: Final = (
    "oleObject", "package", "control", "activeXControlBinary", "vbaProject", "wordVbaData",
)  # fmt: skip
"""Relations to what runs or is opened by another program, whatever the part is called."""
_WITH_OBJECT: Final = (
    "Ce document contient un objet incorporé (classeur, formulaire, programme) : retirez-le, puis "
    "déposez le document."
)
_AGAIN: Final = "enregistrez le texte dans un document Word (.docx) ordinaire"


class WordFileError(ValueError):
    """The file is not kept; the sentence says why and what to do, in French."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class WordText:
    """What a document says, in reading order, and what was left in it."""

    paragraphs: tuple[str, ...]
    to_complete: tuple[str, ...]
    """Each "[à compléter : …]" still there, header and footer included."""
    variables: tuple[str, ...]
    """Each ``{{ variable }}`` still there."""
    tracked: bool
    """True when changes wait to be accepted: the text above takes them as accepted."""


def read(content: bytes) -> WordText:
    """The text of the .docx ``content``. Raises ``WordFileError`` when it is not a plain one."""
    if len(content) > SIZE_LIMIT:
        raise WordFileError("Ce fichier dépasse 5 Mo : retirez les images, puis déposez-le.")
    parts = _unpacked(content)
    types = _checked_types(parts)
    trees = {name: _tree(name, parts[name]) for name in parts if _is_xml(name, types)}
    _check_nothing_runs(parts, types)
    for name, tree in trees.items():
        if name.casefold().endswith(".rels"):
            _check_relations(name, tree)
        else:
            _check_fields(tree)
    return _text(trees)


def _unpacked(content: bytes) -> Mapping[str, bytes]:
    if not content.strip():
        raise WordFileError(f"Ce fichier est vide : {_AGAIN}.")
    for start, what in _OTHER_FILES:
        if content.startswith(start):
            raise WordFileError(f"Ce fichier est {what} : {_AGAIN}.")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if len(names) > _MEMBERS_LIMIT or len({name.casefold() for name in names}) < len(names):
                raise WordFileError(f"Ce document Word est mal formé : {_AGAIN}.")
            if sum(member.file_size for member in members) > _UNPACKED_LIMIT:
                raise WordFileError(
                    "Ce document est trop lourd une fois ouvert : retirez les images, puis "
                    "déposez-le."
                )
            if any(member.compress_type not in _PACKED for member in members):
                raise WordFileError(f"Ce document Word est mal formé : {_AGAIN}.")
            return {member.filename: _member(archive, member) for member in members}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise WordFileError(f"Ce fichier n’est pas un document Word : {_AGAIN}.") from error


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Its content, asked by its size: without one, all that it holds is unpacked before the cut."""
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
        # What a forged size cut short does not have the sum that it announced.
        return content + stream.read(1)


def _checked_types(parts: Mapping[str, bytes]) -> Mapping[str, str]:
    """Content type of each part, by its name in lower case; extensions begin with a dot."""
    if _TYPES not in parts or _MAIN not in parts:
        raise WordFileError(f"Ce fichier n’est pas un document Word : {_AGAIN}.")
    types: dict[str, str] = {}
    for entry in _tree(_TYPES, parts[_TYPES]):
        kind = entry.get("ContentType", "")
        if "PartName" in entry.attrib:
            types[entry.attrib["PartName"].lstrip("/").casefold()] = kind
        else:
            types[f".{entry.get('Extension', '').casefold()}"] = kind
    main = types.get(_MAIN, "")
    if "macroenabled" in main.casefold():
        raise WordFileError(f"Ce document peut contenir des macros : {_AGAIN}.")
    if main != _MAIN_TYPE:
        raise WordFileError(f"Ce fichier n’est pas un document Word ordinaire : {_AGAIN}.")
    return types


def _is_xml(name: str, types: Mapping[str, str]) -> bool:
    lower = name.casefold()
    kind = types.get(lower) or types.get(f".{lower.rpartition('.')[2]}", "")
    return lower.endswith((".xml", ".rels", ".vml")) or kind.casefold().endswith("xml")


def _tree(name: str, content: bytes) -> Element:
    try:
        tree: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise WordFileError(
            f"Ce document contient des définitions qu’un document Word n’a pas : {_AGAIN}."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise WordFileError(
            f"Ce document Word est abîmé ({name}) : ouvrez-le, puis {_AGAIN}."
        ) from error
    return tree


def _check_nothing_runs(parts: Mapping[str, bytes], types: Mapping[str, str]) -> None:
    kinds = " ".join(types.values()).casefold()
    names = [name.casefold() for name in parts]
    if "macroenabled" in kinds or "vba" in kinds or any("vba" in name for name in names):
        raise WordFileError(f"Ce document contient des macros : {_AGAIN}.")
    if any("activex" in name or "embeddings/" in name for name in names):
        raise WordFileError(_WITH_OBJECT)


def _check_relations(name: str, tree: Element) -> None:
    for relation in tree:
        kind = relation.get("Type", "").rpartition("/")[2]
        target = relation.get("Target", "")
        if kind == "attachedTemplate":
            raise WordFileError(
                "Ce document s’appuie sur un modèle enregistré ailleurs : copiez son texte dans "
                "un nouveau document vierge, puis déposez-le."
            )
        if kind == "aFChunk":
            raise WordFileError(f"Ce document en contient un autre : {_AGAIN}.")
        if kind in _INCORPORATED:
            raise WordFileError(_WITH_OBJECT)
        if kind == "officeDocument" and name == "_rels/.rels" and target.lstrip("/") != _MAIN:
            raise WordFileError(f"Ce document Word est mal formé : {_AGAIN}.")
        if relation.get("TargetMode", "").casefold() != "external":
            continue
        if kind != "hyperlink":
            raise WordFileError(
                "Ce document va chercher un élément ailleurs (image ou fichier lié) : insérez-le "
                "dans le document ou retirez-le."
            )
        if not _LINKS.match(target):
            raise _linked(target)


def _check_fields(tree: Element) -> None:
    """No field that fetches or starts something.

    One may be cut into several runs, and two may follow each other without a space: the codes are
    read whole, and field by field.
    """
    simple = " ".join(field.get(f"{_W}instr", "") for field in tree.iter(f"{_W}fldSimple"))
    whole: list[str] = []
    apart: list[str] = []
    for element in tree.iter():
        if element.tag == f"{_W}fldChar":
            apart.append(" ")
        elif element.tag in (f"{_W}instrText", f"{_W}delInstrText"):
            whole.append(element.text or "")
            apart.append(element.text or "")
    codes = (simple, "".join(whole), "".join(apart))
    if any(_FETCHING.search(code) for code in codes):
        raise WordFileError(
            "Ce document contient un champ qui va chercher un autre fichier : remplacez-le par "
            "son texte."
        )
    for target in _TARGET.findall(" ".join(codes)):
        if not _LINKS.match(target):
            raise _linked(target)


def _linked(target: str) -> WordFileError:
    return WordFileError(
        "Ce document contient un lien vers un fichier ou un programme "
        f"(« {target[:60]} ») : retirez ce lien."
    )


def _text(trees: Mapping[str, Element]) -> WordText:
    paragraphs = tuple(line for line in _paragraphs(trees[_MAIN]) if line)
    around = [
        line
        for name in sorted(trees)
        if re.fullmatch(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml", name)
        for line in _paragraphs(trees[name])
    ]
    whole = "\n".join((*paragraphs, *around))
    tracked = any(
        next(trees[_MAIN].iter(f"{_W}{mark}"), None) is not None
        for mark in ("ins", "del", "moveFrom", "moveTo")
    )
    return WordText(
        paragraphs,
        tuple(dict.fromkeys(" ".join(found.split()) for found in _TO_COMPLETE.findall(whole))),
        tuple(dict.fromkeys(" ".join(found.split()) for found in _BRACES.findall(whole))),
        tracked,
    )


def _paragraphs(tree: Element) -> Iterator[str]:
    """Text of each paragraph, in reading order; one inside another (a frame) stands by itself."""
    words: dict[int, list[str]] = {}
    stack: list[tuple[Element, int]] = [(tree, 0)]
    count = 0
    while stack:
        element, inside = stack.pop()
        if element.tag in (f"{_W}del", f"{_W}moveFrom", _FALLBACK):
            continue
        if element.tag == f"{_W}p":
            count += 1
            inside = count
            words[inside] = []
        elif element.tag == f"{_W}t":
            words.setdefault(inside, []).append(element.text or "")
        elif element.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            words.setdefault(inside, []).append(" ")
        stack.extend((child, inside) for child in reversed(element))
    for number in sorted(words):
        yield unicodedata.normalize("NFC", "".join(words[number])).strip()
