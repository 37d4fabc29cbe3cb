"""The register of contracts without a social condition, with the buyer's reasons."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.clauses.models.operations import Contract
from coclause.clauses.queries import OptOutQuerySet
from coclause.core.history import actor_required
from coclause.core.models import User
from coclause.organisations.models import Organisation


class OptOut(models.Model):
    """One entry: the case that a buyer invokes (CCP L2112-2-1 II, L3114-2-1 II), and why.

    An entry is never rewritten: a correction is another one that `replaces` it; `withdrawn_on`
    says that the buyer puts a condition after all. Private to the buyer, and to the host in charge
    of the operation when it has one. Euros without tax.
    """

    buyer = models.ForeignKey(
        Organisation, verbose_name="acheteur", on_delete=models.PROTECT, related_name="opt_outs"
    )
    number = models.PositiveIntegerField("numéro", help_text="Dans le registre de l’acheteur.")
    contract = models.ForeignKey(
        Contract, null=True, blank=True, on_delete=models.PROTECT, related_name="opt_outs"
    )
    object = models.CharField("objet", max_length=1000)
    reference = models.CharField("numéro du marché", max_length=60, blank=True)
    kind = models.CharField("nature", max_length=12, choices=ContractKind.choices)
    market_type = models.CharField("type de marché", max_length=30, choices=MarketType.choices)
    law_buyer = models.CharField("catégorie d’acheteur", max_length=12, choices=LawBuyer.choices)
    value = models.DecimalField("valeur estimée (€ HT)", max_digits=14, decimal_places=2)
    months = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    notice_on = models.DateField("envoi de l’avis")
    code = models.CharField("cas invoqué", max_length=30)
    reason = models.TextField("motifs", max_length=8000)
    verdict = models.JSONField("réponse de la loi ce jour-là")
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    withdrawn_on = models.DateField("retirée le", null=True, blank=True)
    author = models.ForeignKey(User, verbose_name="par", on_delete=models.PROTECT, related_name="+")
    day = models.DateField("inscrite le")
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)

    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = "dispense inscrite au registre"
        ordering = ["buyer", "number"]
        triggers = [
            actor_required(),
            pgtrigger.ReadOnly(name="entry_never_changes", exclude=["withdrawn_on"]),
            pgtrigger.Protect(name="entry_stays", operation=pgtrigger.Delete),
        ]
        constraints = [
            models.UniqueConstraint(fields=["buyer", "number"], name="opt_out_number_once"),
            models.CheckConstraint(
                name="opt_out_says_why", condition=Q(code__gt="", reason__regex=r"\S", value__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"Dispense n° {self.number}, {self.object}"
