"""Querysets of the network: who sees which request, programme, text."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from coclause.clauses.queries import linked
from coclause.network.states import WAITING, RequestState
from coclause.organisations.choices import MemberRole
from coclause.organisations.scopes import Scope

if TYPE_CHECKING:
    from coclause.network.models import (  # noqa: F401
        BuyerRequest,
        ClauseText,
        Draft,
        Programme,
    )


def answered_by(scope: Scope) -> Q:
    """Requests in the hands of the user's host, or of the coordination of their region.

    They name people who wrote: another host does not read them.
    """
    return Q(organisation__in=scope.hosts) | Q(region__in=scope.coordinated_regions)


class BuyerRequestQuerySet(models.QuerySet["BuyerRequest"]):
    def visible_to(self, scope: Scope) -> "BuyerRequestQuerySet":
        """Who answers, the region's coordination, and the buyer once it is known."""
        return self.filter(answered_by(scope) | Q(buyer__in=scope.buyers))

    def answerable_by(self, scope: Scope) -> "BuyerRequestQuerySet":
        return self.filter(answered_by(scope))

    def waiting(self) -> "BuyerRequestQuerySet":
        """The network acts next."""
        return self.filter(state__in=WAITING)

    def mine(self, scope: Scope) -> "BuyerRequestQuerySet":
        """In the user's own hands: under their name, or under nobody's in their organisation.

        The manager of a host follows all of its requests.
        """
        managed = scope.organisations(MemberRole.HOST_MANAGER)
        own = scope.organisations(MemberRole.FACILITATOR, MemberRole.COORDINATOR)
        named = Q(facilitator=scope.user) | Q(facilitator__isnull=True)
        return self.filter(Q(organisation__in=managed) | (Q(organisation__in=own) & named))

    def unseen(self, scope: Scope) -> "BuyerRequestQuerySet":
        """For a coordination: in nobody's hands, or past the day promised without an answer."""
        late = Q(answer_by__lt=scope.day, answered_on__isnull=True)
        return self.filter(
            Q(organisation__isnull=True) | late,
            region__in=scope.coordinated_regions,
            state__in=(*WAITING, RequestState.ASKED),
        )


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, scope: Scope) -> "ProgrammeQuerySet":
        """The buyer, the region's coordination, and who sent it with an account for nobody here.

        What was sent for a buyer stays with the buyer: its former agent leaves it behind.
        """
        return self.filter(
            Q(buyer__in=scope.buyers)
            | Q(author=scope.user, author__isnull=False, buyer__isnull=True)
            | Q(region__in=scope.coordinated_regions)
        )


class ClauseTextQuerySet(models.QuerySet["ClauseText"]):
    def visible_to(self, scope: Scope) -> "ClauseTextQuerySet":
        """The network of the region; buyers read them filled, in their documents."""
        return self.filter(region__in=scope.working_regions)

    def offered(self, day: date) -> "ClauseTextQuerySet":
        """Not retired, with words in force that day: `version_id`, `body`."""
        versions = self.model._meta.get_field("versions").related_model._default_manager
        latest = versions.filter(text=OuterRef("pk"), starts_on__lte=day).order_by("-number")
        return (
            self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=day))
            .annotate(
                version_id=Subquery(latest.values("pk")[:1]),
                body=Subquery(latest.values("body")[:1]),
            )
            .filter(version_id__isnull=False)
        )

    def with_standing(self, day: date) -> "ClauseTextQuerySet":
        """Adds `current` and `current_from`, the version in force that day (None before the first),
        `last`, the latest version known, and `next_from`, the day of one to come.
        """
        versions = self.model._meta.get_field("versions").related_model._default_manager
        of_text = versions.filter(text=OuterRef("pk")).order_by("-number")
        current = of_text.filter(starts_on__lte=day)
        return self.annotate(
            current=Subquery(current.values("number")[:1]),
            current_from=Subquery(current.values("starts_on")[:1]),
            last=Subquery(of_text.values("number")[:1]),
            next_from=Subquery(
                of_text.filter(starts_on__gt=day).order_by("number").values("starts_on")[:1]
            ),
        )


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, scope: Scope) -> "DraftQuerySet":
        """As operations, companies apart."""
        return self.filter(linked("contract__operation__", scope))
