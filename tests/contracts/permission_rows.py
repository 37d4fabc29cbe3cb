"""The rows of the permission table. `allowed` get the page; `refused` 403; the others 404."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests import builders
from tests.builders import DAY
from tests.contracts.permission_worlds import ROLES, Cast

from coclause.clauses.choices import Instrument
from coclause.clauses.models import Clause, Objective
from coclause.clauses.states import ClauseState
from coclause.core.actor import acting_as
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import StatementLine
from coclause.organisations.models import TerritoryCharge
from coclause.watch.models import ImportRun, PublishedContract

Path = Callable[[Cast], str]
Data = Callable[[Cast], dict[str, Any]]

SIGNED_IN = tuple(role for role in ROLES if role != "stranger")
HOST = ("facilitator", "manager")
NETWORK = (*HOST, "neighbour_facilitator", "coordinator")
"""The network of the region: it reads its operations, without persons."""
CLAUSE_READERS = (*NETWORK, "buyer", "company")
COMPANIES = ("company", "neighbour_company")
"""Each has a month of its own."""
FIGURES = (*NETWORK, "observer", "elsewhere_facilitator", "elsewhere_coordinator")


@dataclass(frozen=True)
class Row:
    """One address and method; roles not named get 404."""

    name: str
    path: Path
    allowed: tuple[str, ...]
    refused: tuple[str, ...] = ()
    method: str = "get"
    data: Data = field(default=lambda _: {})
    success: int = 200
    note: str = ""
    prepare: Callable[[Cast], None] = lambda _: None
    others: Mapping[str, int] = field(default_factory=dict)
    """Roles that get another answer: led to a page of their own, told what is wrong."""

    def answer(self, role: str) -> int | str:
        if role == "stranger":
            return "login"
        if role in self.others:
            return self.others[role]
        if role in self.allowed:
            return self.success
        return 403 if role in self.refused else 404


def fixed(path: str) -> Path:
    return lambda _: path


def clause(suffix: str = "") -> Path:
    return lambda cast: f"/clauses/{cast.here.clause.pk}/{suffix}"


def award(suffix: str) -> Path:
    return lambda cast: f"/attributions/{cast.here.award.pk}/{suffix}"


def organisation(which: str, suffix: str = "") -> Path:
    return lambda cast: f"/organisations/{getattr(cast.here, which).pk}/{suffix}"


def operation(suffix: str = "") -> Path:
    return lambda cast: f"/operations/{cast.here.operation.pk}/{suffix}"


def lot(suffix: str) -> Path:
    return lambda cast: f"/lots/{cast.here.lot.pk}/{suffix}"


def objective(suffix: str) -> Path:
    return lambda cast: (
        f"/objectifs/{Objective.objects.get(commitment__clause=cast.here.clause).pk}/{suffix}"
    )


def declared(suffix: str) -> Path:
    return award(f"mois/2026-10/{suffix}")


def assignment(suffix: str) -> Path:
    return lambda cast: f"/affectations/{cast.here.employment.assignments.get().pk}/{suffix}"


def draft(suffix: str) -> Path:
    return lambda cast: f"/clauses/{cast.here.lot.clauses.get(state='projet').pk}/{suffix}"


def published(suffix: str = "") -> Path:
    return lambda _: f"/marches-publies/{PublishedContract.objects.get().pk}/{suffix}"


def membership() -> Path:
    return lambda cast: f"/membres/{cast.here.facilitator.memberships.get().pk}/fin/"


def charge() -> Path:
    return lambda _: f"/territoires/{TerritoryCharge.objects.get().pk}/fin/"


def declare_october(cast: Cast) -> None:
    """The company's month, waiting for its check."""
    entry = Entry(cast.here.employment.pk, {"travail": Decimal("35.5")})
    user = cast.here.facilitator
    with acting_as(user, day=DAY):
        declare_month(cast.here.scope, cast.here.award, date(2026, 10, 1), [entry], version=0)


def accept_collective(cast: Cast) -> None:
    """The clause takes hours without names."""
    with acting_as("test", day=DAY):
        Clause.objects.filter(pk=cast.here.clause.pk).update(collective=True)


def write_draft(cast: Cast) -> None:
    with acting_as("test", day=DAY):
        builders.clause(cast.here.lot, ClauseState.DRAFT, instrument=Instrument.CRITERION)


