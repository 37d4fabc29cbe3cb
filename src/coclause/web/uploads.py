"""No file larger than what is kept is stored on its way in: its bytes are let go as they come.

A file that must never touch a disk (a payroll) is held in memory, compressed, for the views that
say so with `in_memory`. The handlers run before any view: `ActorMiddleware` reads the form.
"""

import zlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopFutureHandlers
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from coclause.core.models import LARGEST_FILE

MARK = "coclause.file_too_large"
MOST_PACKED: Final = 64 * 1024 * 1024
"""Bytes of memory that one file may take, compressed."""
MOST_RAW: Final = 1 << 30
"""Bytes of a file as sent: what the payroll reader admits."""
_IN_MEMORY: Final = "coclause_in_memory"

View = TypeVar("View", bound=Callable[..., Any])


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


def in_memory(view: View) -> View:
    """The files sent to this view are never written, even for a moment."""
    setattr(view, _IN_MEMORY, True)
    return view


class Packed:
    """Bytes held compressed, that grow at one end and are read at the other."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(level=1)
        self._pieces: list[bytes] = []
        self.size = 0
        self.packed_size = 0

    def add(self, data: bytes) -> None:
        self.size += len(data)
        self._keep(self._packer.compress(data))

    def end(self) -> None:
        """No more is added."""
        self._keep(self._packer.flush())

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self.packed_size += len(piece)

    def opened(self) -> "Unpacked":
        return Unpacked(self._pieces)


class Unpacked:
    """What a `Packed` holds, from its beginning, a piece at a time."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._left = iter(pieces)
        self._unpacker = zlib.decompressobj()

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        while True:
            told = self._unpacker.decompress(self._unpacker.unconsumed_tail, size)
            if told:
                return told
            piece = next(self._left, None)
            if piece is None:
                return self._unpacker.flush()
            told = self._unpacker.decompress(piece, size)
            if told:
                return told


class PackedFile(UploadedFile):  # type: ignore[type-arg]  # not generic when it runs
    """A file that was sent, in memory alone. Read it with `opened`."""

    def __init__(self, packed: Packed, field_name: str | None, name: str) -> None:
        super().__init__(None, name, "application/octet-stream", packed.size)
        self.field_name = field_name
        self.packed = packed

    def opened(self) -> Unpacked:
        return self.packed.opened()

    def close(self) -> None:
        """Let the bytes go: the request is over."""
        self.packed = Packed()


class InMemory(FileUploadHandler):
    """Before all handlers: keeps the files of the views that ask for it from the next ones.

    A stranger's file is let go as it comes: nobody fills the memory without an account.
    """

    packed: Packed | None = None
    held = 0
    """Bytes that the files of this request already take."""
    raw = 0

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self._asked():
            self.packed = Packed()
            raise StopFutureHandlers

    def _asked(self) -> bool:
        if self.request is None:
            return False
        try:
            view = resolve(self.request.path_info).func
        except Resolver404:
            return False
        return getattr(view, _IN_MEMORY, False)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.packed is None:
            return raw_data
        if not self._welcome(len(raw_data)):
            self.packed = Packed()
            if self.request is not None:
                self.request.META[MARK] = "1"
            raise SkipFile
        self.packed.add(raw_data)
        return None

    def _welcome(self, more: int) -> bool:
        user = getattr(self.request, "user", None)
        if self.packed is None or user is None or not user.is_authenticated:
            return False
        self.raw += more
        return self.raw <= MOST_RAW and self.held + self.packed.packed_size <= MOST_PACKED

    def file_complete(self, file_size: int) -> PackedFile | None:
        if self.packed is None:
            return None
        packed, self.packed = self.packed, None
        packed.end()
        self.held += packed.packed_size
        return PackedFile(packed, self.field_name, self.file_name or "")
