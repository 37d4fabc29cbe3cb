"""Rows of the permission table: what is owed, its calendar, its conventions, who follows it."""

from datetime import date
from decimal import Decimal

from tests import builders
from tests.builders import DAY
from tests.contracts.permission_rows import (
    BUYING,
    CLAUSE_READERS,
    HOST,
    IDLE,
    NETWORK,
    NETWORK_ANYWHERE,
    NOT_REFERENT,
    OUTSIDE_NETWORK,
    WORKING,
    Path,
    Row,
    award,
    clause,
    fixed,
    operation,
)
from tests.contracts.permission_worlds import Cast

from coclause.clauses.engaging import Terms, add_objective
from coclause.clauses.execution import suspend
from coclause.clauses.models import Contract, Convention, Objective, OperationHost
from coclause.core.actor import acting_as
from coclause.organisations.choices import Role


def stop_november(cast: Cast) -> None:
    """The execution here, suspended since 2 November."""
    with acting_as(cast.here.facilitator, day=DAY):
        suspend(cast.here.scope, cast.here.award, on=date(2026, 11, 2), reason="Intempéries")


EXECUTION = tuple(
    Row(
        name,
        path,
        HOST,
        NOT_REFERENT,
        method=method,
        data=lambda _, data=data: {**data, "confirmer": "1"},  # type: ignore[misc]
        success=200 if method == "get" else 302,
        prepare=prepare,
    )
    for name, path, data, prepare in (
        (
            "execution-suspend",
            clause("suspendre/"),
            {"on": "24/11/2026", "reason": "Intempéries"},
            lambda _: None,
        ),
        (
            "execution-resume",
            clause("reprendre/"),
            {"on": "24/11/2026", "ends_on": "28/05/2027"},
            stop_november,
        ),
        (
            "execution-extend",
            award("prolonger/"),
            {"ends_on": "30/06/2027", "effective_on": "24/11/2026", "reason": "Avenant"},
            lambda _: None,
        ),
        (
            "execution-terminate",
            award("resilier/"),
            {"extent": "totale", "on": "24/11/2026", "reason": "Faute"},
            lambda _: None,
        ),
        ("execution-undo", award("corriger/"), {"reason": "Erreur"}, stop_november),
    )
    for method in ("get", "post")
)


def promise_more(cast: Cast) -> None:
    """A tranche and a share of the hours worked, beside the plain volume of hours."""
    with acting_as(cast.here.facilitator, day=DAY):
        of = cast.here.clause.commitments.get()
        tranche = Terms(trigger="tranche", planned=Decimal(130), label="Tranche")
        add_objective(cast.here.scope, of, tranche)
        half = Terms(measure="part_heures", rate=Decimal(50), label="Moitié")
        add_objective(cast.here.scope, of, half)


def commitment(suffix: str) -> Path:
    return lambda cast: f"/engagements/{cast.here.clause.commitments.get().pk}/{suffix}"


def promised(label: str, suffix: str) -> Path:
    return lambda _: f"/objectifs/{Objective.objects.get(label=label).pk}/{suffix}"


def follow_orders(cast: Cast) -> None:
    with acting_as("test", day=DAY):
        contract = cast.here.lot.contract
        contract.framework = "bons_commande"
        contract.save(update_fields=["framework"])


