"""Contracts published in open data (DECP), as their publishers say, with every state they had.

Public data: no row security here. What a publisher does not say is null or empty, never guessed.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from coclause.clauses.models import Operation
from coclause.watch.choices import (
    ContractKind,
    DuplicateReason,
    FileFormat,
    MarketType,
    Social,
    TerritoryBasis,
)

KEPT_REJECTIONS = 1000
"""Rejected rows kept with a run; the count is always whole."""


class ImportRun(models.Model):
    """One import of one or several files: all of it, or nothing."""

    day = models.DateField("jour")
    started_at = models.DateTimeField("début")
    finished_at = models.DateTimeField("fin", null=True)
    rows = models.PositiveIntegerField("lignes lues", default=0)
    contracts = models.PositiveIntegerField("marchés", default=0)
    concessions = models.PositiveIntegerField("concessions", default=0)
    new = models.PositiveIntegerField("nouveaux", default=0)
    changed = models.PositiveIntegerField("modifiés", default=0)
    unchanged = models.PositiveIntegerField("inchangés", default=0)
    rejected_count = models.PositiveIntegerField("lignes refusées", default=0)
    rejected = models.JSONField("premières lignes refusées", default=list)

    class Meta:
        verbose_name = "import"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="watch_run_ends_after_start",
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="watch_run_adds_up",
                condition=Q(contracts=F("new") + F("changed") + F("unchanged") - F("concessions")),
            ),
        ]

    def __str__(self) -> str:
        return f"Import du {self.day:%d/%m/%Y}"


class ImportedFile(models.Model):
    """A file of a run, known again by its fingerprint whatever its name."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="files")
    name = models.CharField("nom", max_length=255)
    sha256 = models.CharField("empreinte", max_length=64)
    format = models.CharField("format", max_length=4, choices=FileFormat)
    rows = models.PositiveIntegerField("lignes lues")

    class Meta:
        verbose_name = "fichier importé"
        verbose_name_plural = "fichiers importés"
        ordering = ["run", "pk"]
        constraints = [
            models.CheckConstraint(
                name="watch_file_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="watch_file_format", condition=Q(format__in=FileFormat.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PublishedContract(models.Model):
    """A contract or a concession, once, whatever the number of its holders and states.

    The key is what the publishers give: the buyer's SIRET, the contract's number, its kind.
    Amounts in € before tax, those of the current state (award, or maximum); never a sum.
    """

    kind = models.CharField("catégorie", max_length=10, choices=ContractKind)
    buyer_siret = models.CharField("SIRET de l'acheteur", max_length=14)
    buyer_siret_doubtful = models.BooleanField("SIRET de l'acheteur douteux", default=False)
    buyer_siren = models.CharField("SIREN de l'acheteur", max_length=9)
    buyer_name = models.CharField("acheteur", max_length=300, blank=True)
    published_id = models.CharField("numéro publié", max_length=64)
    nature = models.CharField("nature", max_length=100, blank=True)
    object = models.CharField("objet", max_length=2000, blank=True)
    cpv = models.CharField("CPV", max_length=8, blank=True)
    cpv_division = models.CharField("division CPV", max_length=2, blank=True)
    procedure = models.CharField("procédure", max_length=120, blank=True)
    market_type = models.CharField(
        "type d'achat", max_length=11, choices=MarketType, default=MarketType.UNKNOWN
    )
    amount = models.DecimalField("montant HT", max_digits=17, decimal_places=2, null=True)
    amount_doubtful = models.BooleanField("montant douteux", default=False)
    duration_months = models.PositiveSmallIntegerField("durée en mois", null=True)
    notified_on = models.DateField("notifié le")
    published_on = models.DateField("publié le", null=True)
    place_code = models.CharField("code du lieu d'exécution", max_length=20, blank=True)
    place_type = models.CharField("type de code du lieu", max_length=30, blank=True)
    departement = models.CharField("département", max_length=3, blank=True)
    region = models.CharField("région", max_length=3, blank=True)
    territory_basis = models.CharField(
        "territoire lu sur",
        max_length=9,
        choices=TerritoryBasis,
        default=TerritoryBasis.UNKNOWN,
    )
    considerations = ArrayField(
        models.CharField(max_length=100), verbose_name="considérations sociales", default=list
    )
    social = models.CharField(
        "considération sociale", max_length=7, choices=Social, default=Social.UNKNOWN
    )
    framework_id = models.CharField("accord-cadre", max_length=64, blank=True)
    fingerprint = models.CharField("empreinte", max_length=64)
    first_seen = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="+", verbose_name="vu d'abord"
    )
    last_changed = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="+", verbose_name="modifié en dernier"
    )
    last_seen = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="+", verbose_name="vu en dernier"
    )
    # Several contracts, published lot by lot, may belong to one operation.
    operation = models.ForeignKey(
        Operation,
        verbose_name="opération qui le suit",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="published",
    )

    class Meta:
        verbose_name = "marché publié"
        verbose_name_plural = "marchés publiés"
        ordering = ["-notified_on", "buyer_siret", "published_id"]
        constraints = [
            models.UniqueConstraint(
                name="watch_contract_once", fields=["buyer_siret", "published_id", "kind"]
            ),
            models.CheckConstraint(
                name="watch_contract_buyer", condition=Q(buyer_siret__regex=r"^[0-9]{14}$")
            ),
            models.CheckConstraint(
                name="watch_contract_siren", condition=Q(buyer_siret__startswith=F("buyer_siren"))
            ),
            models.CheckConstraint(name="watch_contract_numbered", condition=~Q(published_id="")),
            models.CheckConstraint(
                name="watch_contract_kind", condition=Q(kind__in=ContractKind.values)
            ),
            models.CheckConstraint(
                name="watch_contract_amount", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="watch_contract_duration",
                condition=Q(duration_months__isnull=True) | Q(duration_months__gte=1),
            ),
            models.CheckConstraint(
                name="watch_contract_cpv",
                condition=Q(cpv="", cpv_division="")
                | Q(cpv__regex=r"^[0-9]{8}$", cpv__startswith=F("cpv_division")),
            ),
            models.CheckConstraint(
                name="watch_contract_market", condition=Q(market_type__in=MarketType.values)
            ),
            models.CheckConstraint(
                name="watch_contract_social", condition=Q(social__in=Social.values)
            ),
            models.CheckConstraint(
                name="watch_contract_basis",
                condition=Q(departement="", region="", territory_basis=TerritoryBasis.UNKNOWN)
                | (
                    Q(territory_basis__in=[TerritoryBasis.EXECUTION, TerritoryBasis.BUYER])
                    & ~Q(departement="", region="")
                ),
            ),
        ]
        indexes = [
            models.Index(name="watch_contract_siren_idx", fields=["buyer_siren", "published_id"]),
            models.Index(name="watch_contract_when_idx", fields=["region", "-notified_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.published_id} ({self.buyer_name or self.buyer_siret})"


class PublishedState(models.Model):
    """What was published at one date: the award first, then each modification."""

    contract = models.ForeignKey(PublishedContract, on_delete=models.CASCADE, related_name="states")
    sequence = models.PositiveSmallIntegerField("rang")
    number = models.PositiveIntegerField("numéro donné par l'acheteur", null=True)
    dated_on = models.DateField("date")
    amount = models.DecimalField("montant HT", max_digits=17, decimal_places=2, null=True)
    amount_doubtful = models.BooleanField("montant douteux", default=False)
    duration_months = models.PositiveSmallIntegerField("durée en mois", null=True)
    holders = ArrayField(
        models.CharField(max_length=40), verbose_name="identifiants des titulaires", default=list
    )

    class Meta:
        verbose_name = "état publié"
        verbose_name_plural = "états publiés"
        ordering = ["contract", "sequence"]
        constraints = [
            models.UniqueConstraint(name="watch_state_once", fields=["contract", "sequence"]),
            models.CheckConstraint(
                name="watch_state_amount", condition=Q(amount__isnull=True) | Q(amount__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dated_on:%d/%m/%Y}"


class PublishedHolder(models.Model):
    """A company that holds, or held, the contract. The identifier is kept as it was published."""

    contract = models.ForeignKey(
        PublishedContract, on_delete=models.CASCADE, related_name="holders"
    )
    identifier = models.CharField("identifiant", max_length=40)
    identifier_type = models.CharField("type d'identifiant", max_length=20, blank=True)
    identifier_doubtful = models.BooleanField("identifiant douteux", default=False)
    name = models.CharField("nom", max_length=300, blank=True)
    from_sequence = models.PositiveSmallIntegerField("présent depuis l'état")
    current = models.BooleanField("titulaire actuel")

    class Meta:
        verbose_name = "titulaire publié"
        verbose_name_plural = "titulaires publiés"
        ordering = ["contract", "-current", "identifier"]
        constraints = [
            models.UniqueConstraint(name="watch_holder_once", fields=["contract", "identifier"]),
            models.CheckConstraint(name="watch_holder_known", condition=~Q(identifier="")),
        ]
        indexes = [models.Index(name="watch_holder_identifier", fields=["identifier"])]

    def __str__(self) -> str:
        return self.name or self.identifier


class LikelyDuplicate(models.Model):
    """Two published contracts that are probably one. A link to look at, never a subtraction."""

    kept = models.ForeignKey(PublishedContract, on_delete=models.CASCADE, related_name="duplicates")
    other = models.ForeignKey(
        PublishedContract, on_delete=models.CASCADE, related_name="duplicate_of"
    )
    reason = models.CharField("raison", max_length=11, choices=DuplicateReason)

    class Meta:
        verbose_name = "doublon probable"
        verbose_name_plural = "doublons probables"
        ordering = ["kept", "other"]
        constraints = [
            models.UniqueConstraint(name="watch_duplicate_once", fields=["kept", "other"]),
            models.CheckConstraint(
                name="watch_duplicate_ordered", condition=Q(kept__lt=F("other"))
            ),
            models.CheckConstraint(
                name="watch_duplicate_reason", condition=Q(reason__in=DuplicateReason.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kept} / {self.other}"
