"""Neighbours change places."""

from __future__ import annotations

import numpy as np

from reread.recipes.fitting import Share
from reread.train.augment import Augmentation, Tokens, Words, augmentations
from reread.typing import override


@augmentations.register("swap")
class Swap(Augmentation):
    """Tokens change places with the next one.

    After the random swap of Wei and Zou 2019, which swaps any two words of a text; neighbours stay in their sentence.

    Args:
        words: of the run.
        rate: how likely a token changes places with the next one, unless it has done so with the one before.
    """

    def __init__(self, words: Words, *, rate: Share = 0.1) -> None:
        super().__init__(words)
        self.rate = rate

    @override
    def apply(self, tokens: Tokens, random: np.random.Generator) -> Tokens:
        drawn = random.random(len(tokens) - 1) < self.rate
        drawn[1:] &= ~drawn[:-1]
        first = np.flatnonzero(drawn)
        order = np.arange(len(tokens))
        order[first], order[first + 1] = first + 1, first
        return tokens[order]
