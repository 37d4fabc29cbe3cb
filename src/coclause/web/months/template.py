"""The month as a workbook to be filled in and sent back: one row by person and award."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from coclause.clauses.choices import HoursKind
from coclause.render.numbers import month_fr
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.clauses.months import of_month
from coclause.web.door.links import private
from coclause.web.middleware import ScopedRequest
from coclause.web.months.form import PersonMonth
from coclause.web.months.pages import company_month
from coclause.web.months.sections import MonthPage
from coclause.web.pages import download

COLUMNS: Final = (
    Column("Repère CoClause (ne pas modifier)", width=34, hidden=True),
    Column("Personne", width=32),
    Column("Contrat", width=48),
    Column("Marché", width=48),
    Column("Heures de travail", "decimal", 16),
    Column("Heures de formation", "decimal", 16),
    Column("Heures de stage", "decimal", 16),
    Column("Total travaillé du mois, tous chantiers", "decimal", 20),
)
"""The headers that `hours.sheets.fields` knows for certain."""
KINDS: Final = (HoursKind.WORK, HoursKind.TRAINING, HoursKind.INTERNSHIP)


@require_safe
def download_template(request: ScopedRequest, month: date) -> HttpResponse:
    """Filled with what was sent, else with the month before, as the page of the month is."""
    page = company_month(request.scope, month).read(carry=True)
    content = workbook(
        [Sheet(month_fr(month).capitalize(), COLUMNS, _rows(page))],
        title=f"Heures {of_month(month)}",
        day=request.scope.day,
        about=(
            ("À remplir", "Les heures de chaque personne sur chaque marché, au centième."),
            ("Case vide", "Aucune heure."),
            (
                "Total travaillé du mois",
                "Tous chantiers compris. À écrire s’il dépasse les heures des marchés ci-contre.",
            ),
            ("Ensuite", "Déposez ce classeur à la page du mois : rien n’est envoyé sans vous."),
        ),
    )
    return private(download(content, f"heures-{month:%Y-%m}.xlsx"))


def _rows(page: MonthPage) -> Iterator[list[Cell]]:
    for section in page.sections:
        lot = section.award.lot
        for person in section.at_hand.own:
            yield [
                f"{page.month:%Y-%m}/{person.employment_id}/{section.award.pk}",
                person.name,
                person.about,
                f"{lot.contract.operation}, lot {lot.number}",
                *(_hours(person, kind) for kind in KINDS),
                person.worked,
            ]


def _hours(person: PersonMonth, kind: HoursKind) -> Decimal | None:
    return person.kinds.get(kind) or None
