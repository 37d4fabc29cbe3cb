from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "coclause.network"
    verbose_name = "Réseau"
