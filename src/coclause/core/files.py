"""Small documents kept in the database: storing one, handing one over."""

import hashlib

from coclause.core.models import LARGEST_FILE, StoredFile, User
from coclause.core.refusals import Refused


def store(content: bytes, name: str, content_type: str, author: User | None) -> StoredFile:
    """Keep a document, in the caller's transaction.

    Raises `Refused` when it is empty or larger than `LARGEST_FILE` bytes. What it holds was
    checked by whoever received it.
    """
    if not content:
        raise Refused("Ce fichier est vide : choisissez-en un autre.")
    if len(content) > LARGEST_FILE:
        raise Refused(
            f"Ce fichier dépasse {LARGEST_FILE // 1_000_000} Mo : allégez-le, puis recommencez."
        )
    return StoredFile.objects.create(
        name=name[:200],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        author=author,
    )


def content_of(stored: StoredFile) -> bytes:
    """The bytes, as they came (PostgreSQL hands over a view of them)."""
    return bytes(stored.content)
