"""Tokens are left out."""

from __future__ import annotations

import numpy as np

from reread.recipes.fitting import Share
from reread.train.augment import Augmentation, Tokens, Words, augmentations
from reread.typing import override


@augmentations.register("delete")
class Delete(Augmentation):
    """Tokens are left out, never all of a text: the random deletion of Wei and Zou 2019.

    Args:
        words: of the run.
        rate: how likely a token is left out.
    """

    def __init__(self, words: Words, *, rate: Share = 0.1) -> None:
        super().__init__(words)
        self.rate = rate

    @override
    def apply(self, tokens: Tokens, random: np.random.Generator) -> Tokens:
        kept = random.random(len(tokens)) >= self.rate
        kept[random.integers(len(tokens))] |= not kept.any()
        return tokens[kept]
