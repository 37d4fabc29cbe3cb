"""Pure reading of the essential data of public procurement (DECP): no Django, no clock.

`read_decp` recognises a JSON, XML or tabular file by its content and gives one `RawContract`
or one `Rejected` for each row, in order, without holding the file in memory. `merging` then makes
one contract out of all the rows that speak of it.

Source of the names: schemas 2.0.3 and 2.0.4 of 139bercy/format-commande-publique, the names of
the 2019 format, and the columns of the tabular consolidations.
"""

from coclause.watch.decp.files import UnreadableFile, recognise
from coclause.watch.decp.reading import read_decp
from coclause.watch.decp.records import Holder, RawContract, RawState, Rejected

__all__ = [
    "Holder",
    "RawContract",
    "RawState",
    "Rejected",
    "UnreadableFile",
    "read_decp",
    "recognise",
]
