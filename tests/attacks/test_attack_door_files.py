"""Files of strangers: archives that lie about themselves, Word fields and parts in disguise."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document

from coclause.render.word_reading import WordFileError, read

RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCX_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def plain() -> bytes:
    made = Document()
    made.add_paragraph("Une clause d’insertion inventée.")
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def altered(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A plain document whose parts were changed behind Word's back."""
    with zipfile.ZipFile(BytesIO(plain())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_body(xml: str) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        body = parts["word/document.xml"].decode()
        parts["word/document.xml"] = body.replace("<w:sectPr", f"{xml}<w:sectPr", 1).encode()

    return altered(change)


def field(*codes: str, tag: str = "instrText") -> str:
    """One field for each code, one after the other in a paragraph."""
    runs = "".join(
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:{tag}>{code}</w:{tag}></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for code in codes
    )
    return f"<w:p>{runs}</w:p>"


def test_the_plain_document_is_read() -> None:
    assert read(plain()).paragraphs == ("Une clause d’insertion inventée.",)


@pytest.mark.parametrize(
    "body",
    [
        field("PAGE", "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe /k calc"),
        field("PAGE", "INCLUDETEXT http://ailleurs.test/a.docx"),
        field("DDEAUTO cmd", tag="delInstrText"),
        field('HYPERLINK "file://serveur/partage/programme.exe"'),
        field('HYPERLINK "\\\\\\\\serveur\\\\partage\\\\programme.exe"'),
    ],
)
def test_a_field_that_starts_or_fetches_is_refused_wherever_it_hides(body: str) -> None:
    with pytest.raises(WordFileError):
        read(with_body(body))


@pytest.mark.parametrize(
    "body",
    [field("PAGE", "NUMPAGES"), field('HYPERLINK "https://exemple.test/"'),
     field('HYPERLINK \\l "_Toc1"'), field('TOC \\o "1-3" \\h \\z \\u')],
)  # fmt: skip
def test_ordinary_fields_stay(body: str) -> None:
    assert read(with_body(body)).paragraphs


@pytest.mark.parametrize("kind", ["oleObject", "package", "control", "vbaProject"])
def test_a_program_is_known_by_its_relation_whatever_its_name(kind: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        rels = parts["word/_rels/document.xml.rels"].decode()
        one = f'<Relationship Id="rIdX" Type="{DOCX_RELS}/{kind}" Target="media/image.bin"/>'
        parts["word/_rels/document.xml.rels"] = rels.replace(
            "</Relationships>", f"{one}</Relationships>"
        ).encode()
        parts["word/media/image.bin"] = b"\xd0\xcf\x11\xe0 program"
        types = parts["[Content_Types].xml"].decode()
        parts["[Content_Types].xml"] = types.replace(
            "</Types>", '<Default Extension="bin" ContentType="image/x-bin"/></Types>'
        ).encode()

    with pytest.raises(WordFileError):
        read(altered(change))


def test_relations_are_read_whatever_the_case_of_their_name() -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["word/_rels/settings.xml.RELS"] = (
            f'<Relationships xmlns="{RELS}"><Relationship Id="rId1"'
            f' Type="{DOCX_RELS}/attachedTemplate" Target="http://ailleurs.test/modele.dotm"'
            ' TargetMode="External"/></Relationships>'
        ).encode()

    with pytest.raises(WordFileError):
        read(altered(change))


def bomb(method: int) -> bytes:
    """An archive of a few kilobytes whose part opens into 300 MB, and says it is small."""
    out = BytesIO()
    with (
        zipfile.ZipFile(out, "w", method) as archive,
        archive.open("[Content_Types].xml", "w") as part,
    ):
        for _ in range(300):
            part.write(bytes(1_000_000))
    content = bytearray(out.getvalue())
    size = (300 * 1_000_000).to_bytes(4, "little")
    return bytes(content.replace(size, (1000).to_bytes(4, "little")))


READER = """
import resource, sys
content = sys.stdin.buffer.read()
from coclause.core.refusals import Refused
from coclause.tables.reading import read_workbook
from coclause.render.word_reading import WordFileError, read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_workbook(content, "liste.xlsx") if sys.argv[1] == "sheet" else read(content)
except (Refused, WordFileError):
    pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("reader", ["sheet", "word"])
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_small_archive_never_fills_the_memory(reader: str, method: int) -> None:
    """Office files are stored or deflated; other methods unpack a whole part in one go."""
    ended = subprocess.run(
        [sys.executable, "-c", READER, reader],
        input=bomb(method),
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert int(ended.stdout) < 150
