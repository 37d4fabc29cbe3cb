"""What a supporting paper may weigh. Technical limits of this reader, not rules of law."""

from typing import Final

FILE_BYTES: Final = 10_000_000
"""Size of the file as sent; what the pages receive at most."""
PIXELS: Final = 50_000_000
"""Pixels of a picture; a telephone takes 12 to 50 million."""
SIDE: Final = 3_000
"""Pixels of the longer side of what is kept: a sheet of paper stays readable."""
QUALITY: Final = 85
"""Of the JPEG that is kept, out of 100."""
PAGES: Final = 60
"""Pages of a PDF."""
OBJECTS: Final = 20_000
"""Objects of a PDF."""
TEXT_CHARACTERS: Final = 2_000_000
"""Characters of the text of a PDF that are looked through."""
TAIL: Final = 66_000
"""Bytes at the end of a file where an archive says that it is one."""
NAME_CHARACTERS: Final = 120
PAPERS_A_PERSON: Final = 60
"""Papers kept at once about one employment on one award."""
INVOICES_A_MONTH: Final = 20
"""Invoices kept at once about one company's month of one award."""
"""Bound what one account may store: far above any use."""
