"""No file larger than what is kept is stored on its way in: its bytes are let go as they come."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from coclause.core.models import LARGEST_FILE

MARK = "coclause.file_too_large"


class Limited(FileUploadHandler):
    """First of the handlers: what exceeds the limit is skipped, and `too_large` says so."""

    received = 0

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > LARGEST_FILE:
            if self.request is not None:
                self.request.META[MARK] = "1"
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler makes the file."""


def too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was skipped: its form only sees that it is missing."""
    return MARK in request.META
