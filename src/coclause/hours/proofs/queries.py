"""Who reads which numbered documents."""

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q

from coclause.clauses.queries import handled_by
from coclause.hours.choices import ProofKind
from coclause.organisations.scopes import Scope

if TYPE_CHECKING:
    from coclause.hours.models import Proof  # noqa: F401

OPERATION = "award__lot__contract__operation"
STATEMENTS = (ProofKind.INTERIM, ProofKind.FINAL)
"""What a buyer is given: hours and counts, without persons."""


class ProofQuerySet(models.QuerySet["Proof"]):
    def visible_to(self, scope: Scope) -> "ProofQuerySet":
        """The hosts in charge read all; the coordination of the region and the buyer, statements;
        a company its own certificates. A replaced document is read by those who read it before.
        """
        handled = apps.get_model("clauses", "Operation")._default_manager.filter(
            handled_by("", scope)
        )
        statements = Q(kind__in=STATEMENTS) & (
            Q(**{f"{OPERATION}__region__in": scope.coordinated_regions})
            | Q(**{f"{OPERATION}__buyer__in": scope.buyers})
        )
        certificates = Q(kind=ProofKind.CERTIFICATE, company__in=scope.companies)
        mine = Q(**{f"{OPERATION}__in": handled.values("pk")})
        return self.filter(mine | statements | certificates)

    def in_force(self) -> "ProofQuerySet":
        """The last version of each."""
        return self.filter(replaced_by__isnull=True)
