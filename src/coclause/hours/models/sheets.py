"""How a company's own spreadsheet is read, once it said so."""

from django.db import models
from django.utils import timezone

from coclause.core.history import actor_required
from coclause.core.models import User
from coclause.organisations.models import Organisation


class ColumnMapping(models.Model):
    """For spreadsheets with these headers, which column says what. No content of any file."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField("empreinte des en-têtes", max_length=64)
    columns = models.JSONField("colonnes")
    saved_at = models.DateTimeField("retenu le", default=timezone.now)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "lecture d'un tableur"
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "fingerprint"], name="mapping_once")
        ]

    def __str__(self) -> str:
        return f"Tableur de {self.organisation}"
