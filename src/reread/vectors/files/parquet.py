"""Apache Parquet with a column of words and one of vectors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import numpy as np

from reread.errors import DataError, MissingExtraError
from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import BLOCK, Block, VectorFormat, torn


@vector_formats.register("parquet")
class Parquet(VectorFormat):
    """One column of texts, and one of lists of numbers of the same length."""

    @override
    def recognises(self, start: bytes) -> bool:
        return start.startswith(b"PAR1")

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        arrow = _need("pyarrow")
        try:
            with _need("pyarrow.parquet").ParquetFile(path) as file:
                columns = _columns(path, file.schema_arrow, arrow.types)
                dim = None
                for batch in file.iter_batches(BLOCK, columns=columns):
                    words, matrix = _matrix(path, batch, columns)
                    if matrix.shape[1] != (dim := dim or matrix.shape[1]):
                        raise DataError(
                            f"{path}: vectors of {dim} and of {matrix.shape[1]} numbers; all must have the same length"
                        )
                    rows = [k for k, word in enumerate(words) if wanted is None or word in wanted]
                    yield [words[k] for k in rows], matrix[rows]
        except (arrow.ArrowException, OSError) as error:
            raise torn(
                path, f"it is not a complete Parquet file ({str(error).partition(chr(10))[0].rstrip('. ')})"
            ) from error
        if dim is None:
            raise DataError(f"{path}: holds no rows")


def _columns(path: Path, schema: Any, types: Any) -> list[str]:
    """The names of the columns of words and vectors."""
    words = [field.name for field in schema if types.is_string(field.type) or types.is_large_string(field.type)]
    vectors = [
        field.name
        for field in schema
        if (types.is_list(field.type) or types.is_large_list(field.type) or types.is_fixed_size_list(field.type))
        and types.is_floating(field.type.value_type)
    ]
    if len(words) != 1 or len(vectors) != 1:
        raise DataError(
            f"{path}: {len(words)} columns of texts and {len(vectors)} of lists of numbers; "
            "expected one of words and one of vectors"
        )
    return [words[0], vectors[0]]


def _matrix(path: Path, batch: Any, columns: list[str]) -> tuple[list[str], Any]:
    words, vectors = (batch.column(name) for name in columns)
    lengths = _need("pyarrow.compute").list_value_length(vectors).unique()
    if words.null_count or vectors.null_count or len(lengths) > 1:
        raise DataError(f"{path}: a word or a vector is missing, or the vectors differ in length")
    numbers = vectors.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    return words.to_pylist(), numbers.reshape(len(words), -1)


def _need(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading vectors from Parquet", "parquet") from error
