"""The clause texts that a coordination keeps, and what each contract made of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.models import Contract
from coclause.core.history import actor_required, kept, never_changes
from coclause.core.models import StoredFile, User
from coclause.network.choices import Block, DraftKind, TextContract, TextInstrument
from coclause.network.queries import ClauseTextQuerySet, DraftQuerySet
from coclause.reference.models import Region


@kept
class ClauseText(models.Model):
    """A text of the library: its place, the instrument and the contract it is for.

    `retired_on`: no longer offered from that day.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    code = models.SlugField("repère", max_length=60)
    title = models.CharField("titre", max_length=200)
    block = models.CharField("pièce", max_length=6, choices=Block.choices)
    instrument = models.CharField("instrument", max_length=24, choices=TextInstrument.choices)
    contract = models.CharField("contrat", max_length=12, choices=TextContract.choices)
    advice = models.CharField("conseil d’emploi", max_length=500, blank=True)
    order = models.PositiveSmallIntegerField("rang", default=10)
    retired_on = models.DateField("retiré le", null=True, blank=True)

    objects = ClauseTextQuerySet.as_manager()

    class Meta:
        verbose_name = "texte de la bibliothèque"
        ordering = ["block", "order", "pk"]
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["region", "code"], name="clause_text_code_once")
        ]

    def __str__(self) -> str:
        return self.title


class ClauseTextVersion(models.Model):
    """The words of a text from a day on, until the next version. Never edited."""

    text = models.ForeignKey(ClauseText, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("version")
    starts_on = models.DateField("à partir du")
    body = models.TextField("texte", max_length=20_000)
    note = models.CharField("ce qui change", max_length=300, blank=True)
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("saisie le", default=timezone.now, editable=False)

    class Meta:
        verbose_name = "version d’un texte"
        ordering = ["text", "number"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="text_version_once"),
            models.CheckConstraint(name="text_version_has_words", condition=Q(body__regex=r"\S")),
        ]

    def __str__(self) -> str:
        return f"{self.text}, version {self.number}"


class Draft(models.Model):
    """The clause texts of a contract, as a Word document: prepared, or changed by hand since.

    The last version is the one that counts. `missing` lists what was still to fill in.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="drafts")
    number = models.PositiveSmallIntegerField("version")
    kind = models.CharField("origine", max_length=10, choices=DraftKind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    instrument = models.CharField(
        "instrument", max_length=24, choices=TextInstrument.choices, blank=True
    )
    blocks = ArrayField(
        models.CharField(max_length=6, choices=Block.choices), verbose_name="pièces", default=list
    )
    texts = models.ManyToManyField(ClauseTextVersion, blank=True, related_name="+")
    missing = models.JSONField("à compléter", default=list)
    note = models.CharField("ce qui change", max_length=300, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField("le")
    recorded_at = models.DateTimeField("à", default=timezone.now, editable=False)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "rédaction d’un contrat"
        ordering = ["contract", "number"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="draft_number_once")
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
