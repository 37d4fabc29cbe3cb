from django.urls import URLPattern, path

from coclause.web.calibrations import duty, note, pages, writing

urlpatterns: list[URLPattern] = [
    path("contrats/<int:pk>/obligation/", duty.contract_duty, name="contract-duty"),
    path("contrats/<int:pk>/calibrages/", pages.calibrations, name="calibrations"),
    path("contrats/<int:pk>/calibrages/nouveau/", writing.calibration_new, name="calibration-new"),
    path("contrats/<int:pk>/calibrages/note.pdf", note.calibration_note, name="calibration-note"),
    path("calibrages/<int:pk>/retenir/", writing.calibration_retain, name="calibration-retain"),
]
