"""The left bar, by role. The order is the order of work: to do, then things, then figures."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from coclause.organisations.scopes import Scope

PUBLIC = (
    ("Décrire un marché", "door"),
    ("Analyser une programmation", "programme-new"),
    ("Trouver mon facilitateur", "who-answers"),
    ("Chiffres clés", "key-figures"),
    ("Définitions", "definitions"),
)
"""What is open without an account: first what one comes for."""


THINGS: tuple[tuple[str, str, Callable[[Scope], object]], ...] = (
    ("Mes marchés", "buyer-space", lambda of: of.buyers),
    ("Mois à vérifier", "months-to-check", lambda of: of.hosts),
    (
        "Opérations et clauses",
        "operations",
        lambda of: of.working_regions or of.buyers or of.companies,
    ),
    ("Demandes", "requests", lambda of: of.working_regions or of.buyers),
    ("Contacts", "contacts", lambda of: of.companies),
    ("Programmations", "programmes", lambda of: of.buyers or of.coordinated_regions),
    ("Registre des dispenses", "opt-outs", lambda of: of.buyers or of.hosts),
    ("Acheteurs régionaux", "regional-buyers", lambda of: of.coordinated_regions),
    ("Bibliothèque", "library", lambda of: of.working_regions),
    ("Conventions", "conventions", lambda of: of.working_regions),
    ("Marchés publiés", "published", lambda of: of.working_regions),
    ("Organisations", "organisations", lambda of: of.working_regions),
    ("Courriels", "mails", lambda of: of.hosts or of.companies),
)
"""What each role works on, and to whom it opens."""


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    current: bool = False
    count: int | None = None
    hot: bool = False


def groups(scope: Scope, path: str, *, due: int | None = None) -> list[list[Item]]:
    """The groups of links open to this scope; the public pages alone for a stranger."""
    if scope.main is None:
        return [[_item(label, name, path, None) for label, name in PUBLIC]]
    todo = [("À faire", "desk")]
    if scope.companies:
        todo.insert(0, ("Mon mois", "company-months"))
    things = [(label, name) for label, name, opens in THINGS if opens(scope)]
    figures = [("Chiffres clés", "key-figures")]
    if scope.figure_regions:
        figures.insert(0, ("Tableau de bord", "dashboard"))
        figures.append(("Clôture des années", "closings"))
    guide = [("Guide", "guide")] if scope.working_regions else []
    return [
        [_item(label, name, path, due if name == "desk" else None) for label, name in group]
        for group in (todo, things, figures, guide)
        if group
    ]


def _item(label: str, name: str, path: str, count: int | None) -> Item:
    url = reverse(name)
    return Item(label, url, current=path.startswith(url), count=count, hot=bool(count))
