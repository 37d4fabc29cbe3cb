"""What is accepted as a paper, whatever its name says, and what of it is kept."""

from io import BytesIO

import pytest
from PIL import Image
from tests.hours.papers import paper_files as files

from coclause.core.refusals import Refused
from coclause.hours.papers import limits
from coclause.hours.papers.documents import ACTIVE, LOCKED, NIR_SEEN, TOO_LONG, UNREADABLE
from coclause.hours.papers.examining import (
    EMPTY,
    FROM_OFFICE,
    FROM_PHONE,
    TOO_HEAVY,
    WRONG,
    examine,
)
from coclause.hours.papers.names import shown_name
from coclause.hours.papers.nir import holds_nir
from coclause.hours.papers.pictures import TOO_LARGE

ACTION = b"<< /S /JavaScript /JS (app.alert(1)) >>"


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as told:
        examine(content)
    return told.value.sentence


def test_a_pdf_is_kept_as_it_came_so_that_its_signature_holds() -> None:
    sent = files.pdf()
    kept = examine(sent)
    assert (kept.content, kept.content_type) == (sent, "application/pdf")


@pytest.mark.parametrize(
    "content",
    [
        files.with_catalogue(b"/OpenAction " + ACTION),
        files.with_catalogue(b"/OpenAction 4 0 R", ACTION),
        files.with_catalogue(b"/Names << /JavaScript << /Names [(a) 4 0 R] >> >>", ACTION),
        files.with_catalogue(b"", ACTION),
        files.with_catalogue(b"/AA << /WC " + ACTION + b" >>"),
        files.with_catalogue(b"/OpenAction << /S /Launch /F (calc.exe) >>"),
        files.with_catalogue(b"/OpenAction << /S /J#61vaScript /J#53 (app.alert(1)) >>"),
        files.with_catalogue(b"/OpenAction << /S /SubmitForm /F (http://x.example) >>"),
        files.with_catalogue(b"/OpenAction [<< /S /GoToR /F (autre.pdf) >>]"),
        files.with_catalogue(b"/AcroForm << /XFA (x) >>"),
        files.with_attachment("macro.exe", b"MZ"),
        files.with_attachment("factur-x.xml", b"MZ"),
        files.with_attachment("factur-x.xml", f"<a>{files.NUMBER}</a>".encode()),
    ],
)
def test_a_pdf_that_acts_or_carries_a_file_is_refused(content: bytes) -> None:
    assert refused(content) == ACTIVE


def test_the_data_of_an_electronic_invoice_may_be_attached() -> None:
    """Factur-X is the form in which agencies send their invoices."""
    examine(files.with_attachment("factur-x.xml", b"\xef\xbb\xbf<?xml version='1.0'?><a/>"))


def test_a_link_to_a_page_is_no_reason_to_refuse() -> None:
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://x) >> >>"
    examine(files.with_catalogue(b"", link))


def test_a_locked_pdf_is_refused() -> None:
    assert refused(files.locked()) == LOCKED


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert refused(files.long_pdf(limits.PAGES + 1)) == TOO_LONG
    examine(files.long_pdf(limits.PAGES))


@pytest.mark.parametrize(
    "text",
    [
        files.NUMBER,
        f"N. SS : {files.NUMBER[:13]} cle {files.NUMBER[13:]}",
        "1 85 05 99 999 999 " + files.NUMBER[13:],
        " ".join(files.NUMBER),
    ],
)
@pytest.mark.parametrize("hidden", [False, True])
def test_a_number_that_can_be_read_is_refused_even_under_a_rectangle(
    text: str, hidden: bool
) -> None:
    said = refused(files.pdf(text, rectangle=hidden))
    assert said == NIR_SEEN
    assert files.NUMBER not in said


def test_a_number_held_by_a_form_is_refused() -> None:
    assert refused(files.with_form_value(files.NUMBER)) == NIR_SEEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12 345 678 900 012",  # a SIRET
        "FR76 3000 6000 0112 3456 7890 189",
        files.NUMBER[:13] + "00",  # a key that is not right
        "1 85 XX XX XXX XXX XX",
        "0" + files.NUMBER,
        "151,67 h 10,25 1 554,62 1 850,59 99 999,99",
    ],
)
def test_other_numbers_are_not_taken_for_it(text: str) -> None:
    assert not holds_nir(text)


def test_a_photo_keeps_neither_its_place_nor_its_device_nor_its_comment() -> None:
    sent = files.photo()
    assert b"Appareil" in sent
    kept = examine(sent)
    assert kept.content_type == "image/jpeg"
    assert not any(word in kept.content for word in (b"Appareil", b"Exif", b"commentaire"))
    with Image.open(BytesIO(kept.content)) as picture:
        assert not dict(picture.getexif())


def test_a_photo_taken_sideways_is_kept_upright() -> None:
    with Image.open(BytesIO(examine(files.photo(640, 480, orientation=6)).content)) as picture:
        assert picture.size == (480, 640)


def test_a_large_photo_is_made_smaller_and_stays_readable() -> None:
    kept = examine(files.saved(Image.new("RGB", (8000, 6000)), "JPEG"))
    with Image.open(BytesIO(kept.content)) as picture:
        assert picture.size == (3000, 2250)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "RGB"])
def test_every_kind_of_png_becomes_a_picture_on_white(mode: str) -> None:
    assert examine(files.saved(Image.new(mode, (30, 20)), "PNG")).content_type == "image/jpeg"


def test_a_cmyk_photo_is_kept() -> None:
    examine(files.saved(Image.new("CMYK", (30, 20)), "JPEG"))


def test_a_picture_made_to_fill_the_memory_is_refused_before_it_is_opened() -> None:
    bomb = files.saved(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 1_000_000
    assert refused(bomb) == TOO_LARGE


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", EMPTY),
        (b"%PDF-1.7\n" + b"0" * limits.FILE_BYTES, TOO_HEAVY),
        (b"PK\x03\x04" + b"0" * 99, FROM_OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99, FROM_OFFICE),
        (b"\0\0\0\x18ftypheic" + b"0" * 99, FROM_PHONE),
        (b"GIF89a" + b"0" * 99, WRONG),
        (b"<html><script>alert(1)</script></html>", WRONG),
        (b"MZ" + b"0" * 99, WRONG),
        (b"%PDF-1.7\n", UNREADABLE),
        (b"%PDF-1.7\n%%EOF", UNREADABLE),
        (files.pdf()[:-30], UNREADABLE),
    ],
)
def test_anything_else_is_refused_with_what_to_send_instead(content: bytes, sentence: str) -> None:
    assert refused(content) == sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_cut_short_is_refused(kind: str) -> None:
    content = files.saved(Image.linear_gradient("L"), kind)
    assert "ne s’ouvre pas" in refused(content[: len(content) // 2])
    assert "ne s’ouvre pas" in refused(content[:40])


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("contrat.pdf", "contrat.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\bulletin.pdf", "bulletin.pdf"),
        ("facture\u202egpj.exe", "facturegpj.exe"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("  .pdf ", "pdf"),
        ("", "pièce"),
        ("../", "pièce"),
        ("\u202e\u200b", "pièce"),
        ("x" * 300 + ".pdf", "x" * 107 + "…" + "x" * 8 + ".pdf"),
    ],
)
def test_a_name_is_shown_without_what_misleads(sent: str, shown: str) -> None:
    assert shown_name(sent) == shown
