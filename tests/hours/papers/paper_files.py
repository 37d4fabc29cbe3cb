"""Files for tests of supporting papers, made here byte by byte: nobody's papers."""

from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from stdnum.fr import nir

BIRTH = "1850599999999"
"""Of a commune that does not exist."""
NUMBER = BIRTH + nir.calc_check_digits(BIRTH)
"""Well formed, and nobody's."""


def pdf(text: str = "Bulletin de paie, octobre 2026", *, rectangle: bool = False) -> bytes:
    """One page with that text, perhaps under a black rectangle."""
    shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    drawn = f"BT /F1 12 Tf 72 700 Td ({shown}) Tj ET"
    if rectangle:
        drawn += " 0 g 60 690 400 30 re f"
    body = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream".encode("latin-1"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return assembled(body)


def assembled(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first being its catalogue."""
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n"
        b"%%%%EOF\n" % (count, table, count, len(made))
    )


def with_catalogue(extra: bytes, *more: bytes) -> bytes:
    """A blank page, something more in the catalogue, more objects from number 4."""
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
            *more,
        ]
    )


def locked() -> bytes:
    made = PdfWriter()
    made.add_blank_page(200, 200)
    made.encrypt("mot de passe")
    return _bytes(made)


def with_attachment(name: str, content: bytes) -> bytes:
    made = PdfWriter()
    made.add_blank_page(200, 200)
    made.add_attachment(name, content)
    return _bytes(made)


def long_pdf(pages: int) -> bytes:
    made = PdfWriter()
    for _ in range(pages):
        made.add_blank_page(200, 200)
    return _bytes(made)


def with_form_value(text: str) -> bytes:
    """A form field that holds this text, which no page draws."""
    made = PdfWriter()
    made.add_blank_page(200, 200)
    made._add_object(
        DictionaryObject(
            {NameObject("/T"): TextStringObject("numero"), NameObject("/V"): TextStringObject(text)}
        )
    )
    return _bytes(made)


def _bytes(writer: PdfWriter) -> bytes:
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def photo(width: int = 640, height: int = 480, *, orientation: int = 1) -> bytes:
    """A JPEG that says where and with what it was taken, and carries a comment."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height // 2))
    marks = Image.Exif()
    marks[0x010F] = "Appareil Inventé"
    marks[0x0112] = orientation
    place: Any = marks.get_ifd(0x8825)
    place[1], place[2] = "N", (47.0, 19.0, 12.0)
    return saved(picture, "JPEG", exif=marks, comment=b"commentaire secret")


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()
