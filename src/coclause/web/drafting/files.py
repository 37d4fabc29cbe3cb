"""Handing over a version as it was kept."""

from django.http import HttpResponse

from coclause.core.files import content_of
from coclause.network.drafting.preparing import DOCX, file_name
from coclause.web.drafting.access import seen_draft
from coclause.web.middleware import ScopedRequest
from coclause.web.pages import download


def draft_file(request: ScopedRequest, pk: int) -> HttpResponse:
    """The .docx, for the network of the region and the buyer, every version."""
    draft = seen_draft(pk, request.scope)
    name = file_name(draft.contract, draft.number)
    return download(content_of(draft.file), name, DOCX)
