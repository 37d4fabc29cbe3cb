"""The coordination's acts on the library: the first texts, a new one, a new version, a retirement.

Words are never edited: a change is a version, from a day on. Each act checks who asks, and raises
`PermissionDenied` (nothing changed), `Conflict` for whoever comes second, or `Refused`.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from coclause.core.journal import record_act
from coclause.core.refusals import Conflict, Refused
from coclause.network.library.filling import check
from coclause.network.library.texts import BLOCKS, ModelText, models
from coclause.network.models import ClauseText, ClauseTextVersion
from coclause.organisations.choices import Role
from coclause.organisations.models import Organisation
from coclause.organisations.scopes import Scope
from coclause.reference.models import Region
from coclause.render.numbers import date_fr

CODE_LENGTH = 50
SHIPPED = "Modèle livré avec CoClause"


@dataclass(frozen=True)
class Installed:
    """How many texts were written, and how many got a newer version."""

    added: int
    renewed: int


def load_library(*, day: date, using: str = "default") -> None:
    """Bring up to date the libraries of the home region and of those that have a coordination.

    In the caller's transaction and name. A region that is not loaded yet has no library.
    """
    coordinated = Organisation.objects.using(using).filter(roles__contains=[Role.COORDINATION])
    codes = {settings.HOME_REGION, *coordinated.values_list("region", flat=True)}
    for region in Region.objects.using(using).filter(pk__in=codes - {None}).order_by("pk"):
        install_models(region, day, using=using)


def install_models(region: Region, day: date, *, using: str = "default") -> Installed:
    """Bring a region's library up to the texts of this version, in the caller's transaction.

    A text that the coordination changed, or retired, stays as it is. Run again, nothing changes.
    """
    texts = ClauseText.objects.using(using).filter(region=region).prefetch_related("versions")
    held = {text.code: text for text in texts}
    shipped = models()
    fresh = [model for model in shipped if model.code not in held]
    made = ClauseText.objects.using(using).bulk_create(
        ClauseText(region=region, code=model.code, order=_rank(model), **_presentation(model))
        for model in fresh
    )
    first = [_version(text, 1, model, model.since) for text, model in zip(made, fresh, strict=True)]
    newer = []
    for model in shipped:
        text = held.get(model.code)
        last = _last_untouched(text) if text else None
        if text is None or last is None or last.body == model.text:
            continue
        newer.append(_version(text, last.number + 1, model, max(model.since, day)))
        ClauseText.objects.using(using).filter(pk=text.pk).update(**_presentation(model))
    ClauseTextVersion.objects.using(using).bulk_create([*first, *newer])
    return Installed(len(first), len(newer))


def shipped_text(code: str) -> ModelText | None:
    """The model that came with this version, for a text of the library; None for the region's."""
    return next((model for model in models() if model.code == code), None)


@transaction.atomic
def add_text(
    scope: Scope, text: ClauseText, body: str, *, starts_on: date, note: str = ""
) -> ClauseText:
    """A text of the region's own, with its first words."""
    _must_coordinate(text.region_id, scope)
    _must_start(starts_on, scope)
    _must_be_kept(body)
    Region.objects.select_for_update().get(pk=text.region_id)
    text.code = _free_code(text)
    text.save(force_insert=True)
    _write(scope, text, 1, body, starts_on=starts_on, note=note)
    record_act(
        scope.user,
        "library.added",
        f"Texte ajouté à la bibliothèque : {text.title[:200]}, à partir du {date_fr(starts_on)}.",
        text,
        day=scope.day,
    )
    return text


