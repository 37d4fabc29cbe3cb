from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "coclause.organisations"
    verbose_name = "Organisations"
