"""From a buyer's project to its lots, and who handles it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from coclause.clauses.choices import (
    Ccag,
    ContractKind,
    Framework,
    HostRole,
    MarketType,
    Programme,
)
from coclause.clauses.queries import ConventionQuerySet, OperationQuerySet
from coclause.core.history import actor_required, kept
from coclause.core.models import User
from coclause.core.periods import Period, PeriodQuerySet, one_at_a_time
from coclause.organisations.models import Organisation
from coclause.reference.keys import search_key
from coclause.reference.models import Commune, Cpv, PriorityDistrict, Region

PLAUSIBLE = Q(notified_on__isnull=True) | Q(notified_on__gte="1990-01-01")


@kept
class Operation(models.Model):
    """A buyer's project: one or more contracts, in one region, handled by one host at a time."""

    name = models.CharField("nom", max_length=300)
    name_key = models.CharField(max_length=300, editable=False, db_index=True)
    buyer = models.ForeignKey(
        Organisation, verbose_name="acheteur", on_delete=models.PROTECT, related_name="operations"
    )
    region = models.ForeignKey(Region, verbose_name="région", on_delete=models.PROTECT)
    commune = models.ForeignKey(
        Commune,
        verbose_name="commune d'exécution",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text="Le lieu des travaux ou du service ; le siège de l'acheteur à défaut.",
    )
    created_at = models.DateTimeField("créée le", auto_now_add=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = "opération"
        ordering = ["name_key", "pk"]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_key = search_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


@kept
class OperationHost(Period):
    """The host, and its facilitator, that handle an operation for a period.

    The hours of a month count under the host that is referent on the last day of that month.
    """

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="hosts")
    host = models.ForeignKey(
        Organisation,
        verbose_name="structure porteuse",
        on_delete=models.PROTECT,
        related_name="handled",
    )
    facilitator = models.ForeignKey(
        User,
        verbose_name="facilitateur",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="handled",
    )
    role = models.CharField("rôle", max_length=12, choices=HostRole.choices)

    objects = PeriodQuerySet["OperationHost"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "structure en charge"
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time(
                "operation_one_referent", "operation", condition=Q(role=HostRole.REFERENT)
            ),
            one_at_a_time("operation_host_once", "operation", "host"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} : {self.host}"


@kept
class Convention(Period):
    """A multi-year programme (NPNRU) with a target over several contracts and buyers.

    Hours and shares are those the convention writes; None is not known, never zero.
    """

    region = models.ForeignKey(Region, verbose_name="région", on_delete=models.PROTECT)
    programme = models.CharField(
        "programme", max_length=12, choices=Programme.choices, default=Programme.NPNRU
    )
    name = models.CharField("nom", max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    signed_on = models.DateField("signée le", null=True, blank=True)
    target_hours = models.PositiveIntegerField(
        "objectif (heures)", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    district_share = models.DecimalField(
        "part réservée aux habitants des quartiers prioritaires (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    districts = models.ManyToManyField(
        PriorityDistrict, verbose_name="quartiers prioritaires", blank=True, related_name="+"
    )
    source = models.CharField(
        "texte", max_length=300, blank=True, help_text="Article ou page de la convention."
    )

    objects = ConventionQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = "convention"
        ordering = ["name_key", "pk"]
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["region", "name_key"], name="convention_once"),
            models.CheckConstraint(
                name="convention_figures_possible",
                condition=(Q(target_hours__isnull=True) | Q(target_hours__gt=0))
                & (
                    Q(district_share__isnull=True)
                    | Q(district_share__gte=0, district_share__lte=100)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_key = search_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


@kept
class Contract(models.Model):
    """A marché, a concession or a private contract. Amounts in euros, without tax."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="contracts")
    kind = models.CharField("nature", max_length=12, choices=ContractKind.choices)
    market_type = models.CharField("type de marché", max_length=30, choices=MarketType.choices)
    reference = models.CharField("numéro de l'acheteur", max_length=60, blank=True)
    object = models.CharField("objet", max_length=1000)
    cpv = models.ForeignKey(
        Cpv, verbose_name="code CPV", null=True, blank=True, on_delete=models.PROTECT
    )
    framework = models.CharField(
        "forme", max_length=20, choices=Framework.choices, blank=True, default=Framework.NONE
    )
    maximum = models.DecimalField(
        "maximum (€ HT)",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Le plus que l’accord-cadre permet de commander sur toute sa durée.",
    )
    convention = models.ForeignKey(
        "clauses.Convention",
        verbose_name="convention",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contracts",
    )
    amount = models.DecimalField(
        "montant (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    duration_months = models.PositiveSmallIntegerField(
        "durée (mois)", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    notified_on = models.DateField("notifié le", null=True, blank=True)
    estimated_value = models.DecimalField(
        "valeur estimée du besoin (€ HT)",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Tous les lots, options et reconductions ; pour des travaux, toute l’opération.",
    )
    notice_on = models.DateField("envoi de l’avis", null=True, blank=True)
    defense = models.BooleanField("marché de défense ou de sécurité", null=True, blank=True)
    ccag = models.CharField(
        "CCAG de référence", max_length=12, choices=Ccag.choices, blank=True, default=Ccag.UNKNOWN
    )

    class Meta:
        verbose_name = "contrat"
        ordering = ["pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="contract_amount_positive", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
            models.CheckConstraint(name="contract_notified_plausible", condition=PLAUSIBLE),
            models.CheckConstraint(
                name="contract_estimate_plausible",
                condition=(Q(estimated_value__isnull=True) | Q(estimated_value__gt=0))
                & (
                    Q(notice_on__isnull=True)
                    | Q(notice_on__gte="1990-01-01", notice_on__lte="2100-12-31")
                ),
            ),
            models.CheckConstraint(
                name="contract_maximum_of_framework",
                condition=Q(maximum__isnull=True)
                | Q(maximum__gt=0, framework__in=[f for f in Framework.values if f]),
            ),
        ]

    def __str__(self) -> str:
        return self.object


@kept
class Lot(models.Model):
    """A contract has at least one lot; a contract without lots has a single one, number 1."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField("numéro", validators=[MinValueValidator(1)])
    title = models.CharField("intitulé", max_length=300)
    amount = models.DecimalField(
        "montant (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = "lot"
        ordering = ["contract", "number"]
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="lot_number_once"),
            models.CheckConstraint(
                name="lot_amount_positive", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.number}, {self.title}"
