"""Reads the hours of a few persons in a payroll file, whatever its size.

Blocks repeat in order and a child belongs to the last parent above it. A line whose rubric is not
in the tables below is passed over without a look at its value; while the person at hand is not
sought, so is everything about their contracts and pay.

Source: the DSN technical specification (cahier technique, net-entreprises), blocks S10, S20.G00.05,
S21.G00.06, 11, 30, 40, 51, 53 and S90.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Final

from coclause.hours.payroll.facts import Payroll, PayrollError, Sought
from coclause.hours.payroll.ledger import Account, Declared, Strangers
from coclause.hours.payroll.lines import (
    RUBRIC,
    Source,
    day_of,
    decode,
    lines_of,
    measure_of,
    plain,
    value_of,
)
from coclause.hours.payroll.names import Index
from coclause.hours.payroll.tally import COUNTED_PAY, Contract, Pay, settle

LIMIT: Final = 1 << 30
MOST_BLOCKS: Final = 5_000
MONTHLY: Final = (b"01", b"")
REPLACING: Final = (b"03", b"04", b"05")
TEST_SENDING: Final = b"01"
BIRTH: Final = 6
SIREN: Final = 9
NONE_YET: Final = 1_000
"""Above any rubric of a block: the next one begins the block."""

IN_UTF8: Final = (
    "Le fichier a été enregistré de nouveau après la paie (accents en UTF-8) : il a été lu quand"
    " même."
)
NO_END: Final = "Le fichier n’a ni en-tête ni fin d’envoi : il est peut-être incomplet."
FEWER_LINES: Final = (
    "Le fichier a moins de lignes qu’il n’en annonce : des heures manquent peut-être. Envoyez-le"
    " tel que le logiciel de paie l’a produit."
)
A_TEST: Final = "C’est un envoi d’essai, selon le fichier lui-même."
NOT_MONTHLY: Final = (
    "Le fichier contient aussi des signalements (fin de contrat, arrêt…) : ils n’ont pas été lus."
)
SEVERAL_MONTHS: Final = "Le fichier contient plusieurs mois : chacun est donné à part."
TWICE: Final = (
    "Le fichier contient deux fois la déclaration du même mois pour un même établissement : les"
    " heures ont été ajoutées. Vérifiez qu’elles ne sont pas en double."
)
REPLACED: Final = (
    "Le fichier contient une déclaration qui en annule ou en remplace une autre : la dernière a"
    " été prise."
)
INCOMPLETE_BIRTH: Final = (
    "Un salarié de ce nom a une date de naissance incomplète dans le fichier : il n’a pas été"
    " repris. Saisissez ses heures à la main si c’est bien cette personne."
)
INCOMPLETE_MEASURE: Final = (
    "Une durée est incomplète dans le fichier (nombre, type ou unité) : elle n’a pas été comptée."
)
CUT: Final = (
    "Ce fichier est coupé : sa fin manque, et des heures avec elle. Envoyez-le de nouveau, entier."
)


def read_payroll(file: Source, sought: Collection[Sought], *, limit: int = LIMIT) -> Payroll:
    """The hours of those sought, by contract, in a payroll file of at most `limit` bytes.

    Nothing is kept or told of anyone else but their number. Raises PayrollError, and nothing else
    for any content of the file; errors carry no trace of the reading, whose frames hold values.
    """
    try:
        return _read(file, sought, limit)
    except PayrollError as refusal:
        failure: Exception = PayrollError(str(refusal))
    except OSError:
        failure = PayrollError(
            "Le fichier n’a pas pu être lu jusqu’au bout. Envoyez-le de nouveau."
        )
    except Exception as unexpected:  # its message may quote the file
        failure = RuntimeError(f"payroll reading failed: {type(unexpected).__name__}")
    # Out of the handlers, so that no context keeps the frames of the reading.
    raise failure


def _read(file: Source, sought: Collection[Sought], limit: int) -> Payroll:
    reader = _Reader(sought)
    number = 0
    for lines in lines_of(file, limit):
        # The rubric alone decides: the value of a line that nothing handles is never looked at.
        table = reader.table
        for line in lines:
            number += 1
            handle = table.get(line[:RUBRIC])
            if handle is not None:
                reader.number = number
                handle(reader, line)
                table = reader.table
    return reader.result(sought, number)


class _Reader:
    """Where the reading stands: the declaration, the establishment, the person at hand."""

    def __init__(self, sought: Collection[Sought]) -> None:
        self.number = 0
        self.table = OUTSIDE
        self._index = Index(sought)
        self._accounts = [Account() for _ in sought]
        self._strangers = Strangers()
        self._remarks: set[str] = set()
        self._months: set[date] = set()
        self._serials: dict[Declared, int] = {}
        self._envelope, self._first_line, self._ended = False, 0, False
        self._serial = 0
        self._nature, self._kind, self._part = b"", b"", b""
        self._month: date | None = None
        self._siren, self._nic = "", ""
        self._sirens: set[str] = set()
        self._person_open, self._rank = False, 0
        self._names: dict[int, bytes] = {}
        self._found: list[int] = []
        self._contracts: list[Contract] = []
        self._pays: list[Pay] = []
        self._contract_rank = self._pay_rank = self._activity_rank = NONE_YET
        self._activity = ["", "", ""]

    # The sending: S10, S90.

    def envelope(self, line: bytes) -> None:
        """S10.G00.00.001: a sending begins; the one before must have ended."""
        self._close_person()
        if self._envelope:
            raise PayrollError(CUT)
        self._envelope, self._first_line, self._ended = True, self.number, False
        self._leave_declaration()

    def purpose(self, line: bytes) -> None:
        """S10.G00.00.005: a test, or for real."""
        if value_of(line, self.number) == TEST_SENDING:
            self._remarks.add(A_TEST)

    def ending(self, line: bytes) -> None:
        """S90.G00.90.001: the sending ends, and says how many rubrics it has."""
        self._close_person()
        announced = value_of(line, self.number)
        # This line counts, and the one after it.
        if self._envelope and announced.isdigit() and len(announced) < 12:
            found = self.number - self._first_line + 2
            if found < int(announced):
                self._remarks.add(FEWER_LINES)
        self._envelope, self._ended = False, True
        self._leave_declaration()

    # The declaration: S20.G00.05.

    def nature(self, line: bytes) -> None:
        """S20.G00.05.001: a declaration begins: monthly, or telling one event."""
        self._close_person()
        self._leave_declaration()
        self._nature = value_of(line, self.number)
        if self._nature not in MONTHLY:
            self._remarks.add(NOT_MONTHLY)
            self.table = ELSEWHERE

    def kind(self, line: bytes) -> None:
        """S20.G00.05.002: normal, or in place of another."""
        self._kind = value_of(line, self.number)

    def part(self, line: bytes) -> None:
        """S20.G00.05.003: which part of a declaration made in parts."""
        self._part = value_of(line, self.number)

    def month(self, line: bytes) -> None:
        """S20.G00.05.005: the month; a second one without a 001 before is another declaration."""
        self._close_person()
        if self._month is not None:
            self._leave_declaration()
        day = day_of(value_of(line, self.number), self.number)
        if day is None:
            raise PayrollError(f"Ligne {self.number} : la déclaration ne dit pas son mois.")
        self._month = day.replace(day=1)
        self._months.add(self._month)

    def _leave_declaration(self) -> None:
        self._serial += 1
        self._nature, self._kind, self._part = b"", b"", b""
        self._month, self._siren, self._nic = None, "", ""
        self.table = OUTSIDE

    # The employer: S21.G00.06, S21.G00.11.

    def company(self, line: bytes) -> None:
        """S21.G00.06.001: the company; its establishments follow."""
        self._close_person()
        self._siren, self._nic = plain(value_of(line, self.number)), ""
        if len(self._siren) == SIREN and self._siren.isascii() and self._siren.isdigit():
            self._sirens.add(self._siren)

    def establishment(self, line: bytes) -> None:
        """S21.G00.11.001: the establishment; what it declared before may be replaced."""
        self._close_person()
        self._nic = plain(value_of(line, self.number))
        if self._kind in REPLACING and self._month is not None:
            self._remarks.add(REPLACED)
            declared = self._declared(self._month)
            for account in self._accounts:
                account.entries.pop(declared, None)
            self._serials.pop(declared, None)

    def _declared(self, month: date) -> Declared:
        siret = self._siren + self._nic
        whole = len(siret) == 14 and siret.isascii() and siret.isdigit()
        return Declared(month, siret if whole else "", plain(self._part))

    # The person: S21.G00.30. Names stay bytes until the birth date is one that is sought.

    def person(self, line: bytes) -> None:
        """S21.G00.30.001: another person. It is their NIR: the line is left unread."""
        self._close_person()
        self._open_person(1)

    def family_name(self, line: bytes) -> None:
        """S21.G00.30.002."""
        self._name(2, line)

    def used_name(self, line: bytes) -> None:
        """S21.G00.30.003."""
        self._name(3, line)

    def given_names(self, line: bytes) -> None:
        """S21.G00.30.004."""
        self._name(4, line)

    def birth(self, line: bytes) -> None:
        """S21.G00.30.006: now it is known whether they are sought."""
        self._name(BIRTH, line)
        birth = self._names[BIRTH]
        near = self._index.perhaps_born(birth)
        asked = self._index.born(birth) or near
        if not asked:
            return
        family, used, given = (self._decoded(self._names.get(rank, b"")) for rank in (2, 3, 4))
        found = [key.rank for key in asked if key.answers((family, used), given)]
        if near:
            for rank in found:
                self._accounts[rank].remarks.add(INCOMPLETE_BIRTH)
        elif found:
            self._found = found
            self.table = INSIDE

    def _name(self, rank: int, line: bytes) -> None:
        if not self._person_open or rank <= self._rank:
            self._close_person()
            self._open_person(rank)
        self._rank = rank
        self._names[rank] = value_of(line, self.number)

    def _decoded(self, value: bytes) -> str:
        text, utf8 = decode(value)
        if utf8:
            self._remarks.add(IN_UTF8)
        return text

    def _open_person(self, rank: int) -> None:
        self._person_open, self._rank = True, rank
        self._names, self._found = {}, []
        self._contracts, self._pays = [], []
        self._contract_rank = self._pay_rank = self._activity_rank = NONE_YET
        self._activity = ["", "", ""]

    def _close_person(self) -> None:
        if not self._person_open:
            return
        if self._month is None:
            raise PayrollError(f"Ligne {self.number} : la déclaration ne dit pas son mois.")
        if self._found:
            self._close_activity()
            self._keep(self._declared(self._month))
        else:
            self._strangers.meet(self._names.values())
        self._open_person(0)
        self._person_open = False
        self.table = OUTSIDE

    def _keep(self, declared: Declared) -> None:
        if self._serials.setdefault(declared, self._serial) != self._serial:
            self._remarks.add(TWICE)
        identity = tuple(self._names.get(rank, b"") for rank in (2, 3, 4))
        for rank in self._found:
            account = self._accounts[rank]
            account.see(self._serial, declared.siret, identity)
            # Settled anew for each: two who ask for the same person do not share their sums.
            for entry in settle(self._contracts, self._pays, declared.month):
                account.add(declared, entry)

    # What is read of a sought person: S21.G00.40, 51, 53.

    def contract(self, line: bytes) -> None:
        """S21.G00.40: start, nature, number."""
        rank = int(line[11:RUBRIC])
        if rank <= self._contract_rank:
            self._contracts.append(Contract())
            self._bounded(self._contracts)
        self._contract_rank = rank
        value, held = value_of(line, self.number), self._contracts[-1]
        if rank == 1:
            held.start = day_of(value, self.number)
        elif rank == 7:
            held.nature = plain(value)
        else:
            held.number = plain(value)

    def pay(self, line: bytes) -> None:
        """S21.G00.51: period, contract, kind."""
        rank = int(line[11:RUBRIC])
        if rank <= self._pay_rank:
            self._close_activity()
            self._pays.append(Pay())
            self._bounded(self._pays)
        self._pay_rank = rank
        value, held = value_of(line, self.number), self._pays[-1]
        if rank == 1:
            held.first = day_of(value, self.number)
        elif rank == 2:
            held.last = day_of(value, self.number)
        elif rank == 10:
            held.number = plain(value)
        else:
            held.kind = plain(value)

    def activity(self, line: bytes) -> None:
        """S21.G00.53: kind, measure, unit, under the pay above."""
        rank = int(line[11:RUBRIC])
        if not self._pays:
            return
        if rank <= self._activity_rank:
            self._close_activity()
        self._activity_rank = rank
        self._activity[rank - 1] = plain(value_of(line, self.number))
        if rank == 2 and self._pays[-1].kind == COUNTED_PAY:
            measure_of(self._activity[1].encode("latin-1"), self.number)

    def _close_activity(self) -> None:
        kind, told, unit = self._activity
        self._activity, self._activity_rank = ["", "", ""], NONE_YET
        if not (kind or told or unit) or self._pays[-1].kind != COUNTED_PAY:
            return
        measure = measure_of(told.encode("latin-1"), self.number)
        if measure is None or not kind or not unit:
            for rank in self._found:
                self._accounts[rank].remarks.add(INCOMPLETE_MEASURE)
            return
        self._pays[-1].measures.add(kind, unit, measure)

    def _bounded(self, blocks: Collection[object]) -> None:
        if len(blocks) > MOST_BLOCKS:
            raise PayrollError(
                f"Ligne {self.number} : un salarié y a trop de contrats ou de paies pour un mois."
            )

    def result(self, sought: Collection[Sought], lines: int) -> Payroll:
        """What was found, once the last line is read."""
        self.number = lines
        self._close_person()
        if self._envelope:
            raise PayrollError(CUT)
        if not self._months:
            raise PayrollError(
                "Ce fichier ne contient aucune déclaration mensuelle. Envoyez la DSN du mois."
            )
        if not self._ended:
            self._remarks.add(NO_END)
        if len(self._months) > 1:
            self._remarks.add(SEVERAL_MONTHS)
        return Payroll(
            months=tuple(sorted(self._months)),
            people=tuple(
                account.as_person(one) for account, one in zip(self._accounts, sought, strict=True)
            ),
            others_skipped=self._strangers.count(),
            remarks=tuple(sorted(self._remarks)),
            sirens=frozenset(self._sirens),
        )


Table = dict[bytes, Callable[[_Reader, bytes], None]]

ELSEWHERE: Final[Table] = {
    b"S10.G00.00.001": _Reader.envelope,
    b"S10.G00.00.005": _Reader.purpose,
    b"S20.G00.05.001": _Reader.nature,
    b"S90.G00.90.001": _Reader.ending,
}
"""In a declaration that is not monthly."""
OUTSIDE: Final[Table] = ELSEWHERE | {
    b"S20.G00.05.002": _Reader.kind,
    b"S20.G00.05.003": _Reader.part,
    b"S20.G00.05.005": _Reader.month,
    b"S21.G00.06.001": _Reader.company,
    b"S21.G00.11.001": _Reader.establishment,
    b"S21.G00.30.001": _Reader.person,
    b"S21.G00.30.002": _Reader.family_name,
    b"S21.G00.30.003": _Reader.used_name,
    b"S21.G00.30.004": _Reader.given_names,
    b"S21.G00.30.006": _Reader.birth,
}
"""While no sought person is at hand."""
INSIDE: Final[Table] = (
    OUTSIDE
    | dict.fromkeys((b"S21.G00.40.001", b"S21.G00.40.007", b"S21.G00.40.009"), _Reader.contract)
    | dict.fromkeys(
        (b"S21.G00.51.001", b"S21.G00.51.002", b"S21.G00.51.010", b"S21.G00.51.011"), _Reader.pay
    )
    | dict.fromkeys((b"S21.G00.53.001", b"S21.G00.53.002", b"S21.G00.53.003"), _Reader.activity)
)
"""While a sought person is at hand."""
