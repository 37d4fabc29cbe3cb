"""What was agreed at the kick-off meeting: how hours will be done, and who does what by when."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coclause.clauses.models import Award, Meeting
from coclause.clauses.states import Turn
from coclause.core.history import actor_required, kept
from coclause.core.models import User
from coclause.hours.choices import Way
from coclause.organisations.models import Organisation

PLAN_TURNS = [(turn.value, turn.label) for turn in (Turn.COMPANY, Turn.FACILITATOR, Turn.BUYER)]


@kept
class PlannedHours(models.Model):
    """Hours that a company means to do in a way, with whom, between two dates, spread evenly."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="planned")
    way = models.CharField("modalité", max_length=24, choices=Way.choices)
    partner = models.ForeignKey(
        Organisation,
        verbose_name="avec quelle structure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    hours = models.DecimalField(
        "heures", max_digits=9, decimal_places=2, validators=[MinValueValidator(1)]
    )
    starts_on = models.DateField("à partir du")
    ends_on = models.DateField("jusqu'au")
    note = models.CharField("précision", max_length=200, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "heures prévues"
        ordering = ["starts_on", "pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(name="planned_hours_positive", condition=Q(hours__gt=0)),
            models.CheckConstraint(
                name="planned_dates_in_order",
                condition=Q(ends_on__gte=F("starts_on"))
                & Q(starts_on__gte="1990-01-01", ends_on__lte="2100-12-31"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hours} h, {self.get_way_display()}"


@kept
class PlanStep(models.Model):
    """One thing to do, by whom, by when; done on a day, or given up with a reason."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="steps")
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    label = models.CharField("quoi", max_length=200)
    turn = models.CharField("par qui", max_length=12, choices=PLAN_TURNS)
    by = models.DateField("pour le")
    agreed_on = models.DateField("convenu le")
    done_on = models.DateField("fait le", null=True, blank=True)
    dropped = models.CharField("abandonné : motif", max_length=300, blank=True)
    done_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "étape du plan d'action"
        ordering = ["by", "pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="step_dates_plausible",
                condition=Q(by__gte="1990-01-01", by__lte="2100-12-31"),
            )
        ]

    def __str__(self) -> str:
        return self.label
