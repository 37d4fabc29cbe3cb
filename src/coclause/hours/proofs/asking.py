"""What a document is about, and the versions of it that there are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from coclause.clauses.choices import ANSWERABLE
from coclause.clauses.models import Award, AwardMember, Clause
from coclause.clauses.states import EXECUTED, ClauseState
from coclause.core.months import last_day
from coclause.core.refusals import Refused
from coclause.hours.choices import ProofKind
from coclause.hours.models import Proof
from coclause.hours.proofs.queries import STATEMENTS, ProofQuerySet
from coclause.organisations.models import Organisation
from coclause.render.numbers import date_fr

ENDED = (ClauseState.ENDED, ClauseState.CLOSED)


@dataclass(frozen=True)
class Asked:
    """What is to be proved: hours up to `until`, of an award under a clause; for a certificate,
    those of one company.
    """

    kind: ProofKind
    clause: Clause
    award: Award
    company: Organisation | None
    until: date

    @property
    def is_statement(self) -> bool:
        return self.kind in STATEMENTS

    def versions(self) -> ProofQuerySet:
        """Those of the same document: of the same hours, but for a final statement, which is one
        document however late it is established.
        """
        rows = Proof.objects.filter(
            kind=self.kind, clause=self.clause, award=self.award, company=self.company
        )
        return rows if self.kind == ProofKind.FINAL else rows.filter(until=self.until)

    def last(self) -> Proof | None:
        """The version in force, if any."""
        return self.versions().order_by("-version").first()


def asked_of(proof: Proof, day: date) -> Asked:
    """The document that a proof is a version of, as it would be established on that day."""
    until = day if proof.kind == ProofKind.FINAL else proof.until
    return Asked(ProofKind(proof.kind), proof.clause, proof.award, proof.company, until)


def must_be_possible(asked: Asked, day: date) -> None:
    """Raises `Refused`, with what to do, when there is no such document to establish that day."""
    award = asked.award
    if asked.clause.state not in EXECUTED:
        raise Refused("L’exécution n’a pas commencé : il n’y a pas encore d’heures à établir.")
    if asked.clause.pk not in clauses_of(award):
        raise Refused("Cette attribution n’est pas engagée par cette clause : choisissez-en une.")
    if not award.starts_on <= asked.until <= day:
        raise Refused(
            f"Les heures s’arrêtent entre le {date_fr(award.starts_on)} et le {date_fr(day)} :"
            " choisissez un mois de cette période."
        )
    if asked.kind == ProofKind.FINAL and not is_over(asked.clause, award, day):
        raise Refused(
            f"L’exécution va jusqu’au {date_fr(award.ends_on)} : établissez un bilan"
            " intermédiaire, ou constatez d’abord la fin de la clause."
        )
    if asked.kind == ProofKind.CERTIFICATE:
        if asked.company is None or asked.company.pk not in {c.pk for c in companies(award, day)}:
            raise Refused("Choisissez l’entreprise à qui l’attestation est donnée.")
    elif asked.company is not None:
        raise Refused("Seule une attestation porte sur une entreprise : n’en choisissez pas.")


def clauses_of(award: Award) -> set[int]:
    """The clauses that count the hours of an award: those it is committed to, and those of its lot
    that no award is committed to.
    """
    committed = award.commitments.values_list("clause_id", flat=True)
    unclaimed = Clause.objects.filter(lot=award.lot_id, commitments__isnull=True)
    return {*committed, *unclaimed.values_list("pk", flat=True)}


def is_over(clause: Any, award: Any, day: date) -> bool:
    """Whether a final statement can be established: the end is noted, or its day is past."""
    if clause.state in ENDED:
        return True
    return bool(award.ends_on < day and award.suspended_on is None)


def companies(award: Award, day: date) -> list[Organisation]:
    """Who takes or took part in the award by that day, the one that answers for it first."""
    rows = award.members.filter(starts_on__lte=max(day, award.starts_on))
    members = list(rows.select_related("organisation").order_by("-starts_on", "pk"))
    members.sort(key=lambda member: member.part not in ANSWERABLE)
    return list(dict.fromkeys(member.organisation for member in members))


def answering(members: Collection[AwardMember], award: Award, month: date) -> int | None:
    """The company that answers for the award at the end of a month: each hour has one owner."""
    held = sorted((m for m in members if m.part in ANSWERABLE), key=lambda m: m.starts_on)
    begun = [m for m in held if m.starts_on <= min(last_day(month), award.ends_on)]
    return (begun[-1] if begun else held[0]).organisation_id if held else None
