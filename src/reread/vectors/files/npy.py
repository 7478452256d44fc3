"""NumPy's files: a matrix, and its words in a text or JSON file beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError
from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import Block, VectorFormat, matrix_blocks, torn

SUFFIXES = (".txt", ".json")


@vector_formats.register("npy")
class Npy(VectorFormat):
    """A matrix of a row a word; the words are in NAME.txt (one a line) or NAME.json (a list, or word → row)."""

    @override
    def recognises(self, start: bytes) -> bool:
        return start.startswith(b"\x93NUMPY")

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        matrix, words = _matrix(path), self.words(path)
        if matrix.ndim != 2 or matrix.dtype.kind != "f" or len(matrix) != len(words):
            raise torn(
                path, f"it holds {matrix.dtype} {matrix.shape}, not a row of float numbers for {len(words):,} words"
            )
        yield from matrix_blocks(words, matrix, wanted)

    def words(self, path: Path) -> Sequence[str]:
        """The word of each row.

        Raises:
            DataError: there is no file of words, or it holds something else.
        """
        beside = [path.with_suffix(suffix) for suffix in SUFFIXES]
        file = next((file for file in beside if file.is_file()), None)
        if file is None:
            raise DataError(f"{path}: holds no words; expected {' or '.join(file.name for file in beside)} beside it")
        try:
            text = file.read_text(encoding="utf-8-sig")
            words = text.removesuffix("\n").split("\n") if file.suffix == ".txt" else _from_json(json.loads(text))
        except (OSError, ValueError, RecursionError) as error:
            raise DataError(f"{file}: cannot be read as the words of {path.name} ({error})") from error
        if not all(isinstance(word, str) for word in words):
            raise DataError(f"{file}: expected a list of words, or each word with the number of its row")
        return words


def _from_json(content: Any) -> Sequence[Any]:
    if isinstance(content, dict) and sorted(map(str, content.values())) == sorted(map(str, range(len(content)))):
        return sorted(content, key=lambda word: int(content[word]))
    return content if isinstance(content, list) else [content]


def _matrix(path: Path) -> NDArray[Any]:
    try:
        matrix: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, EOFError, ValueError, SyntaxError, TokenError, RecursionError) as error:  # its header is Python
        raise torn(path, f"it is not a complete NumPy file ({error})") from error
    return matrix
