"""The texts of the region: for which document, instrument and contract, in force or not."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from coclause.network.choices import Block, TextContract, TextInstrument
from coclause.network.models import ClauseText
from coclause.render.sheets import Cell, Column, Sheet, workbook
from coclause.web.library.access import must_be_network
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download, page_of, sorted_rows

IN_FORCE, TO_COME, RETIRED = "en-vigueur", "a-venir", "retires"
STATES = {IN_FORCE: "En vigueur", TO_COME: "À venir", RETIRED: "Retirés"}
SORTS = {
    "titre": "title",
    "instrument": "instrument",
    "contrat": "contract",
    "piece": "order",
    "depuis": "current_from",
}


class LibraryFilters(forms.Form):
    """The filters of the list; what does not hold is left aside."""

    q = forms.CharField(label="Mot du titre", required=False, max_length=100)
    piece = forms.ChoiceField(
        label="Pièce", required=False, choices=[("", "Toutes"), *Block.choices]
    )
    instrument = forms.ChoiceField(
        label="Instrument", required=False, choices=[("", "Tous"), *TextInstrument.choices]
    )
    contrat = forms.ChoiceField(
        label="Contrat", required=False, choices=[("", "Tous"), *TextContract.choices]
    )
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous sauf retirés"), *STATES.items()]
    )

    @property
    def said(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def library(request: ScopedRequest) -> HttpResponse:
    """The network reads; the coordination adds and changes."""
    scope = request.scope
    must_be_network(scope)
    form = LibraryFilters(request.GET)
    seen = ClauseText.objects.visible_to(scope).with_standing(scope.day).select_related("region")
    rows = _filtered(seen, form.said, scope.day)
    ordered, sort = sorted_rows(request, rows, SORTS, "piece")
    if request.GET.get("format") == "xlsx":
        return _spreadsheet(ordered, scope.day)
    page = page_of(request, ordered)
    context = {
        "form": form,
        "filtered": bool(form.said),
        "page": page,
        "rows": [(text, *standing(text, scope.day)) for text in page],
        "sort": sort,
        "writes": bool(scope.coordinated_regions),
        "several": len(scope.working_regions) > 1,
    }
    return render(request, "library/list.html", context)


def standing(text: Any, day: date) -> tuple[str, str]:
    """The colour and the word of a text on that day."""
    if text.retired_on is not None and text.retired_on <= day:
        return "off", "Retiré"
    return ("todo", "À venir") if text.current is None else ("ok", "En vigueur")


def _filtered(rows: Any, said: dict[str, Any], day: date) -> Any:
    """`rows` with their standing of the day."""
    for word in said.get("q", "").split():
        rows = rows.filter(title__icontains=word)
    for name, field in (("piece", "block"), ("instrument", "instrument"), ("contrat", "contract")):
        if name in said:
            rows = rows.filter(**{field: said[name]})
    gone = Q(retired_on__isnull=False, retired_on__lte=day)
    state = said.get("etat", "")
    if state == RETIRED:
        return rows.filter(gone)
    rows = rows.exclude(gone)
    if state == IN_FORCE:
        return rows.filter(current__isnull=False)
    if state == TO_COME:
        return rows.filter(Q(current__isnull=True) | Q(next_from__isnull=False))
    return rows


COLUMNS = (
    Column("Titre", width=60),
    Column("Pièce", width=34),
    Column("Instrument", width=28),
    Column("Contrat", width=16),
    Column("État", width=14),
    Column("Version en vigueur", "integer"),
    Column("Depuis le", "date"),
    Column("Prochaine version le", "date"),
    Column("Retiré le", "date"),
    Column("Conseil d’emploi", width=80),
)


def _spreadsheet(rows: Any, day: date) -> HttpResponse:
    content = workbook(
        [Sheet("Bibliothèque", COLUMNS, _cells(rows, day))],
        title="Bibliothèque de textes",
        day=day,
        about=(
            ("Liste", "Les textes de la région, avec les filtres de la page."),
            ("Date", f"{day:%d/%m/%Y}"),
            ("Case vide", "Sans objet."),
        ),
    )
    return download(content, f"bibliotheque-{day:%Y-%m-%d}.xlsx")


def _cells(rows: Any, day: date) -> Iterator[list[Cell]]:
    for text in rows.iterator(chunk_size=500):
        yield [
            text.title,
            text.get_block_display(),
            text.get_instrument_display(),
            text.get_contract_display(),
            standing(text, day)[1],
            text.current,
            text.current_from,
            text.next_from,
            text.retired_on,
            text.advice,
        ]
