"""What is owed: a lot's clause, an award's commitment, its objectives and their events."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone

from coclause.clauses.choices import (
    Basis,
    EventKind,
    HoursKind,
    Instrument,
    Measure,
    Theme,
    Trigger,
)
from coclause.clauses.models.awards import Award, Order
from coclause.clauses.models.operations import Lot
from coclause.clauses.queries import ClauseQuerySet, ObjectiveEventQuerySet
from coclause.clauses.states import TRANSITIONS, ClauseState
from coclause.core.history import actor_required, kept, never_changes
from coclause.core.periods import Period, PeriodQuerySet, one_at_a_time
from coclause.organisations.models import Organisation
from coclause.reference.models import Region

CAPS_POSSIBLE = (Q(training_cap__isnull=True) | Q(training_cap__gte=1, training_cap__lte=100)) & (
    Q(internship_cap__isnull=True) | Q(internship_cap__gte=1, internship_cap__lte=100)
)


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
    training_cap = models.PositiveSmallIntegerField(
        "plafond des heures de formation (% de l'engagement)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    internship_cap = models.PositiveSmallIntegerField(
        "plafond des heures de stage (% de l'engagement)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    collective = models.BooleanField(
        "déclaration collective acceptée",
        default=False,
        help_text="Heures et effectif sans noms : marché réservé, ESAT, détention.",
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
            models.CheckConstraint(name="clause_caps_possible", condition=CAPS_POSSIBLE),
            models.CheckConstraint(
                name="clause_state_known", condition=Q(state__in=ClauseState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} ({self.get_instrument_display()})"


class CountingChange(models.Model):
    """Which kinds of hours count from a day on, and their caps, once the clause has run a while.

    Before the first change the clause's own fields hold. A month follows the rule of its last day.
    Caps are percentages of what is committed; None caps nothing. Never edited.
    """

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="counting_changes")
    starts_on = models.DateField("à partir du")
    hour_kinds = ArrayField(
        models.CharField(max_length=12, choices=HoursKind.choices),
        verbose_name="heures qui comptent",
    )
    training_cap = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    internship_cap = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    reason = models.CharField("motif", max_length=300)
    recorded_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "règle de décompte"
        ordering = ["starts_on", "pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.CheckConstraint(
                name="counting_counts_something", condition=Q(hour_kinds__len__gte=1)
            ),
            models.CheckConstraint(name="counting_caps_possible", condition=CAPS_POSSIBLE),
            models.CheckConstraint(
                name="counting_date_plausible",
                condition=Q(starts_on__gte="1990-01-01", starts_on__lte="2100-12-31"),
            ),
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.hour_kinds)} depuis le {self.starts_on:%d/%m/%Y}"


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
    """One measured promise of a commitment: what is measured, and from which event it is due.

    `public` and `part_of` make it a share of another one, reserved to a public (QPV, women): it
    adds nothing to the debt. `hour_kind` narrows it to one kind of hours (internship).
    `planned` is what each trigger would add, in the unit of the measure: it is not due before.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="objectives")
    measure = models.CharField(
        "mesure", max_length=20, choices=Measure.choices, default=Measure.HOURS
    )
    trigger = models.CharField(
        "déclencheur", max_length=20, choices=Trigger.choices, default=Trigger.NOTIFICATION
    )
    label = models.CharField(
        "intitulé", max_length=120, blank=True, help_text="Par exemple « Tranche optionnelle 1 »."
    )
    public = models.CharField("part réservée à", max_length=12, blank=True)
    part_of = models.ForeignKey(
        "self",
        verbose_name="part de",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="shares",
    )
    share = models.DecimalField(
        "part (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    hour_kind = models.CharField(
        "nature d'heures", max_length=12, choices=HoursKind.choices, blank=True, default=""
    )
    planned = models.DecimalField(
        "quantité prévue à chaque déclenchement",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
    )
    starts_on = models.DateField("début de la phase", null=True, blank=True)
    ends_on = models.DateField("fin de la phase", null=True, blank=True)

    class Meta:
        verbose_name = "objectif"
        ordering = ["pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="objective_share_of_another",
                condition=Q(share__isnull=True)
                | Q(share__gt=0, share__lte=100, public__gt="", part_of__isnull=False),
            ),
            models.CheckConstraint(
                name="objective_planned_positive",
                condition=Q(planned__isnull=True) | Q(planned__gt=0),
            ),
            models.CheckConstraint(
                name="objective_phase_in_order",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.get_measure_display()}, {self.commitment}"


