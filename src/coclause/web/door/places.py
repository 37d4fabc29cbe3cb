"""The commune that a visitor means, in the whole country, the region served coming first."""

import re
from typing import Any

from django import forms
from django.conf import settings

from coclause.reference.keys import search_key
from coclause.reference.models import Commune
from coclause.reference.queries import commune_by_code, find_communes
from coclause.web.operations.fields import choose
from coclause.web.operations.finding import SHOWN, named_commune

LONGEST_NAME = 200
# A commune once chosen is written with its code, and no longer asked.
_CODE = re.compile(r"\((\d[\dAB]\d{3})\)$")


def commune_field(label: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_NAME,
        help_text="Son nom ou son code postal.",
        error_messages={"required": "Écrivez le nom d’une commune ou son code postal."},
    )


def commune_meant(form: forms.Form) -> Commune | None:
    """The commune meant by the field `commune`; the form asks when several answer.

    A name borne once in the region served is that one, whoever else bears it elsewhere: the answer
    names the commune and its département.
    """
    typed = str(form.cleaned_data.get("commune") or "").strip()
    if not typed:
        return None
    coded = _CODE.search(typed)
    if coded and (named := commune_by_code(coded[1])):
        return named
    home = find_communes(typed, limit=SHOWN, region=settings.HOME_REGION)
    exact = [one for one in home if _is(one, typed)]
    if len(exact) == 1 and "commune_choice" not in form.data:
        return exact[0]
    found = home if exact else _first(home, find_communes(typed, limit=SHOWN))
    if not found:
        form.add_error(
            "commune", "Aucune commune ne correspond : vérifiez le nom ou le code postal."
        )
        return None
    elsewhere = [one for one in found if _is(one, typed)]
    if not exact and len(elsewhere) == 1 and "commune_choice" not in form.data:
        return elsewhere[0]
    told = [
        (one.code, f"{one.name} ({', '.join(one.postcodes[:3])}), {one.departement.name}")
        for one in found
    ]
    code = choose(form, "commune", "Quelle commune ?", told)
    chosen = commune_by_code(code) if code else None
    if chosen is not None:
        sent: Any = form.data
        data = sent.copy()
        data["commune"] = named_commune(chosen)
        data.pop("commune_choice", None)
        form.data = data
    return chosen


def _is(commune: Commune, typed: str) -> bool:
    """The very name, and not one that begins so."""
    return commune.search_key == search_key(typed)


def _first(home: list[Commune], everywhere: list[Commune]) -> list[Commune]:
    known = {one.code for one in home}
    return [*home, *(one for one in everywhere if one.code not in known)][:SHOWN]
