"""Files of word vectors: one module per format; read by a file's first bytes, written by its suffix."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from reread.errors import ConfigError, DataError
from reread.registry import Registry
from reread.vectors.files.base import VectorFile, VectorFormat, open_bytes
from reread.vectors.word_vectors import WordVectors

__all__ = ["format_of", "read_vectors", "vector_file", "vector_formats", "write_vectors", "writer_for"]

START = 1 << 17  # bytes that decide the format
ENCODER = "model.safetensors"  # of a static sentence encoder

vector_formats: Registry[type[VectorFormat]] = Registry("format of word vectors", __name__)


def vector_file(path: str | Path) -> VectorFile:
    """A file of vectors, with its format.

    Args:
        path: safetensors, word2vec text or binary, GloVe, gensim, NumPy or Parquet; text and binary files may be
            gzipped. Or the folder of a static sentence encoder.

    Raises:
        DataError: the file does not exist or is in no known format.
    """
    path = Path(path)
    inside = path / ENCODER if path.is_dir() else path
    if path.is_dir() and not inside.is_file():
        raise DataError(f"{path}: is a folder without {ENCODER}; name a file of vectors, or a static encoder's folder")
    return VectorFile(inside, format_of(inside), {"source": path.name or path.resolve().name})


def read_vectors(path: str | Path, wanted: AbstractSet[str] | None = None) -> WordVectors:
    """Read the vectors of a file.

    Args:
        path: see `vector_file`.
        wanted: the words to read, others are skipped; None: all.

    Raises:
        DataError: the file does not exist, is in no known format, or is damaged.
        MissingExtraError: it is Parquet and pyarrow is not installed.
    """
    return vector_file(path).read(wanted)


def format_of(path: str | Path) -> VectorFormat:
    """The format of a file, by its first bytes.

    Raises:
        DataError: there is no such file, or it is in no known format.
    """
    with open_bytes(Path(path)) as stream:
        start = stream.read(START)
    for name in vector_formats:
        vector_format = vector_formats.get(name)()
        if vector_format.recognises(start):
            return vector_format
    raise DataError(f"{path}: holds no word vectors in a known format; expected {', '.join(vector_formats)}")


def write_vectors(vectors: WordVectors, path: str | Path) -> None:
    """Write vectors in the format that the file's suffix names.

    Raises:
        ConfigError: no writable format has this suffix, or it cannot hold the vectors' n-grams.
        OSError: the disk is full or the folder cannot be written.
    """
    writer_for(path, ngrams=vectors.ngrams is not None).write(vectors, Path(path))


def writer_for(path: str | Path, *, ngrams: bool = False) -> VectorFormat:
    """The format that this suffix names.

    Raises:
        ConfigError: there is no such format, or it cannot hold n-grams.
    """
    suffix = Path(path).suffix.lower()
    for name in vector_formats:
        vector_format = vector_formats.get(name)()
        if suffix in vector_format.suffixes:
            if ngrams and not vector_format.holds_ngrams:
                raise ConfigError(f"{path}: {name} holds no n-grams; name it .safetensors")
            return vector_format
    suffixes = sorted(end for name in vector_formats for end in vector_formats.get(name).suffixes)
    raise ConfigError(f'{path}: word vectors are not written as "{suffix}"; name it {", ".join(suffixes)}')