@kept
class ObjectiveEvent(models.Model):
    """A dated change of what is owed: the first engagement, an amendment, a trigger.

    `quantity` is what the event adds (or removes, below zero): hours for measures in hours, else
    persons or contracts. For a rate it is computed once from what became known: `base` (hours
    worked by everybody, or euros ordered) × `rate` ÷ `per`. It falls due evenly from `due_from`
    to `due_until`, the execution of the award when they are not said. Events are never edited: a
    mistake is mended by another event.
    """

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField("nature", max_length=12, choices=EventKind.choices)
    effective_on = models.DateField("prend effet le")
    quantity = models.DecimalField("quantité", max_digits=12, decimal_places=2)
    base = models.DecimalField("assiette", max_digits=14, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField("taux", max_digits=9, decimal_places=4, null=True, blank=True)
    per = models.DecimalField("pour", max_digits=12, decimal_places=2, null=True, blank=True)
    due_from = models.DateField("dû à partir du", null=True, blank=True)
    due_until = models.DateField("dû jusqu'au", null=True, blank=True)
    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    reason = models.CharField("motif", max_length=300, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

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
            models.CheckConstraint(
                name="event_rate_adds_nothing",
                condition=~Q(kind=EventKind.RATE)
                | Q(quantity=0, base__isnull=True, rate__gt=0, per__gt=0),
            ),
            models.CheckConstraint(
                name="event_base_times_rate",
                condition=~Q(kind=EventKind.BASE)
                | Q(
                    base__isnull=False,
                    rate__gt=0,
                    per__gt=0,
                    quantity=Round(F("base") * F("rate") / F("per"), 2),
                ),
            ),
            models.CheckConstraint(
                name="event_due_in_order",
                condition=Q(due_from__isnull=True)
                | Q(due_until__isnull=True)
                | Q(due_until__gte=F("due_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} le {self.effective_on}"


class Split(models.Model):
    """How the companies of a group share a commitment in hours, agreed on a day. Never edited.

    The parts sum to what is committed that day; the debt stays the award's.
    """

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="splits")
    effective_on = models.DateField("convenue le")
    reason = models.CharField("accord", max_length=300, blank=True)
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "répartition d'un engagement"
        ordering = ["effective_on", "pk"]
        triggers = [actor_required(), never_changes()]

    def __str__(self) -> str:
        return f"Répartition du {self.effective_on:%d/%m/%Y}"


class SplitPart(models.Model):
    """The hours of one company in a split."""

    split = models.ForeignKey(Split, on_delete=models.CASCADE, related_name="parts")
    organisation = models.ForeignKey(
        Organisation, verbose_name="entreprise", on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.DecimalField("heures", max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = "part d'une entreprise"
        ordering = ["pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.UniqueConstraint(fields=["split", "organisation"], name="split_part_once"),
            models.CheckConstraint(name="split_part_positive", condition=Q(quantity__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} : {self.quantity} h"


@kept
class Globalisation(Period):
    """One agreement on the debt of a company over several contracts: what is done on any counts.

    The debt is the sum of the commitments; each hour stays on its own award and counts once.
    """

    region = models.ForeignKey(Region, verbose_name="région", on_delete=models.PROTECT)
    company = models.ForeignKey(
        Organisation,
        verbose_name="entreprise",
        on_delete=models.PROTECT,
        related_name="globalisations",
    )
    agreement = models.CharField(
        "accord", max_length=300, help_text="Qui a donné son accord, quand, par quel écrit."
    )
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)

    objects = PeriodQuerySet["Globalisation"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "globalisation"
        ordering = ["starts_on", "pk"]
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="globalisation_agreed_in_writing", condition=Q(agreement__gt="")
            ),
        ]

    def __str__(self) -> str:
        return f"Globalisation de {self.company}"


@kept
class GlobalisedCommitment(Period):
    """A commitment is pooled in one agreement at a time."""

    globalisation = models.ForeignKey(
        Globalisation, on_delete=models.CASCADE, related_name="members"
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="globalisations"
    )

    objects = PeriodQuerySet["GlobalisedCommitment"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "engagement globalisé"
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("commitment_one_globalisation", "commitment"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}, {self.globalisation}"
