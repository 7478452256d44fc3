"""One JSON array, read value by value: memory holds the longest of them, not the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TextIO

from reread.errors import DataError

_PIECE = 1 << 20  # characters read at a time
_CUT = 100  # characters from the end of a piece, within which what looks wrong may only be cut
_VISIBLE = re.compile(r"[^ \t\r\n]")
_DECODER = json.JSONDecoder(parse_int=float)  # which takes any number of digits


def is_array(text: TextIO) -> bool:
    """Whether a text begins with a bracket, white space aside."""
    while piece := text.read(_PIECE):
        if found := _VISIBLE.search(piece):
            return found[0] == "["
    return False


def array_values(text: TextIO, name: str) -> Iterator[str]:
    """The values of an array, each as it is written; ``name`` is the file's, for messages.

    Raises:
        DataError: it is no array, as soon as that is seen.
    """
    reader, number = _Reader(text), 0
    if reader.take() != "[":
        raise DataError(f"{name}: does not begin with [; expected an array of objects")
    while (mark := reader.peek()) != "]":
        if number and mark != ",":
            found = f"holds {mark} where a comma should be" if mark else "is not closed"
            raise DataError(f"{name}: the array {found} after object {number}; is the file whole?")
        if number:
            reader.take()
        number += 1
        try:
            value = reader.value()
        except (json.JSONDecodeError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            raise DataError(f"{name}, object {number}: is no JSON: {reason}; is the file whole?") from error
        yield value
    reader.take()
    if reader.peek():
        raise DataError(f"{name}: goes on after the end of the array; expected one array, or one object per line")


class _Reader:
    """A text, of which only what is not yet taken is kept."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._piece = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while not (found := _VISIBLE.search(self._piece, self._at)):
            self._at = len(self._piece)
            if not self._read():
                return ""
        self._at = found.start()
        return found[0]

    def take(self) -> str:
        """The same, which is taken."""
        mark = self.peek()
        self._at += len(mark)
        return mark

    def value(self) -> str:
        """The next value, which is taken.

        Raises:
            json.JSONDecodeError: it is none.
            RecursionError: it is nested too deeply.
        """
        self.peek()
        while True:
            try:
                _, end = _DECODER.raw_decode(self._piece, self._at)
            except json.JSONDecodeError as error:
                may_be_cut = error.msg.startswith("Unterminated") or error.pos > len(self._piece) - _CUT
                if may_be_cut and self._read():
                    continue
                raise
            if end < len(self._piece) or not self._read():  # a number at the end of a piece may go on
                value, self._at = self._piece[self._at : end], end
                return value

    def _read(self) -> bool:
        """Read on, twice as much each time that a value is not whole; whether there was more."""
        kept = self._piece[self._at :]
        more = self._text.read(max(_PIECE, len(kept)))
        self._piece, self._at = kept + more, 0
        return bool(more)
