"""The words of the screen, gathered from the forms and templates themselves."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from django import forms

from coclause import web
from coclause.clauses.choices import HoursKind, Measure
from coclause.clauses.models import Objective
from coclause.clauses.states import TRANSITIONS
from coclause.web.calibrations.forms import LineForm
from coclause.web.engagements.forms import (
    MEASURES,
    TRIGGERS,
    AmendmentForm,
    ObjectiveForm,
    OrderForm,
    RateForm,
    TriggerForm,
)
from coclause.web.execution.forms import TerminateForm
from coclause.web.groups.forms import MemberForm
from coclause.web.months.form import CollectiveMonth, MonthForm
from coclause.web.requests.forms import LABELS, WriteForm

HOUSE = Path(web.__file__).parent
TAGS = re.compile(
    r"<c-button[^>]*>(.*?)</c-button>|<a [^>]*>(.*?)</a>|<summary[^>]*>(.*?)</summary>", re.DOTALL
)
IF = re.compile(r"{% if [^%]*%}((?:(?!{% if ).)*?){% endif %}", re.DOTALL)
ELSE = re.compile(r"{% el(?:se|if[^%]*) %}")
HIDDEN = re.compile(r'<span class="visually-hidden">.*?</span>', re.DOTALL)
ENOUGH = 4
"""Letters of its own that a label with a variable part must have, to match anything."""


def plain(label: object) -> str:
    """A label, whatever its apostrophes."""
    return str(label).replace("'", "’").strip()


# --- fields and choices ---


@cache
def fields() -> set[str]:
    """Labels of every field and choice of every form, those made on the spot included."""
    found = {plain(said) for form in _forms() for said in _labels(form)}
    return found - {"None", ""}


def _forms() -> Iterator[Any]:
    for module in pkgutil.walk_packages(web.__path__, "coclause.web."):
        importlib.import_module(module.name)
    for made in _subclasses(forms.BaseForm):
        if made.__module__.startswith("coclause.web."):
            yield made.base_fields
    for made_now in _made_now():
        yield made_now.fields


def _subclasses(of: Any) -> Iterator[Any]:
    for one in of.__subclasses__():
        yield one
        yield from _subclasses(one)


def _made_now() -> Iterator[Any]:
    """Forms whose fields depend on what they are about."""
    for (measure, _), (trigger, _) in product(MEASURES, TRIGGERS):
        yield ObjectiveForm(measure, str(trigger), publics=(), wholes=())
        objective = Objective(measure=measure, trigger=trigger)
        if measure in Measure.values:
            yield TriggerForm(objective)
            yield AmendmentForm(objective)
            yield RateForm(objective)
    hours = Objective(pk=1, measure=Measure.HOURS, planned=Decimal(70))
    yield OrderForm([hours], [("bon_commande", "Bon de commande")])
    yield TerminateForm({hours: Decimal(70)})
    yield MonthForm(
        [], collective=CollectiveMonth(kinds=dict.fromkeys(HoursKind.values, Decimal(0)))
    )
    yield MemberForm(grouped=True)
    yield WriteForm(list(LABELS))
    yield LineForm(None, own=False)


def _labels(declared: dict[str, Any]) -> Iterator[object]:
    for field in declared.values():
        yield field.label
        yield getattr(field, "short", "")
        yield getattr(field, "empty_label", "")
        if isinstance(field, forms.ModelChoiceField):
            continue
        for _, label in getattr(field, "choices", ()):
            yield label


# --- buttons, links and tabs ---


@cache
def buttons() -> list[re.Pattern[str]]:
    """What templates write on buttons and links, what pages name them; `.+` where it varies."""
    found = set(_in_templates()) | set(_in_pages()) | {plain(t.label) for t in TRANSITIONS}
    return [re.compile(one) for one in sorted(_pattern(label) for label in found) if one]


def _in_templates() -> Iterator[str]:
    for path in sorted(HOUSE.glob("templates/**/*.html")):
        if path.parent.name == "guide":
            continue
        for match in TAGS.finditer(path.read_text(encoding="utf-8")):
            inside = next(group for group in match.groups() if group is not None)
            yield from (plain(" ".join(said.split())) for said in _ways(HIDDEN.sub("", inside)))


def _ways(text: str) -> Iterable[str]:
    """A text with conditions, written each way that it may come out."""
    match = IF.search(text)
    if match is None:
        return [text]
    ways = ELSE.split(match[1])
    if len(ways) == 1:
        ways.append("")
    return [one for way in ways for one in _ways(text[: match.start()] + way + text[match.end() :])]


def _in_pages() -> Iterator[str]:
    """Texts written whole in the code of pages: links of tables, headings, menus."""
    for path in sorted(HOUSE.glob("**/*.py")):
        if path.parent.name == "guide":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield plain(node.value)


def _pattern(label: str) -> str:
    """The whole label, anything in place of its variables; nothing when little else is left."""
    parts = re.split(r"{{.*?}}", label)
    own = "".join(parts)
    if len(parts) > 1 and sum(letter.isalpha() for letter in own) < ENOUGH:
        return ""
    if not own or "<" in own or "{%" in own:
        return ""
    return ".+".join(re.escape(part) for part in parts)
