"""Closed lists of the reference data."""

from django.db import models


class Level(models.TextChoices):
    """A level of territory, from the smallest to the largest."""

    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Intercommunalité"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"


class Zone(models.TextChoices):
    """Where a territory lies, as the official geographical code says it."""

    METRO = "metro", "Métropole"
    DROM = "drom", "Département ou région d'outre-mer"
    COM = "com", "Collectivité d'outre-mer"


class EpciKind(models.TextChoices):
    """Kinds of EPCI with their own taxes, under the codes of the DGCL."""

    CC = "CC", "Communauté de communes"
    CA = "CA", "Communauté d'agglomération"
    CU = "CU", "Communauté urbaine"
    METRO = "METRO", "Métropole"
    MET69 = "MET69", "Métropole de Lyon"


class AliasKind(models.TextChoices):
    """Why a name or a code leads to a commune that bears another one."""

    DELEGATED = "commune-deleguee", "Commune déléguée"
    ASSOCIATED = "commune-associee", "Commune associée"
    DISTRICT = "arrondissement-municipal", "Arrondissement municipal"
    FORMER_CODE = "ancien-code", "Ancien code"
