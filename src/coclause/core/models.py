"""Users, the journal of acts, the log of readings, and dated parameters."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from coclause.core.history import actor_required, never_changes


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
