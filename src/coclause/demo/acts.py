"""The journal: what was done lately, and the milestones of older clauses."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import models

from coclause.clauses.models import Clause, Operation
from coclause.clauses.states import ClauseState
from coclause.core.journal import subject
from coclause.core.models import JournalEntry, User
from coclause.demo.book import Book
from coclause.demo.operations import Scene
from coclause.demo.sites import Site
from coclause.hours.choices import LineState
from coclause.hours.models import Statement, StatementLine
from coclause.render.numbers import hours, month_fr

RECENT = timedelta(days=60)
"""How far back each month's declaration and check are told one by one."""
REACHED = {
    ClauseState.PROPOSED: ("clause.proposer", "Proposer à l’acheteur."),
    ClauseState.AGREED: ("clause.accepter", "Accepter la clause."),
    ClauseState.SUSPENDED: ("clause.suspendre", "Suspendre : chantier arrêté par les intempéries."),
    ClauseState.ENDED: ("clause.achever", "Constater la fin."),
    ClauseState.CLOSED: ("clause.clore", "Clore la clause."),
    ClauseState.DROPPED: ("clause.abandonner", "Abandonner la clause : projet reporté."),
}
Act = tuple[datetime, User | None, str, str, list[str]]


def tell_acts(scene: Scene, sites: list[Site], pipeline: list[Clause]) -> None:
    """Entries in the order of time, none after the day."""
    acts = [*_openings(scene), *_months(scene.book, sites, scene.day)]
    for site in sites:
        acts += _site_acts(scene, site)
    for clause in pipeline:
        acts += _pipeline_acts(scene, clause)
    acts = [act for act in acts if act[0].date() <= scene.day]
    for at, actor, verb, sentence, subjects in sorted(acts, key=lambda act: (act[0], act[4])):
        scene.book.add(
            JournalEntry(
                at=at, day=at.date(), actor=actor, verb=verb, sentence=sentence, subjects=subjects
            )
        )


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _subjects(*about: models.Model) -> list[str]:
    return [subject(record) for record in about]


def _openings(scene: Scene) -> list[Act]:
    acts: list[Act] = []
    for operation in scene.book.rows(Operation):
        hosts = scene.followed_by[operation.pk]
        day = operation.created_at.date()
        by = scene.network.in_charge(*hosts, day)
        host = scene.network.hosts[hosts[0]]
        sentence = f"Opération ouverte, suivie par {host}."
        acts.append((_at(day, 9), by, "operation.opened", sentence, _subjects(operation)))
    return acts


def _site_acts(scene: Scene, site: Site) -> list[Act]:
    award, clause = site.award, site.clause
    about = _subjects(site.operation, clause)
    day = award.notified_on
    by = scene.network.in_charge(site.host, site.share, day)
    awarded = f"{site.lot} : attribué à {site.holder}."
    acts: list[Act] = [(_at(day, 11), by, "lot.awarded", awarded, about)]
    if award.starts_on >= day:
        running = "Démarrer l’exécution. La clause est « En exécution »."
        started = scene.network.in_charge(site.host, site.share, award.starts_on)
        acts.append((_at(award.starts_on, 8), started, "clause.demarrer", running, about))
    if clause.state in REACHED:
        acts.append(_reached(scene, clause, site.host, site.share, about))
    return acts


def _pipeline_acts(scene: Scene, clause: Clause) -> list[Act]:
    operation = clause.lot.contract.operation
    host, share = scene.followed_by[operation.pk]
    about = _subjects(operation, clause)
    opened = operation.created_at.date()
    by = scene.network.in_charge(host, share, opened)
    acts: list[Act] = [(_at(opened, 10), by, "clause.written", "Clause créée.", about)]
    if clause.state in REACHED:
        acts.append(_reached(scene, clause, host, share, about))
    return acts


def _reached(scene: Scene, clause: Clause, host: int, share: int, about: list[str]) -> Act:
    verb, told = REACHED[ClauseState(clause.state)]
    label = ClauseState(clause.state).label
    by = scene.network.in_charge(host, share, clause.state_since)
    sentence = f"{told[:-1]}. La clause est « {label} »."
    return _at(clause.state_since, 16), by, verb, sentence, about


def _months(book: Book, sites: list[Site], day: date) -> list[Act]:
    """Declared and checked months of the recent weeks."""
    lines: dict[int, list[StatementLine]] = defaultdict(list)
    for line in book.rows(StatementLine):
        lines[line.statement_id].append(line)
    by_award: dict[int, Site] = {site.award.pk: site for site in sites}
    acts: list[Act] = []
    for statement in book.rows(Statement):
        if statement.declared_on >= day - RECENT:
            site = by_award[statement.award_id]
            acts += _month_acts(book, statement, lines[statement.pk], site)
    return acts


def _month_acts(
    book: Book, statement: Statement, lines: list[StatementLine], site: Site
) -> list[Act]:
    about = _subjects(site.operation, site.clause)
    month = month_fr(statement.month).capitalize()
    current = [line for line in lines if line.corrected_at is None]
    total = sum((line.hours for line in current), Decimal(0))
    said = f"{month} déclaré : {hours(total)}." if total else f"{month} : néant."
    acts: list[Act] = [
        (_at(statement.declared_on, 9), site.declared_by, "month.declared", said, about)
    ]
    checked = [line for line in current if line.state == LineState.VALIDATED]
    by = book.get(User, checked[0].validated_by_id or 1) if checked else None
    if checked and checked[0].validated_at:
        done = sum((line.hours for line in checked), Decimal(0))
        told = f"{month} : {hours(done)} validées."
        acts.append((checked[0].validated_at, by, "month.validated", told, about))
    for line in current:
        if line.state == LineState.RETURNED and line.returned_at:
            told = f"{month} : {hours(line.hours)} renvoyées : {line.return_reason}"
            acts.append((line.returned_at, by, "month.returned", told, about))
    return acts
