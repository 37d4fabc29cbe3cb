"""Identities, persons, and the criteria that open a clause to them.

`Person` is under row-level security: the database itself shows a record only to the host that
holds it, and to the company that employs that person. See the migration `0002_row_security`.
"""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from coclause.core.history import CurrentActor, actor_required, never_changes
from coclause.core.periods import Period, PeriodQuerySet
from coclause.organisations.models import Organisation
from coclause.people.choices import Sex
from coclause.reference.models import Commune, Region

REMEMBER_CHANGES = """
    before := to_jsonb(OLD);
    after := to_jsonb(NEW);
    INSERT INTO people_personchange (person_id, host_id, at, operation, fields)
    SELECT
        (coalesce(after, before) ->> 'id')::bigint,
        (coalesce(after, before) ->> 'host_id')::bigint,
        now(),
        lower(TG_OP),
        ARRAY(
            SELECT key FROM jsonb_object_keys(coalesce(after, before)) AS key
            WHERE TG_OP <> 'UPDATE' OR after -> key IS DISTINCT FROM before -> key
            ORDER BY key
        );
    RETURN NULL;
"""
"""The names of the changed fields, filed under the host; never the values."""


class Identity(models.Model):
    """A random number that two hosts share without knowing it.

    Emptied (no fingerprint), it still counts a person once in past figures and finds nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fingerprint = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  emptied
    key = models.CharField("clé", max_length=20, blank=True)

    class Meta:
        verbose_name = "identité"
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(
                name="identity_key_with_fingerprint",
                condition=Q(fingerprint__isnull=True, key="")
                | Q(fingerprint__isnull=False, key__gt=""),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Person(models.Model):
    """A host's record of a person: the minimum to recognise them on a monthly statement."""

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="persons")
    host = models.ForeignKey(
        Organisation, verbose_name="structure", on_delete=models.PROTECT, related_name="+"
    )
    birth_name = models.CharField("nom de naissance", max_length=80)
    used_name = models.CharField("nom d'usage", max_length=80, blank=True)
    given_names = models.CharField("prénoms", max_length=120)
    born_on = models.DateField("date de naissance")
    sex = models.CharField("sexe", max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    commune = models.ForeignKey(
        Commune,
        verbose_name="commune de résidence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    last_contact_on = models.DateField("dernier contact")

    class Meta:
        verbose_name = "personne"
        ordering = ["birth_name", "given_names", "pk"]
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="remember_which_fields",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("before", "jsonb"), ("after", "jsonb")],
                func=REMEMBER_CHANGES,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["host", "identity"], name="person_once_in_a_host"),
            models.CheckConstraint(
                name="person_birth_plausible", condition=Q(born_on__gte="1900-01-01")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_names.split()[0]} {self.used_name or self.birth_name}"


class PersonChange(models.Model):
    """Which fields of a person changed, when and by whom; never their values."""

    person_id = models.BigIntegerField()
    host_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.TextField(db_default=CurrentActor())
    operation = models.CharField(max_length=6)
    fields = ArrayField(models.CharField(max_length=40))

    class Meta:
        verbose_name = "modification d'une personne"
        indexes = [models.Index(fields=["person_id", "at"], name="person_change_person")]
        triggers = [never_changes()]

    def __str__(self) -> str:
        return f"{self.operation} {self.person_id}"


class Criterion(Period):
    """A reason that makes a person eligible, as a region holds it at a date.

    No region: the default of the network. A region's row of the same code stands in its place.
    """

    code = models.CharField("code", max_length=12)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    label = models.CharField("public", max_length=200)
    evidence = models.CharField("justificatif", max_length=200)
    evidence_months = models.PositiveSmallIntegerField(
        "validité du justificatif (mois)", null=True, blank=True
    )
    sensitive = models.BooleanField("donnée sensible", default=False)
    reference = models.CharField("référence", max_length=300)

    objects = PeriodQuerySet["Criterion"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "critère d'éligibilité"
        ordering = ["code", "pk"]
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["code", "region", "starts_on"],
                name="criterion_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.label