@transaction.atomic
def add_version(
    scope: Scope, text: ClauseText, body: str, *, starts_on: date, seen: int, note: str = ""
) -> ClauseTextVersion:
    """Other words from a day on. `seen` is the last version's number when the user read it.

    Raises `Conflict` when another version was kept meanwhile, `Refused` for words that cannot be
    kept, that change nothing, or that start before the version they follow.
    """
    _must_coordinate(text.region_id, scope)
    _must_start(starts_on, scope)
    _must_be_kept(body)
    locked = ClauseText.objects.select_for_update().get(pk=text.pk)
    if locked.retired_on is not None:
        raise Refused("Ce texte est retiré : ajoutez un nouveau texte à la bibliothèque.")
    last = locked.versions.order_by("-number").first()
    number = last.number if last else 0
    if number != seen:
        raise Conflict(
            f"La version {number} vient d’être enregistrée par quelqu’un d’autre. Rechargez la"
            " page pour la lire, puis reprenez votre texte."
        )
    if last and last.body.strip() == _plain(body):
        raise Refused("Ce texte est le même que la dernière version : rien à enregistrer.")
    if last and starts_on < last.starts_on:
        raise Refused(
            f"La version {number} commence le {date_fr(last.starts_on)} : la suivante commence ce"
            " jour-là ou après."
        )
    version = _write(scope, locked, number + 1, body, starts_on=starts_on, note=note)
    record_act(
        scope.user,
        "library.changed",
        f"{text.title[:200]} : version {version.number} à partir du {date_fr(starts_on)}.",
        text,
        day=scope.day,
    )
    return version


@transaction.atomic
def retire(scope: Scope, text: ClauseText) -> ClauseText:
    """No longer offered from today; documents already prepared keep it."""
    _must_coordinate(text.region_id, scope)
    still = ClauseText.objects.filter(pk=text.pk, retired_on__isnull=True)
    if not still.update(retired_on=scope.day):
        raise Conflict("Ce texte est déjà retiré de la bibliothèque.")
    text.refresh_from_db()
    record_act(
        scope.user,
        "library.retired",
        f"Texte retiré de la bibliothèque : {text.title[:200]}.",
        text,
        day=scope.day,
    )
    return text


def _presentation(model: ModelText) -> dict[str, str]:
    return {
        "title": model.title,
        "block": model.block,
        "instrument": model.instrument,
        "contract": model.contract,
        "advice": model.advice[:500],
    }


def _rank(model: ModelText) -> int:
    return 10 * (BLOCKS.index(model.block) + 1)


def _version(text: ClauseText, number: int, model: ModelText, day: date) -> ClauseTextVersion:
    note = f"{SHIPPED}, version {model.version}"
    return ClauseTextVersion(text=text, number=number, starts_on=day, body=model.text, note=note)


def _last_untouched(text: ClauseText) -> ClauseTextVersion | None:
    """The last version of a text that nobody changed nor retired."""
    versions = sorted(text.versions.all(), key=lambda one: one.number)
    touched = text.retired_on or any(one.author_id for one in versions)
    return None if touched or not versions else versions[-1]


def _write(
    scope: Scope, text: ClauseText, number: int, body: str, *, starts_on: date, note: str
) -> ClauseTextVersion:
    return ClauseTextVersion.objects.create(
        text=text,
        number=number,
        starts_on=starts_on,
        body=_plain(body),
        note=note.strip()[:300],
        author=scope.user,
    )


def _plain(body: str) -> str:
    return body.replace("\r\n", "\n").strip()


def _free_code(text: ClauseText) -> str:
    stem = slugify(text.title)[:CODE_LENGTH].strip("-") or "texte"
    taken = set(
        ClauseText.objects.filter(region=text.region_id, code__startswith=stem).values_list(
            "code", flat=True
        )
    )
    tries = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(one for one in tries if one not in taken)


def _must_coordinate(region: str, scope: Scope) -> None:
    if region not in scope.coordinated_regions:
        raise PermissionDenied


def _must_start(starts_on: date, scope: Scope) -> None:
    if starts_on < scope.day:
        raise Refused("Un texte commence aujourd’hui ou plus tard : donnez un jour à venir.")


def _must_be_kept(body: str) -> None:
    refusals = check(_plain(body))
    if refusals:
        raise Refused(" ".join(refusals))
