"""A picture is decoded, bounded and drawn again: nothing is kept but its pixels."""

from io import BytesIO

from PIL import Image, ImageOps

from coclause.core.refusals import Refused
from coclause.hours.papers import limits

JPEG = "image/jpeg"
FORMATS = ("JPEG", "PNG")
UNREADABLE = "Cette image ne s’ouvre pas : reprenez la photo, ou déposez un PDF."
TOO_LARGE = (
    f"Cette image a plus de {limits.PIXELS // 1_000_000} millions de points : reprenez la photo"
    " avec une définition plus basse."
)


def drawn_again(content: bytes) -> bytes:
    """The same picture as a JPEG that holds its pixels alone: no place, no device, no comment.

    Raises `Refused` for what is no JPEG or PNG, or is too large to be opened.
    """
    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, said in a sentence
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as sent:
            if sent.width * sent.height > limits.PIXELS:
                raise Refused(TOO_LARGE)
            sent.draft("RGB", (limits.SIDE, limits.SIDE))
            upright = ImageOps.exif_transpose(sent)
            upright.thumbnail((limits.SIDE, limits.SIDE))
            return _jpeg(upright)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise Refused(UNREADABLE) from error


def _jpeg(picture: Image.Image) -> bytes:
    """On white, in a new picture: what Pillow knew of the old one does not follow."""
    sheet = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        sheet.paste(layer, mask=layer)
    else:
        sheet.paste(picture.convert("RGB"))
    written = BytesIO()
    sheet.save(written, "JPEG", quality=limits.QUALITY, optimize=True)
    return written.getvalue()
