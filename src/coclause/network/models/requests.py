"""What buyers ask at the front door, who answers, and who answers for regional buyers."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.clauses.models import Operation
from coclause.core.history import actor_required, kept
from coclause.core.models import User
from coclause.core.periods import Period, PeriodQuerySet, one_at_a_time
from coclause.network.choices import Channel, EntryKind
from coclause.network.queries import BuyerRequestQuerySet
from coclause.network.states import CHANGES, RequestState
from coclause.organisations.models import Membership, Organisation
from coclause.reference.models import Commune, Cpv, Region


class BuyerRequest(models.Model):
    """A need that a buyer describes, with what it was told that day and who answers it.

    Euros without tax, months. `verdict` and `estimate` are what the law and the assumptions said
    when it was sent. The link that follows it is signed from `link_key` (`links.py`). The name,
    address and words of whoever asked are erased in time (`forget_contacts`).
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    channel = models.CharField("venue par", max_length=10, choices=Channel.choices)
    received_on = models.DateField("reçue le")
    received_at = models.DateTimeField("à", default=timezone.now)

    buyer = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
        help_text="Une fois l’acheteur reconnu ; d’ici là, ce qu’il a écrit.",
    )
    buyer_name = models.CharField("acheteur", max_length=200)
    buyer_siret = models.CharField("SIRET", max_length=14, blank=True)
    law_buyer = models.CharField(
        "catégorie d’acheteur", max_length=12, choices=LawBuyer.choices, blank=True
    )
    contact_name = models.CharField("contact", max_length=120, blank=True)
    contact_email = models.EmailField("adresse électronique", blank=True)
    contact_phone = models.CharField("téléphone", max_length=30, blank=True)
    message = models.TextField("message", max_length=4000, blank=True)

    object = models.CharField("objet", max_length=1000)
    kind = models.CharField("nature", max_length=12, choices=ContractKind.choices)
    market_type = models.CharField("type de marché", max_length=30, choices=MarketType.choices)
    defense = models.BooleanField("défense ou sécurité", null=True, blank=True)
    framework = models.BooleanField("accord-cadre", default=False)
    value = models.DecimalField(
        "valeur estimée (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    months = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    notice_on = models.DateField("envoi de l’avis", null=True, blank=True)
    commune = models.ForeignKey(Commune, null=True, blank=True, on_delete=models.PROTECT)
    several_sites = models.BooleanField("plusieurs lieux", default=False)
    cpv = models.ForeignKey(Cpv, null=True, blank=True, on_delete=models.PROTECT)
    verdict = models.JSONField("réponse de la loi")
    estimate = models.JSONField("première estimation", null=True, blank=True)

    organisation = models.ForeignKey(
        Organisation,
        verbose_name="qui répond",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests_received",
        help_text="Une structure porteuse ou la coordination.",
    )
    facilitator = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="requests_received"
    )
    route = models.CharField("pourquoi cette personne", max_length=300, blank=True)
    state = models.CharField(
        "état", max_length=12, choices=RequestState.choices, default=RequestState.NEW
    )
    state_since = models.DateField("dans cet état depuis")
    answer_by = models.DateField("première réponse promise le")
    answered_on = models.DateField("première réponse le", null=True, blank=True)
    operation = models.ForeignKey(
        Operation, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    link_key = models.CharField(max_length=64, unique=True, editable=False)
    link_until = models.DateField("lien valable jusqu’au")

    objects = BuyerRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d’un acheteur"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "state"], name="request_organisation_state"),
            models.Index(fields=["region", "received_on"], name="request_region_received"),
        ]
        triggers = [
            actor_required(),
            pgtrigger.FSM(
                name="allowed_states",
                field="state",
                transitions=[
                    (str(s), str(c.target)) for c in CHANGES for s in c.sources if s != c.target
                ],
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="request_state_known", condition=Q(state__in=RequestState.values)
            ),
            models.CheckConstraint(
                name="request_value_positive", condition=Q(value__isnull=True) | Q(value__gt=0)
            ),
            models.CheckConstraint(
                name="request_notice_plausible",
                condition=Q(notice_on__isnull=True)
                | Q(notice_on__gte="1990-01-01", notice_on__lte="2100-12-31"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}, {self.object}"

    @property
    def reference(self) -> str:
        """How people name it: the year and its number."""
        return f"D{self.received_on:%Y}-{self.pk:05d}"


class RequestEntry(models.Model):
    """One line of a request's exchange, in order. `author` is empty for the buyer by its link."""

    request = models.ForeignKey(BuyerRequest, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField("nature", max_length=20, choices=EntryKind.choices)
    text = models.TextField("texte", max_length=4000, blank=True)
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField("le")
    at = models.DateTimeField("à", default=timezone.now)

    class Meta:
        verbose_name = "échange sur une demande"
        ordering = ["at", "pk"]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.request_id}"


@kept
class RegionalBuyer(Period):
    """A buyer whose requests go to the coordination, wherever its contracts are executed.

    Regional or several-site scope: Région, State services, hospital groups. `referent` is whom
    the coordination names; without one, the coordination itself answers.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    siren = models.CharField("SIREN", max_length=9)
    name = models.CharField("acheteur", max_length=200)
    referent = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="regional_buyers"
    )
    reason = models.CharField("pourquoi", max_length=200, blank=True)

    objects = PeriodQuerySet["RegionalBuyer"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "acheteur de portée régionale"
        ordering = ["name", "pk"]
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("regional_buyer_once", "region", "siren"),
            models.CheckConstraint(
                name="regional_buyer_siren", condition=Q(siren__regex=r"^\d{9}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name
