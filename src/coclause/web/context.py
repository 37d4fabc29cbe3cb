"""What every page shows around its own content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from coclause.desk.desk import count_due
from coclause.organisations.scopes import Scope
from coclause.web.navigation import groups


def layout(request: HttpRequest) -> dict[str, Any]:
    """Navigation by role, who is signed in, the day, and whether this is the demonstration."""
    scope: Scope | None = getattr(request, "scope", None)
    main = scope.main if scope else None
    return {
        "demo": settings.DEMO,
        "today": scope.day if scope else timezone.localdate(),
        "nav": groups(scope, request.path, due=_due(scope)) if scope else [],
        "actor_name": str(scope.user) if scope and scope.user else "",
        "actor_role": main.get_role_display() if main else "",
        "actor_organisation": main.organisation.name if main else "",
    }


def _due(scope: Scope) -> int | None:
    """What waits for the reader, beside "À faire"; nothing for a stranger."""
    return count_due(scope) if scope.memberships else None
