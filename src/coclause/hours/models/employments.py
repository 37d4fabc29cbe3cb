"""Who works on an award: employments, their assignments and their months."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from coclause.clauses.models import Award
from coclause.core.history import actor_required
from coclause.core.periods import Period
from coclause.hours.choices import EmploymentType, Source, Way
from coclause.hours.queries import AssignmentQuerySet, EmploymentQuerySet
from coclause.organisations.models import Organisation
from coclause.people.choices import Level, Sex
from coclause.people.models import Identity
from coclause.reference.models import Commune

FIRST_OF_MONTH = Q(month__day=1)


class Employment(Period):
    """A work contract, mission or placement of one person with one employer.

    The statistical facts are those of the day of hiring and stay so; figures read them, never the
    person's record. Under row-level security, as `people.Person`.
    """

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="employments")
    employer = models.ForeignKey(
        Organisation, verbose_name="employeur", on_delete=models.PROTECT, related_name="+"
    )
    host = models.ForeignKey(
        Organisation,
        verbose_name="structure qui l'a saisi",
        on_delete=models.PROTECT,
        related_name="+",
    )
    contract_number = models.CharField("numéro du contrat", max_length=40, blank=True)
    type = models.CharField("type de contrat", max_length=24, choices=EmploymentType.choices)
    way = models.CharField("modalité", max_length=24, choices=Way.choices)
    trade = models.CharField("métier (code ROME)", max_length=5, blank=True)
    source = models.CharField(
        "origine", max_length=12, choices=Source.choices, default=Source.TYPED
    )
    sex = models.CharField("sexe", max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    age = models.PositiveSmallIntegerField(
        "âge à l'embauche",
        null=True,
        blank=True,
        validators=[MinValueValidator(14), MaxValueValidator(99)],
    )
    level = models.CharField(
        "niveau de formation", max_length=16, choices=Level.choices, default=Level.UNKNOWN
    )
    criteria = ArrayField(
        models.CharField(max_length=12), verbose_name="critères", default=list, blank=True
    )
    commune = models.ForeignKey(
        Commune,
        verbose_name="commune de résidence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    district = models.CharField("quartier prioritaire (code)", max_length=12, blank=True)
    district_vintage = models.CharField("millésime des quartiers", max_length=4, blank=True)
    prescriber = models.ForeignKey(
        Organisation,
        verbose_name="prescripteur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = EmploymentQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = "emploi"
        ordering = ["starts_on", "pk"]
        indexes = [GinIndex(fields=["criteria"], name="employment_criteria")]
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["employer", "identity", "starts_on", "contract_number"],
                name="employment_once",
            ),
            models.CheckConstraint(
                name="employment_age_bounds",
                condition=Q(age__isnull=True) | Q(age__gte=14, age__lte=99),
            ),
            models.CheckConstraint(
                name="employment_dates_plausible",
                condition=Q(starts_on__gte="1990-01-01", starts_on__lte="2100-12-31"),
            ),
            models.CheckConstraint(
                name="employment_district_with_vintage",
                condition=Q(district="") | Q(district_vintage__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} du {self.starts_on:%d/%m/%Y}"


class Assignment(Period):
    """An employment works on an award, as part of the share of one host."""

    employment = models.ForeignKey(
        Employment, on_delete=models.CASCADE, related_name="assignments", db_constraint=True
    )
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="assignments")
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    commune = models.ForeignKey(
        Commune,
        verbose_name="lieu de travail",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="La commune d’exécution de l’opération à défaut.",
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = "affectation"
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["employment", "award"], name="assignment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.employment_id} sur {self.award_id}"


class EmploymentMonth(models.Model):
    """The hours an employment worked in a month, on all sites, and those its lines already claim.

    `hours_allocated` is kept by the trigger on lines, which locks this row first.
    """

    employment = models.ForeignKey(Employment, on_delete=models.CASCADE, related_name="months")
    month = models.DateField("mois travaillé")
    hours_worked = models.DecimalField("heures travaillées", max_digits=6, decimal_places=2)
    hours_allocated = models.DecimalField(
        "heures réparties", max_digits=6, decimal_places=2, default=0
    )

    class Meta:
        verbose_name = "mois d'un emploi"
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["employment", "month"], name="month_once"),
            models.CheckConstraint(name="month_first_day", condition=FIRST_OF_MONTH),
            models.CheckConstraint(
                name="month_allocated_within_worked",
                condition=Q(hours_allocated__gte=0, hours_allocated__lte=F("hours_worked")),
            ),
            models.CheckConstraint(name="month_hours_possible", condition=Q(hours_worked__lte=744)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} : {self.hours_allocated} / {self.hours_worked}"


class EmploymentFact(models.Model):
    """What figures may read of an employment: its facts, by identity, without contract number.

    A view owned by the owner of the tables: figures count everybody, and show nobody.
    """

    identity = models.ForeignKey(Identity, on_delete=models.DO_NOTHING, related_name="+")
    employer = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, related_name="+")
    host = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, related_name="+")
    prescriber = models.ForeignKey(
        Organisation, null=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    commune = models.ForeignKey(Commune, null=True, on_delete=models.DO_NOTHING, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    type = models.CharField(max_length=24, choices=EmploymentType.choices)
    way = models.CharField(max_length=24, choices=Way.choices)
    sex = models.CharField(max_length=8, choices=Sex.choices)
    age = models.PositiveSmallIntegerField(null=True)
    level = models.CharField(max_length=16, choices=Level.choices)
    criteria = ArrayField(models.CharField(max_length=12))
    district = models.CharField(max_length=12)

    class Meta:
        managed = False
        db_table = "hours_employment_fact"
        verbose_name = "fait d'emploi"

    def __str__(self) -> str:
        return f"{self.get_type_display()} du {self.starts_on:%d/%m/%Y}"
