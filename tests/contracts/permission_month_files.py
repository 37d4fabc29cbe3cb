"""The pages that read a month in a file, in the permission table: the companies of the month alone.

What they read is written nowhere: sending is the row of the month itself.
"""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.contracts.permission_rows import Row, fixed
from tests.contracts.permission_worlds import Cast

HERE = "/mon-mois/2026-10/fichier/"
COMPANIES = ("company", "neighbour_company")
"""Each has a month of its own there: another's file says nothing of its people."""


def table(_: Cast) -> dict[str, Any]:
    return {"tableur-file": SimpleUploadedFile("heures.csv", b"Nom;Heures\nInventee;7\n")}


def payroll(_: Cast) -> dict[str, Any]:
    return {"paie-file": SimpleUploadedFile("paie.dsn", b"S10.G00.00.001,'PAIE'\r\n")}


MONTH_FILES: tuple[Row, ...] = (
    Row("month-file", fixed(HERE), COMPANIES),
    Row("month-file", fixed("/mon-mois/2027-10/fichier/"), (), note=" to come"),
    Row("month-file", fixed(HERE), COMPANIES, method="post", data=table),
    Row(
        "month-payroll", fixed(f"{HERE}paie/"), COMPANIES, method="post", data=payroll, success=422
    ),
    Row("month-mapping", fixed(f"{HERE}colonnes/"), COMPANIES, method="post", success=422),
    Row("month-template", fixed("/mon-mois/2026-10/modele.xlsx"), COMPANIES),
)
