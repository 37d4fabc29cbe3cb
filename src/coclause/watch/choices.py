"""What open data says of a contract. Values are the field's own words."""

from django.db.models import TextChoices


class ContractKind(TextChoices):
    MARCHE = "marche", "Marché"
    CONCESSION = "concession", "Concession"


class MarketType(TextChoices):
    """Published by few files, else derived from the CPV code (45; 01–44 and 48; 50–98)."""

    WORKS = "travaux", "Travaux"
    SUPPLIES = "fournitures", "Fournitures"
    SERVICES = "services", "Services"
    UNKNOWN = "inconnu", "Inconnu"


class Social(TextChoices):
    """Does the contract carry a social consideration, as far as its publisher says?"""

    YES = "yes", "Oui"
    NO = "no", "Non"
    UNKNOWN = "unknown", "Inconnu"


class TerritoryBasis(TextChoices):
    """What the département and the region were read from."""

    EXECUTION = "execution", "Lieu d'exécution"
    BUYER = "acheteur", "Acheteur"
    UNKNOWN = "inconnu", "Inconnu"


class FileFormat(TextChoices):
    JSON = "json", "JSON"
    XML = "xml", "XML"
    CSV = "csv", "CSV"


class DuplicateReason(TextChoices):
    SAME_NUMBER = "meme_numero", "Même numéro, autre établissement du même acheteur"
    SAME_FACTS = "memes_faits", "Même acheteur, même date, même montant, même titulaire"
