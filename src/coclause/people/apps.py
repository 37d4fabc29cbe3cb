from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "coclause.people"
    verbose_name = "Personnes"
