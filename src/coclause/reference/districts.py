"""Priority districts (quartiers prioritaires), from a file that the user gives.

The file is a table in text: a code, a name and the INSEE code of the commune, under headings
recognised by their meaning. Each vintage stands beside the others: perimeters change, and a person
hired before keeps the district they lived in then. Loading the same vintage again adds and
renames; nothing is ever deleted, for past employments and conventions point at it.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from coclause.reference.keys import plain_words, search_key
from coclause.reference.models import Commune, CommuneAlias, PriorityDistrict

MOST_BYTES = 20_000_000
MOST_ROWS = 10_000
"""The whole country has some 1 600 districts: a longer file is something else."""
LONGEST_NAME = 200
DELIMITERS = ";,\t|"
BATCH_SIZE = 1_000

HEADINGS = {
    "code": re.compile(r"(code|id|num|numero)(du)?(quartier|qpv?)(prioritaire)?\d{0,4}|qp"),
    "name": re.compile(
        r"(nom|lib|libelle|intitule)(du)?(quartier|qpv?)?(prioritaire)?\d{0,4}"
        r"|quartier(prioritaire)?"
    ),
    "commune": re.compile(
        r"(code)?(insee)(dela)?(commune|com)?|code(insee)?(dela)?(commune|com)(insee)?"
        r"|cod(e)?geo|depcom|comcode"
    ),
}
"""What a heading may be called, in lower case, without accents, spaces nor punctuation."""
_NAMES = {
    "code": "le code du quartier",
    "name": "le nom du quartier",
    "commune": "le code INSEE de la commune",
}

_ARCHIVE = "est une archive compressée : décompressez-la, puis donnez le fichier qu’elle contient."
_WORKBOOK = "est un classeur de tableur : enregistrez-le au format CSV, puis donnez ce fichier."
_IMAGE = "est une image : donnez le tableau des quartiers au format CSV."
_MAGIC = (
    (b"%PDF", "est un PDF : donnez le tableau des quartiers au format CSV."),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF8", _IMAGE),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CODE = re.compile(r"[A-Z]{2}[0-9A-Z]{4,10}")
_BETWEEN_COMMUNES = re.compile(r"[\s,;/|+]+")
_COMMUNE = re.compile(r"\d[0-9AB]\d{3}")


class UnreadableDistricts(Exception):  # noqa: N818  what it is, in the words of the house
    """Nothing of this file can be taken. The message says what to do, in French."""


@dataclass(frozen=True)
class Line:
    """A district as the file tells it; `communes` are INSEE codes, none when it gives none."""

    number: int
    code: str
    name: str
    communes: tuple[str, ...]


@dataclass(frozen=True)
class RefusedLine:
    """A line that is left aside, and why."""

    number: int
    why: str


@dataclass
class Loading:
    """What a file does to a vintage: counts of districts, and the lines left aside.

    `unknown_communes` are districts without a commune that we know; `several_communes`, those that
    the file puts in more than one: the first is kept. `kept` are districts of the vintage that the
    file does not name.
    """

    vintage: str
    applied: bool
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unknown_communes: int = 0
    several_communes: int = 0
    kept: int = 0
    refused: list[RefusedLine] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        counts = {name: value for name, value in vars(self).items() if name != "refused"}
        rejected = [{"where": f"ligne {row.number}", "why": row.why} for row in self.refused]
        return counts | {"rejected": rejected}


def read_districts(path: Path) -> Iterator[Line | RefusedLine]:
    """Every line of the file, in order. Raises `UnreadableDistricts` on the file as a whole."""
    text = _text(path)
    delimiter, places, header, rows = _table(text, path.name)
    width = len(header)
    taken: dict[str, Line] = {}
    for number, cells in _numbered(rows, path.name):
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            yield RefusedLine(
                number,
                f"la ligne a {len(cells)} colonnes au lieu de {width}"
                f" (séparateur « {_spoken(delimiter)} »)",
            )
            continue
        found = _line(number, {what: cells[place].strip() for what, place in places.items()})
        earlier = taken.get(found.code) if isinstance(found, Line) else None
        if (
            isinstance(found, Line)
            and earlier
            and search_key(earlier.name) != search_key(found.name)
        ):
            found = RefusedLine(
                number, f"le code {found.code} a déjà un autre nom, ligne {earlier.number}"
            )
        if isinstance(found, Line):
            taken.setdefault(found.code, found)
        yield found


def load_districts(path: Path, vintage: str, *, apply: bool, using: str = "default") -> Loading:
    """Load the districts of a vintage; without `apply`, only say what would be done.

    Raises `UnreadableDistricts`, with nothing written, when the file is not such a table.
    """
    lines: dict[str, Line] = {}
    communes: dict[str, list[str]] = {}
    done = Loading(vintage=vintage, applied=apply)
    for item in read_districts(path):
        done.rows += 1
        if isinstance(item, RefusedLine):
            done.refused.append(item)
            continue
        lines.setdefault(item.code, item)
        communes.setdefault(item.code, []).extend(item.communes)
    if not lines:
        first = f" Première ligne refusée : {done.refused[0].why}." if done.refused else ""
        raise UnreadableDistricts(
            f"{path.name} ne contient aucun quartier lisible : vérifiez ses colonnes.{first}"
        )
    known = _known_communes({code for codes in communes.values() for code in codes}, using)
    with transaction.atomic(using=using):
        _compare(lines, communes, known, done, using)
    return done


def _compare(
    lines: dict[str, Line],
    communes: dict[str, list[str]],
    known: dict[str, str],
    done: Loading,
    using: str,
) -> None:
    table = PriorityDistrict.objects.using(using).filter(vintage=done.vintage)
    stored = {row.code: row for row in table}
    written = []
    for code, line in lines.items():
        found = list(dict.fromkeys(known[one] for one in communes[code] if one in known))
        done.several_communes += len(set(communes[code])) > 1
        row = stored.get(code)
        # What was known of the place is not lost when a later file says less.
        commune = found[0] if found else row.commune_id if row else None
        done.unknown_communes += commune is None
        if row is None:
            done.new += 1
        elif (row.name, row.commune_id) == (line.name, commune):
            done.unchanged += 1
            continue
        else:
            done.changed += 1
        written.append(
            PriorityDistrict(
                code=code,
                vintage=done.vintage,
                name=line.name,
                search_key=search_key(line.name),
                commune_id=commune,
            )
        )
    done.kept = len(stored.keys() - lines.keys())
    if done.applied:
        PriorityDistrict.objects.using(using).bulk_create(
            written,
            batch_size=BATCH_SIZE,
            update_conflicts=True,
            unique_fields=["code", "vintage"],
            update_fields=["name", "search_key", "commune"],
        )


def _known_communes(codes: Iterable[str], using: str) -> dict[str, str]:
    """The commune of today by INSEE code: its own, or one it had before a merger."""
    codes = list(codes)
    aliases = CommuneAlias.objects.using(using).filter(code__in=codes).order_by("pk")
    found = dict(aliases.values_list("code", "commune"))
    present = Commune.objects.using(using).filter(code__in=codes)
    return found | {code: code for code in present.values_list("code", flat=True)}


def _line(number: int, said: dict[str, str]) -> Line | RefusedLine:
    code = said["code"].upper()
    name = " ".join(said["name"].split())
    if not code:
        return RefusedLine(number, "le code du quartier manque")
    if not _CODE.fullmatch(code):
        return RefusedLine(
            number,
            f"« {said['code'][:40]} » n’est pas un code de quartier"
            " (deux lettres, puis des chiffres ou des lettres, 12 signes au plus)",
        )
    if not name:
        return RefusedLine(number, f"le nom du quartier {code} manque")
    if len(name) > LONGEST_NAME:
        return RefusedLine(
            number, f"le nom du quartier {code} dépasse {LONGEST_NAME} signes ({len(name)})"
        )
    communes = []
    for one in _BETWEEN_COMMUNES.split(said["commune"].upper()):
        # A spreadsheet eats the zero that begins the codes of nine départements.
        padded = one.zfill(5) if one.isdecimal() and len(one) == 4 else one
        if _COMMUNE.fullmatch(padded):
            communes.append(padded)
        elif one:
            return RefusedLine(
                number, f"« {one[:40]} » n’est pas un code INSEE de commune (cinq signes)"
            )
    return Line(number, code, name, tuple(communes))


def _table(
    text: str, name: str
) -> tuple[str, dict[str, int], Sequence[str], "Iterator[tuple[int, list[str]]]"]:
    """The separator, the place of each meaning, the headings, and the rows that follow them."""
    lines = [f"{line}\n" for line in re.split(r"\r\n|\r|\n", text)]
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip().lower().startswith("sep="):
        start += 1
    header_line = lines[start] if start < len(lines) else ""
    best, places, header = "", dict[str, int](), list[str]()
    for delimiter in DELIMITERS:
        headings = header_line.strip("\n").split(delimiter)
        headings = [heading.strip().strip('"') for heading in headings]
        found = _places(headings, name)
        if not best or len(found) > len(places):
            best, places, header = delimiter, found, headings
    missing = [label for what, label in _NAMES.items() if what not in places]
    if missing:
        raise UnreadableDistricts(
            f"{name} n’est pas un tableau de quartiers : la ligne de titres ne dit pas où sont"
            f" {', '.join(missing)}."
        )
    while header and not header[-1].strip():
        header.pop()
    reader = csv.reader(io.StringIO("".join(lines[start + 1 :])), delimiter=best, strict=True)
    return best, places, header, _rows(reader, start + 1)


def _rows(reader: Any, before: int) -> Iterator[tuple[int, list[str]]]:
    line = before + 1
    for cells in reader:
        yield line, cells
        line = before + reader.line_num + 1


def _numbered(
    rows: "Iterator[tuple[int, list[str]]]", name: str
) -> Iterator[tuple[int, list[str]]]:
    last = 1
    try:
        for count, (number, cells) in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise UnreadableDistricts(
                    f"{name} a plus de 10 000 lignes : ce n’est pas une liste de quartiers"
                    " prioritaires (environ 1 600 pour tout le pays). Donnez le bon fichier."
                )
            last = number
            yield number, cells
    except csv.Error as error:
        raise UnreadableDistricts(
            f"{name} est illisible après la ligne {last} (guillemets mal fermés ou cellule"
            " démesurée) : corrigez cette ligne ou demandez à nouveau le fichier."
        ) from error


def _places(headings: Sequence[str], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    keys = ["".join(plain_words(heading)) for heading in headings]
    for what, meaning in HEADINGS.items():
        there = [place for place, key in enumerate(keys) if meaning.fullmatch(key)]
        if not there and what == "code" and "code" in keys:
            there = [keys.index("code")]
        if len(there) > 1:
            titles = " et ".join(f"« {headings[place].strip()} »" for place in there)
            raise UnreadableDistricts(
                f"{name} : deux colonnes disent {_NAMES[what]} ({titles}). Gardez-en une seule."
            )
        if there:
            found[what] = there[0]
    return found


def _text(path: Path) -> str:
    content = _content(path)
    name = path.name
    for start, sentence in _MAGIC:
        if content.startswith(start):
            raise UnreadableDistricts(f"{name} {sentence}")
    if content.startswith(b"PK"):
        head = content[:65_536]
        office = b"[Content_Types].xml" in head or b"xl/" in head or b"opendocument" in head
        raise UnreadableDistricts(f"{name} {_WORKBOOK if office else _ARCHIVE}")
    text = _decoded(content)
    if text is None or _CONTROL.search(text):
        raise UnreadableDistricts(
            f"{name} n’est pas un fichier texte : donnez le tableau des quartiers au format CSV."
        )
    body = text.lstrip().lower()
    if not body:
        raise UnreadableDistricts(f"{name} est vide : demandez-le à nouveau.")
    if body.startswith(("<!doctype html", "<html")):
        raise UnreadableDistricts(
            f"{name} est une page web, sans doute un message d’erreur du site : téléchargez à"
            " nouveau le fichier."
        )
    return text


def _decoded(content: bytes) -> str | None:
    """UTF-8, UTF-16 that says so, else the Windows encoding that spreadsheets write."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableDistricts(
                f"{path.name} pèse plus de 20 Mo : ce n’est pas une liste de quartiers"
                " prioritaires. Donnez le bon fichier."
            )
        return path.read_bytes()
    except IsADirectoryError:
        raise UnreadableDistricts(f"{path.name} est un dossier : donnez le fichier.") from None
    except FileNotFoundError:
        raise UnreadableDistricts(f"{path} n’existe pas : vérifiez le chemin.") from None
    except OSError as error:
        raise UnreadableDistricts(
            f"{path} ne peut pas être ouvert ({error.strerror}) : vérifiez ses droits."
        ) from error


def _spoken(delimiter: str) -> str:
    return "tabulation" if delimiter == "\t" else delimiter
