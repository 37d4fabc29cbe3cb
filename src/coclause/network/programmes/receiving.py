"""A buyer's purchase programme: received, its columns confirmed, its lines sent as requests.

Analysis and sending are jobs (`programme_analysis`, `programme_sending`): the acts here check,
write what was asked and queue the job in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from coclause.core import files
from coclause.core.journal import record_act
from coclause.core.models import User
from coclause.core.refusals import Conflict, Refused
from coclause.network import links, messages
from coclause.network.choices import ProgrammeState
from coclause.network.models import ColumnMemory, Programme, ProgrammeLine
from coclause.network.needs import Contact
from coclause.network.programmes.analysis import NO_FILE
from coclause.network.programmes.columns import columns_of, owner_of, proposed
from coclause.network.programmes.links import address_of
from coclause.network.programmes.reader.fields import Field
from coclause.network.programmes.reader.headers import ProgrammeLayout, find_layout, remember
from coclause.network.tasks import analyse_programme, send_programme_lines
from coclause.organisations.models import Organisation
from coclause.reference.models import Commune, Region
from coclause.tables.apart import open_workbook
from coclause.tables.headers import fingerprint
from coclause.tables.reading import Workbook

MOST_SENT: Final = 500
MOST_SENT_WITHOUT_ACCOUNT: Final = 50
"""Lines that one sending turns into requests: somebody reads each of them."""
SPREADSHEET: Final = "application/octet-stream"
ALREADY_SENT: Final = (
    "Des lignes de cette programmation sont déjà parties en demandes : ses colonnes ne changent"
    " plus. Déposez le fichier de nouveau pour une autre analyse."
)


@dataclass(frozen=True)
class Upload:
    """A file that opens, and the sheet that looks like a programme."""

    content: bytes
    name: str
    workbook: Workbook
    layout: ProgrammeLayout


def opened(content: bytes, name: str) -> Upload:
    """Read a file before anything is kept. Raises `Refused` with what to do."""
    workbook = open_workbook(content, name)
    return Upload(content, name, workbook, find_layout(workbook))


@transaction.atomic
def receive_programme(
    upload: Upload,
    contact: Contact,
    *,
    region: Region,
    at: datetime,
    law_buyer: str = "",
    commune: Commune | None = None,
    year: int | None = None,
    buyer: Organisation | None = None,
    author: User | None = None,
) -> Programme:
    """Keep a programme whose columns are to be confirmed, and send its link to whoever sent it.

    `year` is that of the programme, for « T3 » alone; `commune` the place of lines that say none.
    The caller has limited abuse.
    """
    day = timezone.localdate(at)
    owner = owner_of(buyer, contact.email)
    programme = Programme.objects.create(
        region=region,
        buyer=buyer,
        buyer_name=contact.buyer_name,
        buyer_siret=contact.buyer_siret,
        law_buyer=law_buyer,
        contact_name=contact.name,
        contact_email=contact.email,
        author=author,
        commune=commune,
        file=files.store(upload.content, upload.name, SPREADSHEET, author),
        file_name=upload.name[:200],
        received_on=day,
        received_at=at,
        link_key=links.new_key(),
        link_until=links.opens_until(day),
        **_layout_kept(upload.layout, owner, year),
    )
    record_act(
        author,
        "programme.received",
        f"Programmation {programme} reçue.",
        programme,
        day=day,
        at=at,
    )
    messages.keep_programme(programme, address_of(programme))
    return programme


@transaction.atomic
def choose_sheet(programme: Programme, sheet: str) -> Programme:
    """Propose the columns of another sheet. Raises `Refused`, naming what there is."""
    programme = _changeable(programme)
    workbook = _workbook(programme)
    layout = find_layout(workbook, sheet)
    year = columns_of(programme).year
    facts = _layout_kept(layout, _owner(programme), year)
    Programme.objects.filter(pk=programme.pk).update(**facts)
    programme.refresh_from_db()
    return programme


@transaction.atomic
def confirm_columns(
    programme: Programme, fields: Mapping[Field, int], *, year: int | None, at: datetime
) -> Programme:
    """Keep how the columns are read, for next year too, and have the lines analysed.

    Lines of an earlier analysis are replaced. Raises `Refused` once some were sent, `Conflict`
    while an analysis runs.
    """
    programme = _changeable(programme)
    day = timezone.localdate(at)
    columns = columns_of(programme).columns
    _must_hold(fields, [one.index for one in columns])
    programme.lines.all().delete()
    Programme.objects.filter(pk=programme.pk).update(
        state=ProgrammeState.RUNNING,
        problem="",
        total=0,
        done=0,
        skipped=[],
        mapping={
            **programme.mapping,
            "fields": {field.value: column for field, column in fields.items()},
            "year": year,
        },
    )
    ColumnMemory.objects.update_or_create(
        owner=_owner(programme),
        fingerprint=programme.fingerprint,
        defaults={"mapping": remember(columns, fields), "used_on": day},
    )
    analyse_programme.configure(lock=f"programme-{programme.pk}").defer(programme=programme.pk)
    programme.refresh_from_db()
    return programme


@transaction.atomic
def ask_to_send(
    programme: Programme, lines: Sequence[int], *, at: datetime, by: User | None
) -> int:
    """Have these lines become requests, in the background. Returns how many are to leave.

    Lines already sent, refused or without a type are left out. Raises `Refused` for none, for too
    many, and once the link has ended.
    """
    held = Programme.objects.select_for_update().get(pk=programme.pk)
    if held.state != ProgrammeState.DONE:
        raise Refused("L’analyse n’est pas finie : attendez-la, puis choisissez les lignes.")
    if not held.contact_email:
        raise Refused(
            "Le lien de cette programmation a pris fin et vos coordonnées sont effacées : déposez"
            " le fichier de nouveau."
        )
    if sending_of(held) is not None:
        raise Conflict("Un envoi est déjà en cours : attendez sa fin, puis envoyez le reste.")
    chosen: list[Any] = list(
        sendable_lines(held).filter(pk__in=lines).order_by("row").values_list("pk", flat=True)
    )
    if not chosen:
        raise Refused("Aucune ligne à envoyer : cochez-en qui ne sont pas déjà parties.")
    most = most_sent(by)
    if len(chosen) > most:
        raise Refused(
            f"{len(chosen)} lignes partiraient d’un coup ; {most} sont admises au plus, car"
            " quelqu’un lit chaque demande. Cochez d’abord les plus proches."
        )
    send_programme_lines.configure(lock=f"programme-{held.pk}").defer(
        programme=held.pk, lines=chosen, at=at.isoformat(), by=by.pk if by else None
    )
    return len(chosen)


def most_sent(by: User | None) -> int:
    """Lines that one sending may hold: fewer without an account, for somebody reads each."""
    return MOST_SENT if by is not None else MOST_SENT_WITHOUT_ACCOUNT


def sendable_lines(programme: Programme) -> QuerySet[ProgrammeLine]:
    """Lines that may become a request: read, of a known type, not sent, where somebody answers."""
    rows = ProgrammeLine.objects.filter(programme=programme, request__isnull=True, refused="")
    return rows.exclude(market_type="").exclude(organisation=None)


@dataclass(frozen=True)
class Sending:
    """A sending that is not over: requests made, and to be made."""

    done: int
    total: int


def sending_of(programme: Programme) -> Sending | None:
    """The sending of this programme that waits or runs. One query without any, else two."""
    job = ProcrastinateJob.objects.filter(
        task_name=send_programme_lines.name,
        status__in=("todo", "doing"),
        args__programme=programme.pk,
    ).first()
    if job is None:
        return None
    lines = job.args["lines"]
    sent = programme.lines.filter(pk__in=lines, request__isnull=False).count()
    return Sending(sent, len(lines))


def _layout_kept(layout: ProgrammeLayout, owner: str, year: int | None) -> dict[str, object]:
    return {
        "sheet": layout.sheet[:200],
        "header_row": layout.header_row,
        "fingerprint": fingerprint(layout.headers),
        "mapping": proposed(layout, owner, year),
    }


def _changeable(programme: Programme) -> Programme:
    """The programme, locked, as long as its columns may still change."""
    held = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if held.state == ProgrammeState.RUNNING:
        raise Conflict("L’analyse est en cours : attendez sa fin pour changer les colonnes.")
    if held.lines.filter(request__isnull=False).exists() or sending_of(held) is not None:
        raise Refused(ALREADY_SENT)
    if held.file_id is None:
        raise Refused(NO_FILE)
    return held


def _workbook(programme: Programme) -> Workbook:
    if programme.file is None:
        raise Refused(NO_FILE)
    return open_workbook(files.content_of(programme.file), programme.file_name)


def _owner(programme: Programme) -> str:
    return owner_of(programme.buyer, programme.contact_email)


def _must_hold(fields: Mapping[Field, int], columns: Sequence[int]) -> None:
    if Field.OBJECT not in fields:
        raise Refused("Indiquez la colonne qui donne l’objet de chaque achat.")
    if any(column not in columns for column in fields.values()):
        raise Refused("Une colonne choisie n’existe pas dans cette feuille : choisissez-la encore.")
    if len(set(fields.values())) < len(fields):
        raise Refused("Une colonne est choisie deux fois : gardez-la pour une seule information.")
