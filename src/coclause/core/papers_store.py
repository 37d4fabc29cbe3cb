"""The bytes of supporting papers, outside the web and outside the database.

    key = papers_store.keep(content)        # within the transaction of the row that names it
    papers_store.content_of(key)
    papers_store.discard(key)               # once the row no longer names it

A key is random and says nothing of what it names. Bytes are written before the row is committed,
so that no row names bytes that are not there; undone, the transaction takes them back. What a
process that died in between left behind is found by `stray` and erased the next night.
"""

import logging
import secrets
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import transaction

SETTLED = timedelta(hours=24)
"""Younger bytes may still belong to a transaction under way."""

log = logging.getLogger(__name__)


def storage() -> Storage:
    """The folder or the bucket of the settings."""
    return storages["papers"]


def keep(content: bytes) -> str:
    """Write bytes under a new key, to stay if the caller's transaction is committed.

    Raises OSError when the store does not answer or is full.
    """
    key = f"{secrets.token_hex(1)}/{secrets.token_hex(24)}"
    try:
        storage().save(key, ContentFile(content))
    except OSError:
        with suppress(OSError):
            storage().delete(key)
        raise
    _take_back_if_undone(key)
    return key


def content_of(key: str) -> bytes:
    """Raises OSError when they are not there, or the store does not answer."""
    with storage().open(key) as kept:
        content: bytes = kept.read()
        return content


def discard(key: str) -> None:
    """Erase these bytes once the caller's transaction is committed; a failure is for the night."""
    transaction.on_commit(lambda: _erase(key))


def erase_all(keys: list[str]) -> None:
    """Erase these bytes now. Raises OSError."""
    for key in keys:
        storage().delete(key)


def names() -> Iterator[str]:
    """Every key of the store."""
    shelves, loose = storage().listdir("")
    yield from loose
    for shelf in shelves:
        yield from (f"{shelf}/{name}" for name in storage().listdir(shelf)[1])


def is_settled(key: str, now: datetime) -> bool:
    """Whether these bytes were written too long ago for a transaction under way."""
    try:
        return storage().get_modified_time(key) < now - SETTLED
    except FileNotFoundError:
        return False


def _take_back_if_undone(key: str) -> None:
    """Django drops what was to run at the commit when the transaction, or the savepoint within
    it, is undone; dropped, it erases the bytes. A process that is killed drops nothing.
    """

    def committed() -> None:
        undo.detach()

    undo = _when_dropped(committed, key)
    transaction.on_commit(committed)


def _when_dropped(act: Callable[[], None], key: str) -> "weakref.finalize[..., Callable[[], None]]":
    undo = weakref.finalize(act, _erase, key)
    undo.atexit = False
    return undo


def _erase(key: str) -> None:
    try:
        storage().delete(key)
    except OSError as error:
        log.warning("papers: bytes left for the night (%s)", error.__class__.__name__)
