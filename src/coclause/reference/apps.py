"""Reference data: public facts the rest of the product points at."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Territories, the procurement vocabulary, and where each data set came from."""

    name = "coclause.reference"
    verbose_name = "Données de référence"
