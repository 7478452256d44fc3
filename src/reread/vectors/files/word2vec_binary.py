"""word2vec's binary files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path
from typing import BinaryIO, ClassVar

import numpy as np

from reread.files import whole_file
from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import BLOCK, CHUNK, Block, VectorFormat, open_bytes, torn
from reread.vectors.files.text_rows import header_of, numbers_in, refuse_white_space, second_line
from reread.vectors.word_vectors import WordVectors

LONGEST_WORD = 1 << 16  # bytes; anything longer is damage

logger = logging.getLogger(__name__)


@vector_formats.register("word2vec_binary")
class Word2VecBinary(VectorFormat):
    """A line with the numbers of words and dimensions, then each word, a space and little-endian float32 numbers."""

    suffixes: ClassVar = (".bin",)

    @override
    def recognises(self, start: bytes) -> bool:
        return header_of(start) is not None and numbers_in(second_line(start)) == 0

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        keys = None if wanted is None else {word.encode("utf-8", "surrogatepass") for word in wanted}
        with open_bytes(path) as stream:
            count, dim = header_of(stream.readline()) or (0, 0)
            yield [], np.zeros((0, dim), dtype=np.float32)
            rows = _rows(path, stream, count, 4 * dim)
            kept = ((word, numbers) for word, numbers in rows if keys is None or word in keys)
            while block := list(islice(kept, BLOCK)):
                yield _block(path, block, dim)

    @override
    def write(self, vectors: WordVectors, path: Path) -> None:
        with whole_file(path) as part, part.open("wb") as file:
            file.write(f"{len(vectors)} {vectors.dim}\n".encode())
            for word, row in zip(vectors.words, vectors.matrix.astype("<f4"), strict=True):
                refuse_white_space(path, word)
                file.write(word.encode() + b" " + row.tobytes() + b"\n")


def _rows(path: Path, stream: BinaryIO, count: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Each word with the bytes of its numbers."""
    buffer, at = b"", 0
    for number in range(count):
        while (space := buffer.find(b" ", at)) < 0 or len(buffer) < space + 1 + size:
            chunk = stream.read(CHUNK + size)
            if not chunk or (space < 0 and len(buffer) - at > LONGEST_WORD):
                raise torn(path, f"it ends after {number:,} of {count:,} words")
            buffer, at = buffer[at:] + chunk, 0
        yield buffer[at:space].lstrip(b"\n"), buffer[space + 1 : space + 1 + size]
        at = space + 1 + size
    if buffer[at:].strip() or stream.read(2).strip():
        raise torn(path, f"it goes on after the {count:,} words that its first line announces")


def _block(path: Path, rows: list[tuple[bytes, bytes]], dim: int) -> Block:
    words, numbers = [], []
    for word, row in rows:
        try:
            words.append(word.decode())
            numbers.append(row)
        except UnicodeDecodeError:
            logger.warning("%s: the word %r is not valid UTF-8 and was left out", path, word)
    return words, np.frombuffer(b"".join(numbers), dtype="<f4").reshape(-1, dim).astype(np.float32)
