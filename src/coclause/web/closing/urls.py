from django.urls import URLPattern, path

from coclause.web.closing import pages, review

urlpatterns: list[URLPattern] = [
    path("annees/", pages.closings, name="closings"),
    path("annees/<int:year>/cloturer/", review.close, name="closing"),
]
