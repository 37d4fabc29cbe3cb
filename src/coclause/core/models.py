"""Users, the journal of acts, the log of readings, dated parameters, documents, mail."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from coclause.core.history import actor_required, never_changes

LARGEST_FILE = 10_000_000
"""Bytes of the largest document kept in the database."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Someone who signs in. What they may see comes from their memberships, never from a flag."""

    email = models.EmailField("adresse électronique", unique=True)
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    is_active = models.BooleanField("actif", default=True)
    date_joined = models.DateTimeField("créé le", default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "utilisateur"
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email


class JournalEntry(models.Model):
    """One act, told in a sentence, filed under every thing it concerns.

    `subjects` are "kind:id" references ("operation:12", "clause:34"): the journal knows no
    domain. Entries are written beside the change, in its transaction, and never change.
    """

    at = models.DateTimeField("le", default=timezone.now)
    day = models.DateField("jour de l'acte")
    actor = models.ForeignKey(
        User, verbose_name="par", null=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField("acte", max_length=40)
    sentence = models.CharField("récit", max_length=500)
    subjects = ArrayField(models.CharField(max_length=60), verbose_name="concerne")

    class Meta:
        verbose_name = "acte du journal"
        ordering = ["-at", "-pk"]
        indexes = [
            GinIndex(fields=["subjects"], name="journal_subjects"),
            models.Index(fields=["actor", "-at"], name="journal_actor_at"),
        ]
        triggers = [actor_required(), never_changes()]

    def __str__(self) -> str:
        return self.sentence


class PersonReading(models.Model):
    """Somebody saw named persons on a page: which ones, when, on which page."""

    at = models.DateTimeField("le", default=timezone.now)
    actor = models.ForeignKey(User, verbose_name="par", on_delete=models.PROTECT, related_name="+")
    page = models.CharField("page", max_length=200)
    identities = ArrayField(models.UUIDField(), verbose_name="identités lues")

    class Meta:
        verbose_name = "lecture de personnes"
        indexes = [GinIndex(fields=["identities"], name="reading_identities")]
        triggers = [actor_required(), never_changes()]

    def __str__(self) -> str:
        return f"{self.actor} : {self.page}"


class Parameter(models.Model):
    """A dated value that figures or rules depend on, with its reference.

    `value` is a number in the unit that `code` documents (see `core/parameters.py`).
    """

    code = models.CharField("code", max_length=40)
    value = models.DecimalField("valeur", max_digits=14, decimal_places=4)
    period = DateRangeField("en vigueur", help_text="du premier jour au lendemain du dernier")
    reference = models.CharField("référence", max_length=300)

    class Meta:
        verbose_name = "paramètre daté"
        constraints = [
            ExclusionConstraint(
                name="parameter_no_overlap",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class StoredFile(models.Model):
    """A small document kept whole in the database, with what its bytes are known by.

    It is written, undone and saved with the rows that speak of it. Read `content` only to hand it
    over: lists defer it.
    """

    name = models.CharField("nom", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveIntegerField("octets")
    sha256 = models.CharField("empreinte", max_length=64)
    content = models.BinaryField("contenu")
    author = models.ForeignKey(
        User, verbose_name="déposé par", null=True, on_delete=models.PROTECT, related_name="+"
    )
    stored_at = models.DateTimeField("déposé le", default=timezone.now)

    class Meta:
        verbose_name = "document conservé"
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="file_size_bounds",
                condition=models.Q(size__gt=0, size__lte=LARGEST_FILE),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Attempt(models.Model):
    """One use of something open to everybody, counted to limit abuse, then forgotten.

    `bucket` names what is counted and for whom, as a digest: no address is kept.
    """

    bucket = models.CharField("compteur", max_length=100)
    at = models.DateTimeField("le", default=timezone.now)

    class Meta:
        verbose_name = "passage compté"
        indexes = [models.Index(fields=["bucket", "at"], name="attempt_bucket_at")]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return self.bucket


class MailState(models.TextChoices):
    WAITING = "a_envoyer", "À envoyer"
    SENT = "envoye", "Envoyé"
    ABANDONED = "abandonne", "Abandonné"


class Mail(models.Model):
    """A plain text message, written with the act it tells of and sent once that act is kept.

    `key` names the event: the same event never makes two messages. `about` files it as the
    journal does ("buyerrequest:12").
    """

    recipient = models.EmailField("destinataire")
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("message")
    kind = models.CharField("nature", max_length=40)
    key = models.CharField("clé", max_length=200, unique=True)
    about = ArrayField(models.CharField(max_length=60), verbose_name="concerne")
    state = models.CharField(
        "état", max_length=10, choices=MailState.choices, default=MailState.WAITING
    )
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    last_error = models.CharField("dernier refus", max_length=200, blank=True)
    created_at = models.DateTimeField("écrit le", default=timezone.now)
    next_try_at = models.DateTimeField("prochain essai", default=timezone.now)
    sent_at = models.DateTimeField("envoyé le", null=True)

    class Meta:
        verbose_name = "courriel"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="mail_waiting",
                condition=models.Q(state=MailState.WAITING),
            ),
            GinIndex(fields=["about"], name="mail_about"),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_sent_has_a_moment",
                condition=models.Q(state=MailState.SENT, sent_at__isnull=False)
                | (~models.Q(state=MailState.SENT) & models.Q(sent_at__isnull=True)),
            )
        ]
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.subject} ({self.recipient})"
