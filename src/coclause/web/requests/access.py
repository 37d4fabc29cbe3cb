"""Which request a page is about, for whom, and what the reader may do with it."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from coclause.clauses.permissions import may_open_operation
from coclause.network.choices import EntryKind
from coclause.network.models import BuyerRequest
from coclause.network.requests.answering import WRITING, may_answer
from coclause.network.states import LIVE, REPLY, WAITING, RequestState
from coclause.organisations.scopes import Scope


@dataclass(frozen=True)
class Seen:
    """A request and what the reader may do with it."""

    request: BuyerRequest
    answers: bool
    """The reader is of those who answer, or of the coordination: reads contact, notes, mails."""
    asks: bool
    """The reader is of the buyer: replies and withdraws."""
    opens: bool

    @property
    def live(self) -> bool:
        return self.request.state in LIVE

    @property
    def may_take(self) -> bool:
        return self.answers and self.request.state == RequestState.NEW

    @property
    def may_move(self) -> bool:
        return self.answers and self.live

    @property
    def may_open(self) -> bool:
        return self.may_move and self.opens

    @property
    def may_reply(self) -> bool:
        replied = (*REPLY.sources, *WAITING)
        return self.asks and not self.answers and self.request.state in replied

    @property
    def writings(self) -> list[EntryKind]:
        """What may be written now: a question or an answer while the states allow it, a note."""
        allowed = [kind for kind, change in WRITING.items() if self.request.state in change.sources]
        order = (EntryKind.ANSWER, EntryKind.QUESTION)
        return [*(kind for kind in order if kind in allowed), EntryKind.NOTE]


def seen(pk: int, scope: Scope) -> Seen:
    """The request within the scope. Raises Http404 out of it. Two queries."""
    rows = BuyerRequest.objects.visible_to(scope).select_related(
        "region",
        "buyer",
        "commune__departement",
        "cpv",
        "organisation",
        "facilitator",
        "operation",
    )
    found = get_object_or_404(rows, pk=pk)
    return Seen(
        request=found,
        answers=may_answer(found, scope),
        asks=found.buyer_id in scope.buyers,
        opens=may_open_operation(scope),
    )


def answered(pk: int, scope: Scope) -> Seen:
    """The same for who answers: 404 out of the scope, 403 for the buyer."""
    found = seen(pk, scope)
    if not found.answers:
        raise PermissionDenied
    return found


def asked(pk: int, scope: Scope) -> Seen:
    """The same for its buyer: 404 out of the scope, 403 for who answers."""
    found = seen(pk, scope)
    if not found.asks:
        raise PermissionDenied
    return found
