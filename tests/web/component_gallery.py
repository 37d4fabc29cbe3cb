"""Every component on two pages, with the hard cases: the material of the browser checks."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.test import RequestFactory

PAGES = {path.stem: path for path in (Path(__file__).parent / "gallery").glob("*.html")}

LONG_NAME = "Groupement Charpente-Couverture Chimère et Fils, Toitures du Val-Imaginé"

KEYS = ("validated", "declared", "expected", "projected", "committed")
BARS: dict[str, tuple[int | Decimal | None, ...]] = {
    "late": (468, 96, 640, 1049, 1240),
    "above": (1020, 180, 900, 1350, 1000),
    "zero": (0, 0, 0, 0, 800),
    "unknown": (212, 14, None, None, None),
    "started": (3, 0, 12, None, 58900),
    "fraction": (Decimal("151.67"), 0, 302, 302, 302),
}


class MonthForm(forms.Form):
    """A form with each kind of field, one of them refused."""

    company = forms.CharField(label="Entreprise", help_text="Le nom de l’attribution")
    hours = forms.DecimalField(
        label="Heures travaillées",
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Écrivez un nombre, par exemple 35,5."},
        help_text="Du 1er au 31 octobre",
    )
    kind = forms.ChoiceField(
        label="Type de marché",
        choices=[("t", "Travaux"), ("s", "Services"), ("f", "Fournitures")],
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(
        label="Façon d’employer",
        required=False,
        choices=[("", "Toutes"), ("d", "Embauche directe")],
    )
    agreed = forms.BooleanField(label="La personne est informée", required=False)
    note = forms.CharField(label="Remarque", required=False, widget=forms.Textarea)


def request() -> HttpRequest:
    """The second page of a list, filtered and sorted."""
    return RequestFactory().get("/operations/", {"type": "travaux", "page": "2", "tri": "nom"})


def context() -> dict[str, Any]:
    """What the context processor and the views would give."""
    return {
        "nav": [
            [
                {"label": "À faire", "url": "/a-faire/", "count": 11, "hot": True},
                {"label": "Demandes", "url": "/demandes/", "count": 2},
            ],
            [{"label": "Opérations et clauses", "url": "/operations/", "current": True}],
        ],
        "actor_name": "Capucine Fictive",
        "actor_role": "Facilitatrice",
        "actor_organisation": "Maison de l’emploi du Val-Imaginé",
        "demo": True,
        "long_name": LONG_NAME,
        "page": Paginator(range(60), 25).page(2),
        "sort": "nom",
        "empty_rows": [],
        "form": MonthForm({"company": LONG_NAME, "hours": "trente"}),
        "month": MonthForm(),
        "bars": [dict(zip(KEYS, figures, strict=True)) for figures in BARS.values()],
        "messages": [],
    }
