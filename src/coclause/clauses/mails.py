"""Which stored messages an actor may look at.

A host sees what was written about the operations it handles, and about the companies of these; a
company what its own people received. What opens a door (a code, a password) is about nothing, and
is shown to nobody.
"""

from collections.abc import Iterable

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from coclause.clauses.contacts import companies_handled
from coclause.clauses.models import Award, Operation
from coclause.core.models import Mail
from coclause.organisations.choices import MemberRole
from coclause.organisations.models import Membership
from coclause.organisations.scopes import Scope

SIGNING_IN = "login."
OF_OPERATION = "operation:"


def mails_visible_to(scope: Scope) -> QuerySet[Mail]:
    """The messages of the scope. Three queries for a host, none for others, before their own."""
    shown = Q(pk__in=[])
    if scope.hosts:
        shown |= _of_hosts(scope)
    if scope.companies:
        received = Membership.objects.filter(
            organisation__in=scope.companies, role=MemberRole.COMPANY
        )
        shown |= Q(
            about__overlap=_subjects("organisation", scope.companies),
            recipient__in=received.values("user__email"),
        )
    told = Func(F("about"), Value(","), function="array_to_string", output_field=TextField())
    rows = Mail.objects.alias(told=told).filter(shown)
    return rows.exclude(kind__startswith=SIGNING_IN).order_by("-created_at", "-pk")


def operations_handled(scope: Scope) -> frozenset[int]:
    """Ids of the operations whose messages the user reads in full. One query."""
    if not scope.hosts:
        return frozenset()
    return frozenset(Operation.objects.editable_by(scope).values_list("pk", flat=True))


def read_in_full(mail: Mail, scope: Scope, handled: frozenset[int]) -> bool:
    """Whether its words are the reader's: their own mailbox, or all it speaks of is handled."""
    if scope.user is not None and mail.recipient.lower() == scope.user.email.lower():
        return True
    named = {one for one in mail.about if one.startswith(OF_OPERATION)}
    return bool(named) and named <= set(_subjects("operation", handled))


def _of_hosts(scope: Scope) -> Q:
    """About an operation handled; or about a company alone, whoever else works with it."""
    operations = operations_handled(scope)
    awards = Award.objects.filter(lot__contract__operation__in=operations)
    companies = companies_handled(scope).values_list("organisation", flat=True)
    own = [
        *_subjects("operation", operations),
        *_subjects("award", awards.values_list("pk", flat=True)),
    ]
    of_company = Q(about__overlap=_subjects("organisation", companies))
    return Q(about__overlap=own) | (of_company & ~Q(told__contains=OF_OPERATION))


def _subjects(kind: str, pks: Iterable[int]) -> list[str]:
    return sorted({f"{kind}:{pk}" for pk in pks})
