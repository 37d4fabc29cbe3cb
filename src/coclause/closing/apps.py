from django.apps import AppConfig


class ClosingConfig(AppConfig):
    name = "coclause.closing"
    verbose_name = "Clôture des années"
