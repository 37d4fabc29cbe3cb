"""From a buyer's project to what a company owes.

Operation → contract → lot → clause, and beside it lot → award → commitment → objective → events.
What is committed on a day is the sum of the dated events up to that day, never a stored total.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from coclause.clauses.choices import (
    ANSWERABLE,
    Basis,
    ContractKind,
    EventKind,
    HostRole,
    HoursKind,
    Instrument,
    MarketType,
    Measure,
    MemberPart,
    Theme,
    Trigger,
)
from coclause.clauses.queries import (
    AwardQuerySet,
    ClauseQuerySet,
    ObjectiveEventQuerySet,
    OperationQuerySet,
)
from coclause.clauses.states import TRANSITIONS, ClauseState
from coclause.core.history import actor_required, kept
from coclause.core.models import User
from coclause.core.periods import Period, PeriodQuerySet, one_at_a_time
from coclause.organisations.models import Organisation
from coclause.reference.keys import search_key
from coclause.reference.models import Commune, Cpv, Region

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
    amount = models.DecimalField(
        "montant (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    duration_months = models.PositiveSmallIntegerField(
        "durée (mois)", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    notified_on = models.DateField("notifié le", null=True, blank=True)

    class Meta:
        verbose_name = "contrat"
        ordering = ["pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="contract_amount_positive", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
            models.CheckConstraint(name="contract_notified_plausible", condition=PLAUSIBLE),
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


@kept
class Clause(models.Model):
    """The obligation carried by a lot: instrument, theme, basis, publics, what counts."""

    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="clauses")
    instrument = models.CharField("instrument", max_length=24, choices=Instrument.choices)
    theme = models.CharField("thème", max_length=24, choices=Theme.choices, default=Theme.INSERTION)
    basis = models.CharField("fondement", max_length=24, choices=Basis.choices, default=Basis.CODE)
    publics = ArrayField(
        models.CharField(max_length=12),
        verbose_name="publics visés",
        default=list,
        blank=True,
        help_text="Codes des critères d'éligibilité ; aucun : tous les publics de la région.",
    )
    hour_kinds = ArrayField(
        models.CharField(max_length=12, choices=HoursKind.choices),
        verbose_name="heures qui comptent",
        default=list,
    )
    terms = models.TextField("modalités et pénalités", blank=True)
    target_hours = models.PositiveIntegerField(
        "volume proposé (heures)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5_000_000)],
        help_text="Le volume demandé dans la consultation ; l'engagement vient de l'attribution.",
    )
    state = models.CharField(
        "état", max_length=16, choices=ClauseState.choices, default=ClauseState.DRAFT
    )
    state_since = models.DateField("dans cet état depuis")
    act_by = models.DateField("à faire avant le", null=True, blank=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = "clause"
        ordering = ["lot", "pk"]
        indexes = [models.Index(fields=["state", "act_by"], name="clause_state_act_by")]
        triggers = [
            actor_required(),
            pgtrigger.FSM(
                name="allowed_states",
                field="state",
                transitions=[(str(s), str(t.target)) for t in TRANSITIONS for s in t.sources],
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lot", "instrument", "theme"], name="clause_once"),
            models.CheckConstraint(
                name="clause_counts_something", condition=Q(hour_kinds__len__gte=1)
            ),
            models.CheckConstraint(
                name="clause_state_known", condition=Q(state__in=ClauseState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} ({self.get_instrument_display()})"


@kept
class Award(models.Model):
    """A lot awarded to a company or a group. Execution dates bound when hours may be worked."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="awards")
    notified_on = models.DateField("notifié le")
    starts_on = models.DateField("début d'exécution")
    ends_on = models.DateField("fin d'exécution")
    amount = models.DecimalField(
        "montant attribué (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = "attribution"
        ordering = ["lot", "pk"]
        triggers = [actor_required()]
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


@kept
class Commitment(models.Model):
    """What an award owes under a clause, made of objectives."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="commitments")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="commitments")

    class Meta:
        verbose_name = "engagement"
        triggers = [actor_required()]
        constraints = [models.UniqueConstraint(fields=["award", "clause"], name="commitment_once")]

    def __str__(self) -> str:
        return f"Engagement, {self.clause}"


@kept
class Objective(models.Model):
    """One measured promise of a commitment; `public` narrows it to a share (QPV, women)."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="objectives")
    measure = models.CharField(
        "mesure", max_length=20, choices=Measure.choices, default=Measure.HOURS
    )
    trigger = models.CharField(
        "déclencheur", max_length=20, choices=Trigger.choices, default=Trigger.NOTIFICATION
    )
    public = models.CharField("part réservée à", max_length=12, blank=True)

    class Meta:
        verbose_name = "objectif"
        ordering = ["pk"]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}, {self.commitment}"


@kept
class ObjectiveEvent(models.Model):
    """A dated change of what is owed: the first engagement, an amendment, a trigger.

    `quantity` is what the event adds (or removes, below zero), in the unit of the measure.
    Events are never edited: a mistake is mended by another event.
    """

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField("nature", max_length=12, choices=EventKind.choices)
    effective_on = models.DateField("prend effet le")
    quantity = models.DecimalField("quantité", max_digits=12, decimal_places=2)
    reason = models.CharField("motif", max_length=300, blank=True)
    recorded_at = models.DateTimeField("saisi le", auto_now_add=True)

    objects = ObjectiveEventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement d'un objectif"
        ordering = ["effective_on", "pk"]
        triggers = [
            actor_required(),
            pgtrigger.Protect(name="never_edited", operation=pgtrigger.Update),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["objective"],
                condition=Q(kind=EventKind.INITIAL),
                name="objective_one_initial",
            ),
            models.CheckConstraint(
                name="event_initial_positive",
                condition=~Q(kind=EventKind.INITIAL) | Q(quantity__gt=0),
            ),
            models.CheckConstraint(
                name="event_date_plausible",
                condition=Q(effective_on__gte="1990-01-01", effective_on__lte="2100-12-31"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} le {self.effective_on}"
