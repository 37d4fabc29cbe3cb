"""The tab "Engagement" of a clause: what is promised, due, done and left, by award.

Other sections of the tab (companies, calendar and story) come from the folders of their acts.
"""

from typing import Any

from coclause.web.clauses.access import ClauseView
from coclause.web.middleware import ScopedRequest


def engagement_of(request: ScopedRequest, view: ClauseView) -> dict[str, Any]:
    """What the tab shows: each section adds its own names."""
    shown: dict[str, Any] = {}
    return shown
