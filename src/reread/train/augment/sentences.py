"""Sentences change their order."""

from __future__ import annotations

import numpy as np

from reread.errors import ConfigError
from reread.recipes.fitting import Limit
from reread.train.augment import Augmentation, Tokens, Words, augmentations
from reread.typing import override

ENDS = frozenset(".!?。！？…")


@augmentations.register("sentences")
class Sentences(Augmentation):
    """The sentences of a text are put in a random order.

    A sentence ends with one of the marks . ! ? … 。！？ that is a token, or with the last of several; the point of an
    abbreviation, if it is a token, ends one too. What stands after the last mark is a sentence as well.

    Args:
        words: of the run.
        rate: how likely the sentences of a text are put in another order.

    Raises:
        ConfigError: no token of the vocabulary ends a sentence.
    """

    def __init__(self, words: Words, *, rate: Limit = 0.5) -> None:
        super().__init__(words)
        self.rate = rate
        self._ends = np.array([False, *map(_ends_sentence, words.vocabulary.tokens)])
        if not self._ends.any():
            raise ConfigError(
                "training.augment: sentences needs the marks that end them, and the vocabulary has none, such as . or "
                "。; keep them with text.segmenter_options={punctuation=true}, or leave it out"
            )

    @override
    def apply(self, tokens: Tokens, random: np.random.Generator) -> Tokens:
        if random.random() >= self.rate:
            return tokens
        ends = self._ends[tokens]
        sentence = np.concatenate([[0], np.cumsum(ends[:-1] & ~ends[1:])])
        place = random.permutation(sentence[-1] + 1)
        return tokens[np.argsort(place[sentence], kind="stable")]


def _ends_sentence(token: str) -> bool:
    return not ENDS.isdisjoint(token) and not any(map(str.isalnum, token))
