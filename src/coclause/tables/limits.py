"""What a table's file may weigh. Technical limits of this reader, not rules of law."""

from typing import Final

FILE_BYTES: Final = 5 * 1024 * 1024
"""Size of the file as sent."""
UNPACKED_BYTES: Final = 60 * 1024 * 1024
"""Size of everything the file contains once decompressed, measured and not believed."""
PART_RATIO: Final = 400
"""Times a part may grow once decompressed; real sheets grow ten to sixty times."""
RATIO_FLOOR: Final = 2 * 1024 * 1024
"""Size under which a part may grow as much as it likes."""
PARTS: Final = 2_000
ROWS: Final = 20_000
COLUMNS: Final = 200
SHEETS: Final = 60
TEXT_CHARACTERS: Final = 40_000_000
"""Characters of a whole workbook, a text used by many cells being counted for each."""
AREA: Final = 4_000_000
"""Cells of the rectangle a sheet spans, empty ones included: what reading it takes in memory."""
CELLS: Final = 1_500_000
"""Cells kept of all the sheets together."""
FILLED_BY_MERGES: Final = 400_000
"""Cells that merged regions may cover downwards."""
CELL_CHARACTERS: Final = 4_000
"""Beyond, the text of a cell is cut, and it is said."""
