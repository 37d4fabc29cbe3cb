from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "coclause.web"
    verbose_name = "Pages"
