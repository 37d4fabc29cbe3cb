"""The meetings of an operation: what its people expect next."""

from django.db import models
from django.db.models import Q

from coclause.clauses.choices import MeetingKind
from coclause.clauses.models.operations import Operation
from coclause.core.history import actor_required, kept


@kept
class Meeting(models.Model):
    """A meeting about an operation, on a day. A cancelled one stays, with its reason."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="meetings")
    kind = models.CharField("objet", max_length=12, choices=MeetingKind.choices)
    on = models.DateField("le")
    at = models.TimeField("heure", null=True, blank=True)
    place = models.CharField("lieu ou lien", max_length=200, blank=True)
    note = models.CharField("ordre du jour", max_length=500, blank=True)
    cancelled = models.CharField("annulée : motif", max_length=300, blank=True)

    class Meta:
        verbose_name = "réunion"
        ordering = ["on", "at", "pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="meeting_day_plausible",
                condition=Q(on__gte="1990-01-01", on__lte="2100-12-31"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.operation}"
