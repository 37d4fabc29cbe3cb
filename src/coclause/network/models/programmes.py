"""A buyer's purchase programme: the file, how its columns are read, and each line analysed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from coclause.clauses.choices import ContractKind, LawBuyer, MarketType
from coclause.core.history import actor_required
from coclause.core.models import StoredFile, User
from coclause.network.choices import ProgrammeState
from coclause.network.models.requests import BuyerRequest
from coclause.network.queries import ProgrammeQuerySet
from coclause.organisations.models import Membership, Organisation
from coclause.reference.models import Commune, Cpv, Region


class Programme(models.Model):
    """A spreadsheet of a year's purchases, sent with or without an account.

    `mapping` says which column holds which field; `fingerprint` recognises the same columns next
    year. The link that opens it is signed from `link_key`, and stops; the file goes with it.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    buyer = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="programmes"
    )
    buyer_name = models.CharField("acheteur", max_length=200)
    buyer_siret = models.CharField("SIRET", max_length=14, blank=True)
    law_buyer = models.CharField(
        "catégorie d’acheteur", max_length=12, choices=LawBuyer.choices, blank=True
    )
    contact_name = models.CharField("contact", max_length=120, blank=True)
    contact_email = models.EmailField("adresse électronique", blank=True)
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    commune = models.ForeignKey(
        Commune,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text="Le lieu des lignes qui n’en disent pas.",
    )
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField("fichier", max_length=200)
    sheet = models.CharField("feuille", max_length=200, blank=True)
    header_row = models.PositiveIntegerField("ligne des titres", null=True)
    mapping = models.JSONField("colonnes", default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        "état", max_length=10, choices=ProgrammeState.choices, default=ProgrammeState.MAPPING
    )
    problem = models.CharField("refus", max_length=500, blank=True)
    total = models.PositiveIntegerField("lignes à lire", default=0)
    done = models.PositiveIntegerField("lignes lues", default=0)
    skipped = models.JSONField("lignes laissées", default=list)
    received_on = models.DateField("reçu le")
    received_at = models.DateTimeField("à", default=timezone.now)
    link_key = models.CharField(max_length=64, unique=True, editable=False)
    link_until = models.DateField("lien valable jusqu’au")

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programmation des achats"
        ordering = ["-received_at", "-pk"]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="programme_done_within_total", condition=Q(done__lte=F("total"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.buyer_name}, {self.file_name}"


class ProgrammeLine(models.Model):
    """One line of a programme: what was read, and what it gives. Euros without tax.

    `row` is the number of the line in the spreadsheet. `doubts` say what was presumed or could not
    be read; `refused` why nothing can be said. `whole_value` is the value of all the lots of the
    same contract, which the duty looks at.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField("ligne")
    refused = models.CharField("refusée : pourquoi", max_length=500, blank=True)
    doubts = ArrayField(models.CharField(max_length=500), verbose_name="à vérifier", default=list)
    object = models.CharField("objet", max_length=1000, blank=True)
    reference = models.CharField("numéro", max_length=60, blank=True)
    kind = models.CharField("nature", max_length=12, choices=ContractKind.choices, blank=True)
    market_type = models.CharField("type", max_length=30, choices=MarketType.choices, blank=True)
    value = models.DecimalField(
        "valeur (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    whole_value = models.DecimalField(
        "valeur de l’ensemble (€ HT)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    months = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    first_day = models.DateField("au plus tôt", null=True, blank=True)
    last_day = models.DateField("au plus tard", null=True, blank=True)
    place = models.CharField("lieu écrit", max_length=200, blank=True)
    commune = models.ForeignKey(Commune, null=True, blank=True, on_delete=models.PROTECT)
    several_sites = models.BooleanField("plusieurs lieux", default=False)
    cpv = models.ForeignKey(Cpv, null=True, blank=True, on_delete=models.PROTECT)
    framework = models.BooleanField("accord-cadre", default=False)
    duty = models.CharField("obligation", max_length=10, blank=True)
    verdict = models.JSONField("réponse de la loi", null=True, blank=True)
    hours_low = models.PositiveIntegerField("heures, bas", null=True, blank=True)
    hours_high = models.PositiveIntegerField("heures, haut", null=True, blank=True)
    instrument = models.CharField("à examiner", max_length=24, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    facilitator = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    request = models.OneToOneField(
        BuyerRequest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="programme_line",
    )

    class Meta:
        verbose_name = "ligne d’une programmation"
        ordering = ["programme", "row"]
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["programme", "row"], name="programme_row_once")
        ]

    def __str__(self) -> str:
        return f"Ligne {self.row}, {self.object}"


class ColumnMemory(models.Model):
    """How a buyer's columns were read last time. `owner` names the buyer, or a digest of who sent
    the file without an account.
    """

    owner = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_on = models.DateField("servie le")

    class Meta:
        verbose_name = "lecture de colonnes retenue"
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["owner", "fingerprint"], name="columns_once")
        ]

    def __str__(self) -> str:
        return self.fingerprint
