"""N-grams of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from reread.baseline.grams import Grams, grams
from reread.baseline.grams.base import Occurrences
from reread.baseline.grams.keys import GramTable, Tokens
from reread.baseline.sparse import SparseRows
from reread.ids import UNKNOWN
from reread.recipes.fitting import fit_table
from reread.text.encoded import EncodedTexts
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.segmenters.base import Span
from reread.text.vocabulary import Vocabulary
from reread.typing import override

BITS = 20  # of a word's id: three of them are one key
EDGE = (1 << BITS) - 1  # the id of what stands before and after each text: the word that begins one tells much
DESCRIPTION: Mapping[str, Any] = {"text": Mapping[str, Any], "tokens": tuple[str, ...], "longest": int}


@grams.register("words")
class WordGrams(Grams):
    """Runs of neighbouring words, numbers and punctuation marks, as the language's segmenter finds them.

    The first and the last word are also counted as such: as a pair with the edge of the text.

    Args:
        encoder: text → ids of the words that are known.
        table: the n-grams.
    """

    longest: ClassVar[int] = 3  # words of the longest ones

    def __init__(self, encoder: TextEncoder, table: GramTable) -> None:
        self._encoder, self._table = encoder, table

    @classmethod
    @override
    def learn(cls, texts: Sequence[str], language: str, least: int) -> Self:
        settings = TextSettings.for_language(language, segmenter="words", min_count=least, max_vocabulary=EDGE - 1)
        encoder = TextEncoder.learn(settings, texts)
        tokens = _tokens(encoder.encode_many(texts))
        table = GramTable.frequent(tokens, range(1, cls.longest + 1), BITS, least)
        return cls(encoder, table.without(EDGE, {1, 3}))

    @override
    def __len__(self) -> int:
        return len(self._table)

    @override
    def counts(self, texts: Sequence[str]) -> SparseRows:
        tokens = _tokens(self._encoder.encode_many(texts))
        columns, starts, _ = self._table.find(tokens)
        return SparseRows.counted(tokens.owners[starts], columns, (len(texts), len(self)))

    @override
    def occurrences(self, text: str) -> Occurrences:
        columns, starts, lengths = self._table.find(_tokens(self._encoder.encode_many([text])))
        places = np.array(self._encoder.spans(text) or [(0, 0)], dtype=np.int64)
        first, last = (np.clip(ends - 1, 0, len(places) - 1) for ends in (starts, starts + lengths - 1))
        return Occurrences(columns, places[first, 0], places[last, 1])  # an edge stands for its neighbour

    @override
    def spans(self, text: str) -> list[Span]:
        return self._encoder.spans(text)

    @override
    def sample(self, random: np.random.Generator, count: int) -> list[str]:
        tokens = self._encoder.vocabularies[0].tokens
        return [tokens[place] for place in random.integers(0, len(tokens), count if tokens else 0)]

    @override
    def kept(self, columns: NDArray[np.int64]) -> Self:
        return type(self)(self._encoder, self._table.kept(columns))

    @override
    def description(self) -> dict[str, Any]:
        tokens = list(self._encoder.vocabularies[0].tokens)
        return {"text": self._encoder.to_config(), "tokens": tokens, "longest": len(self._table.keys)}

    @override
    def arrays(self) -> dict[str, NDArray[np.int64]]:
        return self._table.arrays()

    @classmethod
    @override
    def from_parts(cls, description: Mapping[str, Any], arrays: Mapping[str, NDArray[np.int64]]) -> Self:
        read = fit_table(description, DESCRIPTION, "baseline.json: words")
        encoder = TextEncoder.from_config(read["text"], [Vocabulary(read["tokens"])])
        return cls(encoder, GramTable.from_arrays(BITS, (1, read["longest"]), dict(arrays)))


def _tokens(encoded: EncodedTexts) -> Tokens:
    """The words of texts, each text between two edges."""
    texts, lengths = np.arange(len(encoded)), np.asarray(encoded.lengths)
    owners = np.repeat(texts, lengths + 2)
    ids = np.full(len(owners), EDGE, np.int64)
    ids[np.arange(len(encoded.ids)) + 2 * np.repeat(texts, lengths) + 1] = encoded.ids[:, 0]
    return Tokens(ids, owners, ids == UNKNOWN)
