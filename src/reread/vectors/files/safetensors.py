"""reread's file format of word vectors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from reread.errors import DataError
from reread.files import whole_file
from reread.typing import override
from reread.vectors.files import vector_formats
from reread.vectors.files.base import BLOCK, Block, VectorFormat, gather, torn
from reread.vectors.ngrams import NGrams
from reread.vectors.word_vectors import WordVectors, as_bytes, encode_words, start_checksum

KIND = "reread word vectors 1"


@vector_formats.register("safetensors")
class Safetensors(VectorFormat):
    """Words, vectors and n-grams as tensors, with metadata and a checksum that is verified on reading."""

    suffixes: ClassVar = (".safetensors",)
    holds_ngrams: ClassVar = True

    @override
    def recognises(self, start: bytes) -> bool:
        return start[8:9] == b"{" and f'"{KIND}"'.encode() in start

    @override
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        with _opened(path) as file:
            encoded = file.get_tensor("words").tobytes()
            words, vectors, ngrams = json.loads(encoded), file.get_slice("vectors"), _ngrams(file)
            count, dim = vectors.get_shape()
            if count != len(words):
                raise torn(path, f"it holds {len(words):,} words and {count:,} vectors")
            checksum = start_checksum(encoded, (count, dim), None if ngrams is None else ngrams.shape)
            yield [], np.zeros((0, dim), dtype=np.float32)
            for start in range(0, count, BLOCK):
                matrix = vectors[start : min(start + BLOCK, count)]
                checksum.update(as_bytes(matrix))
                rows = [k for k in range(len(matrix)) if wanted is None or words[start + k] in wanted]
                yield [words[start + k] for k in rows], matrix[rows]
            if ngrams is not None:
                checksum.update(as_bytes(ngrams.matrix))
            _check(path, checksum, file.metadata()["checksum"])

    @override
    def read(self, path: Path, wanted: AbstractSet[str] | None) -> WordVectors:
        words, matrix = gather(path, self.blocks(path, wanted))
        with _opened(path) as file:
            return WordVectors(words, matrix, dict(json.loads(file.metadata()["meta"])), _ngrams(file))

    @override
    def write(self, vectors: WordVectors, path: Path) -> None:
        tensors = {"words": np.frombuffer(encode_words(vectors.words), dtype=np.uint8), "vectors": vectors.matrix}
        about = {"format": KIND, "meta": json.dumps(dict(vectors.meta)), "checksum": vectors.checksum()}
        if vectors.ngrams is not None:
            tensors["ngrams"] = vectors.ngrams.matrix
            about["ngrams"] = json.dumps([vectors.ngrams.shortest, vectors.ngrams.longest])
        arrays = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        with whole_file(path) as part:
            part.write_bytes(save(arrays, about))  # save_file raises no OSError, and only the owner may read its file


def save_vectors(vectors: WordVectors, path: str | Path) -> None:
    """Write words, numbers, ``meta`` and a checksum; the file is replaced atomically.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    Safetensors().write(vectors, Path(path))


def _ngrams(file: Any) -> NGrams | None:
    lengths = file.metadata().get("ngrams")
    return None if lengths is None else NGrams(file.get_tensor("ngrams"), *json.loads(lengths))


def _check(path: Path, checksum: hashlib._Hash, expected: str) -> None:
    if checksum.hexdigest() != expected:
        raise torn(path, "its words and numbers differ from its checksum")


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safe_open(path, framework="np") as file:
            yield file
    except DataError:
        raise
    except (SafetensorError, OSError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise torn(path, f"it cannot be read as word vectors ({type(error).__name__}: {error})") from error
