"""Lines of a word and its numbers, as in text files of word2vec and GloVe."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path

import numpy as np

from reread.errors import DataError
from reread.vectors.files.base import BLOCK, Block, torn

_HEADER = re.compile(rb"\s*(\d{1,15})[ \t]+([1-9]\d{0,5})\s*")  # words, and numbers of each

logger = logging.getLogger(__name__)


def header_of(start: bytes) -> tuple[int, int] | None:
    """The numbers of words and of dimensions in the first line of a word2vec file; None if it has none."""
    header = _HEADER.fullmatch(start.partition(b"\n")[0])
    return (int(header[1]), int(header[2])) if header else None


def second_line(start: bytes) -> bytes:
    """The line after the first."""
    return start.partition(b"\n")[2].partition(b"\n")[0]


def numbers_in(line: bytes) -> int:
    """How many numbers follow a word in this line; 0 if anything else does."""
    fields = line.split()[1:]
    try:
        return len([float(field) for field in fields])
    except ValueError:
        return 0


def text_blocks(
    path: Path, lines: Iterable[bytes], dim: int, wanted: AbstractSet[str] | None, *, words: int | None = None
) -> Iterator[Block]:
    """The rows of the wanted words (None: all).

    A word may hold spaces, as some of GloVe's do. Words that are not valid UTF-8 are left out and logged.

    Args:
        path: for messages.
        lines: without the header.
        dim: numbers of each.
        wanted: the words to read.
        words: the number of words in the header; None: there was no header.

    Raises:
        DataError: a line has a wrong number of numbers, or the number of lines differs from the header.
    """
    keys = None if wanted is None else {word.encode("utf-8", "surrogatepass") for word in wanted}
    rows = _rows(path, lines, dim, keys, words)
    unreadable = 0
    yield [], np.zeros((0, dim), dtype=np.float32)
    while block := list(islice(rows, BLOCK)):
        readable = [(word.decode("utf-8", "replace"), row) for word, row in block if _is_utf8(word)]
        unreadable += len(block) - len(readable)
        yield [word for word, _ in readable], np.array([row for _, row in readable], dtype=np.float32).reshape(-1, dim)
    if unreadable:
        logger.warning("%s: %d words are not valid UTF-8 and were left out", path, unreadable)


def _rows(
    path: Path, lines: Iterable[bytes], dim: int, keys: AbstractSet[bytes] | None, words: int | None
) -> Iterator[tuple[bytes, list[float]]]:
    count, starts = 0, None if keys is None else {start for key in keys for start in key.split(None, 1)[:1]}
    for number, line in enumerate(lines, start=1 if words is None else 2):
        start = line.split(None, 1)
        count += bool(start)
        if not start or (starts is not None and start[0] not in starts):
            continue
        word, *fields = line.rsplit(None, dim)
        try:
            row = [float(field) for field in fields]
        except ValueError as error:
            raise torn(path, f"line {number} does not hold a word and {dim} numbers") from error
        length = numbers_in(word) + len(row)
        if length != dim:
            raise torn(path, f"line {number} holds {length} numbers instead of {dim}")
        if keys is None or word in keys:
            yield word, row
    if words is not None and count != words:
        raise torn(path, f"it holds {count:,} words, its first line says {words:,}")


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def refuse_white_space(path: Path, word: str) -> None:
    """Refuse to write a word that would be read as two.

    Raises:
        DataError: a word holds white space.
    """
    if word.split() != [word]:
        raise DataError(f'{path}: the word "{word}" holds white space, which this format cannot; name it .safetensors')
