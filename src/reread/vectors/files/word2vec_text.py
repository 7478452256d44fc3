"""word2vec's text files."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import ClassVar

from reread.files import whole_file
from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import Block, VectorFormat, open_bytes
from reread.vectors.files.text_rows import header_of, numbers_in, refuse_white_space, second_line, text_blocks
from reread.vectors.word_vectors import WordVectors


@vector_formats.register("word2vec_text")
class Word2VecText(VectorFormat):
    """A line with the numbers of words and dimensions, then a line for each word; also fastText's .vec files."""

    suffixes: ClassVar = (".txt", ".vec")

    @override
    def recognises(self, start: bytes) -> bool:
        return header_of(start) is not None and numbers_in(second_line(start)) > 0

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        with open_bytes(path) as stream:
            words, dim = header_of(stream.readline()) or (0, 0)
            yield from text_blocks(path, stream, dim, wanted, words=words)

    @override
    def write(self, vectors: WordVectors, path: Path) -> None:
        with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(f"{len(vectors)} {vectors.dim}\n")
            for word, row in zip(vectors.words, vectors.matrix, strict=True):
                refuse_white_space(path, word)
                file.write(f"{word} {' '.join(map(str, row))}\n")
