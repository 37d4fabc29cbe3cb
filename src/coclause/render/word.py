"""A Word document (.docx) from plain data: titled, in French, with real headings, lists and tables.

What is still missing stays in the text, in bold on yellow and between brackets, so that neither the
eye nor a screen reader passes over it.
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph

from coclause.render.blocks import Block, Run, Table, printable
from coclause.render.numbers import date_fr

FONT: Final = "Source Sans 3"
_FALLBACK: Final = "Calibri"
_LANGUAGE: Final = "fr-FR"
_DEEP: Final = RGBColor(0x14, 0x53, 0x2D)
_SLATE: Final = RGBColor(0x47, 0x55, 0x69)
_SIZES: Final = {"Title": 20, "Heading 1": 16, "Heading 2": 12.5}
# Zip members bear no other day: the same data give the same bytes.
_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)
_DROPPED: Final = ("thumbnail", "stylesWithEffects", "customXml")
"""Parts of the library's own template that say nothing of this document."""
_WORDS: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WIDTH: Final = Cm(17)
MISSING: Final = "[à compléter"
"""How a cell that is still to be completed begins: it stands out as such a run does."""


@dataclass(frozen=True)
class Section:
    """One document to copy from (CCAP, RC…): its title, one line about it, its text."""

    title: str
    blocks: Sequence[Block]
    note: str = ""


