"""The hours of a few persons, read in a company's payroll file (DSN, norme NEODeS).

Pure Python: neither Django nor a database. A file holds the whole staff; what is read of anyone
who is not sought is dropped line after line, and the registration number (NIR) is never read.
Begin with `reading.read_payroll`; what it takes and gives is in `facts`.
"""
