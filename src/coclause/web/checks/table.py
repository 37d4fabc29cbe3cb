"""The table of checks, printed as the checks themselves know it, with the values of the day."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render

from coclause.core.models import Parameter
from coclause.hours.checks import CHECKS, Check
from coclause.render import numbers
from coclause.web.middleware import ScopedRequest
from coclause.web.public.texts import PARAMETERS


@dataclass(frozen=True)
class Printed:
    """A check, and the values it depends on that day."""

    check: Check
    values: list[tuple[str, str]]


@login_not_required
def page(request: ScopedRequest) -> HttpResponse:
    day = request.scope.day
    rows = Parameter.objects.filter(period__contains=day).order_by("code")
    values = dict(rows.values_list("code", "value"))
    printed = [
        Printed(
            check,
            [
                (PARAMETERS.get(code, code), numbers.decimal(values.get(code)))
                for code in check.parameters
            ],
        )
        for check in CHECKS.values()
    ]
    return render(request, "checks/table.html", {"checks": printed, "day": day})
