"""What is said of a month: statements, who sent them, their lines, and what is contested.

A line says how many hours of one kind, by one employment, in one month, count on one award. It
is never edited once validated: a correction is a new revision, so that what was known on any past
date can be asked again. The month of an employment bounds the sum of its lines, in the database.
"""

import pgtrigger
from django.db import models
from django.db.models import Q

from coclause.clauses.choices import HoursKind
from coclause.clauses.models import Award
from coclause.core.history import actor_required, never_changes
from coclause.core.models import User
from coclause.hours.choices import LineState, Origin
from coclause.hours.database import (
    LINE_STAYS_IN_ITS_MONTH,
    VALIDATED_LINE_NEVER_CHANGES,
    allocates,
)
from coclause.hours.models.employments import FIRST_OF_MONTH, EmploymentMonth
from coclause.hours.queries import LineQuerySet, StatementQuerySet
from coclause.organisations.models import Organisation


class Statement(models.Model):
    """What a company declared for an award and a month worked; without lines, a month at zero."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="statements")
    month = models.DateField("mois travaillé")
    declared_on = models.DateField("déclarée le")
    version = models.PositiveIntegerField(default=1)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = "déclaration mensuelle"
        ordering = ["-month", "award"]
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["award", "month"], name="statement_once"),
            models.CheckConstraint(name="statement_first_day", condition=FIRST_OF_MONTH),
            models.CheckConstraint(
                name="statement_month_plausible",
                condition=Q(month__gte="1990-01-01", month__lte="2100-12-31"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}, {self.award_id}"


class Declaration(models.Model):
    """One sending of a month: by which company, from what. Without a company, by the host in charge
    for everybody (or before companies were told apart).
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="declarations")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="entreprise",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    origin = models.CharField(
        "origine", max_length=12, choices=Origin.choices, default=Origin.TYPED
    )
    invoice = models.CharField("numéro de facture", max_length=60, blank=True)
    version = models.PositiveIntegerField(
        "version de la déclaration", help_text="Celle que cet envoi a faite."
    )
    declared_at = models.DateTimeField("envoyée le")
    declared_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Non connu : vide."
    )

    class Meta:
        verbose_name = "envoi d'un mois"
        ordering = ["pk"]
        indexes = [models.Index(fields=["organisation", "statement"], name="declaration_company")]
        triggers = [actor_required(), never_changes()]

    def __str__(self) -> str:
        return f"{self.get_origin_display()} du {self.declared_at:%d/%m/%Y}"


class StatementLine(models.Model):
    """Hours of one kind by one employment in a month, counted on one award; one revision of them.

    A later revision closes the earlier one: `corrected_at` when it is declared, `superseded_at`
    when it is validated. Until then a validated line still counts. A line without an employment
    is collective: hours of `headcount` people who are not named, and are no beneficiaries.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    employment_month = models.ForeignKey(
        EmploymentMonth, null=True, on_delete=models.PROTECT, related_name="lines"
    )
    headcount = models.PositiveSmallIntegerField("effectif", null=True, blank=True)
    declaration = models.ForeignKey(
        Declaration, null=True, on_delete=models.PROTECT, related_name="lines"
    )
    kind = models.CharField("nature", max_length=12, choices=HoursKind.choices)
    revision = models.PositiveSmallIntegerField(default=1)
    hours = models.DecimalField("heures", max_digits=8, decimal_places=2)
    state = models.CharField(
        "état", max_length=12, choices=LineState.choices, default=LineState.DECLARED
    )
    declared_at = models.DateTimeField("déclarée le")
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField("renvoyée le", null=True, blank=True)
    return_reason = models.CharField("motif du renvoi", max_length=300, blank=True)
    validated_at = models.DateTimeField("validée le", null=True, blank=True)
    validated_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    corrected_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d'heures"
        indexes = [
            # Hours in force and hours to check are read by statement, without their other columns.
            models.Index(
                fields=["statement"],
                include=["employment_month", "kind", "hours"],
                condition=Q(state=LineState.VALIDATED, superseded_at__isnull=True),
                name="line_in_force",
            ),
            models.Index(
                fields=["statement"],
                include=["hours", "declared_at"],
                condition=Q(state=LineState.DECLARED, corrected_at__isnull=True),
                name="line_to_check",
            ),
        ]
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="validated_never_changes",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=LineState.VALIDATED),
                func=VALIDATED_LINE_NEVER_CHANGES,
            ),
            pgtrigger.Trigger(
                name="stays_in_its_month",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("statement_id", "employment_month_id"),
                declare=[("matches", "boolean")],
                func=LINE_STAYS_IN_ITS_MONTH,
            ),
            allocates("allocates_inserted", pgtrigger.Insert),
            allocates("allocates_updated", pgtrigger.Update),
            allocates("allocates_deleted", pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "employment_month", "kind", "revision"],
                nulls_distinct=False,
                name="line_revision_once",
            ),
            models.UniqueConstraint(
                fields=["statement", "employment_month", "kind"],
                condition=Q(corrected_at__isnull=True),
                nulls_distinct=False,
                name="line_one_latest",
            ),
            models.UniqueConstraint(
                fields=["statement", "employment_month", "kind"],
                condition=Q(state=LineState.VALIDATED, superseded_at__isnull=True),
                nulls_distinct=False,
                name="line_one_in_force",
            ),
            models.CheckConstraint(name="line_hours_positive", condition=Q(hours__gte=0)),
            models.CheckConstraint(
                name="line_named_or_collective",
                condition=Q(employment_month__isnull=False, headcount__isnull=True)
                | Q(employment_month__isnull=True, headcount__isnull=False),
            ),
            models.CheckConstraint(
                name="line_state_facts",
                condition=Q(
                    state=LineState.VALIDATED,
                    validated_at__isnull=False,
                    validated_by__isnull=False,
                )
                | Q(state=LineState.RETURNED, validated_at__isnull=True, return_reason__gt="")
                | Q(state=LineState.DECLARED, validated_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hours} h, {self.get_kind_display()}"

    @property
    def employment_id(self) -> int:
        """The employment of a named line. Raises ValueError on a collective one."""
        if self.employment_month is None:
            raise ValueError("a collective line has no employment")
        return self.employment_month.employment_id


class Contest(models.Model):
    """A company says that a line told by another one is not right. Nothing moves by itself.

    It is open as long as its line waits to be checked; whoever checks decides.
    """

    line = models.ForeignKey(StatementLine, on_delete=models.CASCADE, related_name="contests")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    hours = models.DecimalField(
        "heures selon cette entreprise", max_digits=8, decimal_places=2, null=True, blank=True
    )
    reason = models.CharField("motif", max_length=300)
    at = models.DateTimeField("le")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "contestation"
        ordering = ["pk"]
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["line", "organisation"], name="contest_once"),
            models.CheckConstraint(
                name="contest_hours_possible",
                condition=Q(hours__isnull=True) | Q(hours__gte=0, hours__lte=744),
            ),
            models.CheckConstraint(name="contest_has_a_reason", condition=Q(reason__gt="")),
        ]

    def __str__(self) -> str:
        return f"Contestée par {self.organisation}"
