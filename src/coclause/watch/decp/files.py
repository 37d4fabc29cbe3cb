"""What a file really is, by its content; and why it cannot be read, in one French sentence."""

import codecs
from enum import StrEnum
from pathlib import Path
from typing import Final

HEAD = 65_536
BOM = codecs.BOM_UTF8


class Format(StrEnum):
    JSON = "json"
    XML = "xml"
    CSV = "csv"


class UnreadableFile(Exception):  # noqa: N818 - what it is, in the words of the house
    """Nothing of this file can be taken. The message says what to do, in French."""


_ARCHIVE = "est une archive compressée : décompressez-la, puis donnez le fichier qu'elle contient."
_IMAGE = "est une image : donnez le fichier JSON, XML ou CSV des données essentielles."
_MAGIC: Final = (
    (b"%PDF", "est un PDF : donnez le fichier JSON, XML ou CSV des données essentielles."),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF8", _IMAGE),
    (b"PAR1", "est un fichier Parquet : téléchargez la version CSV ou JSON."),
    (codecs.BOM_UTF16_LE, "est écrit en UTF-16 : enregistrez-le en UTF-8."),
    (codecs.BOM_UTF16_BE, "est écrit en UTF-16 : enregistrez-le en UTF-8."),
)
_SPREADSHEET = "est un classeur de tableur : enregistrez-le au format CSV."


def recognise(path: Path) -> Format:
    """The format of a file, whatever its name. Raises `UnreadableFile`."""
    head = _head(path)
    name = path.name
    for start, sentence in _MAGIC:
        if head.startswith(start):
            raise UnreadableFile(f"{name} {sentence}")
    if head.startswith(b"PK"):
        office = b"[Content_Types].xml" in head or b"xl/" in head or b"opendocument" in head
        raise UnreadableFile(f"{name} {_SPREADSHEET if office else _ARCHIVE}")
    body = head.removeprefix(BOM).lstrip()
    if not body:
        raise UnreadableFile(f"{name} est vide : téléchargez-le à nouveau.")
    if b"\x00" in head:
        raise UnreadableFile(
            f"{name} n'est pas un fichier texte : donnez le fichier JSON, XML ou CSV."
        )
    if body[:1] in (b"{", b"["):
        return Format.JSON
    if body[:1] == b"<":
        if body[:200].lower().lstrip(b"<! \t").startswith((b"doctype html", b"html")):
            raise UnreadableFile(
                f"{name} est une page web, sans doute un message d'erreur du site : "
                "téléchargez à nouveau le fichier de données."
            )
        return Format.XML
    return Format.CSV


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except IsADirectoryError:
        raise UnreadableFile(f"{path.name} est un dossier : donnez les fichiers un à un.") from None
    except FileNotFoundError:
        raise UnreadableFile(f"{path} n'existe pas : vérifiez le chemin.") from None
    except OSError as error:
        raise UnreadableFile(
            f"{path} ne peut pas être ouvert ({error.strerror}) : vérifiez ses droits."
        ) from error


def encoding_of(path: Path) -> str:
    """utf-8 when the whole file is, else the Windows encoding that spreadsheets write."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"
