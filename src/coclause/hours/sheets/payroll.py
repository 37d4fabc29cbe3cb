"""What a payroll file proposes for a month: a ceiling by employment, shared between its awards.

A payroll knows neither the site nor, always, paid leave. What it says is never sent by itself:
unpaid absences and corrections of earlier months are told apart and change no figure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from coclause.clauses.choices import HoursKind
from coclause.core.refusals import Refused
from coclause.hours.choices import Origin
from coclause.hours.payroll.facts import ContractHours, Payroll, PayrollError, PersonHours, Sought
from coclause.hours.payroll.lines import Source
from coclause.hours.payroll.names import fold
from coclause.hours.payroll.reading import SIREN, read_payroll
from coclause.hours.sheets.people import KnownPerson, Past
from coclause.hours.sheets.proposed import EarlierMonth, Proposal, Proposed
from coclause.hours.sheets.sharing import shared
from coclause.people.identities import first_given_name
from coclause.render import numbers

ZERO: Final = Decimal(0)
LONGEST_MONTH: Final = Decimal(744)
NOT_FOUND: Final = "Cette personne n’est pas dans le fichier de paie : écrivez ses heures."
NOT_IN_HOURS: Final = (
    "La paie ne compte pas ce contrat en heures (forfait en jours, rien de payé…) : écrivez les"
    " heures."
)
NOT_POSSIBLE: Final = "La paie donne {hours} pour ce mois : rien n’est repris, écrivez les heures."
UNSHARED: Final = (
    "{hours} dans la paie, à répartir entre {count} marchés : aucun mois déclaré ne dit comment."
)
SHARED: Final = "{hours} dans la paie, réparties comme le dernier mois déclaré : vérifiez."
ABSENCE: Final = "{hours} d’absence non payée dans la paie : elles ne sont pas retirées."
OTHER_CONTRACT: Final = (
    "La paie a un autre contrat de cette personne{begun} ({hours}) : il n’est pas repris."
)
OTHER_COMPANY: Final = (
    "La paie a pour cette personne un contrat d’une autre entreprise : il n’est pas repris."
)
ELSEWHERE: Final = "{hours} de ce mois sont déjà comptées sur d’autres marchés : elles sont ôtées."
EARLIER: Final = "La paie corrige aussi {month} ({hours}) : rien n’y est changé."
START_DIFFERS: Final = (
    "Le contrat commence le {paid} dans la paie, le {known} ici : vérifiez que c’est le même."
)


@dataclass
class _Found:
    """What the file says of one employment."""

    hours: Decimal | None = None
    uncounted: bool = False
    """A contract was there, without a number of hours."""
    absence: Decimal = ZERO
    notes: list[str] = field(default_factory=list)
    earlier: list[EarlierMonth] = field(default_factory=list)


def propose_payroll(
    file: Source, month: date, people: Sequence[KnownPerson], past: Past
) -> Proposal:
    """The month read in a payroll file, of these people and nobody else.

    Raises `Refused` for a file that is no DSN, of other months, or of other companies.
    """
    if not people:
        raise Refused(
            "Personne de votre entreprise ne travaille sur ces marchés ce mois-ci : il n’y a rien"
            " à chercher dans la paie. S’il manque quelqu’un, dites-le au facilitateur."
        )
    by_person = _by_person(people)
    try:
        payroll = read_payroll(file, [_sought(one[0]) for one in by_person])
    except PayrollError as refusal:
        raise Refused(str(refusal)) from None
    _must_be_of(payroll, month)
    _must_be_of_company(payroll, people)
    found: dict[int, _Found] = {one.employment_id: _Found() for one in people}
    for known, told in zip(by_person, payroll.people, strict=True):
        _assign(told, known, month, found)
    lines = [
        line
        for one in people
        for line in _lines(
            one,
            found[one.employment_id],
            past.shares.get(one.employment_id, {}),
            past.elsewhere.get(one.employment_id, ZERO),
        )
    ]
    return Proposal(
        month=month,
        origin=Origin.PAYROLL,
        invoice="",
        lines=tuple(lines),
        remarks=tuple(_remarks(payroll, month)),
        unmatched=(),
        earlier=tuple(one for each in found.values() for one in each.earlier),
        skipped=payroll.others_skipped,
    )


def _by_person(people: Iterable[KnownPerson]) -> list[list[KnownPerson]]:
    """Employments of one person together: a person is sought once."""
    found: dict[object, list[KnownPerson]] = defaultdict(list)
    for one in people:
        found[one.identity].append(one)
    return list(found.values())


def _sought(one: KnownPerson) -> Sought:
    birth, *used = one.family_names
    return Sought(birth, first_given_name(one.given_names), one.born_on, used[0] if used else "")


def _must_be_of(payroll: Payroll, month: date) -> None:
    if month in payroll.months:
        return
    told = " et ".join(numbers.month_fr(one) for one in payroll.months)
    raise Refused(
        f"Ce fichier de paie est pour {told}, cette page pour {numbers.month_fr(month)} :"
        " choisissez le fichier du mois, ou ouvrez l’autre mois."
    )


def _must_be_of_company(payroll: Payroll, people: Iterable[KnownPerson]) -> None:
    """Nothing is told of a company that the file, or somebody's employer here, does not name."""
    here = {one.siret[:SIREN] for one in people}
    if "" in here or not payroll.sirens or payroll.sirens & here:
        return
    raise Refused(
        f"Ce fichier de paie est d’une autre entreprise ({_sirens(payroll.sirens)}) : il n’est pas"
        f" lu. Choisissez celui de l’entreprise qui emploie sur ces marchés ({_sirens(here)}). Si"
        " le fichier est bien le sien, dites-le au facilitateur, qui corrigera son numéro."
    )