def publish(cast: Cast) -> None:
    """A contract published by the buyer here, that nobody follows."""
    with acting_as("test", day=DAY):
        run = ImportRun.objects.create(day=DAY, started_at=builders.at(DAY))
        PublishedContract.objects.create(
            kind="marche",
            buyer_siret=str(cast.here.buyer.siret),
            buyer_siren=str(cast.here.buyer.siret)[:9],
            buyer_name=cast.here.buyer.name,
            published_id="2026-001",
            object="Réfection de la toiture de la médiathèque",
            notified_on=date(2026, 11, 2),
            region=cast.here.operation.region_id,
            departement="21",
            territory_basis="acheteur",
            fingerprint="0",
            first_seen=run,
            last_changed=run,
            last_seen=run,
        )


def put_in_charge(cast: Cast) -> None:
    with acting_as("test", day=DAY):
        TerritoryCharge.objects.create(
            membership=cast.here.facilitator.memberships.get(),
            region=cast.here.operation.region,
            starts_on=date(2026, 1, 1),
        )


NETWORK_ANYWHERE = (*NETWORK, "elsewhere_facilitator", "elsewhere_coordinator")
"""The network of any region: partners (buyers, companies) are public facts."""
OUTSIDE_NETWORK = tuple(role for role in SIGNED_IN if role not in NETWORK_ANYWHERE)
HOSTS_ANYWHERE = (*HOST, "neighbour_facilitator", "elsewhere_facilitator")
NOT_HOSTS = tuple(role for role in SIGNED_IN if role not in HOSTS_ANYWHERE)
HOSTS_HERE = (*HOST, "neighbour_facilitator")
BUYING = ("buyer", "neighbour_buyer")
WORKING = ("company", "neighbour_company")
IDLE = ("prescriber", "observer")

NO_FIGURES = tuple(role for role in SIGNED_IN if role not in FIGURES)
NOT_REFERENT = ("neighbour_facilitator", "coordinator", "buyer", "company")
"""They read the clause and change nothing."""

