"""Words become their neighbours."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.recipes.fitting import Count, Share
from reread.train.augment import Augmentation, Tokens, Words, augmentations
from reread.typing import override

MOST_WORDS = 20_000  # that are replaced, the most frequent first: finding their neighbours takes seconds
AT_A_TIME = 512  # words whose neighbours are looked for in one product


@augmentations.register("nearest")
class Nearest(Augmentation):
    """Words are replaced by one of their nearest neighbours among the word vectors that the network starts from.

    In the place of the synonyms of Wei and Zou 2019, so that no dictionary is needed, in whichever language. Neighbours
    are known words with a vector, by cosine. Words that stand in the same company are neighbours, so opposites too.

    Args:
        words: of the run.
        rate: how likely a word that has neighbours is replaced.
        neighbours: among how many nearest words one is drawn.

    Raises:
        ConfigError: there are no vectors, or fewer than two known words have one.
    """

    needs_vectors: ClassVar[bool] = True

    def __init__(self, words: Words, *, rate: Share = 0.1, neighbours: Count = 5) -> None:
        super().__init__(words)
        if words.vectors is None:
            raise ConfigError("training.augment: nearest needs word vectors; name them with vectors.source")
        self.rate = rate
        vectors, known = words.vectors.rows_for(words.vocabulary.tokens)
        ids = np.flatnonzero(known & vectors.any(axis=1)) + 1
        if len(ids) < 2:
            raise ConfigError(
                "training.augment: nearest needs at least two known words with a vector; name other vectors, or leave "
                "it out"
            )
        nearest = ids[nearest_rows(vectors[ids - 1], min(MOST_WORDS, len(ids)), min(neighbours, len(ids) - 1))]
        replaced = ids[: len(nearest)]
        self._has = np.zeros(len(words.vocabulary), dtype=np.bool_)
        self._nearest = np.zeros((len(words.vocabulary), nearest.shape[1]), dtype=np.int32)
        self._has[replaced], self._nearest[replaced] = True, nearest

    @override
    def apply(self, tokens: Tokens, random: np.random.Generator) -> Tokens:
        drawn = (random.random(len(tokens)) < self.rate) & self._has[tokens]
        which = random.integers(self._nearest.shape[1], size=len(tokens))
        return np.where(drawn, self._nearest[tokens, which], tokens)


def nearest_rows(vectors: NDArray[np.float32], first: int, count: int) -> NDArray[np.int64]:
    """The rows with the highest cosine to each of the first rows, without itself, (first, count), in no order."""
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = []
    for start in range(0, first, AT_A_TIME):
        rows = np.arange(start, min(start + AT_A_TIME, first))
        cosines = directions[rows] @ directions.T
        cosines[np.arange(len(rows)), rows] = -np.inf
        found.append(np.argpartition(-cosines, count - 1, axis=1)[:, :count])
    return np.sort(np.concatenate(found), axis=1)
