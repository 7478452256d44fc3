"""Static sentence encoders, as model2vec and WordLlama write them: vectors, and their tokenizer beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from reread.errors import ConfigError, DataError
from reread.text.subword_tokenizer import tokens_of
from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import Block, VectorFormat, matrix_blocks, torn

MATRIX = ("embeddings", "embedding.weight")
"""The name of the matrix: model2vec's and WordLlama's."""
WEIGHTS, MAPPING = "weights", "mapping"
"""What newer files of model2vec hold too: a factor of each token, and the row of the matrix that is its vector."""
TOKENIZER = "tokenizer.json"
INTEGERS = {np.dtype(np.int8): 127.0}
"""The number that stands for 1 in a quantised matrix."""


@vector_formats.register("static_encoder")
class StaticEncoder(VectorFormat):
    """``model.safetensors`` of one matrix, and ``tokenizer.json``, whose tokens are the words."""

    @override
    def recognises(self, start: bytes) -> bool:
        return start[8:9] == b"{" and any(f'"{name}":'.encode() in start for name in MATRIX)

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        try:
            tokens = tokens_of(_tokenizer(path))
        except ConfigError as error:
            raise DataError(f"{path.with_name(TOKENIZER)}: {error}") from error
        yield from matrix_blocks(tokens, _matrix(path, len(tokens)), wanted)

    @override
    def text(self, path: Path) -> Mapping[str, Any]:
        # Its own tokenizer knows how it wants letters to be written, so nothing else changes them.
        return {
            "normalisers": ("html_breaks",),
            "segmenter": "subwords",
            "segmenter_options": {"tokenizer": _tokenizer(path)},
        }


def _tokenizer(path: Path) -> str:
    file = path.with_name(TOKENIZER)
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(f"{path}: a static encoder's tokens are in {TOKENIZER}, which is not beside it") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read as UTF-8 text ({error})") from error


def _matrix(path: Path, tokens: int) -> NDArray[np.float32]:
    """The vector of each token, (tokens, dim), times its weight if it has one."""
    tensors = _tensors(path)
    matrix = next(tensors[name] for name in MATRIX if name in tensors)
    if MAPPING in tensors and matrix.ndim == 2:
        rows = tensors[MAPPING]
        if rows.dtype.kind not in "iu" or rows.ndim != 1 or ((rows < 0) | (rows >= len(matrix))).any():
            raise torn(path, f"its mapping {rows.dtype} {rows.shape} does not name rows of {len(matrix):,} vectors")
        matrix = matrix[rows]
    weights = tensors.get(WEIGHTS, np.ones(tokens, np.float32))
    if matrix.ndim != 2 or len(matrix) != tokens or weights.shape != (tokens,):
        raise DataError(
            f"{path}: holds vectors {matrix.shape} and weights {weights.shape} for the {tokens:,} tokens of "
            f"{TOKENIZER}; expected one of each for every token"
        )
    numbers = matrix.astype(np.float32) / INTEGERS.get(matrix.dtype, 1.0)
    return np.asarray(numbers * weights[:, None], np.float32)


def _tensors(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with safe_open(path, framework="np") as file:
            return {name: file.get_tensor(name) for name in file.keys() if name in {*MATRIX, WEIGHTS, MAPPING}}  # noqa: SIM118
    except (SafetensorError, OSError, LookupError, TypeError, ValueError) as error:
        raise torn(path, f"it cannot be read as a static encoder ({type(error).__name__}: {error})") from error
