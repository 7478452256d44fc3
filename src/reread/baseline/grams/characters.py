"""N-grams of the characters of words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from reread.baseline.grams import Grams, grams
from reread.baseline.grams.base import Occurrences
from reread.baseline.grams.keys import GramTable, Tokens
from reread.baseline.sparse import SparseRows, stacked
from reread.errors import ConfigError
from reread.recipes.fitting import fit_table
from reread.text.chunks import chunked
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.segmenters.base import Span
from reread.typing import override

Ints = NDArray[np.int64]
BITS = 12  # of a character's id: five of them are one key
EDGE, EDGE_ID = " ", 1  # before and after each word
UNKNOWN = 0
WORD = re.compile(r"\S+")  # as `str.split` has them
HALF = "Cs"  # half of a surrogate pair; two of them that meet in a JSON string would be read as one character
LENGTHS: Mapping[str, tuple[int, int]] = {"zh": (1, 4)}
SPACED = (2, 5)  # of languages with spaces between words
DESCRIPTION: Mapping[str, Any] = {"text": Mapping[str, Any], "alphabet": str, "lengths": tuple[int, ...]}
ENTRIES = 1 << 22  # n-grams of words of texts that are counted at once


class _Words(NamedTuple):
    """The words of many texts.

    Attributes:
        words: the different ones.
        counts: how often each stands in each text, (texts, words).
    """

    words: list[str]
    counts: SparseRows


@grams.register("characters")
class CharacterGrams(Grams):
    """Runs of neighbouring characters inside what stands between two spaces, the spaces at its ends included.

    Args:
        encoder: normalises texts.
        alphabet: the characters that are known, by their ids from 1.
        table: the n-grams.
    """

    def __init__(self, encoder: TextEncoder, alphabet: str, table: GramTable) -> None:
        self._encoder, self._alphabet, self._table = encoder, alphabet, table
        codes = np.array(list(map(ord, alphabet)), dtype=np.int64)
        self._ids = np.zeros(int(codes.max(initial=0)) + 2, np.int64)  # the last one for all characters beyond
        self._ids[codes] = np.arange(1, len(codes) + 1)

    @classmethod
    @override
    def learn(cls, texts: Sequence[str], language: str, least: int) -> Self:
        encoder = TextEncoder(TextSettings.for_language(language))
        counts = Counter[str]()
        for text in texts:
            counts.update(encoder.normalise(text))
        known = sorted(
            (each for each in counts if not each.isspace() and category(each) != HALF),
            key=lambda each: (-counts[each], each),
        )  # ties by character
        alphabet = EDGE + "".join(known[: (1 << BITS) - 2])
        shortest, longest = LENGTHS.get(language, SPACED)
        plain = cls(encoder, alphabet, GramTable(BITS, shortest, ()))
        words = plain._split(texts)
        table = GramTable.frequent(
            plain._tokens(words.words), range(shortest, longest + 1), BITS, least, words.counts.frequencies()
        )
        return cls(encoder, alphabet, table.without(EDGE_ID, {1}))

    @override
    def __len__(self) -> int:
        return len(self._table)

    @override
    def counts(self, texts: Sequence[str]) -> SparseRows:
        words = self._split(texts)
        of_words = self._in_words(words.words)
        groups = self._groups(words.counts, of_words.lengths)
        return stacked((_product(words.counts.take(rows), of_words) for rows in groups), len(self))

    @override
    def occurrences(self, text: str) -> Occurrences:
        normalised = self._encoder.normalise(text)
        tokens = self._tokens(normalised.split())
        spans = np.array([word.span() for word in WORD.finditer(normalised)], dtype=np.int64).reshape(-1, 2)
        edges = np.searchsorted(tokens.owners, np.arange(len(spans)))  # before the words
        first, last = spans[tokens.owners, 0], spans[tokens.owners, 1] - 1
        within = np.arange(len(tokens.owners)) - edges[tokens.owners] - 1
        place = np.clip(first + within, first, last)  # an edge stands for its neighbour
        columns, starts, lengths = self._table.find(tokens)
        return Occurrences(columns, place[starts], place[starts + lengths - 1] + 1)

    @override
    def spans(self, text: str) -> list[Span]:
        return [(place, place + 1) for place, each in enumerate(self._encoder.normalise(text)) if not each.isspace()]

    @override
    def sample(self, random: np.random.Generator, count: int) -> list[str]:
        places = random.integers(0, len(self._alphabet), (count, random.integers(1, 9)))
        return ["".join(self._alphabet[place] for place in word).strip() or self._alphabet[-1] for word in places]

    @override
    def kept(self, columns: Ints) -> Self:
        return type(self)(self._encoder, self._alphabet, self._table.kept(columns))

    @override
    def description(self) -> dict[str, Any]:
        table = self._table
        lengths = [table.shortest, table.shortest + len(table.keys) - 1]
        return {"text": self._encoder.to_config(), "alphabet": self._alphabet, "lengths": lengths}

    @override
    def arrays(self) -> dict[str, Ints]:
        return self._table.arrays()

    @classmethod
    @override
    def from_parts(cls, description: Mapping[str, Any], arrays: Mapping[str, Ints]) -> Self:
        read = fit_table(description, DESCRIPTION, "baseline.json: characters")
        alphabet = read["alphabet"]
        if len(set(alphabet)) < len(alphabet) or len(alphabet) >= 1 << BITS or not alphabet.startswith(EDGE):
            raise ConfigError(
                f"baseline.json: an alphabet of {len(alphabet):,} characters: expected a space and at most "
                f"{(1 << BITS) - 2:,} others, each once"
            )
        encoder = TextEncoder.from_config(read["text"], ())
        return cls(encoder, alphabet, GramTable.from_arrays(BITS, read["lengths"], dict(arrays)))

    def _split(self, texts: Sequence[str]) -> _Words:
        numbers: dict[str, int] = {}
        each = [
            [numbers.setdefault(word, len(numbers)) for word in self._encoder.normalise(text).split()] for text in texts
        ]
        lengths = np.fromiter(map(len, each), np.int64, len(each))
        columns = np.fromiter((number for of_text in each for number in of_text), np.int64, int(lengths.sum()))
        owners = np.repeat(np.arange(len(each)), lengths)
        return _Words(list(numbers), SparseRows.counted(owners, columns, (len(each), len(numbers))))

    def _tokens(self, words: Sequence[str]) -> Tokens:
        """The characters of words with their edges."""
        joined = "".join(f"{EDGE}{word}{EDGE}" for word in words).encode("utf-32-le", "surrogatepass")
        codes = np.minimum(np.frombuffer(joined, "<u4").astype(np.int64), len(self._ids) - 1)
        ids = self._ids[codes]
        return Tokens(ids, np.repeat(np.arange(len(words)), [len(word) + 2 for word in words]), ids == UNKNOWN)

    def _in_words(self, words: Sequence[str]) -> SparseRows:
        """How often each n-gram stands in each word, (words, n-grams)."""

        def counted(some: Sequence[str]) -> SparseRows:
            tokens = self._tokens(some)
            columns, starts, _ = self._table.find(tokens)
            return SparseRows.counted(tokens.owners[starts], columns, (len(some), len(self)))

        return stacked(map(counted, chunked(words)), len(self))

    @staticmethod
    def _groups(counts: SparseRows, lengths: Ints) -> Iterator[Ints]:
        """Texts, (texts,), that are counted at once."""
        size = np.cumsum(np.bincount(counts.owners, lengths[counts.columns], len(counts))) // ENTRIES
        yield from np.split(np.arange(len(counts)), np.flatnonzero(np.diff(size)) + 1)


def _product(counts: SparseRows, inside: SparseRows) -> SparseRows:
    """Texts by words times words by n-grams, (texts, n-grams)."""
    entries = inside.take(counts.columns.astype(np.int64))
    owners = np.repeat(counts.owners, entries.lengths)
    times = entries.values * np.repeat(counts.values, entries.lengths)
    return SparseRows.counted(owners, entries.columns, (len(counts), inside.width), times)
