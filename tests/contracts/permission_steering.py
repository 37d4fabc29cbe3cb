"""Rows of the permission table: plans, terms of penalties, shortfalls and what buyers decide."""

from decimal import Decimal
from typing import Any

from tests.builders import DAY
from tests.contracts.permission_rows import (
    CLAUSE_READERS,
    HOST,
    NETWORK,
    NOT_REFERENT,
    Row,
    award,
    clause,
)
from tests.contracts.permission_worlds import Cast
from tests.hours.steering.steering_worlds import OCTOBER, decided, reported, step, with_terms

from coclause.core.actor import acting_as
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import PlannedHours, PlanStep, ShortfallReport

NETWORK_AND_BUYER = (*NETWORK, "buyer")
TERMS = {"unit": "heure", "amount": "50", "article": "Article 8.2", "starts_on": "20/02/2026"}
STEP = {
    "label": "Envoyer deux fiches de poste",
    "turn": "entreprise",
    "by": "12/12/2026",
    "agreed_on": "24/11/2026",
}
HOURS = {
    "way": "embauche_directe",
    "hours": "200",
    "starts_on": "01/12/2026",
    "ends_on": "31/12/2026",
}
DECISION = {"kind": "sans_suite", "decided_on": "24/11/2026", "reason": "Le chantier a glissé"}


def plan_hours(cast: Cast) -> None:
    with acting_as(cast.here.facilitator, day=DAY):
        PlannedHours.objects.create(
            award=cast.here.award,
            way="embauche_directe",
            hours=200,
            starts_on="2026-12-01",
            ends_on="2026-12-31",
        )


def agree(turn: str) -> Any:
    def prepared(cast: Cast) -> None:
        step(cast.here, turn)

    return prepared


def give_up(cast: Cast) -> None:
    made = step(cast.here)
    with acting_as(cast.here.facilitator, day=DAY):
        PlanStep.objects.filter(pk=made.pk).update(dropped="Poste supprimé")


def miss(cast: Cast) -> None:
    """Little was done: there is something to report."""
    entry = Entry(cast.here.employment.pk, {"travail": Decimal(60)})
    with acting_as(cast.here.facilitator, day=DAY):
        declare_month(cast.here.scope, cast.here.award, OCTOBER, [entry], version=0)


def tell(cast: Cast) -> None:
    miss(cast)
    with_terms(cast.here)
    reported(cast.here)


def tell_and_decide(cast: Cast) -> None:
    tell(cast)
    user = cast.users["buyer"]
    assert user is not None
    decided(ShortfallReport.objects.get(), user, "sans_suite", reason="Le chantier a glissé")


def hours(suffix: str) -> Any:
    return lambda _: f"/heures-prevues/{PlannedHours.objects.get().pk}/{suffix}"


def one_step(suffix: str) -> Any:
    return lambda _: f"/etapes/{PlanStep.objects.get().pk}/{suffix}"


def one_report(suffix: str = "") -> Any:
    return lambda _: f"/signalements/{ShortfallReport.objects.get().pk}/{suffix}"


def both(name: str, path: Any, data: dict[str, str], **more: Any) -> tuple[Row, Row]:
    """Asked, then sent: the referent's alone."""
    return (
        Row(name, path, HOST, NOT_REFERENT, **more),
        Row(
            name,
            path,
            HOST,
            NOT_REFERENT,
            method="post",
            data=lambda _: data,
            success=302,
            **more,
        ),
    )


def posted(name: str, path: Any, allowed: tuple[str, ...], prepare: Any, note: str = "") -> Row:
    refused = tuple(role for role in (*HOST, *NOT_REFERENT) if role not in allowed)
    return Row(name, path, allowed, refused, method="post", success=302, prepare=prepare, note=note)


PLANS = (
    Row("plan", award("plan/"), CLAUSE_READERS),
    Row("plan", award("plan/"), CLAUSE_READERS, prepare=agree("acheteur"), note=" with a step"),
    *both("plan-hours-new", award("plan/heures/"), HOURS),
    *both("plan-hours-edit", hours("modifier/"), HOURS, prepare=plan_hours),
    posted("plan-hours-drop", hours("retirer/"), HOST, plan_hours),
    *both("plan-step-new", award("plan/etapes/"), STEP),
    *both("plan-step-edit", one_step("modifier/"), STEP, prepare=agree("entreprise")),
    *(
        posted("plan-step-done", one_step("fait/"), (*HOST, *whose), agree(turn), f" {turn}")
        for turn, whose in (
            ("entreprise", ("company",)),
            ("acheteur", ("buyer",)),
            ("facilitateur", ()),
        )
    ),
    posted("plan-step-reopen", one_step("rouvrir/"), HOST, give_up),
    *both(
        "plan-step-drop",
        one_step("abandonner/"),
        {"reason": "Poste supprimé"},
        prepare=agree("entreprise"),
    ),
)

REPORTS = (
    Row("penalty-terms", clause("penalites/"), NETWORK_AND_BUYER),
    Row(
        "penalty-terms",
        clause("penalites/"),
        HOST,
        tuple(role for role in NETWORK_AND_BUYER if role not in HOST),
        method="post",
        data=lambda _: TERMS,
        success=302,
    ),
    Row("shortfall-new", clause("signalement/"), HOST, NOT_REFERENT, prepare=miss),
    Row(
        "shortfall-new",
        clause("signalement/"),
        HOST,
        NOT_REFERENT,
        method="post",
        data=lambda _: {"letter": "Madame, Monsieur,", "last": "0", "missing": "760"},
        success=302,
        prepare=miss,
    ),
    Row("shortfall", one_report(), (*HOST, "buyer"), prepare=tell),
    Row(
        "shortfall",
        one_report(),
        (*HOST, "buyer", "company"),
        prepare=tell_and_decide,
        note=" decided",
    ),
    Row(
        "shortfall",
        one_report(),
        (*HOST, "buyer"),
        method="post",
        data=lambda _: DECISION,
        success=302,
        prepare=tell,
    ),
    Row(
        "shortfall",
        one_report(),
        (*HOST, "buyer"),
        ("company",),
        method="post",
        data=lambda _: DECISION,
        prepare=tell_and_decide,
        note=" decided already",
    ),
    *(
        Row(
            f"shortfall-{kind}",
            one_report(f"lettre.{kind}"),
            (*HOST, "buyer"),
            prepare=prepare,
            note=note,
        )
        for kind in ("docx", "pdf")
        for prepare, note in ((tell, ""), (tell_and_decide, " decided"))
    ),
)

STEERING: tuple[Row, ...] = (*PLANS, *REPORTS)
