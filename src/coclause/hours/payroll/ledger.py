"""What is kept of a file: the contracts of those sought, by declaration; of the others, a count."""

import hashlib
import os
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from coclause.hours.payroll.facts import ContractHours, PayrollError, PersonHours, Sought
from coclause.hours.payroll.tally import Entry

MOST_ENTRIES: Final = 20_000
AT_A_TIME: Final = 2_000
MOST_PARTS: Final = 32
AMBIGUOUS: Final = (
    "Plusieurs salariés d’un même établissement répondent à ce nom et à cette date de naissance :"
    " rien n’a été repris pour cette personne. Saisissez ses heures à la main."
)
NEGATIVE: Final = (
    "Le total d’un contrat est sous zéro : une correction y dépasse les heures. Vérifiez-le avec"
    " votre service de paie."
)
STRAY: Final = (
    "Une paie ne dit pas à quel contrat du fichier elle se rapporte : ses heures sont à part."
)


@dataclass(frozen=True)
class Declared:
    """A declaration of an establishment: its month, the part it is of a declaration in parts."""

    month: date
    siret: str
    part: str


ContractKey = tuple[date | None, str]


@dataclass
class Account:
    """A sought person: entries by declaration then contract, and how the file writes them."""

    entries: dict[Declared, dict[ContractKey, Entry]] = field(default_factory=dict)
    seen_as: tuple[int, str, tuple[bytes, ...]] | None = None
    ambiguous: bool = False
    size: int = 0
    remarks: set[str] = field(default_factory=set)

    def see(self, serial: int, siret: str, identity: tuple[bytes, ...]) -> None:
        """Two persons, told apart by their names, in one establishment of one declaration."""
        before, self.seen_as = self.seen_as, (serial, siret, identity)
        if before and before[:2] == (serial, siret) and before[2] != identity:
            self.ambiguous = True

    def add(self, declared: Declared, entry: Entry) -> None:
        """One contract of one declaration."""
        key = (entry.contract.start, entry.contract.number)
        held = self.entries.setdefault(declared, {}).setdefault(key, entry)
        if held is not entry:
            held.merge(entry)
        self.size += 1 + len(entry.others)
        if self.size > MOST_ENTRIES:
            raise PayrollError("Ce fichier répète un même salarié sans fin : il ne peut être lu.")

    def contracts(self) -> list[ContractHours]:
        """The contracts by month, parts of a declaration put together."""
        if self.ambiguous:
            return []
        whole: dict[tuple[date, str, ContractKey], Entry] = {}
        for declared, entries in self.entries.items():
            for key, entry in entries.items():
                held = whole.setdefault(
                    (declared.month, declared.siret, key), Entry(entry.contract)
                )
                held.merge(entry)
        found = [entry.as_hours(month, siret) for (month, siret, _), entry in whole.items()]
        return sorted(
            found, key=lambda one: (one.month, one.siret, one.start or date.max, one.number)
        )

    def as_person(self, sought: Sought) -> PersonHours:
        """The person as given back, with what must be said of them."""
        contracts = self.contracts()
        told = {AMBIGUOUS} if self.ambiguous else set(self.remarks)
        if any(one.hours is not None and one.hours < 0 for one in contracts):
            told.add(NEGATIVE)
        if any(one.start is None for one in contracts):
            told.add(STRAY)
        return PersonHours(sought, tuple(contracts), tuple(sorted(told)))


class Strangers:
    """Counts distinct persons without keeping who they are.

    Eight bytes a person, made with a key drawn for this reading and lost with it: they cannot be
    turned back into a name, nor compared from one reading to the next.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._marks = array("Q")
        self._nameless = 0

    def meet(self, identity: Iterable[bytes]) -> None:
        """One more person who is not sought."""
        told = b"\x00".join(identity)
        if not told.strip(b"\x00"):
            self._nameless += 1
            return
        mark = hashlib.blake2b(told, digest_size=8, key=self._key).digest()
        self._marks.append(int.from_bytes(mark, "big"))

    def count(self) -> int:
        """How many; a large staff is counted part by part, so that memory stays small."""
        parts = min(1 + len(self._marks) // AT_A_TIME, MOST_PARTS)
        distinct = (len({m for m in self._marks if m % parts == part}) for part in range(parts))
        return self._nameless + sum(distinct)
