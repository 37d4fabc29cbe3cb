"""A shortfall told to the buyer, with what the contract says of it; and what the buyer decided."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.models import Award, Clause
from coclause.core.history import actor_required, never_changes
from coclause.core.models import User
from coclause.hours.choices import DecisionKind


class ShortfallReport(models.Model):
    """What the facilitator told the buyer on a day: figures, the penalty of this contract's terms,
    a draft letter. Written once; a later state is another report.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="shortfalls")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="shortfalls")
    day = models.DateField("signalé le")
    missing = models.DecimalField("heures manquantes", max_digits=12, decimal_places=2)
    figures = models.JSONField("chiffres de ce jour")
    penalty = models.JSONField("pénalité selon le contrat")
    message = models.TextField("mot du facilitateur", max_length=3000, blank=True)
    letter = models.TextField("projet de lettre")
    author = models.ForeignKey(User, verbose_name="par", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "signalement"
        ordering = ["-day", "-pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.CheckConstraint(name="shortfall_positive", condition=Q(missing__gt=0))
        ]

    def __str__(self) -> str:
        return f"Signalement du {self.day:%d/%m/%Y}"


class BuyerDecision(models.Model):
    """What the buyer decided of a report. A notice may be followed by another decision."""

    report = models.ForeignKey(ShortfallReport, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField("décision", max_length=16, choices=DecisionKind.choices)
    decided_on = models.DateField("décidée le")
    amount = models.DecimalField(
        "montant (€)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    until = models.DateField("délai donné à l’entreprise", null=True, blank=True)
    reason = models.CharField("motif", max_length=500, blank=True)
    author = models.ForeignKey(User, verbose_name="par", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "décision de l'acheteur"
        ordering = ["pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.CheckConstraint(
                name="decision_facts",
                condition=Q(kind=DecisionKind.PENALTY, amount__gt=0)
                | Q(kind=DecisionKind.NOTICE, amount__isnull=True, until__isnull=False)
                | Q(
                    kind__in=[DecisionKind.WAIVER, DecisionKind.NOTHING],
                    amount__isnull=True,
                    until__isnull=True,
                    reason__gt="",
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.decided_on:%d/%m/%Y}"
