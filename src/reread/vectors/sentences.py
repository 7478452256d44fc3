"""Texts as word2vec reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reread.text.encoder import TextEncoder


class Sentences:
    """The tokens of each text, once for each feature of the network, such as characters and pairs.

    Args:
        texts: can be iterated as often as the sentences.
        encoder: the text encoder of training and scoring.
    """

    def __init__(self, texts: Iterable[str], encoder: TextEncoder) -> None:
        self.texts, self.encoder = texts, encoder

    def __iter__(self) -> Iterator[list[str]]:
        for text in self.texts:
            yield from self.encoder.features_of(text)
