"""Files of gensim's `KeyedVectors.save`, read without gensim and without running code in them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError
from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import Block, VectorFormat, matrix_blocks, open_bytes, torn

DAMAGE = (
    pickle.UnpicklingError,
    EOFError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    MemoryError,
)
"""The errors of a truncated or forged pickle."""


@vector_formats.register("gensim")
class Gensim(VectorFormat):
    """A pickle with the attributes of a gensim 4 KeyedVectors; large arrays are beside it, in ``.npy`` files."""

    @override
    def recognises(self, start: bytes) -> bool:
        # The length at the start of a safetensors file may look the same, but a JSON object follows it.
        return start[:1] == b"\x80" and start[1:2] in {b"\2", b"\3", b"\4", b"\5"} and start[8:9] != b"{"

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        words, matrix = _words_and_matrix(path)
        yield from matrix_blocks(words, matrix, wanted)


def _words_and_matrix(path: Path) -> tuple[list[str], NDArray[Any]]:
    attributes = _attributes(path)
    words, matrix = attributes.get("index_to_key"), attributes.get("vectors")
    if "vectors" in attributes.get("__numpys", ()):
        matrix = _beside(path)
    if (
        not isinstance(words, list)
        or not all(isinstance(word, str) for word in words)
        or not isinstance(matrix, np.ndarray)
        or matrix.dtype.kind != "f"
        or matrix.ndim != 2
        or len(matrix) != len(words)
    ):
        raise torn(path, "it holds no list of words with a vector for each")
    return words, matrix


def _beside(path: Path) -> NDArray[Any]:
    """The matrix that gensim saved in a separate file, memory-mapped."""
    file = path.with_name(f"{path.name}.vectors.npy")
    try:
        matrix: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, EOFError, ValueError) as error:
        raise torn(path, f"its vectors should be in {file.name}, which cannot be read ({error})") from error
    return matrix


def _attributes(path: Path) -> dict[str, Any]:
    """The attributes of the object that the file holds.

    Raises:
        DataError: the file is truncated, or holds anything but a KeyedVectors and arrays of numbers.
    """
    try:
        with open_bytes(path) as stream:
            unpickled = _Unpickler(stream).load()
    except DataError:
        raise
    except _ForeignError as error:
        raise DataError(
            f"{path}: holds {error}, which could run code; only gensim's KeyedVectors can be read: "
            "write the vectors with save_word2vec_format"
        ) from error
    except DAMAGE as error:
        raise torn(path, f"it is not a complete gensim file ({error})") from error
    if not isinstance(unpickled, _KeyedVectors):
        raise DataError(f"{path}: holds a {type(unpickled).__name__}; expected gensim's KeyedVectors")
    return vars(unpickled)


class _ForeignError(pickle.UnpicklingError):
    """A name in a pickle that is not allowed."""


class _KeyedVectors:
    """Takes the attributes of gensim's object, without behaviour."""


class _ArrayType:
    """Stands for NumPy's class in a pickle; creates nothing."""


def _new_array(*_: Any) -> NDArray[Any]:
    """An array to be filled by the pickle."""
    return np.empty(0, dtype="b")


_LET_IN = {
    ("gensim.models.keyedvectors", "KeyedVectors"): _KeyedVectors,
    ("numpy", "dtype"): np.dtype,
    ("numpy", "ndarray"): _ArrayType,
    ("numpy.core.multiarray", "_reconstruct"): _new_array,
    ("numpy._core.multiarray", "_reconstruct"): _new_array,
}


class _Unpickler(pickle.Unpickler):
    """Allows only a few harmless names."""

    @override
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        try:
            return _LET_IN[module_name, global_name]
        except KeyError:
            raise _ForeignError(f"{module_name}.{global_name}") from None
