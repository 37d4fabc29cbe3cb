"""How many hours to ask: versions with their inputs, their sources and their author."""

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.choices import CalibrationMethod, CostBasis
from coclause.clauses.models.operations import Contract, Lot
from coclause.clauses.queries import CalibrationQuerySet
from coclause.core.history import actor_required, never_changes
from coclause.core.models import User

SHARE = {"max_digits": 6, "decimal_places": 5, "null": True, "blank": True}
HOURS = {"max_digits": 12, "decimal_places": 2, "null": True, "blank": True}

FROM_AMOUNT = Q(
    method=CalibrationMethod.AMOUNT,
    amount__gte=0,
    labour_share__gt=0,
    labour_share__lte=1,
    hourly_cost__gt=0,
    hours_worked__isnull=True,
)
FROM_HOURS = Q(
    method=CalibrationMethod.HOURS,
    hours_worked__gte=0,
    amount__isnull=True,
    labour_share__isnull=True,
    hourly_cost__isnull=True,
)


class Calibration(models.Model):
    """One version of a contract's calibration: a line for the whole, or one for each lot.

    What it computes from never changes: another try is another version. `retained_on` is the day
    it was chosen; one version at most is retained at a time.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="calibrations")
    number = models.PositiveSmallIntegerField("version")
    title = models.CharField("nom de la version", max_length=120)
    note = models.TextField("ce qui explique ce choix", max_length=2000, blank=True)
    step = models.PositiveSmallIntegerField("arrondi à (heures)", default=5)
    minimum = models.PositiveSmallIntegerField("minimum utile (heures)")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField("établie le")
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)
    retained_on = models.DateField("retenue le", null=True, blank=True)

    objects = CalibrationQuerySet.as_manager()

    class Meta:
        verbose_name = "calibrage"
        ordering = ["contract", "number"]
        triggers = [
            actor_required(),
            pgtrigger.ReadOnly(name="inputs_never_change", exclude=["retained_on"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="calibration_number_once"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(retained_on__isnull=False),
                name="calibration_one_retained",
            ),
            models.CheckConstraint(
                name="calibration_rounding_known", condition=Q(number__gte=1, step__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}, {self.title}"


class CalibrationLine(models.Model):
    """What one lot gives in a version, or the whole contract when `lot` is empty.

    Shares and rates are fractions (0.05 is 5 %), amounts in euros without tax, costs in euros an
    hour. `exact` is before rounding; `hours` is rounded up, None below the useful minimum.
    `sources` says where each input comes from, by its name.
    """

    calibration = models.ForeignKey(Calibration, on_delete=models.CASCADE, related_name="lines")
    lot = models.ForeignKey(
        Lot, null=True, blank=True, on_delete=models.CASCADE, related_name="calibration_lines"
    )
    method = models.CharField("méthode", max_length=8, choices=CalibrationMethod.choices)
    amount = models.DecimalField(
        "montant (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    labour_share = models.DecimalField("part de main-d’œuvre", **SHARE)  # type: ignore[arg-type]
    hourly_cost = models.DecimalField(
        "coût horaire (€)", max_digits=8, decimal_places=2, null=True, blank=True
    )
    cost_basis = models.CharField(
        "ce que dit ce coût",
        max_length=4,
        choices=CostBasis.choices,
        default=CostBasis.COST,
        blank=True,
    )
    hours_worked = models.DecimalField("heures travaillées", **HOURS)  # type: ignore[arg-type]
    transferred_hours = models.DecimalField(
        "heures du personnel repris", max_digits=12, decimal_places=2, default=0
    )
    rate = models.DecimalField(
        "taux d’insertion",
        max_digits=6,
        decimal_places=5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    sources = models.JSONField("d’où viennent ces valeurs", default=dict)
    exact = models.DecimalField("résultat exact (heures)", max_digits=14, decimal_places=2)
    hours = models.PositiveIntegerField("heures à demander", null=True, blank=True)

    class Meta:
        verbose_name = "ligne de calibrage"
        ordering = ["calibration", "lot__number", "pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.UniqueConstraint(
                fields=["calibration", "lot"], name="calibration_lot_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="calibration_inputs_of_method", condition=FROM_AMOUNT | FROM_HOURS
            ),
            models.CheckConstraint(
                name="calibration_figures_possible",
                condition=Q(rate__gt=0, rate__lte=1, exact__gte=0, transferred_hours__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return str(self.lot or "Ensemble du contrat")
