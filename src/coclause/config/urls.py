from django.urls import include, path

urlpatterns = [path("", include("coclause.web.urls"))]
