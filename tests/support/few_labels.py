"""Texts of two sides, few of them labelled: most words of a side stand in one labelled text or two."""

from collections.abc import Sequence

import numpy as np

LETTERS = np.random.default_rng(7).choice(list("abcdefghijklmnopqrstuvwxyz"), (70, 6))
GOOD, BAD, FILLER = (tuple(map("".join, LETTERS[part])) for part in (slice(15), slice(15, 30), slice(30, 70)))


def texts_of(random: np.random.Generator, sides: Sequence[int], words: int) -> list[str]:
    """For each side a text with so many of its words, among others that say nothing."""
    own = (random.choice((GOOD, BAD)[side], words) for side in sides)
    return [" ".join(random.permutation([*each, *random.choice(FILLER, 6)])) for each in own]


def rows_of(seed: int = 0) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
    """Labelled texts with one word of their side, labels; texts with several words; new ones with one, their labels."""
    random = np.random.default_rng(seed)
    sides = [number % 2 for number in range(60)]
    labels = ["pos" if side == 0 else "neg" for side in sides]
    others = texts_of(random, [number % 2 for number in range(600)], 4)
    return texts_of(random, sides, 1), labels, others, texts_of(random, sides, 1), labels
