"""A month proposed from a company's file: its own spreadsheet, our template, its payroll.

Reading writes nothing: `proposed.Proposal` is shown in the month's grid, and the user sends it.
Nothing of any file is stored; of a spreadsheet, only the ranks of its columns (`mappings`).
Begin with `reading.opened` and `reading.read_month` for a table, `payroll.propose` for a payroll.
"""
