"""A Word file that comes back: its text is read, whatever could act is refused with a sentence."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest
from tests.render.test_word import sample

from coclause.render.word_reading import SIZE_LIMIT, WordFileError, read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCUMENT = "word/document.xml"
RELATIONS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def changed(edits: Mapping[str, bytes | tuple[bytes, bytes]]) -> bytes:
    """The sample with members replaced, added, or edited by (old, new)."""
    written = BytesIO()
    left = dict(edits)
    with zipfile.ZipFile(BytesIO(sample())) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content, edit = source.read(name), left.pop(name, None)
            if isinstance(edit, tuple):
                assert edit[0] in content
                content = content.replace(*edit)
            elif edit is not None:
                content = edit
            target.writestr(name, content)
        for name, edit in left.items():
            assert isinstance(edit, bytes)
            target.writestr(name, edit)
    return written.getvalue()


def body(inside: str) -> dict[str, bytes | tuple[bytes, bytes]]:
    return {DOCUMENT: f"<w:document {W}><w:body>{inside}</w:body></w:document>".encode()}


def relation(kind: str, target: str, mode: str = "External") -> tuple[bytes, bytes]:
    added = f'<Relationship Id="rX" Type="{KINDS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return b"</Relationships>", f"{added}</Relationships>".encode()


def archive(*names: str) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return written.getvalue()


def bomb() -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(TYPES, "<Types/>")
        packed.writestr(DOCUMENT, b" " * (60 * 1024 * 1024))
    return written.getvalue()


def test_its_text_and_what_was_left_in_it_are_read() -> None:
    inside = (
        "<w:p><w:r><w:t>Le titulaire réalise </w:t></w:r><w:r><w:t>500 heures.</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Lot 1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:t>[à compl</w:t></w:r><w:r><w:t>éter : durée]</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>{{ tau</w:t></w:r><w:r><w:t>x }} et {{ reste</w:t></w:r></w:p><w:p/>"
    )
    found = read(changed(body(inside)))
    assert found.paragraphs[:2] == ("Le titulaire réalise 500 heures.", "Lot 1")
    assert found.to_complete == ("[à compléter : durée]",)
    assert found.variables == ("{{ taux }}", "{{ reste")
    assert len(found.paragraphs) == 4
    assert not found.tracked


def test_a_change_that_waits_is_read_as_accepted_and_said() -> None:
    inside = (
        "<w:p><w:del><w:r><w:delText>400</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>500</w:t></w:r></w:ins><w:r><w:t> heures</w:t></w:r></w:p>"
    )
    found = read(changed(body(inside)))
    assert found.paragraphs == ("500 heures",)
    assert found.tracked


def test_our_own_file_comes_back_as_it_went() -> None:
    found = read(sample())
    assert "Au moins 1 035 heures." in found.paragraphs
    assert found.to_complete == ("[à compléter : durée du contrat]",)
    assert found.variables == ()


def test_an_ordinary_link_is_allowed() -> None:
    read(changed({RELATIONS: relation("hyperlink", "https://www.example.org/")}))


_DOCTYPE = f'<!DOCTYPE d [<!ENTITY a "b">]><w:document {W}><w:body/></w:document>'.encode()
_FIELD = (
    '<w:p><w:r><w:instrText xml:space="preserve"> DDE</w:instrText></w:r>'
    "<w:r><w:instrText>AUTO c:\\x</w:instrText></w:r></w:p>"
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "est vide", id="empty"),
        pytest.param(b"x" * (SIZE_LIMIT + 1), "dépasse 5 Mo", id="too large"),
        pytest.param(b"%PDF-1.7", "est un PDF", id="pdf"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "ancien document Word", id="old word"),
        pytest.param(b"{\\rtf1}", "document RTF", id="rtf"),
        pytest.param(b"PK\x03\x04 cut", "n’est pas un document Word", id="cut"),
        pytest.param(archive("xl/workbook.xml"), "n’est pas un document Word", id="workbook"),
        pytest.param(archive(TYPES), "n’est pas un document Word", id="no document"),
        pytest.param(bomb(), "trop lourd une fois ouvert", id="bomb"),
        pytest.param(changed({"word/vbaProject.bin": b"x"}), "macros", id="macros"),
        pytest.param(
            changed(
                {
                    TYPES: (
                        b"application/vnd.openxmlformats-officedocument.wordprocessingml."
                        b"document.main+xml",
                        b"application/vnd.ms-word.document.macroEnabled.main+xml",
                    )
                }
            ),
            "macros",
            id="docm",
        ),
        pytest.param(changed({DOCUMENT: _DOCTYPE}), "définitions", id="entities"),
        pytest.param(changed({DOCUMENT: b"<w:document"}), "abîmé", id="damaged"),
        pytest.param(
            changed({RELATIONS: relation("attachedTemplate", "http://192.0.2.1/a.dotm")}),
            "modèle enregistré ailleurs",
            id="remote template",
        ),
        pytest.param(
            changed({RELATIONS: relation("image", "http://192.0.2.1/a.png")}),
            "va chercher un élément ailleurs",
            id="remote image",
        ),
        pytest.param(
            changed({RELATIONS: relation("hyperlink", "file://192.0.2.1/a.exe")}),
            "lien vers un fichier",
            id="link to a program",
        ),
        pytest.param(
            changed({RELATIONS: relation("aFChunk", "a.html", "Internal")}),
            "en contient un autre",
            id="document inside",
        ),
        pytest.param(
            changed({"_rels/.rels": (b"word/document.xml", b"word/autre.xml")}),
            "mal formé",
            id="another document",
        ),
        pytest.param(changed({"word/embeddings/a.bin": b"x"}), "objet incorporé", id="object"),
        pytest.param(changed(body(_FIELD)), "champ qui va chercher", id="field that fetches"),
        pytest.param(changed({"WORD/document.xml": b"<a/>"}), "mal formé", id="same name twice"),
    ],
)
def test_whatever_is_not_a_plain_document_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(WordFileError) as refusal:
        read(content)
    assert words in refusal.value.sentence
    assert refusal.value.sentence.endswith(".")


def test_a_file_of_the_largest_size_is_not_refused_for_it() -> None:
    with pytest.raises(WordFileError) as refusal:
        read(b"x" * SIZE_LIMIT)
    assert "5 Mo" not in refusal.value.sentence


def test_a_very_deep_document_does_not_stop_the_reader() -> None:
    depth = 20_000
    inside = "<w:p>" + "<w:r>" * depth + "<w:t>fond</w:t>" + "</w:r>" * depth + "</w:p>"
    assert read(changed(body(inside))).paragraphs == ("fond",)
