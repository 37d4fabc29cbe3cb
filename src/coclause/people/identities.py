"""One person in two hosts is one identity, and neither host sees the other's record.

The fingerprint is an HMAC-SHA256, computed here and never by the database, of the normalised
birth name, first given name and birth date. Without the key it tells nothing; it may be emptied.
"""

import hashlib
import hmac
import unicodedata
from datetime import date

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from coclause.people.models import Identity


def normalised(name: str) -> str:
    """Letters only, no accents, capitals: "D'Œuvre-Inventée" gives "DOEUVREINVENTEE"."""
    expanded = name.casefold().replace("œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", expanded)
    return "".join(c for c in decomposed if c.isalpha()).upper()


def first_given_name(names: str) -> str:
    """The first of the given names; a hyphenated one is one name."""
    parts = names.replace(",", " ").split()
    return parts[0] if parts else ""


def keys() -> dict[str, bytes]:
    """Keys by id, the current one first. Raises ImproperlyConfigured when none is set."""
    pairs = [pair.partition(":") for pair in settings.IDENTITY_KEYS.split(",") if pair]
    if not pairs:
        raise ImproperlyConfigured("COCLAUSE_IDENTITY_KEYS manque : « identifiant:secret ».")
    return {key: secret.encode() for key, _, secret in pairs}


def fingerprint(birth_name: str, given_names: str, born_on: date, secret: bytes) -> str:
    """64 hexadecimal digits."""
    text = "|".join(
        (normalised(birth_name), normalised(first_given_name(given_names)), born_on.isoformat())
    )
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def identity_of(birth_name: str, given_names: str, born_on: date) -> Identity:
    """The identity of that person, created when nobody has met them before.

    Every key is tried, so that a change of key loses nobody.
    """
    prints = {
        key: fingerprint(birth_name, given_names, born_on, secret) for key, secret in keys().items()
    }
    known = Identity.objects.filter(fingerprint__in=prints.values()).first()
    if known is not None:
        return known
    key, value = next(iter(prints.items()))
    identity, _ = Identity.objects.get_or_create(fingerprint=value, defaults={"key": key})
    return identity
