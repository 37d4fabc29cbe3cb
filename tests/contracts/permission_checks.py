"""Rows of the permission table: the months to check in one list, and what a company contests."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.builders import DAY
from tests.contracts.permission_rows import (
    HOST,
    HOSTS_ANYWHERE,
    NETWORK,
    NOT_HOSTS,
    SIGNED_IN,
    Row,
    declare_october,
    fixed,
)
from tests.contracts.permission_worlds import Cast
from tests.hours.checks.check_worlds import agency

from coclause.core.actor import acting_as
from coclause.hours.checking import marks_of, waiting_of
from coclause.hours.contesting import contest
from coclause.hours.declaring import Entry, declare_month
from coclause.hours.models import Statement, StatementLine
from coclause.organisations.scopes import scope_of

PUBLIC_CHECKS = {"checks": ("/verifications/", (200,))}
READS_IT = tuple(role for role in SIGNED_IN if role not in (*HOST, "elsewhere_facilitator"))
"""Who reads the statement without checking it, or follows nothing: refused. The rest is blind."""
NOT_CONTESTING = (*NETWORK, "buyer")


def told_by_an_agency(cast: Cast) -> None:
    """An agency of the award here told the hours of a person that it makes available."""
    _, user, employed = agency(cast.here)
    entry = Entry(employed.pk, {"travail": Decimal(96)})
    with acting_as(user, day=DAY):
        declare_month(scope_of(user, DAY), cast.here.award, date(2026, 10, 1), [entry], version=0)


def contested(cast: Cast) -> None:
    told_by_an_agency(cast)
    user = cast.users["company"]
    assert user is not None
    with acting_as(user, day=DAY):
        contest(scope_of(user, DAY), StatementLine.objects.get(), Decimal(60), "Absente")


def line(suffix: str) -> Any:
    return lambda _: f"/lignes/{StatementLine.objects.get().pk}/{suffix}"


def chosen(cast: Cast) -> dict[str, str]:
    """The month here, as its facilitator read it."""
    statement = Statement.objects.get()
    marks = marks_of(waiting_of([statement], cast.here.scope))
    return {"mois": f"{statement.pk}:{marks[statement.pk]}"}


CHECKS: tuple[Row, ...] = (
    Row("months-to-check", fixed("/a-verifier/"), HOSTS_ANYWHERE, NOT_HOSTS),
    Row(
        "months-to-check",
        fixed("/a-verifier/"),
        HOSTS_ANYWHERE,
        NOT_HOSTS,
        note=" with a month",
        prepare=declare_october,
    ),
    Row(
        "months-to-check",
        fixed("/a-verifier/"),
        HOST,
        READS_IT,
        method="post",
        data=chosen,
        success=302,
        prepare=declare_october,
    ),
    Row("contest", line("contester/"), ("company",), NOT_CONTESTING, prepare=told_by_an_agency),
    Row(
        "contest",
        line("contester/"),
        ("company",),
        NOT_CONTESTING,
        method="post",
        data=lambda _: {"hours": "60", "reason": "Absente dix jours"},
        success=302,
        prepare=told_by_an_agency,
    ),
    Row(
        "contest-withdraw",
        line("contester/retirer/"),
        ("company",),
        NOT_CONTESTING,
        method="post",
        success=302,
        prepare=contested,
    ),
)
