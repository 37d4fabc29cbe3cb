"""What an organisation and a member may be. Values are the field's own words."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What an organisation does in the region; one may do several."""

    HOST = "structure_porteuse", "Structure porteuse"
    COORDINATION = "coordination", "Coordination régionale"
    BUYER = "acheteur", "Acheteur"
    COMPANY = "entreprise", "Entreprise"
    PRESCRIBER = "prescripteur", "Prescripteur"
    OBSERVER = "observateur", "Observateur"


class MemberRole(TextChoices):
    """What a person does in an organisation."""

    FACILITATOR = "facilitateur", "Facilitateur"
    HOST_MANAGER = "responsable", "Responsable de structure"
    COORDINATOR = "coordinateur", "Coordination régionale"
    BUYER = "acheteur", "Acheteur"
    COMPANY = "entreprise", "Entreprise"
    PRESCRIBER = "prescripteur", "Prescripteur"
    OBSERVER = "observateur", "Observateur"


ROLE_OF_ORGANISATION: dict[str, str] = {
    MemberRole.FACILITATOR: Role.HOST,
    MemberRole.HOST_MANAGER: Role.HOST,
    MemberRole.COORDINATOR: Role.COORDINATION,
    MemberRole.BUYER: Role.BUYER,
    MemberRole.COMPANY: Role.COMPANY,
    MemberRole.PRESCRIBER: Role.PRESCRIBER,
    MemberRole.OBSERVER: Role.OBSERVER,
}
"""The role an organisation must have for someone to hold that role in it."""

PERSON_ROLES = (MemberRole.FACILITATOR, MemberRole.HOST_MANAGER)
"""Who reads the persons' files of their host."""


class BuyerKind(TextChoices):
    STATE = "etat", "État"
    OPERATOR = "operateur", "Opérateur de l'État"
    HOSPITAL = "hopital", "Établissement de santé"
    REGION = "region", "Région"
    DEPARTEMENT = "departement", "Département"
    MUNICIPAL = "bloc_communal", "Bloc communal"
    HOUSING = "bailleur", "Bailleur social"
    MIXED = "sem_spl", "SEM ou SPL"
    UTILITY = "entite", "Entité adjudicatrice"
    PRIVATE = "prive", "Privé"
    UNKNOWN = "inconnu", "Non connu"


class Funder(TextChoices):
    STATE = "etat", "État"
    EUROPE = "europe", "Union européenne"
    LOCAL = "collectivites", "Collectivités"
    OWN = "fonds_propres", "Fonds propres"
