from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "coclause.watch"
    verbose_name = "Veille"
