"""What was awarded: to whom, when it is executed, what is ordered under a framework."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coclause.clauses.choices import (
    ANSWERABLE,
    Departure,
    ExecutionChange,
    Group,
    MemberPart,
    OrderKind,
)
from coclause.clauses.database import (
    CALENDAR_IS_COPIED,
    CALENDAR_OPENS,
    CALENDAR_SUPERSEDES,
    VERSION_NEVER_CHANGES,
)
from coclause.clauses.models.operations import Lot
from coclause.clauses.queries import AwardQuerySet, ExecutionQuerySet
from coclause.core.history import actor_required, kept
from coclause.core.periods import Period, PeriodQuerySet, one_at_a_time
from coclause.organisations.models import Organisation

CALENDAR = ("starts_on", "ends_on", "suspensions", "suspended_on")


@kept
class Award(models.Model):
    """A lot awarded to a company or a group. Execution dates bound when hours may be worked.

    The calendar (`starts_on` to `suspended_on`) is a copy of the version in force, kept by the
    database: it changes by a new `Execution`, never here.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="awards")
    notified_on = models.DateField("notifié le")
    starts_on = models.DateField("début d'exécution")
    ends_on = models.DateField("fin d'exécution")
    suspensions = ArrayField(
        DateRangeField(), verbose_name="suspensions passées", default=list, blank=True
    )
    suspended_on = models.DateField("suspendue depuis", null=True, blank=True)
    group = models.CharField(
        "groupement", max_length=12, choices=Group.choices, blank=True, default=Group.NONE
    )
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)
    amount = models.DecimalField(
        "montant attribué (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = "attribution"
        ordering = ["lot", "pk"]
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="calendar_opens",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=CALENDAR_OPENS,
            ),
            pgtrigger.Trigger(
                name="calendar_is_copied",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf(*CALENDAR),
                func=CALENDAR_IS_COPIED,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="award_dates_in_order", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="award_dates_plausible",
                condition=Q(notified_on__gte="1990-01-01", starts_on__gte="1990-01-01")
                & Q(ends_on__lte="2100-12-31"),
            ),
            models.CheckConstraint(
                name="award_amount_positive", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"Attribution du {self.lot}"


@kept
class AwardMember(Period):
    """A company's part in an award, for a period: holder, leader, co- or subcontractor."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="members")
    organisation = models.ForeignKey(
        Organisation, verbose_name="entreprise", on_delete=models.PROTECT, related_name="parts"
    )
    part = models.CharField("rôle", max_length=16, choices=MemberPart.choices)
    departure = models.CharField(
        "motif du départ",
        max_length=12,
        choices=Departure.choices,
        blank=True,
        default=Departure.NONE,
    )

    objects = PeriodQuerySet["AwardMember"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "entreprise d'une attribution"
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("award_one_answers", "award", condition=Q(part__in=ANSWERABLE)),
            one_at_a_time("award_member_once", "award", "organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.get_part_display()}"


class Execution(models.Model):
    """One version of an award's calendar: from an act on, until the next one.

    `suspensions` are periods already over, `suspended_on` the first day of one still running; no
    day of either is a day of execution.
    """

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="executions")
    kind = models.CharField("nature", max_length=24, choices=ExecutionChange.choices)
    effective_on = models.DateField("prend effet le")
    starts_on = models.DateField("début d'exécution")
    ends_on = models.DateField("fin d'exécution")
    suspensions = ArrayField(DateRangeField(), default=list, blank=True)
    suspended_on = models.DateField(null=True, blank=True)
    reason = models.CharField("motif", max_length=300, blank=True)
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ExecutionQuerySet.as_manager()

    class Meta:
        verbose_name = "calendrier d'exécution"
        ordering = ["pk"]
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="calendar_supersedes",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=CALENDAR_SUPERSEDES,
            ),
            pgtrigger.Trigger(
                name="calendar_is_copied",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=CALENDAR_IS_COPIED,
            ),
            pgtrigger.Trigger(
                name="never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=VERSION_NEVER_CHANGES,
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(superseded_at__isnull=True),
                name="execution_one_in_force",
            ),
            models.CheckConstraint(
                name="execution_dates_in_order", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="execution_dates_plausible",
                condition=Q(starts_on__gte="1990-01-01", ends_on__lte="2100-12-31"),
            ),
            models.CheckConstraint(
                name="execution_change_has_a_reason",
                condition=Q(kind=ExecutionChange.AWARDED) | Q(reason__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} au {self.effective_on}"


class Order(models.Model):
    """An order or a call-off of a framework agreement, placed with one of its holders.

    Amounts in euros, without tax. Never edited: a mistake is mended by another one, below zero.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField("nature", max_length=20, choices=OrderKind.choices)
    number = models.CharField("numéro", max_length=60)
    object = models.CharField("objet", max_length=300, blank=True)
    ordered_on = models.DateField("notifié le")
    amount = models.DecimalField(
        "montant (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    starts_on = models.DateField("début", null=True, blank=True)
    ends_on = models.DateField("fin", null=True, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "commande"
        ordering = ["ordered_on", "pk"]
        triggers = [
            actor_required(),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update),
        ]
        constraints = [
            models.UniqueConstraint(fields=["award", "kind", "number"], name="order_once"),
            models.CheckConstraint(
                name="order_dates_possible",
                condition=Q(ordered_on__gte="1990-01-01", ordered_on__lte="2100-12-31")
                & (
                    Q(starts_on__isnull=True)
                    | Q(ends_on__isnull=True)
                    | Q(ends_on__gte=F("starts_on"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
