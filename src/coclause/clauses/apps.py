from django.apps import AppConfig


class ClausesConfig(AppConfig):
    name = "coclause.clauses"
    verbose_name = "Clauses"
