"""Telling the buyer that hours are missing: figures of the day, the penalty, a draft letter."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from coclause.clauses.models import Award, Clause
from coclause.clauses.permissions import is_referent
from coclause.clauses.states import LIVE, ClauseState
from coclause.core.journal import record_act
from coclause.core.outbox import post
from coclause.core.refusals import Conflict, Refused
from coclause.hours.models import ShortfallReport
from coclause.hours.steering.reading import contacts_of_buyer, reports_about
from coclause.hours.steering.situations import Basis, Situation, situation
from coclause.organisations.scopes import Scope
from coclause.render.numbers import date_fr, hours

Address = Callable[[ShortfallReport], str]
"""The address of the page of a report."""
REPORTABLE = (*LIVE, ClauseState.ENDED)


@transaction.atomic
def report(
    scope: Scope,
    clause: Clause,
    award: Award,
    *,
    basis: Basis,
    message: str,
    letter: str,
    address: Address,
    seen: tuple[int, Decimal] | None = None,
) -> ShortfallReport:
    """Tell the buyer, once: the row, the line of journal, a message to each of its people.

    `seen` is the last report (0 for none) and the missing hours as the user read them. Raises
    `Refused` when nothing is missing, `Conflict` when either changed meanwhile.
    """
    if scope.user is None or not is_referent(clause.lot.contract.operation, scope):
        raise PermissionDenied
    Award.objects.select_for_update(no_key=True).get(pk=award.pk)
    found = current(clause, award, scope.day, basis)
    if seen is not None:
        _must_be_as_seen(found, basis, seen)
    if not letter.strip():
        raise Refused("Le projet de lettre est vide : écrivez-le, l’acheteur le signera.")
    made = ShortfallReport.objects.create(
        award=award,
        clause=clause,
        day=scope.day,
        missing=found.missing[basis],
        figures=found.figures(basis),
        penalty=found.penalty_data(basis),
        message=message.strip(),
        letter=letter.strip(),
        author=scope.user,
    )
    record_act(scope.user, "shortfall.reported", _told(made), made, day=scope.day)
    _tell_buyer(made, address(made), scope.day)
    return made


def current(clause: Clause, award: Award, day: date, basis: Basis) -> Situation:
    """The situation of that day. Raises `Refused` when it gives nothing to report."""
    held = Clause.objects.get(pk=clause.pk)
    if held.state not in REPORTABLE:
        raise Refused(
            f"La clause est « {held.get_state_display()} » : un manque se signale pendant"
            " l’exécution, ou avant de clore."
        )
    found = situation(clause, award, day)
    if found is None or found.progress.committed is None:
        raise Refused(
            "L’engagement de cette entreprise n’est pas connu : enregistrez-le avant de signaler un"
            " manque."
        )
    if basis not in found.missing:
        raise Refused(
            f"Il n’y a rien à signaler ici ({basis.label.lower()}) : les heures déclarées"
            " suffisent aujourd’hui."
        )
    return found


def last_report(clause: Clause, award: Award) -> int:
    """A mark of what is reported: the id of the latest report, 0 before the first one."""
    return reports_about(award, clause).values_list("pk", flat=True).first() or 0


def _must_be_as_seen(found: Situation, basis: Basis, seen: tuple[int, Decimal]) -> None:
    last, missing = seen
    if last_report(found.clause, found.award) != last:
        raise Conflict(
            "Un signalement vient d’être envoyé pour cette entreprise : lisez-le avant d’en faire"
            " un autre."
        )
    if found.missing[basis] != missing:
        raise Conflict(
            f"Les chiffres viennent de changer : il manque maintenant"
            f" {hours(found.missing[basis])}. Relisez la lettre, qui en cite d’autres."
        )


def _told(made: ShortfallReport) -> str:
    lot = made.clause.lot
    what = f"{hours(made.missing)} manquantes, {lot.contract.operation}, lot {lot.number}"
    return f"Signalé à l’acheteur : {what}."


def _tell_buyer(made: ShortfallReport, page: str, day: date) -> None:
    """A message to each of the buyer's people; none when nobody there can sign in."""
    lot = made.clause.lot
    place = f"{lot.contract.operation}, lot {lot.number}"
    committed = Decimal(made.figures["committed"])
    for contact in contacts_of_buyer(made.clause, day):
        post(
            to=contact.user.email,
            subject=f"Heures d’insertion manquantes : {place}",
            body=(
                "Bonjour,\n\n"
                f"{made.author} vous signale, le {date_fr(made.day)}, qu’il manque"
                f" {hours(made.missing)} d’insertion sur {hours(committed)}.\n"
                f"Marché : {place}\n"
                f"Entreprise : {made.figures['holder'] or 'non connue'}\n\n"
                "Les chiffres, ce que prévoit le contrat et un projet de lettre :\n"
                f"{page}\n\n"
                "Vous décidez : mise en demeure, pénalité, remise ou sans suite.\n\n"
                "CoClause, les clauses sociales d’insertion de la région"
            ),
            kind="shortfall.reported",
            key=f"shortfall.reported:{made.pk}:{contact.user_id}",
            about=[made],
            day=day,
        )
