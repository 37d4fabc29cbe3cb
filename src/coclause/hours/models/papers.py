"""Supporting papers: what they are known by here; their bytes are kept elsewhere.

Under row-level security, as employments: a paper about an employment is seen by whom that one is.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from coclause.clauses.models import Award
from coclause.core.history import actor_required
from coclause.core.models import User
from coclause.hours.choices import PaperKind, Scan
from coclause.hours.models.employments import Employment
from coclause.hours.models.statements import Statement
from coclause.organisations.models import Organisation


class SupportingPaper(models.Model):
    """A contract, a masked payslip, an agency's invoice: for a check, then erased.

    `key` names the bytes in the store of papers; once they are erased it is empty, and what is
    left says that a paper was there.
    """

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="papers")
    employment = models.ForeignKey(
        Employment, null=True, blank=True, on_delete=models.CASCADE, related_name="papers"
    )
    statement = models.ForeignKey(
        Statement, null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name="déposé pour",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    kind = models.CharField("nature", max_length=12, choices=PaperKind.choices)
    name = models.CharField("nom", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveIntegerField("octets")
    sha256 = models.CharField("empreinte", max_length=64)
    key = models.CharField(max_length=80, blank=True)
    scan = models.CharField("antivirus", max_length=16, choices=Scan.choices)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stored_at = models.DateTimeField("déposé le", default=timezone.now)
    keep_until = models.DateField("conservé jusqu'au")
    erased_at = models.DateTimeField("effacé le", null=True, blank=True)

    class Meta:
        verbose_name = "pièce justificative"
        ordering = ["-stored_at", "-pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="paper_kept_or_erased",
                condition=Q(erased_at__isnull=True, key__gt="")
                | Q(erased_at__isnull=False, key=""),
            ),
            models.CheckConstraint(
                name="paper_of_somebody_or_a_month",
                condition=Q(kind=PaperKind.INVOICE, employment__isnull=True)
                | Q(kind__in=[PaperKind.CONTRACT, PaperKind.PAYSLIP], employment__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.name})"