PAGES = (
    Row("desk", fixed("/a-faire/"), SIGNED_IN),
    Row("communes", fixed("/communes/?q=Mont"), SIGNED_IN),
    Row("dashboard", fixed("/tableau-de-bord/"), FIGURES, NO_FIGURES),
    Row("dashboard", fixed("/tableau-de-bord/?format=xlsx"), FIGURES, NO_FIGURES, note=" xlsx"),
    Row("indicator", fixed("/tableau-de-bord/hours_validated/"), FIGURES, NO_FIGURES),
    Row("indicator", fixed("/tableau-de-bord/inconnu/"), (), NO_FIGURES, note=" unknown"),
    Row("guide", fixed("/guide/?q=avenant"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row("guide-case", fixed("/guide/avenant/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row("guide-case", fixed("/guide/inconnu/"), (), OUTSIDE_NETWORK, note=" unknown"),
    Row(
        "late-checks",
        fixed("/tableau-de-bord/a-verifier/"),
        ("coordinator", "elsewhere_coordinator"),
        tuple(role for role in SIGNED_IN if not role.endswith("coordinator")),
    ),
)

CLOSERS = ("manager", "coordinator", "elsewhere_coordinator")
NOT_CLOSERS = tuple(role for role in SIGNED_IN if role not in CLOSERS)


def closing_of_host(cast: Cast) -> str:
    return f"/annees/2025/cloturer/?structure={cast.here.host.pk}"


CLOSINGS = (
    Row("closings", fixed("/annees/"), FIGURES, NO_FIGURES),
    Row("closing", fixed("/annees/2025/cloturer/"), CLOSERS, NOT_CLOSERS, note=" own"),
    Row("closing", closing_of_host, ("manager",), (*NOT_CLOSERS, "coordinator"), note=" host"),
    Row(
        "closing",
        fixed("/annees/2025/cloturer/"),
        CLOSERS,
        NOT_CLOSERS,
        method="post",
        data=lambda _: {"once": "essai"},
        success=302,
        note=" own",
    ),
    Row(
        "closing",
        closing_of_host,
        ("manager",),
        (*NOT_CLOSERS, "coordinator"),
        method="post",
        data=lambda _: {"once": "essai"},
        success=302,
        note=" host",
    ),
)

CLAUSES = (
    Row("clause", clause(), CLAUSE_READERS),
    Row("clause", clause("?onglet=personnes"), CLAUSE_READERS, note=" persons"),
    Row("clause", clause("?onglet=journal"), CLAUSE_READERS, note=" journal"),
    Row("clause-hours-xlsx", clause("heures.xlsx"), CLAUSE_READERS),
    Row(
        "clause-change",
        clause("etat/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"changement": "achever"},
        success=302,
    ),
    Row(
        "clause-validate",
        clause("valider/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"ligne": str(StatementLine.objects.get().pk)},
        success=302,
        prepare=declare_october,
    ),
    Row(
        "month",
        award("mois/2026-10/"),
        HOST,
        ("neighbour_facilitator", "coordinator", "buyer"),
        others={"company": 302},
    ),
    Row(
        "month",
        award("mois/2026-10/"),
        (*HOST, "company"),
        ("neighbour_facilitator", "coordinator", "buyer"),
        method="post",
        data=lambda cast: {"version": "0", f"h-{cast.here.employment.pk}-travail": "35,5"},
        success=302,
    ),
    Row("company-months", fixed("/mon-mois/"), COMPANIES, success=302),
    Row("company-month", fixed("/mon-mois/2026-10/"), COMPANIES),
    Row(
        "company-month",
        fixed("/mon-mois/2026-10/"),
        ("company",),
        method="post",
        data=lambda cast: {
            f"m{cast.here.award.pk}-version": "0",
            f"m{cast.here.award.pk}-h-{cast.here.employment.pk}-travail": "35,5",
        },
        success=302,
        others={"neighbour_company": 422},
    ),
    Row("month-check", declared("verifier/"), HOST, NOT_REFERENT, prepare=declare_october),
    Row(
        "month-check",
        declared("verifier/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"acte": "tout", "lue": str(StatementLine.objects.get().pk)},
        success=302,
        prepare=declare_october,
    ),
    Row("employment-new", award("personnes/"), HOST, NOT_REFERENT),
    Row(
        "employment-new",
        award("personnes/"),
        HOST,
        NOT_REFERENT,
        method="post",
        success=422,
        note=" empty form",
    ),
    Row("assignment-place", assignment("lieu/"), HOST, NOT_REFERENT),
    Row(
        "assignment-place",
        assignment("lieu/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"place": "21231", "seen": ""},
        success=302,
    ),
    Row(
        "month",
        award("mois/2026-10/"),
        (*HOST, "company"),
        ("neighbour_facilitator", "coordinator", "buyer"),
        method="post",
        data=lambda cast: {
            "version": "0",
            f"h-{cast.here.employment.pk}-travail": "",
            "h-collectif-travail": "90",
            "effectif-collectif": "3",
        },
        success=302,
        note=" without names",
        prepare=accept_collective,
    ),
)


OPERATIONS = (
    Row("operations", fixed("/operations/"), (*NETWORK_ANYWHERE, *BUYING, *WORKING), IDLE),
    Row(
        "operations",
        fixed("/operations/?format=xlsx"),
        (*NETWORK_ANYWHERE, *BUYING, *WORKING),
        IDLE,
        note=" xlsx",
    ),
    Row("operation-new", fixed("/operations/nouvelle/"), HOSTS_ANYWHERE, NOT_HOSTS),
    Row(
        "operation-new",
        fixed("/operations/nouvelle/"),
        HOSTS_ANYWHERE,
        NOT_HOSTS,
        method="post",
        note=" empty form",
    ),
    Row("operation", operation(), CLAUSE_READERS),
    Row("contract-new", operation("contrat/"), HOST, NOT_REFERENT),
    Row(
        "contract-new", operation("contrat/"), HOST, NOT_REFERENT, method="post", note=" empty form"
    ),
    *(
        Row(
            "contract-edit",
            lambda cast: f"/contrats/{cast.here.lot.contract_id}/modifier/",
            HOST,
            NOT_REFERENT,
            method=method,
            data=lambda _: {
                "seen": "1",
                "kind": "marche",
                "market_type": "travaux",
                "object": "Médiathèque",
                "framework": "bons_commande",
                "maximum": "200 000",
            },
            success=200 if method == "get" else 302,
        )
        for method in ("get", "post")
    ),
    Row("clause-new", lot("clause/"), HOST, NOT_REFERENT),
    Row(
        "clause-edit",
        draft("modifier/"),
        HOST,
        ("neighbour_facilitator", "coordinator", "buyer"),
        prepare=write_draft,
    ),
    Row("award-new", lot("attribution/"), HOST, NOT_REFERENT),
    Row("award-new", lot("attribution/"), HOST, NOT_REFERENT, method="post", note=" empty form"),
    Row("commitment-new", clause("engagement/"), HOST, NOT_REFERENT),
    Row("amendment-new", objective("avenant/"), HOST, NOT_REFERENT),
    Row(
        "amendment-new",
        objective("avenant/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"quantity": "-40", "effective_on": "01/12/2026", "reason": "Lot réduit"},
        success=302,
    ),
)


PUBLISHED = (
    Row("published", fixed("/marches-publies/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row("published-contract", published(), NETWORK, OUTSIDE_NETWORK, prepare=publish),
    Row(
        "follow",
        published("suivre/"),
        HOSTS_HERE,
        (*OUTSIDE_NETWORK, "coordinator"),
        prepare=publish,
    ),
)

ORGANISATIONS = (
    Row("organisations", fixed("/organisations/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row("organisation-new", fixed("/organisations/nouvelle/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row("organisation", organisation("company"), (*NETWORK_ANYWHERE, "company"), note=" partner"),
    Row("organisation", organisation("host"), NETWORK, note=" host"),
    Row(
        "organisation-edit",
        organisation("company", "modifier/"),
        NETWORK,
        ("company", "elsewhere_facilitator", "elsewhere_coordinator"),
    ),
    Row(
        "organisation-edit",
        organisation("host", "modifier/"),
        ("coordinator",),
        ("facilitator", "manager", "neighbour_facilitator"),
        note=" host",
    ),
    Row(
        "member-new",
        organisation("host", "membres/"),
        ("manager", "coordinator"),
        ("facilitator", "neighbour_facilitator"),
    ),
    Row(
        "post-new",
        organisation("host", "postes/"),
        ("coordinator",),
        ("facilitator", "manager", "neighbour_facilitator"),
    ),
    Row(
        "charge-new",
        organisation("host", "territoires/"),
        ("coordinator",),
        ("facilitator", "manager", "neighbour_facilitator"),
    ),
    Row(
        "member-end",
        membership(),
        ("manager", "coordinator"),
        ("facilitator", "neighbour_facilitator"),
        method="post",
        data=lambda _: {"last_day": "24/11/2026"},
        success=302,
    ),
    Row(
        "charge-end",
        charge(),
        ("coordinator",),
        ("facilitator", "manager", "neighbour_facilitator"),
        method="post",
        data=lambda _: {"last_day": "24/11/2026"},
        success=302,
        prepare=put_in_charge,
    ),
)

ACCOUNTS = tuple(
    Row(name, fixed(f"/compte/{path}/"), SIGNED_IN, success=answer)
    for name, path, answer in (
        ("account_change_password", "password/change", 302),
        ("account_set_password", "password/set", 200),
        ("account_email", "email", 200),
        ("account_reauthenticate", "reauthenticate", 403),
        ("mfa_index", "2fa", 200),
        ("mfa_reauthenticate", "2fa/reauthenticate", 403),
        ("mfa_activate_totp", "2fa/totp/activate", 200),
        ("mfa_deactivate_totp", "2fa/totp/deactivate", 404),
        ("mfa_view_recovery_codes", "2fa/recovery-codes", 404),
        ("mfa_generate_recovery_codes", "2fa/recovery-codes/generate", 200),
        ("mfa_download_recovery_codes", "2fa/recovery-codes/download", 404),
    )
)
"""The sign-in library's own pages, for one's own account; these users have no password yet."""


ROWS: tuple[Row, ...] = (
    *PAGES,
    *CLOSINGS,
    *CLAUSES,
    *OPERATIONS,
    *PUBLISHED,
    *ORGANISATIONS,
    *ACCOUNTS,
)

PUBLIC: dict[str, tuple[str, tuple[int, ...]]] = {
    "home": ("/", (200,)),
    "key-figures": ("/chiffres/", (200,)),
    # No hours in this small world: there is no year to print.
    "key-figures-pdf": ("/chiffres/2025.pdf", (404,)),
    "definitions": ("/definitions/", (200,)),
    "accessibility": ("/accessibilite/", (200,)),
    "personal-data": ("/donnees-personnelles/", (200,)),
    "sources": ("/sources/", (200,)),
    "states": ("/aide/etats/", (200,)),
    "demo-enter": ("/demo/entrer/", (405,)),
    "account_login": ("/compte/login/", (200,)),
    "account_logout": ("/compte/logout/", (302,)),
    "account_signup": ("/compte/signup/", (200,)),
    "account_inactive": ("/compte/inactive/", (200,)),
    "account_confirm_email": ("/compte/confirm-email/inconnu/", (200, 404)),
    "account_email_verification_sent": ("/compte/confirm-email/", (200,)),
    "account_confirm_login_code": ("/compte/login/code/confirm/", (302,)),
    "account_reset_password": ("/compte/password/reset/", (200,)),
    "account_reset_password_done": ("/compte/password/reset/done/", (200,)),
    "account_reset_password_from_key": ("/compte/password/reset/key/1-inconnu/", (200,)),
    "account_reset_password_from_key_done": ("/compte/password/reset/key/done/", (200,)),
    "mfa_authenticate": ("/compte/2fa/authenticate/", (302,)),
}
