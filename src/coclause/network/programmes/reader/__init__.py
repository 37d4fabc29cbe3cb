"""A buyer's yearly purchase programme, in its own spreadsheet, read line by line.

Pure Python: no Django, no database, no clock. `reading` opens the file, `headers` recognises its
columns, `lines` reads each row with the parsers of `amounts`, `durations`, `windows`, `kinds` and
`places`, and `wholes` groups the lots of one contract.
"""
