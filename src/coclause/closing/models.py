"""The closing of a year and the figures it froze. Rows are added, never changed nor removed."""

from datetime import date

from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from coclause.core.history import actor_required, never_changes
from coclause.core.models import User
from coclause.organisations.models import Organisation
from coclause.reference.models import Region

FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_NOTE = 300


class YearInFrance(Func):
    """The year of a moment, by the clock of Paris."""

    template = "extract(year from (%(expressions)s AT TIME ZONE 'Europe/Paris'))"
    output_field = models.IntegerField()


class YearClosure(models.Model):
    """A year closed by a host or, without host, by the region.

    It holds the catalogue's figures of that perimeter as they were at `closed_at`. `note` says why
    a region closed while hosts had not.
    """

    region = models.ForeignKey(Region, verbose_name="région", on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField("année")
    host = models.ForeignKey(
        Organisation,
        verbose_name="structure",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_at = models.DateTimeField("close le")
    closed_by = models.ForeignKey(
        User, verbose_name="par", on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField("motif", max_length=LONGEST_NOTE, blank=True)

    class Meta:
        verbose_name = "clôture d'une année"
        ordering = ["-year", "pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "host"], nulls_distinct=False, name="closure_once"
            ),
            models.CheckConstraint(
                name="closure_year_plausible",
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
            ),
            models.CheckConstraint(
                name="closure_year_over",
                condition=Q(year__lt=YearInFrance(F("closed_at"))),
            ),
            models.CheckConstraint(
                name="closure_note_is_the_region_s",
                condition=Q(note="") | Q(host__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}, {self.host or self.region}"

    @property
    def closed_on(self) -> date:
        """The day in France."""
        return timezone.localtime(self.closed_at).date()


class FrozenFigure(models.Model):
    """One figure of the catalogue, as a closing reported it, small groups of persons hidden.

    `value` is a whole number, a decimal as text, null (not known) or "hidden"; in a breakdown, an
    object of these by category. `terms` are those of a quotient, `labels` the categories' names.
    """

    closure = models.ForeignKey(YearClosure, on_delete=models.PROTECT, related_name="frozen")
    code = models.CharField("chiffre", max_length=60)
    value = models.JSONField("valeur", null=True)
    terms = models.JSONField("termes", default=dict)
    labels = models.JSONField("catégories", default=dict)

    class Meta:
        verbose_name = "chiffre clos"
        triggers = [actor_required(), never_changes()]
        constraints = [models.UniqueConstraint(fields=["closure", "code"], name="frozen_once")]

    def __str__(self) -> str:
        return self.code
