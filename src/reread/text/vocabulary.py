"""Tokens and their ids."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import repeat

import numpy as np
import numpy.typing as npt

from reread.errors import ConfigError, DataError
from reread.ids import UNKNOWN
from reread.typing import override

"""The id of every token that is not in the vocabulary."""

logger = logging.getLogger(__name__)


class Vocabulary:
    """Known tokens, with ids from 1 in the order given; id 0 stands for all others.

    Raises:
        DataError: a token is given twice.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = tuple(tokens)
        self._ids = {token: number for number, token in enumerate(self.tokens, start=1)}
        if len(self._ids) < len(self.tokens):
            twice = next(token for token, count in Counter(self.tokens).items() if count > 1)
            raise DataError(f"vocabulary: token {twice!r} occurs twice; every token has one id")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], min_count: int = 1, max_size: int | None = None) -> Vocabulary:
        """The ``max_size`` most frequent tokens with at least ``min_count`` occurrences, in order, ties by token."""
        frequent = ((token, count) for token, count in counts.items() if count >= min_count)
        ranked = sorted(frequent, key=lambda item: (-item[1], item[0]))
        return cls(token for token, _ in ranked[:max_size])

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """The id of each token."""
        return list(map(self._ids.get, tokens, repeat(UNKNOWN)))

    def id_array(self, tokens: list[str]) -> npt.NDArray[np.int32]:
        """The id of each token, (tokens,)."""
        return np.fromiter(map(self._ids.get, tokens, repeat(UNKNOWN)), np.int32, len(tokens))

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __len__(self) -> int:
        return len(self.tokens) + 1  # with the unknown token

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.tokens == other.tokens

    @override
    def __hash__(self) -> int:
        return hash(self.tokens)


class TokenCounter:
    """Counts tokens in bounded memory: above ``limit`` distinct ones, the rarest are forgotten until half are left.

    Args:
        limit: the most distinct tokens to keep.

    Attributes:
        counts: how often each token occurred; too low by at most ``error`` if it was forgotten in between.
        error: the sum of the highest forgotten counts; 0: every count is exact.
    """

    def __init__(self, limit: int = 1_000_000) -> None:
        if limit < 1:
            raise ConfigError(f"limit = {limit}: expected at least 1")
        self.limit = limit
        self.counts: Counter[str] = Counter()
        self.error = 0

    def add(self, tokens: Iterable[str] | Mapping[str, int]) -> None:
        """Count one text's tokens, or add the counts of many texts."""
        self.counts.update(tokens)
        if len(self.counts) > self.limit:
            self._prune()

    def _prune(self) -> None:
        before = len(self.counts)
        highest = sorted(self.counts.values())[before - self.limit // 2 - 1]
        self.counts = Counter({token: count for token, count in self.counts.items() if count > highest})
        self.error += highest
        logger.info(
            "counting tokens: %d of %d seen %d times or less forgotten", before - len(self.counts), before, highest
        )
