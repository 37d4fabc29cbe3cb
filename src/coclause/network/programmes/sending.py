"""The job that turns lines of a programme into requests, each once, with one message for all.

Lines are locked batch by batch: of two sendings at once, a line goes with the first. Run again
after being killed, it goes on with the lines that have no request yet.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from coclause.core.actor import acting_as
from coclause.core.journal import record_act, subject
from coclause.core.models import JournalEntry, User
from coclause.law.estimates import assumptions
from coclause.network import messages
from coclause.network.choices import Channel
from coclause.network.door import ESTIMATED_AS, kept_range
from coclause.network.models import BuyerRequest, Programme, ProgrammeLine
from coclause.network.needs import Contact, Described
from coclause.network.programmes.answers import Routes
from coclause.network.programmes.links import address_of, desk_address
from coclause.network.requests.receiving import receive
from coclause.render.numbers import date_fr, euros

TASK: Final = "programme"
BATCH: Final = 20


def send(pk: int, lines: Sequence[int], *, at: datetime, by: int | None) -> None:
    """Make the requests of these lines, received at that moment; `by` is who asked, if known."""
    programme = Programme.objects.select_related("buyer", "region").get(pk=pk)
    author = User.objects.filter(pk=by).first() if by else None
    day = timezone.localdate(at)
    actor: User | str = author or TASK
    routes = Routes(programme, day)
    for start in range(0, len(lines), BATCH):
        with acting_as(actor, day=day):
            for line in sendable(programme, lines[start : start + BATCH]):
                line.request = _request(programme, line, routes, at=at, author=author)
                line.save(update_fields=["request"])
    with acting_as(actor, day=day):
        _tell(programme, at, author)


def sendable(programme: Programme, lines: Sequence[int]) -> Any:
    """Those of these lines that may still become a request, locked, in the order of the file."""
    return (
        ProgrammeLine.objects.filter(
            programme=programme, pk__in=lines, request__isnull=True, refused=""
        )
        .exclude(market_type="")
        .exclude(organisation=None)
        .select_related("commune__departement__region", "cpv")
        .select_for_update(of=("self",))
        .order_by("row")
    )


def _request(
    programme: Programme,
    line: ProgrammeLine,
    routes: Routes,
    *,
    at: datetime,
    author: User | None,
) -> BuyerRequest:
    commune = line.commune
    region = commune.departement.region if commune else programme.region
    need = Described(
        object=line.object,
        kind=line.kind,
        market_type=line.market_type,
        region=region,
        law_buyer=programme.law_buyer,
        value=line.whole_value or line.value,
        months=line.months,
        notice_on=line.first_day if line.first_day == line.last_day else None,
        commune=commune,
        several_sites=line.several_sites,
        framework=line.framework,
        cpv=line.cpv,
    )
    contact = Contact(
        buyer_name=programme.buyer_name,
        buyer_siret=programme.buyer_siret,
        name=programme.contact_name,
        email=programme.contact_email,
        message=_message(programme, line),
    )
    return receive(
        need,
        contact,
        verdict=line.verdict or {},
        estimate=_estimate(line, timezone.localdate(at)),
        channel=Channel.PROGRAMME,
        at=at,
        buyer=programme.buyer,
        author=author,
        found=routes.find(region, commune, several=line.several_sites),
    )


def _estimate(line: ProgrammeLine, day: Any) -> dict[str, Any] | None:
    """The range told to the buyer, with what it supposes; None when another line holds it."""
    if not line.hours_high:
        return None
    supposed = assumptions(ESTIMATED_AS[line.market_type], day)
    return kept_range(line.hours_low, line.hours_high, supposed)


def _message(programme: Programme, line: ProgrammeLine) -> str:
    """What the line says beyond the fields of a request."""
    told = [f"Ligne {line.row} de la programmation « {programme.file_name} »."]
    if line.reference:
        told.append(f"Référence : {line.reference}.")
    if line.first_day and line.last_day and line.first_day != line.last_day:
        told.append(
            f"Lancement prévu entre le {date_fr(line.first_day)} et le {date_fr(line.last_day)}."
        )
    if line.value is not None and line.value != line.whole_value:
        told.append(f"Montant de cette ligne seule : {euros(line.value)} HT.")
    if line.place and line.commune is None:
        told.append(f"Lieu écrit : {line.place}.")
    told += line.doubts
    return "\n".join(told)[:4000]


def _tell(programme: Programme, at: datetime, author: User | None) -> None:
    """One message to the buyer and one to each facilitator, about what this sending made."""
    made = list(
        BuyerRequest.objects.filter(programme_line__programme=programme, received_at=at)
        .select_related("facilitator")
        .order_by("pk")
    )
    if not made or _told(programme, at):
        return
    messages.acknowledge_programme(programme, made, address_of(programme))
    for user in {one.facilitator for one in made if one.facilitator}:
        own = [one for one in made if one.facilitator == user]
        messages.announce_programme(programme, user, own, desk_address())
    many = "1 demande" if len(made) == 1 else f"{len(made)} demandes"
    record_act(
        author,
        "programme.sent",
        f"Programmation {programme} : {many}.",
        programme,
        day=timezone.localdate(at),
        at=at,
    )


def _told(programme: Programme, at: datetime) -> bool:
    """Whether this very sending was told already: the job was killed after its last line."""
    entries = JournalEntry.objects.filter(verb="programme.sent", at=at)
    return entries.filter(subjects__contains=[subject(programme)]).exists()
