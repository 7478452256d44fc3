"""Texts as word2vec reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reread.text.encoder import TextEncoder


class Sentences:
    """The tokens of each text, once for each feature that a network looks up: characters, then pairs, say.

    Args:
        texts: as often to be read as the sentences are.
        encoder: what cuts them, as training and scoring do.
    """

    def __init__(self, texts: Iterable[str], encoder: TextEncoder) -> None:
        self.texts, self.encoder = texts, encoder

    def __iter__(self) -> Iterator[list[str]]:
        for text in self.texts:
            yield from self.encoder.features_of(text)
