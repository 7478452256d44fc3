"""Where word vectors come from: a name of the catalogue, a file, or the folder of a static sentence encoder."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reread.errors import DataError
from reread.vectors.catalogue import named_vectors
from reread.vectors.files import vector_file
from reread.vectors.files.base import VectorFile

WORD2VEC = "word2vec"
"""The source that is no file: vectors trained on the texts."""


def vector_source(source: str | Path) -> VectorFile:
    """The file of vectors that ``vectors.source`` names; a name of the catalogue wins over a file so named.

    Raises:
        DataError: the file or folder does not exist or holds no vectors, or the named vectors were not fetched.
        MissingExtraError: the named vectors come with a package that is not installed.
    """
    names = named_vectors.names()
    if str(source) in names:
        return named_vectors.get(str(source))().file()
    close = difflib.get_close_matches(str(source), [WORD2VEC, *names], n=1)
    if close and not Path(source).exists():
        raise DataError(f'{source}: no such file of word vectors; did you mean "{close[0]}"?')
    return vector_file(source)


def sized_for(tables: Mapping[str, Any], source: str | None) -> dict[str, Any]:
    """The user's tables of settings for a network whose word vectors have the length of those of ``source``.

    A length that the user set, in ``model.embedding_dim`` or with ``vectors.reduce``, stays.

    Raises:
        DataError: see `vector_source`.
        MissingExtraError: see there.
    """
    model = tables.get("model", {})
    if source in {None, WORD2VEC} or "embedding_dim" in model or tables.get("vectors", {}).get("reduce"):
        return dict(tables)
    return {**tables, "model": {**model, "embedding_dim": vector_source(str(source)).dim()}}
