"""GloVe's text files."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import chain
from pathlib import Path

from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import Block, VectorFormat, open_bytes
from reread.vectors.files.text_rows import header_of, numbers_in, text_blocks


@vector_formats.register("glove")
class GloVe(VectorFormat):
    """A line for each word and no header: a file truncated between two lines looks complete."""

    @override
    def recognises(self, start: bytes) -> bool:
        return header_of(start) is None and numbers_in(start.partition(b"\n")[0]) > 1

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        with open_bytes(path) as stream:
            first = stream.readline()
            yield from text_blocks(path, chain([first], stream), numbers_in(first), wanted)
