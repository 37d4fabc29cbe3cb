"""Where supporting papers are kept, as the environment says it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

FOLDER = "COCLAUSE_PAPERS"
BUCKET = "COCLAUSE_PAPERS_S3"
KEY = "COCLAUSE_PAPERS_S3_KEY"
SECRET = "COCLAUSE_PAPERS_S3_SECRET"  # noqa: S105  the name of the variable
OPTIONS = {"endpoint", "region"}


class PapersAddressError(ValueError):
    """The address cannot be read; the sentence, in French, shows the form expected."""


def papers_storage(environment: Mapping[str, str], default: Path) -> dict[str, Any]:
    """The entry of `STORAGES`: a folder, or the bucket of `s3://bucket?endpoint=…&region=…`.

    Raises `PapersAddressError`, which never repeats a secret.
    """
    address = environment.get(BUCKET, "")
    if address:
        return _bucket(address, environment.get(KEY, ""), environment.get(SECRET, ""))
    return folder(Path(environment.get(FOLDER) or default))


def folder(place: Path) -> dict[str, Any]:
    """A folder that only the account of the server reads."""
    return {
        "BACKEND": "coclause.core.papers_folder.PapersFolder",
        "OPTIONS": {
            "location": place,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _bucket(address: str, key: str, secret: str) -> dict[str, Any]:
    parts = urlsplit(address)
    options = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme != "s3" or not parts.hostname or set(options) - OPTIONS:
        raise PapersAddressError(
            f"{BUCKET} ne se lit pas ; la forme attendue est"
            " s3://compartiment?endpoint=https://stockage.example&region=fr-par"
        )
    if not (key and secret):
        raise PapersAddressError(f"{BUCKET} demande aussi {KEY} et {SECRET}.")
    return {
        "BACKEND": "coclause.core.papers_bucket.PapersBucket",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "endpoint_url": options.get("endpoint", [None])[0],
            "region_name": options.get("region", [None])[0],
            "access_key": key,
            "secret_key": secret,
        },
    }
