"""Tables as people keep them: a spreadsheet opened without trust, its headers recognised.

No Django, no database, no clock, no domain. `apart` opens the file (`texts` when it is a CSV);
`headers` finds the sheet and its row of headers with the words of a `Vocabulary` (`matching`), that
each domain writes for its own tables, or by their shape alone (`shapes`); `cells` and `windows`
read what is inside.
"""
