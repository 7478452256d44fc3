"""Words are misspelt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reread.errors import ConfigError
from reread.recipes.fitting import Share
from reread.text.scripts import han_character
from reread.text.segmenters import segmenters
from reread.train.augment import Augmentation, Tokens, Words, augmentations
from reread.typing import override

SHORTEST = 4  # letters, as in Belinkov and Bisk 2018
MISTAKES: tuple[tuple[Callable[[str], str], int], ...] = (
    (lambda letters: letters[::-1], 2),
    (lambda _: "", 1),
    (lambda letter: 2 * letter, 1),
)
"""What happens to letters, and to how many of them."""


@augmentations.register("spelling")
class Spelling(Augmentation):
    """Words of at least four letters are misspelt: two inner letters change places, or one is left out or doubled.

    The first of the three is the noise "swap" of Belinkov and Bisk 2018; the other two are ours. The misspelt word is
    looked up in the vocabulary, as if it had stood in the text: it is another known word, or the unknown one.

    Args:
        words: of the run.
        rate: how likely such a word is misspelt.

    Raises:
        ConfigError: tokens are not whole words, or no known one has four letters.
    """

    def __init__(self, words: Words, *, rate: Share = 0.1) -> None:
        super().__init__(words)
        self.rate = rate
        segmenter, tokens = words.encoder.settings.segmenter, words.vocabulary.tokens
        self._can = np.array([False, *map(_can_be_misspelt, tokens)])
        if not segmenters.get(segmenter).whole_words or not self._can.any():
            raise ConfigError(
                f"training.augment: spelling needs words of at least {SHORTEST} letters, and the tokens of segmenter "
                f"{segmenter} here are none; leave it out"
            )

    @override
    def apply(self, tokens: Tokens, random: np.random.Generator) -> Tokens:
        places = np.flatnonzero((random.random(len(tokens)) < self.rate) & self._can[tokens])
        if not len(places):
            return tokens
        known, changed = self.words.vocabulary, tokens.copy()
        right = [known.tokens[k - 1] for k in tokens[places].tolist()]
        mistakes, where = random.integers(len(MISTAKES), size=len(right)), random.random(len(right))
        changed[places] = known.id_array(list(map(misspelt, right, mistakes.tolist(), where.tolist())))
        return changed


def misspelt(word: str, mistake: int, where: float) -> str:
    """A word of at least four letters with one of the mistakes, between its first and its last letter.

    Args:
        word: spelt right.
        mistake: which of `MISTAKES`.
        where: 0: after the first letter; nearly 1: before the last one.
    """
    wrong, letters = MISTAKES[mistake]
    place = 1 + int(where * (len(word) - 1 - letters))
    return word[:place] + wrong(word[place : place + letters]) + word[place + letters :]


def _can_be_misspelt(token: str) -> bool:
    return len(token) >= SHORTEST and token.isalpha() and not han_character.search(token)
