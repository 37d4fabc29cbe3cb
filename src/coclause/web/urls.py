"""Every page of CoClause, one folder by thing it is about."""

from django.urls import include, path, register_converter

from coclause.web.clauses.months import MonthConverter

register_converter(MonthConverter, "month")

urlpatterns = [
    path("", include("coclause.web.entering.urls")),
    path("", include("coclause.web.public.urls")),
    path("", include("coclause.web.door.urls")),
    path("", include("coclause.web.programmes.urls")),
    path("", include("coclause.web.desk.urls")),
    path("", include("coclause.web.operations.urls")),
    path("", include("coclause.web.months.urls")),
    path("", include("coclause.web.clauses.urls")),
    path("", include("coclause.web.checks.urls")),
    path("", include("coclause.web.contests.urls")),
    path("", include("coclause.web.papers.urls")),
    path("", include("coclause.web.engagements.urls")),
    path("", include("coclause.web.conventions.urls")),
    path("", include("coclause.web.groups.urls")),
    path("", include("coclause.web.sharing.urls")),
    path("", include("coclause.web.execution.urls")),
    path("", include("coclause.web.plans.urls")),
    path("", include("coclause.web.steering.urls")),
    path("", include("coclause.web.calibrations.urls")),
    path("", include("coclause.web.optouts.urls")),
    path("", include("coclause.web.buyer.urls")),
    path("", include("coclause.web.proofs.urls")),
    path("", include("coclause.web.meetings.urls")),
    path("", include("coclause.web.organisations.urls")),
    path("", include("coclause.web.contacts.urls")),
    path("", include("coclause.web.mails.urls")),
    path("", include("coclause.web.dashboard.urls")),
    path("", include("coclause.web.closing.urls")),
    path("", include("coclause.web.requests.urls")),
    path("", include("coclause.web.library.urls")),
    path("", include("coclause.web.drafting.urls")),
    path("", include("coclause.web.guide.urls")),
]
