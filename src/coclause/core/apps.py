from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "coclause.core"
    verbose_name = "Socle"