def document(
    title: str,
    day: date,
    sections: Sequence[Section],
    *,
    about: Sequence[tuple[str, str]],
    notice: str,
    to_complete: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The .docx of ``sections``, each on a page of its own after a first page that presents them.

    ``about`` holds (label, value) lines: operation, buyer, contract… ``to_complete`` holds what is
    still missing and where, said again on the first page. ``notice`` is printed there and at the
    foot of every page. ``day`` dates the file; the same data give the same bytes.
    """
    made = Document()
    _set_styles(made)
    _set_properties(made, title, day)
    _write_margins(made, title, day, notice)
    made.add_paragraph(printable(title), style="Title")
    made.add_paragraph(printable(notice), style="Intense Quote")
    if about:
        _add_table(made, Table("À propos", ("Rubrique", "Contenu"), about), first=0.3)
    if to_complete:
        made.add_paragraph("Ce qui reste à compléter", style="Heading 1")
        _add_table(made, Table("Ce qui reste à compléter", ("À compléter", "Où"), to_complete))
    for section in sections:
        _write_section(made, section)
    return _same_bytes(made)


def _write_section(made: WordDocument, section: Section) -> None:
    heading = made.add_paragraph(printable(section.title), style="Heading 1")
    heading.paragraph_format.page_break_before = True
    if section.note:
        run = made.add_paragraph().add_run(printable(section.note))
        run.font.color.rgb = _SLATE
    styles = {"heading": "Heading 2", "bullet": "List Bullet"}
    for block in section.blocks:
        if block.table is not None:
            _add_table(made, block.table)
        else:
            _add_runs(made.add_paragraph(style=styles.get(block.kind)), block.runs)


def _add_runs(paragraph: Paragraph, runs: Sequence[Run]) -> None:
    for one in runs:
        run = paragraph.add_run(printable(one.text))
        if one.kind == "missing":
            run.bold = True
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _add_table(made: WordDocument, table: Table, *, first: float | None = None) -> None:
    """A grid whose header row is marked, repeated on each page, and whose rows never break.

    ``first`` is the part of the width given to the first column; by default all are equal.
    """
    columns = len(table.header)
    share = first or 1 / columns
    widths = [share, *[(1 - share) / max(columns - 1, 1)] * (columns - 1)]
    if any(len(row) != columns for row in table.rows):
        raise ValueError(f"tableau « {table.caption} » : une ligne n’a pas {columns} cellules")
    grid = made.add_table(rows=0, cols=columns, style="Table Grid")
    grid.autofit = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Emu(int(_WIDTH * width))
    properties = grid._tbl.tblPr
    properties.append(_element("w:tblCaption", val=printable(table.caption)))
    for number, cells in enumerate((table.header, *table.rows)):
        row = grid.add_row()
        row_properties = row._tr.get_or_add_trPr()
        row_properties.append(_element("w:cantSplit"))
        if number == 0:
            row_properties.append(_element("w:tblHeader"))
        for cell, words, width in zip(row.cells, cells, widths, strict=True):
            cell.width = Emu(int(_WIDTH * width))
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = Pt(2)
            paragraph.paragraph_format.space_after = Pt(2)
            run = paragraph.add_run(printable(words))
            run.bold = True if number == 0 else None
            if words.startswith(MISSING):
                run.bold, run.font.highlight_color = True, WD_COLOR_INDEX.YELLOW
            if number == 0:
                shade = _element("w:shd", val="clear", color="auto", fill="EFEDE7")
                cell._tc.get_or_add_tcPr().append(shade)
    made.add_paragraph().paragraph_format.space_after = Pt(4)


def _set_properties(made: WordDocument, title: str, day: date) -> None:
    at = datetime.combine(day, time())
    core = made.core_properties
    core.title = printable(title)[:255]
    core.author = core.last_modified_by = "CoClause"
    core.language = _LANGUAGE
    core.created = core.modified = at
    core.comments = core.subject = core.keywords = ""
    core.revision = 1
    for part in (made.part.package, made.part):
        for key, relation in list(part.rels.items()):
            if relation.reltype.endswith(_DROPPED):
                del part.rels[key]
    settings = made.settings.element
    for languages in settings.iter(qn("w:themeFontLang")):
        languages.set(qn("w:val"), _LANGUAGE)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_styles(made: WordDocument) -> None:
    """The house font everywhere, with a common one named for where it is not installed."""
    root = made.styles.element
    for language in root.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGE)
    for fonts in list(root.iter(qn("w:rFonts"))):
        fonts.attrib.clear()
        for name in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{name}"), FONT)
    normal = made.styles["Normal"]
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    for name, size in _SIZES.items():
        style = made.styles[name]
        style.font.size = Pt(size)
        style.font.bold = True
        style.font.color.rgb = _DEEP
    for name in ("Title", "Intense Quote"):
        properties = made.styles[name].element.pPr
        for border in properties.findall(qn("w:pBdr")):
            properties.remove(border)
    quote = made.styles["Intense Quote"]
    quote.paragraph_format.left_indent = quote.paragraph_format.right_indent = Cm(0)
    quote.font.italic = False
    quote.font.color.rgb = _SLATE
    for part in made.part.package.iter_parts():
        if part.partname.endswith("/fontTable.xml"):
            part._blob = _with_font(part.blob)


def _with_font(blob: bytes) -> bytes:
    entry = (
        f'<w:font w:name="{FONT}"><w:altName w:val="{_FALLBACK}"/>'
        '<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font></w:fonts>'
    )
    return blob.replace(b"</w:fonts>", entry.encode())


def _write_margins(made: WordDocument, title: str, day: date, notice: str) -> None:
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(2.2)
    head = page.header.paragraphs[0]
    _small(head, printable(f"{title} · {date_fr(day)}"))
    foot = page.footer.paragraphs[0]
    _small(foot, printable(f"{notice} · page "))
    _add_field(foot, "PAGE")
    _small(foot, " sur ")
    _add_field(foot, "NUMPAGES")


def _small(paragraph: Paragraph, words: str) -> None:
    run = paragraph.add_run(words)
    run.font.size = Pt(8.5)
    run.font.color.rgb = _SLATE


def _add_field(paragraph: Paragraph, name: str) -> None:
    """A number that the reader's own program computes."""
    field = parse_xml(
        f'<w:fldSimple xmlns:w="{_WORDS}" w:instr="{name}"><w:r><w:rPr><w:sz w:val="17"/></w:rPr>'
        "<w:t>1</w:t></w:r></w:fldSimple>"
    )
    paragraph._p.append(field)


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _same_bytes(made: WordDocument) -> bytes:
    """The file, its members dated alike and in the order in which they were written."""
    written, dated = BytesIO(), BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(dated, "w") as target:
        for member in source.infolist():
            info = zipfile.ZipInfo(member.filename, _ZIP_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, source.read(member))
    return dated.getvalue()
