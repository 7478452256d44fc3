"""The keys that choose classes: a digit each, or two letters each where there are more classes than digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from string import ascii_lowercase, digits

from reread.errors import ConfigError

DIGITS = digits[1:]
MOST = len(ascii_lowercase) ** 2


def keys_of(names: Sequence[str]) -> list[str]:
    """What is typed for each class: 1 to 9 in their order, or two letters, those of its name where they are free.

    Args:
        names: of the classes.

    Raises:
        ConfigError: they are more than there are pairs of letters.
    """
    if len(names) <= len(DIGITS):
        return list(DIGITS[: len(names)])
    if len(names) > MOST:
        raise ConfigError(f"{len(names):,} classes; two letters tell at most {MOST} apart")
    taken: dict[str, None] = {}
    for name in names:
        taken[next(pair for pair in _pairs(name) if pair not in taken)] = None
    return list(taken)


def _pairs(name: str) -> Iterator[str]:
    """Pairs of letters for a name: the first letters of two words, then letters of the name, then any."""
    words = re.findall("[a-z]+", name.lower())
    letters = "".join(words)
    yield from (words[0][0] + word[0] for word in words[1:])
    yield from (letters[0] + letter for letter in letters[1:])
    yield from (letter + other for letter in letters[:1] for other in ascii_lowercase)
    yield from map("".join, product(ascii_lowercase, repeat=2))