ENGAGEMENTS = (
    Row("clause", clause("?onglet=engagement"), CLAUSE_READERS, note=" commitment"),
    Row("objective-new", commitment("objectif/"), HOST, NOT_REFERENT),
    Row(
        "objective-new",
        commitment("objectif/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"mesure": "apprentis", "declencheur": "notification", "quantity": "2"},
        success=302,
    ),
    Row(
        "trigger-new",
        promised("Tranche", "engager/"),
        HOST,
        NOT_REFERENT,
        prepare=promise_more,
    ),
    Row(
        "trigger-new",
        promised("Tranche", "engager/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"effective_on": "01/10/2026", "quantity": "130"},
        success=302,
        prepare=promise_more,
    ),
    Row(
        "worked-new",
        promised("Moitié", "heures-travaillees/"),
        HOST,
        NOT_REFERENT,
        prepare=promise_more,
    ),
    Row(
        "worked-new",
        promised("Moitié", "heures-travaillees/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {
            "base": "3 000",
            "due_from": "02/03/2026",
            "due_until": "30/09/2026",
            "effective_on": "05/10/2026",
        },
        success=302,
        prepare=promise_more,
    ),
    Row("rate-new", promised("Moitié", "taux/"), HOST, NOT_REFERENT, prepare=promise_more),
    Row(
        "rate-new",
        promised("Moitié", "taux/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"rate": "40", "effective_on": "01/10/2026", "reason": "Accord"},
        success=302,
        prepare=promise_more,
    ),
    Row("counting-new", clause("heures-qui-comptent/"), HOST, NOT_REFERENT),
    Row(
        "counting-new",
        clause("heures-qui-comptent/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"starts_on": "01/12/2026", "hour_kinds": "travail", "reason": "Accord"},
        success=302,
    ),
    Row("orders", award("commandes/"), CLAUSE_READERS),
    Row("order-new", award("commandes/nouvelle/"), HOST, NOT_REFERENT),
    Row(
        "order-new",
        award("commandes/nouvelle/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {
            "kind": "bon_commande",
            "number": "2026-01",
            "ordered_on": "02/11/2026",
            "amount": "12 000",
        },
        success=302,
        prepare=follow_orders,
    ),
)


def sign_convention(cast: Cast) -> None:
    """A convention of the region, that the contract here answers to."""
    with acting_as("test", day=DAY):
        found = Convention.objects.create(
            region=cast.here.operation.region,
            name="Convention des Hauts-Imaginés",
            starts_on=date(2024, 1, 1),
        )
        Contract.objects.filter(operation=cast.here.operation).update(convention=found)


def convention(suffix: str = "") -> Path:
    return lambda _: f"/conventions/{Convention.objects.get().pk}/{suffix}"


def contract_convention(cast: Cast) -> str:
    return f"/contrats/{cast.here.lot.contract_id}/convention/"


CONVENTION = {"name": "Convention signée", "programme": "npnru", "starts_on": "01/01/2024"}

CONVENTIONS = (
    Row("conventions", fixed("/conventions/"), (*NETWORK_ANYWHERE, *BUYING), (*WORKING, *IDLE)),
    Row("convention-new", fixed("/conventions/nouvelle/"), NETWORK_ANYWHERE, OUTSIDE_NETWORK),
    Row(
        "convention-new",
        fixed("/conventions/nouvelle/"),
        NETWORK_ANYWHERE,
        OUTSIDE_NETWORK,
        method="post",
        note=" empty form",
    ),
    Row("convention", convention(), (*NETWORK, "buyer"), prepare=sign_convention),
    Row(
        "convention",
        convention("?format=xlsx"),
        (*NETWORK, "buyer"),
        prepare=sign_convention,
        note=" xlsx",
    ),
    Row(
        "convention-edit",
        convention("modifier/"),
        (*HOST, "coordinator"),
        ("neighbour_facilitator", "buyer"),
        prepare=sign_convention,
    ),
    Row(
        "convention-edit",
        convention("modifier/"),
        (*HOST, "coordinator"),
        ("neighbour_facilitator", "buyer"),
        method="post",
        data=lambda _: CONVENTION,
        success=302,
        prepare=sign_convention,
    ),
    Row(
        "convention-contracts",
        convention("contrats/"),
        NETWORK,
        ("buyer",),
        prepare=sign_convention,
    ),
    Row(
        "contract-convention",
        contract_convention,
        (*HOST, "coordinator"),
        ("neighbour_facilitator", "buyer", "company"),
        prepare=sign_convention,
    ),
    Row(
        "contract-convention",
        contract_convention,
        (*HOST, "coordinator"),
        ("neighbour_facilitator", "buyer", "company"),
        method="post",
        data=lambda _: {"convention": "", "seen": str(Convention.objects.get().pk)},
        success=302,
        prepare=sign_convention,
    ),
)


def associate_a_third(cast: Cast) -> None:
    """A host of the region that nobody of the table belongs to follows a share here."""
    with acting_as("test", day=DAY):
        OperationHost.objects.create(
            operation=cast.here.operation,
            host=builders.organisation("Tierce structure", Role.HOST),
            role="associee",
            starts_on=date(2026, 6, 1),
        )


SHARING = tuple(
    Row(
        name,
        path,
        (*HOST, "coordinator"),
        ("neighbour_facilitator", "buyer", "company"),
        method=method,
        data=data,
        success=200 if method == "get" else 302,
        prepare=prepare,
    )
    for name, path, data, prepare in (
        (
            "hand-over",
            operation("passer-la-main/"),
            lambda cast: {
                "follower": f"{cast.neighbour.host.pk}-{cast.neighbour.facilitator.pk}",
                "on": "24/11/2026",
                "reason": "Réorganisation",
            },
            lambda _: None,
        ),
        (
            "host-associate",
            operation("associer/"),
            lambda cast: {"follower": f"{cast.neighbour.host.pk}", "starts_on": "01/12/2026"},
            lambda _: None,
        ),
        (
            "association-end",
            lambda _: f"/associations/{OperationHost.objects.get(role='associee').pk}/terminer/",
            lambda _: {"last_day": "30/11/2026"},
            associate_a_third,
        ),
    )
    for method in ("get", "post")
)


COMMITMENTS: tuple[Row, ...] = (*EXECUTION, *ENGAGEMENTS, *CONVENTIONS, *SHARING)
