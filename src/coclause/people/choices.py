"""What is recorded of a person, no more."""

from django.db.models import TextChoices


class Sex(TextChoices):
    FEMALE = "femme", "Femme"
    MALE = "homme", "Homme"
    UNKNOWN = "inconnu", "Non connu"


class Level(TextChoices):
    """Education level (nomenclature of certifications, décret n° 2019-14 du 8 janvier 2019)."""

    BELOW_3 = "infra_3", "Sans diplôme ou niveau inférieur au CAP"
    LEVEL_3 = "niveau_3", "CAP, BEP (niveau 3)"
    LEVEL_4 = "niveau_4", "Baccalauréat (niveau 4)"
    LEVEL_5 = "niveau_5_plus", "Bac + 2 et plus (niveaux 5 à 8)"
    UNKNOWN = "inconnu", "Non connu"
