"""Purchase programmes in the permission table.

The list is by role. The pages of a programme open by a signed link alone: `tests/web/programmes`
tries each of them with a real link, another's, a forged one and one that has ended, by everybody,
and that nothing changed.
"""

from tests.contracts.permission_rows import SIGNED_IN, Row, fixed

READERS = ("buyer", "neighbour_buyer", "coordinator", "elsewhere_coordinator")
OTHERS = tuple(role for role in SIGNED_IN if role not in READERS)

PROGRAMMES: tuple[Row, ...] = (
    Row("programmes", fixed("/programmations/"), READERS, OTHERS),
    Row("programmes", fixed("/programmations/?format=xlsx"), READERS, OTHERS, note=" xlsx"),
)

PUBLIC_PROGRAMMES: dict[str, tuple[str, tuple[int, ...]]] = {
    "programme-new": ("/programmation/", (200,)),
    "programme": ("/programmation/inconnu/", (404,)),
    "programme-columns": ("/programmation/inconnu/colonnes/", (405,)),
    "programme-progress": ("/programmation/inconnu/avancement/", (404,)),
    "programme-xlsx": ("/programmation/inconnu/lignes.xlsx", (404,)),
    "programme-send": ("/programmation/inconnu/demandes/", (405,)),
}
