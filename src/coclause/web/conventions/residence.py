"""The share of residents of priority districts, as each reader may see it.

Whoever may open the file of each person counted (the hosts in charge) reads everything. For the
others a group of fewer persons than the threshold is hidden, a second one with it where the rest
would give it back; and nothing at all is said of where people live when a single operation has
hours: that would be a breakdown by criterion at the level of an operation.
"""

from dataclasses import dataclass
from decimal import Decimal

from coclause.clauses.models import Convention
from coclause.core.parameters import parameter
from coclause.hours.convention_progress import RESIDENCES, RESIDENT, Residence, reads_everyone
from coclause.organisations.scopes import Scope
from coclause.people.disclosure import hide_small
from coclause.render.numbers import HIDDEN, Measure, amount, decimal, hours, is_number, percent

MASKED = "masqué"
COLLECTIVE = "Déclarations collectives, sans noms : résidence non connue"


@dataclass(frozen=True)
class Line:
    """Hours of one residence in words, their share of all, and the persons."""

    label: str
    hours: str
    share: str
    persons: str


@dataclass(frozen=True)
class Told:
    """What the panel shows; `masked` says why something is not shown."""

    title: str
    lines: list[Line]
    total: Decimal
    masked: str


def told(convention: Convention, residence: Residence, scope: Scope) -> Told:
    """The lines and the finding, small groups hidden from whoever may not read the files."""
    groups = {key: len(persons) for key, persons in residence.persons.items()}
    entitled = reads_everyone(residence, scope)
    shown: dict[str, Measure] = {**groups}
    masked = ""
    if not entitled:
        shown = hide_small(groups, parameter("small_cell", scope.day))
        shown = shown or dict.fromkeys(groups, HIDDEN)
        if HIDDEN in shown.values():
            masked = "Un groupe de moins de cinq personnes n’est pas montré."
        if len(residence.operations) == 1:
            shown = dict.fromkeys(groups, HIDDEN)
            masked = (
                "Une seule opération a des heures : où habitent ses salariés n’est lu que par la"
                " structure qui la suit."
            )
    lines = [
        Line(
            label,
            MASKED if shown[key] == HIDDEN else hours(residence.hours[key]),
            MASKED if shown[key] == HIDDEN else percent(residence.hours[key], residence.total),
            amount(shown[key]),
        )
        for key, label in RESIDENCES.items()
    ]
    if residence.collective:
        share = percent(residence.collective, residence.total)
        lines.append(Line(COLLECTIVE, hours(residence.collective), share, "sans objet"))
    return Told(
        _title(convention, residence, seen=is_number(shown[RESIDENT])),
        lines if residence.total else [],
        residence.total,
        masked if residence.total else "",
    )


def _title(convention: Convention, residence: Residence, *, seen: bool) -> str:
    share = convention.district_share
    if not residence.total:
        return "Habitants des quartiers prioritaires : aucune heure validée pour l’instant"
    if not seen:
        return "Habitants des quartiers prioritaires : part non montrée"
    reached = percent(residence.hours[RESIDENT], residence.total)
    found = f"{reached} des heures validées sont d’habitants de quartiers prioritaires"
    if share is None:
        return f"{found} ; la part à atteindre n’est pas connue"
    return f"{found}, pour {decimal(share)}\u202f% à atteindre"