def _sirens(found: Iterable[str]) -> str:
    """ "SIREN 732 829 320"; several are joined."""
    told = (f"{one[:3]} {one[3:6]} {one[6:]}" for one in sorted(found))
    return f"SIREN {' et '.join(told)}".replace(" ", numbers.NO_BREAK)


def _remarks(payroll: Payroll, month: date) -> Iterable[str]:
    yield from payroll.remarks
    others = [numbers.month_fr(one) for one in payroll.months if one != month]
    if others:
        yield (
            f"Seul {numbers.month_fr(month)} est repris ici ; le fichier contient aussi"
            f" {' et '.join(others)}."
        )
    yield (
        "La paie compte les congés payés et tous les chantiers : ces heures sont un plafond."
        " Gardez celles qui ont été faites sur chaque marché."
    )


def _assign(
    told: PersonHours, known: list[KnownPerson], month: date, found: Mapping[int, _Found]
) -> None:
    """Give each contract of the month to the employment it is."""
    for one in known:
        found[one.employment_id].notes += told.remarks
    contracts = [contract for contract in told.contracts if contract.month == month]
    chosen = _employments_of(contracts, known)
    for contract in contracts:
        if not any(_same_company(one, contract) for one in known):
            found[known[0].employment_id].notes.append(OTHER_COMPANY)
        elif (employment := chosen.get(_key(contract))) is None:
            found[known[0].employment_id].notes.append(_other_contract(contract))
        else:
            _take(contract, employment, found[employment.employment_id])


def _key(contract: ContractHours) -> tuple[date | None, str]:
    """The same contract in two establishments is one."""
    return contract.start, contract.number


