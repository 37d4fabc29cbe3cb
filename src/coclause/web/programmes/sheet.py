"""The result as a spreadsheet: the buyer's lines, and what was answered to each, in words."""

from collections.abc import Iterator
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from coclause.network.choices import ProgrammeState
from coclause.network.models import Programme
from coclause.render.numbers import date_fr
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.door.links import private
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download
from coclause.web.programmes.access import closed_page, of_link
from coclause.web.programmes.results import (
    DUTY,
    hours_in_words,
    instrument_of,
    place_of,
    reasons_of,
    when_of,
)

COLUMNS: Final = (
    Column("Ligne", "integer", 8),
    Column("Référence", width=16),
    Column("Objet", width=60),
    Column("Nature", width=14),
    Column("Type de marché", width=24),
    Column("Valeur HT", "euros"),
    Column("Valeur de l’ensemble HT", "euros"),
    Column("Durée en mois", "integer"),
    Column("Lancement", width=24),
    Column("Au plus tôt", "date"),
    Column("Au plus tard", "date"),
    Column("Lieu", width=28),
    Column("CPV", width=12),
    Column("Accord-cadre", width=12),
    Column("Condition sociale obligatoire", width=20),
    Column("Pourquoi", width=90),
    Column("Articles", width=40),
    Column("Heures, bas", "integer"),
    Column("Heures, haut", "integer"),
    Column("À examiner", width=40),
    Column("Qui répond", width=36),
    Column("Facilitateur", width=24),
    Column("À vérifier", width=60),
    Column("Ligne refusée : pourquoi", width=60),
    Column("Demande", width=14),
)


@login_not_required
@require_safe
def lines_xlsx(request: ScopedRequest, link: str) -> HttpResponse:
    """Every line, in the order of the file. 404 while nothing is analysed."""
    held = of_link(request, link)
    if held.closed:
        return closed_page(request)
    programme = held.programme
    if programme.state != ProgrammeState.DONE:
        raise Http404
    content = workbook(
        [Sheet("Lignes", COLUMNS, _cells(programme))],
        title=f"Programmation analysée : {programme.buyer_name}",
        day=request.scope.day,
        about=(
            ("Fichier", f"{programme.file_name}, feuille « {programme.sheet} »"),
            ("Reçu le", date_fr(programme.received_on)),
            ("Téléchargé le", date_fr(request.scope.day)),
            (
                "Obligation",
                "Une information, avec ses articles, au jour de l’analyse. Elle ne donne pas de"
                " conseil juridique : vous décidez.",
            ),
            ("Heures", "Une première fourchette, à calibrer avec le facilitateur."),
            ("Case vide", "Non connu."),
            *(("Ligne laissée", str(one)) for one in programme.skipped),
        ),
    )
    return private(download(content, f"programmation-{request.scope.day:%Y-%m-%d}.xlsx"))


def _cells(programme: Programme) -> Iterator[list[Cell]]:
    rows = programme.lines.select_related(
        "commune", "organisation", "facilitator__user", "request", "cpv"
    ).order_by("row")
    for line in rows.iterator(chunk_size=500):
        reasons = reasons_of(line)
        yield [
            line.row,
            line.reference,
            line.object,
            line.get_kind_display(),
            line.get_market_type_display(),
            line.value,
            line.whole_value,
            line.months,
            when_of(line),
            line.first_day,
            line.last_day,
            place_of(line) or line.place,
            line.cpv.code if line.cpv else "",
            "oui" if line.framework else "",
            "" if line.refused else DUTY[line.duty][2],
            " ".join(f"{sign} : {text}" for sign, text, _ in reasons),
            " ; ".join((line.verdict or {}).get("articles", [])),
            *(
                (hours_in_words(line),) * 2
                if line.hours_high == 0
                else (line.hours_low, line.hours_high)
            ),
            instrument_of(line),
            str(line.organisation or ""),
            str(line.facilitator.user) if line.facilitator else "",
            " ".join(line.doubts),
            line.refused,
            line.request.reference if line.request else "",
        ]
