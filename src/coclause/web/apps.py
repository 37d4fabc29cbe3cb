from django.apps import AppConfig
from django.urls import register_converter

from coclause.web.clauses.months import MonthConverter


class WebConfig(AppConfig):
    name = "coclause.web"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Months in addresses, before any file of addresses is read."""
        register_converter(MonthConverter, "month")
