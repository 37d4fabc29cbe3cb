"""Supporting papers in an S3-compatible store. Loaded only where one is said."""

from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

FAILURES = (Boto3Error, BotoCoreError, ClientError)


class PapersBucket(S3Storage):  # type: ignore[misc]  # it says no types
    """Fails as a folder does, with `OSError`: whoever keeps papers does not know where.

    Checksums are left to stores that require them: many compatible ones refuse those that
    Amazon's library adds by itself.
    """

    def get_default_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super().get_default_settings()
        client = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return settings | {"client_config": client}

    def _save(self, name: str, content: Any) -> str:
        try:
            kept: str = super()._save(name, content)
        except FAILURES as error:
            raise OSError(_told(error)) from error
        return kept

    def _open(self, name: str, mode: str = "rb") -> Any:
        try:
            return super()._open(name, mode)
        except FAILURES as error:
            raise OSError(_told(error)) from error

    def delete(self, name: str) -> None:
        try:
            super().delete(name)
        except FAILURES as error:
            raise OSError(_told(error)) from error

    def listdir(self, name: str) -> Any:
        try:
            return super().listdir(name)
        except FAILURES as error:
            raise OSError(_told(error)) from error


def _told(error: Exception) -> str:
    return f"papers' store: {type(error).__name__}"
