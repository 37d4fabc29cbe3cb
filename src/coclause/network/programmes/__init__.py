"""A buyer's yearly purchase programme, in its own spreadsheet, read line by line.

`reader` is pure Python: no Django, no database, no clock. `coclause.tables` opens the file,
`headers` recognises its columns, `lines` reads each row with the parsers of `amounts`, `durations`,
`kinds` and `places`, and `wholes` groups the lots of one contract.
"""
