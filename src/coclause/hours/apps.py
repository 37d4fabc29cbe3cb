from django.apps import AppConfig


class HoursConfig(AppConfig):
    name = "coclause.hours"
    verbose_name = "Heures"
