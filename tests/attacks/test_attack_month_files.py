"""A company's own template, whatever the ids in it."""

from datetime import date

import pytest
from tests.network.programmes.programme_files import xlsx

from coclause.hours.sheets.reading import looks_like_nir, opened
from coclause.hours.sheets.rows import read_rows

HEADERS = ("Repère CoClause (ne pas modifier)", "Personne", "Heures de travail")


@pytest.mark.parametrize("award", [1, 12, 567, 1234, 98765])
@pytest.mark.parametrize("employment", [1, 99, 999, 1234, 99999, 999999])
def test_a_row_of_the_template_is_never_taken_for_a_social_security_number(
    employment: int, award: int
) -> None:
    october = date(2026, 10, 1)
    row = (f"2026-10/{employment}/{award}", "N", 5)
    table = opened(xlsx({"Heures": [HEADERS, row]}), "heures.xlsx", october)[0]
    (read,) = read_rows(table, table.proposed, october).rows
    assert read.key == (october, employment, award)


@pytest.mark.parametrize("cell", ["2 02 61 09 999 991", "202610999999142", "2026109999991"])
def test_a_social_security_number_still_goes(cell: str) -> None:
    assert looks_like_nir(cell)
