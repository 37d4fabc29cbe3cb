"""Rows of a table → lines of the month's grid: which person, which award.

Whoever is not recognised is told by the number of the row, never by a name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from rapidfuzz import fuzz

from coclause.clauses.choices import HoursKind
from coclause.core.refusals import Refused
from coclause.hours.choices import Origin
from coclause.hours.payroll.names import first_names, fold
from coclause.hours.sheets.fields import Field
from coclause.hours.sheets.people import KnownPerson
from coclause.hours.sheets.proposed import Proposal, Proposed, total_of
from coclause.hours.sheets.reading import Table
from coclause.hours.sheets.rows import Reading, Said, read_rows
from coclause.hours.sheets.sharing import shared
from coclause.render import numbers
from coclause.tables.cells import fold as words_of
from coclause.tables.cells import shown

LONGEST_INVOICE: Final = 60
TOLD_ROWS: Final = 60
"""Rows not recognised that are told one by one; beyond, their number."""
ALIKE: Final = 85
"""How much a site's name must look like an award's, out of 100, to be it."""
RIVAL: Final = 8
"""Points by which the likeliest award must be ahead of the next one."""

NOBODY: Final = (
    "personne de ce nom sur vos marchés ce mois-ci. Si cette personne y travaille, dites-le au"
    " facilitateur : il l’ajoute."
)
UNKNOWN_NUMBER: Final = "ce numéro de contrat n’est pas connu sur vos marchés ce mois-ci."
TWO_PEOPLE: Final = (
    "deux personnes portent ce nom : ajoutez la date de naissance ou le numéro du contrat."
)
OTHER_SITE: Final = "{site} n’est pas un des marchés de cette personne."
Line = tuple[int, int]
"""Award, employment."""


class _NotFoundError(Exception):
    """The sentence goes after the number of the row."""


@dataclass
class _Sum:
    """What the rows of one line, or of one person without a site, add up to."""

    hours: dict[str, Decimal] = field(default_factory=dict)
    worked: Decimal | None = None
    notes: list[str] = field(default_factory=list)
    rows: int = 0

    def add(self, row: Said) -> None:
        for kind, told in row.hours.items():
            self.hours[kind] = self.hours.get(kind, Decimal(0)) + told
        if row.worked is not None:
            # The month's whole work is one number, said again at each site.
            self.worked = max(self.worked or Decimal(0), row.worked)
        self.rows += 1


@dataclass(frozen=True)
class Month:
    """Whose hours may be read: the people of the month and the awards they work on."""

    month: date
    people: Sequence[KnownPerson]
    awards: Mapping[int, Any]
    """With their lot, contract, operation and buyer at hand."""
    lines: Collection[Line]
    """Those of the grid: the only ones that our template may name."""
    shares: Mapping[int, Mapping[int, Decimal]] = field(default_factory=dict)
    """By employment, hours by award in the latest month declared."""


def propose_table(
    table: Table, mapping: Mapping[Field, int], month: Month, *, invoice: str = ""
) -> Proposal:
    """The month that a table says.

    Raises `Refused` when it is of another month, or says nothing of anybody known.
    """
    reading = read_rows(table, mapping, month.month)
    _must_be_of(reading, month.month)
    matcher = _Matcher(month)
    unmatched = list(reading.unread)
    for row in reading.rows:
        try:
            matcher.place(row)
        except _NotFoundError as problem:
            unmatched.append(f"Ligne {row.number} : {problem}")
    lines = matcher.lines()
    unmatched += matcher.unmatched
    if not lines:
        raise Refused(" ".join(("Aucune ligne de ce tableau n’est reprise.", *unmatched[:3])))
    invoices = list(dict.fromkeys(row.invoice for row in reading.rows if row.invoice))
    number, told = _invoice(invoice, invoices)
    return Proposal(
        month=month.month,
        origin=Origin.INVOICE if number else Origin.SHEET,
        invoice=number,
        lines=tuple(lines),
        remarks=(*table.remarks, *told, *_other_months(reading), *_missing(month, lines)),
        unmatched=tuple(_bounded(sorted(unmatched, key=_row_number))),
    )


def _must_be_of(reading: Reading, month: date) -> None:
    if reading.months and not reading.rows and not reading.unread:
        told = " et ".join(numbers.month_fr(one) for one in sorted(reading.months)[:3])
        raise Refused(
            f"Ce tableau est pour {told}, cette page pour {numbers.month_fr(month)} :"
            " choisissez le tableau du mois, ou ouvrez l’autre mois."
        )


def _other_months(reading: Reading) -> Iterable[str]:
    for month, count in sorted(reading.months.items()):
        plural, are = "s" * (count > 1), "sont" if count > 1 else "est"
        yield (f"{count} ligne{plural} {are} pour {numbers.month_fr(month)} : non reprise{plural}.")


def _missing(month: Month, lines: Iterable[Proposed]) -> Iterable[str]:
    found = {line.employment_id for line in lines}
    count = sum(1 for one in month.people if one.employment_id not in found)
    if count:
        plural = count > 1
        yield (
            f"{count} personne{'s' * plural} de vos marchés n’{'ont' if plural else 'a'} pas"
            f" d’heures dans ce fichier : vérifiez-{'les' if plural else 'la'} ci-dessous."
        )


def _invoice(typed: str, found: list[str]) -> tuple[str, list[str]]:
    """The number kept, and what is said of it."""
    typed = typed.strip()[:LONGEST_INVOICE]
    joined = ", ".join(found)
    if typed or not found:
        return typed, []
    if len(joined) <= LONGEST_INVOICE:
        return joined, []
    return found[0][:LONGEST_INVOICE], [
        f"Ce fichier porte {len(found)} numéros de facture : seul le premier est gardé."
    ]


def _bounded(rows: list[str]) -> Iterable[str]:
    yield from rows[:TOLD_ROWS]
    if len(rows) > TOLD_ROWS:
        yield f"Et {len(rows) - TOLD_ROWS} autres lignes."


def _row_number(told: str) -> int:
    return int(told.removeprefix("Ligne ").partition(" ")[0])


class _Matcher:
    """Adds rows up, by line of the grid."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.sums: dict[Line, _Sum] = defaultdict(_Sum)
        self.whole: dict[int, _Sum] = defaultdict(_Sum)
        """By employment, rows that say no site though the person works on several."""
        self.sites: dict[int, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        """By employment on one award, rows by the site they say, unlike the award's name."""
        self.unmatched: list[str] = []
        self.by_id = {one.employment_id: one for one in month.people}
        self.words = {pk: _words(award) for pk, award in month.awards.items()}

    def place(self, row: Said) -> None:
        """Add a row where it belongs. Raises `_NotFoundError`."""
        if row.key is not None:
            self._place_own(row, row.key)
            return
        known = self._employment(row, self._persons(row))
        awards = self._alike(row.award, known) if row.award else list(known.awards)
        if len(awards) == 1:
            self.sums[awards[0], known.employment_id].add(row)
        elif awards:
            self.whole[known.employment_id].add(row)
        elif len(known.awards) == 1:
            self.sites[known.employment_id][words_of(row.award)].append(row)
        else:
            raise _NotFoundError(OTHER_SITE.format(site=shown(row.award)))

    def _place_own(self, row: Said, key: tuple[date, int, int]) -> None:
        _, employment, award = key
        if (award, employment) not in self.month.lines:
            raise _NotFoundError("elle vient d’un modèle qui n’est plus à jour : téléchargez-le.")
        self.sums[award, employment].add(row)

    def _persons(self, row: Said) -> list[KnownPerson]:
        """The employments of the one person that the row names."""
        numbered = self._numbered(row)
        if row.last or row.both:
            found = self._named(row)
            if not found:
                raise _NotFoundError(NOBODY)
            if numbered and not _same_person(found, numbered):
                raise _NotFoundError("ce nom et ce numéro de contrat ne vont pas ensemble.")
        elif not numbered:
            raise _NotFoundError(UNKNOWN_NUMBER if row.contract else "elle ne dit pas qui.")
        else:
            found = numbered
        if row.born is not None:
            same = [one for one in found if one.born_on == row.born]
            if not same:
                raise _NotFoundError("le nom est connu, mais pas avec cette date de naissance.")
            found = same
        if len({one.identity for one in found}) > 1:
            found = [one for one in found if one in numbered]
            if len({one.identity for one in found}) != 1:
                raise _NotFoundError(TWO_PEOPLE)
        return found

    def _numbered(self, row: Said) -> list[KnownPerson]:
        told = fold(row.contract)
        people = self.month.people
        return [one for one in people if told and fold(one.contract_number) == told]

    def _named(self, row: Said) -> list[KnownPerson]:
        if row.first:
            family, given = fold(row.last or row.both), first_names(row.first)
            return [
                one
                for one in self.month.people
                if family in map(fold, one.family_names)
                and not given.isdisjoint(first_names(one.given_names))
            ]
        told = fold(row.both or row.last)
        found = [one for one in self.month.people if told in one.written]
        if found or row.both:
            return found
        return [one for one in self.month.people if told in map(fold, one.family_names)]

    def _employment(self, row: Said, found: list[KnownPerson]) -> KnownPerson:
        """Which of the contracts of one person: its number, else the award that one alone has."""
        if len(found) > 1 and row.contract:
            numbered = self._numbered(row)
            found = [one for one in found if one in numbered] or found
        if len(found) > 1 and row.award:
            on = [one for one in found if self._alike(row.award, one)]
            found = on if len(on) == 1 else found
        if len(found) > 1:
            raise _NotFoundError(
                "cette personne a deux contrats ce mois-ci : ajoutez le numéro du contrat."
            )
        return found[0]

    def _alike(self, site: str, known: KnownPerson) -> list[int]:
        """The awards of this person that a site's name looks like, the likeliest and its rivals."""
        told = words_of(site)
        scores = {award: _likeness(told, self.words[award]) for award in known.awards}
        best = max(scores.values())
        if best < ALIKE:
            return []
        return [award for award, score in scores.items() if best - score < RIVAL]

    def lines(self) -> list[Proposed]:
        """The sums, line by line; hours without a site are shared as last month's."""
        for employment, sites in self.sites.items():
            self._take_site(self.by_id[employment], sites)
        for employment, whole in self.whole.items():
            self._share(self.by_id[employment], whole, self.month.shares.get(employment, {}))
        return [
            Proposed(award, employment, dict(one.hours), one.worked, tuple(_notes(one)))
            for (award, employment), one in sorted(self.sums.items())
        ]

    def _take_site(self, known: KnownPerson, sites: Mapping[str, list[Said]]) -> None:
        """A site not named as the award: taken, to be confirmed, when there is no other one."""
        rows = [row for each in sites.values() for row in each]
        line = (known.awards[0], known.employment_id)
        if len(sites) > 1 or line in self.sums:
            for row in rows:
                self.unmatched.append(
                    f"Ligne {row.number} : {OTHER_SITE.format(site=shown(row.award))}"
                )
            return
        held = self.sums[line]
        for row in rows:
            held.add(row)
        held.notes.append(
            f"Le fichier dit {shown(rows[0].award)} : vérifiez que c’est bien ce marché."
        )

    def _share(self, known: KnownPerson, whole: _Sum, weights: Mapping[int, Decimal]) -> None:
        total = total_of(whole.hours.values())
        told = numbers.hours(total)
        parts = shared(whole.hours.get(HoursKind.WORK, Decimal(0)), known.awards, weights)
        alone = set(whole.hours) <= {HoursKind.WORK.value}
        for award in known.awards:
            held = self.sums[award, known.employment_id]
            if parts is None or not alone:
                held.notes.append(
                    f"{told} dans le fichier, à répartir entre {len(known.awards)} marchés : il ne"
                    " dit pas lequel."
                )
                continue
            kind = HoursKind.WORK.value
            held.hours[kind] = held.hours.get(kind, Decimal(0)) + parts[award]
            held.worked = whole.worked if held.worked is None else held.worked
            held.notes.append(
                f"{told} dans le fichier, réparties comme le dernier mois déclaré : vérifiez."
            )


def _same_person(some: Iterable[KnownPerson], others: Iterable[KnownPerson]) -> bool:
    return not {one.identity for one in some}.isdisjoint(one.identity for one in others)


def _notes(one: _Sum) -> Iterable[str]:
    yield from one.notes
    if one.rows > 1:
        yield f"{one.rows} lignes du fichier ont été ajoutées."


def _words(award: Any) -> tuple[str, ...]:
    """How a company may call an award, folded."""
    lot = award.lot
    contract, operation = lot.contract, lot.contract.operation
    told = (
        operation.name,
        f"{operation.name}, lot {lot.number}",
        f"{operation.name} {lot.title}",
        lot.title,
        contract.reference,
        contract.object,
        getattr(award, "holder", None) or "",
    )
    return tuple(words_of(one) for one in told if one)


def _likeness(told: str, words: Iterable[str]) -> float:
    return max(
        (100.0 if told == one else fuzz.token_set_ratio(told, one) for one in words if one),
        default=0.0,
    )
