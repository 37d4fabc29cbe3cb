"""Organisations, who belongs to them, and which facilitator is in charge of which territory."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from stdnum.fr import siret

from coclause.core.history import actor_required, kept
from coclause.core.models import User
from coclause.core.periods import Period, PeriodQuerySet, one_at_a_time
from coclause.organisations.choices import (
    ROLE_OF_ORGANISATION,
    BuyerKind,
    Funder,
    MemberRole,
    Role,
)
from coclause.reference.keys import search_key
from coclause.reference.models import Commune, Departement, Epci, Region


def check_siret(value: str) -> None:
    """Refuse what is not a SIRET (INSEE; La Poste's own rule is known)."""
    from_user = value.replace(" ", "")
    if not siret.is_valid(from_user):
        raise ValidationError(
            "« %(value)s » n'est pas un SIRET : il compte 14 chiffres, dont une clé de contrôle.",
            params={"value": value},
        )


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def playing(self, role: str) -> "OrganisationQuerySet":
        return self.filter(roles__contains=[role])

    def matching(self, text: str) -> "OrganisationQuerySet":
        """By SIRET, or by every word of the name, accents and case ignored."""
        digits = text.replace(" ", "")
        if digits.isdigit():
            return self.filter(siret__startswith=digits)
        found = self
        for word in search_key(text).split():
            found = found.filter(name_key__contains=word)
        return found


@kept
class Organisation(models.Model):
    """A host, a coordination, a buyer, a company, a prescriber or an observer; often several."""

    name = models.CharField("nom", max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    siret = models.CharField(
        "SIRET", max_length=14, null=True, blank=True, unique=True, validators=[check_siret]
    )
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), verbose_name="rôles")
    buyer_kind = models.CharField(
        "type d'acheteur", max_length=20, choices=BuyerKind.choices, blank=True
    )
    region = models.ForeignKey(
        Region, verbose_name="région", null=True, blank=True, on_delete=models.PROTECT
    )
    commune = models.ForeignKey(
        Commune, verbose_name="commune", null=True, blank=True, on_delete=models.PROTECT
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        ordering = ["name_key", "pk"]
        indexes = [GinIndex(fields=["roles"], name="organisation_roles")]
        triggers = [actor_required()]
        constraints = [
            models.CheckConstraint(name="organisation_has_a_role", condition=Q(roles__len__gte=1)),
            models.CheckConstraint(
                name="organisation_siret_shape",
                condition=Q(siret__isnull=True) | Q(siret__regex=r"^\d{14}$"),
            ),
            models.CheckConstraint(
                name="organisation_buyer_kind",
                condition=Q(roles__contains=[Role.BUYER], buyer_kind__gt="")
                | (~Q(roles__contains=[Role.BUYER]) & Q(buyer_kind="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name_key = search_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


@kept
class Membership(Period):
    """Someone's role in an organisation, from one day to another."""

    user = models.ForeignKey(
        User, verbose_name="personne", on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField("rôle", max_length=20, choices=MemberRole.choices)
    rank = models.PositiveSmallIntegerField(
        "ordre",
        null=True,
        blank=True,
        help_text="Parmi les contacts d'une entreprise : le premier est prévenu d'abord.",
    )

    objects = PeriodQuerySet["Membership"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "membre"
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("membership_once", "user", "organisation", "role"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.organisation}"

    def clean(self) -> None:
        needed = ROLE_OF_ORGANISATION.get(self.role)
        if needed and needed not in self.organisation.roles:
            raise ValidationError(
                {"role": f"« {self.organisation} » n'a pas le rôle « {Role(needed).label} »."}
            )


@kept
class FacilitatorPost(Period):
    """The working time of a facilitator at their host, for a period. FTE: 1 is a full-time post."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="posts")
    fte = models.DecimalField(
        "ETP",
        max_digits=3,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )

    objects = PeriodQuerySet["FacilitatorPost"].as_manager()

    class Meta(Period.Meta):
        verbose_name = "poste de facilitateur"
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("post_one_at_a_time", "membership"),
            models.CheckConstraint(name="post_fte_bounds", condition=Q(fte__gt=0) & Q(fte__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.membership.user}, {self.fte} ETP"


@kept
class PostFunding(models.Model):
    """Who pays which part of a post, in FTE; the parts never exceed the post."""

    post = models.ForeignKey(FacilitatorPost, on_delete=models.CASCADE, related_name="fundings")
    funder = models.CharField("financeur", max_length=20, choices=Funder.choices)
    fte = models.DecimalField("ETP financés", max_digits=3, decimal_places=2)

    class Meta:
        verbose_name = "financement d'un poste"
        triggers = [actor_required()]
        constraints = [
            models.UniqueConstraint(fields=["post", "funder"], name="funding_once"),
            models.CheckConstraint(name="funding_positive", condition=Q(fte__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_funder_display()}, {self.fte} ETP"


class ChargeQuerySet(PeriodQuerySet["TerritoryCharge"]):
    def covering(self, commune: Commune, day: date) -> "ChargeQuerySet":
        """Charges that hold over that commune on that day, the closest territory first."""
        places = Q(commune=commune) | Q(departement=commune.departement)
        places |= Q(region=commune.departement.region)
        if commune.epci_id:
            places |= Q(epci=commune.epci_id)
        nearest = models.Case(
            models.When(commune__isnull=False, then=0),
            models.When(epci__isnull=False, then=1),
            models.When(departement__isnull=False, then=2),
            default=3,
        )
        held: ChargeQuerySet = self.filter(places).on(day)  # type: ignore[assignment]
        return held.order_by(nearest, "pk")


@kept
class TerritoryCharge(Period):
    """A facilitator is in charge of a territory for a period: exactly one of the four levels."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="charges")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    departement = models.ForeignKey(Departement, null=True, blank=True, on_delete=models.PROTECT)
    epci = models.ForeignKey(Epci, null=True, blank=True, on_delete=models.PROTECT)
    commune = models.ForeignKey(Commune, null=True, blank=True, on_delete=models.PROTECT)

    objects = ChargeQuerySet.as_manager()

    class Meta(Period.Meta):
        verbose_name = "territoire suivi"
        triggers = [actor_required()]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="charge_one_level",
                condition=Q(
                    models.lookups.Exact(
                        models.Func(
                            F("region"),
                            F("departement"),
                            F("epci"),
                            F("commune"),
                            function="num_nonnulls",
                            output_field=models.IntegerField(),
                        ),
                        1,
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership.user}, {self.place}"

    @property
    def place(self) -> Region | Departement | Epci | Commune:
        place = self.commune or self.epci or self.departement or self.region
        if place is None:
            raise ValueError("a charge names one territory")
        return place
