"""Bytes of a stream that may be slow, kept in a temporary file while they come."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from typing import IO

PIECE = 1 << 16  # bytes read at a time: what a pipe holds
KEPT = 1 << 26  # bytes that are kept although they have been read
PAUSE_SECONDS = 1.0  # silence after which a stream counts as slow
LOOK_SECONDS = 1.0  # between looks for Ctrl-C, which Windows does not notice while a thread waits


class Spool:
    """The bytes of a stream, read by a thread of its own as fast as they come.

    Args:
        stream: with a file descriptor.

    Attributes:
        before_waiting: is called when a reader has all bytes that have come, before it waits for more.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._descriptor = stream.fileno()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # its owner closes it
        self._news = threading.Condition()
        self._dropped = self._size = self._lines = self._whole = 0
        self._last = time.monotonic()
        self._ended = False
        self._error: OSError | None = None
        self.before_waiting: Callable[[], None] = lambda: None
        # A thread that waits in os.read() holds nothing that the end of the process needs.
        threading.Thread(target=self._fill, daemon=True).start()

    def start(self, lines: int) -> int | None:
        """The bytes of the lines that have come when the stream falls silent after some; None: it has ended."""
        with self._news:
            while not self._ended:
                silent = time.monotonic() - self._last
                if self._lines >= lines and silent >= PAUSE_SECONDS:
                    return self._whole
                self._news.wait(max(0.01, PAUSE_SECONDS - silent))
        return None

    def read(self, position: int, size: int) -> bytes:
        """Bytes from a position, as many as are there, at least one until the stream has ended.

        Raises:
            OSError: the stream cannot be read, or these bytes are not kept any more.
        """
        while True:
            with self._news:
                if data := self._there(position, size):
                    return data
                if self._ended:
                    if self._error is not None:
                        raise self._error
                    return b""
            self.before_waiting()
            with self._news:
                while position >= self._size and not self._ended:
                    self._news.wait(LOOK_SECONDS)

    def end(self) -> int:
        """The number of bytes, when the stream has ended."""
        with self._news:
            while not self._ended:
                self._news.wait(LOOK_SECONDS)
            return self._size

    def close(self) -> None:
        """Give the file back."""
        with self._news:
            self._file.close()

    def _there(self, position: int, size: int) -> bytes:
        if position < self._dropped:
            raise OSError("a stream that is slow cannot be read twice")
        if position == self._size:
            if self._size - self._dropped > KEPT:
                self._file.truncate(0)
                self._dropped = self._size
            return b""
        self._file.seek(position - self._dropped)
        return self._file.read(size)

    def _fill(self) -> None:
        try:
            while data := os.read(self._descriptor, PIECE):
                with self._news:
                    if self._file.closed:
                        return
                    self._file.seek(self._size - self._dropped)
                    self._file.write(data)
                    self._size += len(data)
                    self._lines += data.count(b"\n")
                    self._whole = max(self._whole, self._size - len(data) + data.rfind(b"\n") + 1)
                    self._last = time.monotonic()
                    self._news.notify_all()
        except OSError as error:
            self._error = error
        finally:
            with self._news:
                self._ended = True
                self._news.notify_all()
