"""gensim, imported when it is first needed."""

from __future__ import annotations

import importlib
from typing import Any

from reread.errors import MissingExtraError


def gensim_module(name: str) -> Any:
    """Import a module of gensim.

    Raises:
        MissingExtraError: gensim is not installed.
    """
    try:
        return importlib.import_module(f"gensim.{name}")
    except ModuleNotFoundError as error:
        raise MissingExtraError("word2vec", "train") from error
