"""The rows of the permission table. `allowed` get the page; `refused` 403; the others 404."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contracts.permission_worlds import ROLES, Cast

Path = Callable[[Cast], str]
Data = Callable[[Cast], dict[str, Any]]

SIGNED_IN = tuple(role for role in ROLES if role != "stranger")
HOST = ("facilitator", "manager")
NETWORK = (*HOST, "neighbour_facilitator", "coordinator")
"""The network of the region: it reads its operations, without persons."""
CLAUSE_READERS = (*NETWORK, "buyer", "company")
FIGURES = (*NETWORK, "observer", "elsewhere_facilitator", "elsewhere_coordinator")


@dataclass(frozen=True)
class Row:
    """One address and method; roles not named get 404 (405 is given by `unknown`)."""

    name: str
    path: Path
    allowed: tuple[str, ...]
    refused: tuple[str, ...] = ()
    method: str = "get"
    data: Data = field(default=lambda _: {})
    success: int = 200
    otherwise: int = 404
    note: str = ""

    def answer(self, role: str) -> int | str:
        if role == "stranger":
            return "login"
        if role in self.allowed:
            return self.success
        return 403 if role in self.refused else self.otherwise


def fixed(path: str) -> Path:
    return lambda _: path


def clause(suffix: str = "") -> Path:
    return lambda cast: f"/clauses/{cast.here.clause.pk}/{suffix}"


def award(suffix: str) -> Path:
    return lambda cast: f"/attributions/{cast.here.award.pk}/{suffix}"


def organisation(which: str, suffix: str = "") -> Path:
    return lambda cast: f"/organisations/{getattr(cast.here, which).pk}/{suffix}"


NETWORK_ANYWHERE = (*NETWORK, "elsewhere_facilitator", "elsewhere_coordinator")
"""The network of any region: partners (buyers, companies) are public facts."""
OUTSIDE_NETWORK = tuple(role for role in SIGNED_IN if role not in NETWORK_ANYWHERE)

PAGES = (
    Row("desk", fixed("/a-faire/"), SIGNED_IN),
    Row("communes", fixed("/communes/?q=Mont"), SIGNED_IN),
    Row("dashboard", fixed("/tableau-de-bord/"), FIGURES, otherwise=403),
    Row("indicator", fixed("/tableau-de-bord/hours_validated/"), FIGURES, otherwise=403),
    Row("indicator", fixed("/tableau-de-bord/inconnu/"), (), FIGURES, note=" unknown"),
)

CLAUSES = (
    Row("clause", clause(), CLAUSE_READERS),
    Row("clause-hours-xlsx", clause("heures.xlsx"), CLAUSE_READERS),
    Row(
        "clause-change",
        clause("etat/"),
        HOST,
        ("neighbour_facilitator", "coordinator", "buyer", "company"),
        method="post",
        data=lambda _: {"changement": "suspendre", "motif": "Intempéries"},
        success=302,
    ),
    Row(
        "month",
        award("mois/2026-10/"),
        (*HOST, "company"),
        ("neighbour_facilitator", "coordinator", "buyer"),
    ),
    Row(
        "month-check",
        award("mois/2026-10/verifier/"),
        HOST,
        ("neighbour_facilitator", "coordinator", "buyer", "company"),
    ),
    Row(
        "employment-new",
        award("personnes/"),
        HOST,
        ("neighbour_facilitator", "coordinator", "buyer", "company"),
    ),
)

ORGANISATIONS = (
    Row("organisations", fixed("/organisations/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row("organisation-new", fixed("/organisations/nouvelle/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row("organisation", organisation("company"), (*NETWORK_ANYWHERE, "company"), note=" partner"),
    Row("organisation", organisation("host"), NETWORK, note=" host"),
)

ROWS: tuple[Row, ...] = (*PAGES, *CLAUSES, *ORGANISATIONS)

PUBLIC: dict[str, tuple[str, tuple[int, ...]]] = {
    "home": ("/", (200,)),
    "key-figures": ("/chiffres/", (200,)),
    "key-figures-pdf": ("/chiffres/2025.pdf", (200,)),
    "definitions": ("/definitions/", (200,)),
    "accessibility": ("/accessibilite/", (200,)),
    "personal-data": ("/donnees-personnelles/", (200,)),
    "sources": ("/sources/", (200,)),
    "states": ("/aide/etats/", (200,)),
    "demo-enter": ("/demo/entrer/", (405,)),
    "account_login": ("/compte/login/", (200,)),
    "account_reset_password": ("/compte/password/reset/", (200,)),
}
