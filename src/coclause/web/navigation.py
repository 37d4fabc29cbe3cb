"""The left bar, by role. The order is the order of work: to do, then things, then figures."""

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
    things: list[tuple[str, str]] = []
    if scope.buyers:
        things.append(("Mes marchés", "buyer-space"))
    if scope.working_regions or scope.buyers or scope.companies:
        things.append(("Opérations et clauses", "operations"))
    if scope.working_regions or scope.buyers:
        things.append(("Demandes", "requests"))
    if scope.buyers or scope.coordinated_regions:
        things.append(("Programmations", "programmes"))
    if scope.buyers or scope.hosts:
        things.append(("Registre des dispenses", "opt-outs"))
    if scope.coordinated_regions:
        things.append(("Acheteurs régionaux", "regional-buyers"))
    if scope.working_regions:
        things.append(("Bibliothèque", "library"))
        things.append(("Conventions", "conventions"))
        things.append(("Marchés publiés", "published"))
        things.append(("Organisations", "organisations"))
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
