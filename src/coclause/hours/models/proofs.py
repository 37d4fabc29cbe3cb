"""Numbered documents that anybody can verify: statements, certificates, control sheets."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.models import Award, Clause
from coclause.core.history import actor_required, never_changes
from coclause.core.models import StoredFile, User
from coclause.hours.choices import ProofKind
from coclause.hours.proofs.queries import ProofQuerySet
from coclause.organisations.models import Organisation


class Proof(models.Model):
    """A document as it was issued: its figures, its file, never changed.

    A later correction makes a new version, which names the one it replaces.
    """

    kind = models.CharField("nature", max_length=20, choices=ProofKind.choices)
    number = models.CharField("numéro", max_length=20, unique=True)
    code = models.CharField("code de vérification", max_length=24, unique=True)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="proofs")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="proofs")
    company = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateField("heures arrêtées au")
    day = models.DateField("établi le")
    version = models.PositiveSmallIntegerField("version", default=1)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    figures = models.JSONField("chiffres figés")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, verbose_name="par", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("saisi le", default=timezone.now, editable=False)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = "document numéroté"
        ordering = ["-pk"]
        triggers = [actor_required(), never_changes()]
        constraints = [
            models.CheckConstraint(
                name="proof_first_or_replaces",
                condition=Q(version=1, replaces__isnull=True)
                | Q(version__gt=1, replaces__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} n° {self.number}"
