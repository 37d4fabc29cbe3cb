"""What a contract provides when the hours of a clause are not done: dated terms, quoted."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.choices import PenaltyUnit
from coclause.clauses.models.commitments import Clause
from coclause.core.history import actor_required, never_changes


class PenaltyTerms(models.Model):
    """The penalty that the contract's own documents set, from a day on. Never edited.

    `rate` is in euros (per hour, per day, or once), or a share of the contract's amount between 0
    and 1. `cap` is in euros, `cap_share` a share of the amount. Unknown is no row at all.
    """

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="penalties")
    starts_on = models.DateField("à partir du")
    unit = models.CharField("calculée", max_length=16, choices=PenaltyUnit.choices)
    rate = models.DecimalField(
        "taux ou montant",
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    cap = models.DecimalField("plafond (€)", max_digits=12, decimal_places=2, null=True, blank=True)
    cap_share = models.DecimalField(
        "plafond (part du montant)", max_digits=5, decimal_places=4, null=True, blank=True
    )
    notice = models.BooleanField("après mise en demeure restée sans effet", default=True)
    notice_days = models.PositiveSmallIntegerField(
        "délai de la mise en demeure (jours)", null=True, blank=True
    )
    article = models.CharField("article du contrat", max_length=120)
    wording = models.TextField("texte du contrat", max_length=3000, blank=True)
    reason = models.CharField("motif du changement", max_length=300, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "pénalité prévue par le contrat"
        ordering = ["starts_on", "pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.CheckConstraint(
                name="penalty_rate_where_due",
                condition=Q(unit=PenaltyUnit.NONE, rate__isnull=True)
                | (~Q(unit=PenaltyUnit.NONE) & Q(rate__gt=0)),
            ),
            models.CheckConstraint(
                name="penalty_shares_possible",
                condition=(~Q(unit=PenaltyUnit.SHARE) | Q(rate__lte=1))
                & (Q(cap_share__isnull=True) | Q(cap_share__gt=0, cap_share__lte=1))
                & (Q(cap__isnull=True) | Q(cap__gt=0)),
            ),
            models.CheckConstraint(
                name="penalty_date_plausible",
                condition=Q(starts_on__gte="1990-01-01", starts_on__lte="2100-12-31"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_unit_display()}, {self.article}"