def _employments_of(
    contracts: Sequence[ContractHours], known: Sequence[KnownPerson]
) -> dict[tuple[date | None, str], KnownPerson]:
    """By contract, the employment of that number, else of that first day; at last, the contract
    that is left is the employment that is left, when there is one of each.
    """
    chosen: dict[tuple[date | None, str], KnownPerson] = {}
    left: dict[tuple[date | None, str], list[KnownPerson]] = {}
    for contract in contracts:
        own = [one for one in known if _same_company(one, contract)]
        same = [one for one in own if _numbered(contract, one)]
        same = [one for one in same if one.starts_on == contract.start] or same[:1]
        same = same or [one for one in own if one.starts_on == contract.start]
        if same:
            chosen[_key(contract)] = same[0]
        elif own:
            left[_key(contract)] = own
    taken = {one.employment_id for one in chosen.values()}
    if len(left) == 1:
        key, own = next(iter(left.items()))
        free = [one for one in own if one.employment_id not in taken]
        if len(free) == 1:
            chosen[key] = free[0]
    return chosen


def _take(contract: ContractHours, employment: KnownPerson, held: _Found) -> None:
    held.absence += contract.absence_hours or ZERO
    held.earlier += [
        EarlierMonth(each.month, employment.employment_id, each.hours, each.absence_hours)
        for each in contract.corrections
    ]
    if (
        contract.start
        and contract.start != employment.starts_on
        and not _numbered(contract, employment)
    ):
        held.notes.append(
            START_DIFFERS.format(
                paid=numbers.date_fr(contract.start), known=numbers.date_fr(employment.starts_on)
            )
        )
    if contract.hours is None:
        held.uncounted = True
    else:
        held.hours = (held.hours or ZERO) + contract.hours


def _same_company(one: KnownPerson, contract: ContractHours) -> bool:
    """The company, whichever of its establishments; True when one of the two does not say."""
    if not (one.siret and contract.siret):
        return True
    return one.siret[:SIREN] == contract.siret[:SIREN]


def _numbered(contract: ContractHours, one: KnownPerson) -> bool:
    told, known = (fold(number).lstrip("0") for number in (contract.number, one.contract_number))
    return bool(told) and told == known


def _other_contract(contract: ContractHours) -> str:
    begun = f", commencé le {numbers.date_fr(contract.start)}" if contract.start else ""
    told = numbers.hours(contract.hours) if contract.hours is not None else "sans heures"
    return OTHER_CONTRACT.format(begun=begun, hours=told)


def _told(one: EarlierMonth) -> str:
    told = numbers.hours(one.hours) if one.hours is not None else "sans nombre d’heures"
    if one.absence_hours:
        return f"{told}, {numbers.hours(one.absence_hours)} d’absence non payée"
    return told


def _lines(
    one: KnownPerson, found: _Found, weights: Mapping[int, Decimal], elsewhere: Decimal
) -> Iterable[Proposed]:
    """The lines of an employment, one by award; what is to be confirmed stands at each."""
    notes = list(dict.fromkeys(found.notes))
    if found.absence:
        notes.append(ABSENCE.format(hours=numbers.hours(found.absence)))
    notes += [
        EARLIER.format(month=numbers.month_fr(e.month), hours=_told(e)) for e in found.earlier
    ]
    parts: Mapping[int, Decimal] = {}
    worked = None
    if found.hours is None:
        notes.append(NOT_IN_HOURS if found.uncounted else NOT_FOUND)
    elif not ZERO <= found.hours <= LONGEST_MONTH:
        notes.append(NOT_POSSIBLE.format(hours=numbers.hours(found.hours)))
    else:
        worked = found.hours
        left = max(found.hours - elsewhere, ZERO)
        if elsewhere:
            notes.append(ELSEWHERE.format(hours=numbers.hours(elsewhere)))
        told = shared(left, one.awards, weights)
        if told is None:
            count = len(one.awards)
            notes.append(UNSHARED.format(hours=numbers.hours(left), count=count))
        elif len(one.awards) > 1:
            notes.append(SHARED.format(hours=numbers.hours(left)))
        parts = told or {}
    for award in one.awards:
        hours = {HoursKind.WORK.value: parts[award]} if award in parts else {}
        yield Proposed(award, one.employment_id, hours, worked, tuple(notes))
