"""Which text is next: half of them at random, half where the linear member is least sure (Lewis & Gale 1994).

All texts stand in one random order, and those drawn at random are taken from its front. So whatever was labelled at its
front, for whatever reason, is a random sample of the file: what is said of it holds for the file. The rest is not, for
it is what the linear member finds hard.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

RANDOM_SHARE = 0.5
BACK_AFTER = 10  # other texts, after which one that was skipped comes back


class How(StrEnum):
    """Why a text is asked about."""

    RANDOM = "random"
    UNSURE = "unsure"
    SKIPPED = "skipped"
    UNDONE = "undone"


class Choice(NamedTuple):
    """A text's place, why it is asked about, and whether it has an answer already."""

    place: int
    how: How
    again: bool = False


class Chooser:
    """Chooses one text after another.

    Args:
        texts: how many there are.
        seed: of the random order.
    """

    def __init__(self, texts: int, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        self._order = random.permutation(texts)
        self._rank = np.argsort(self._order)
        self._random = random
        self._drawn = 0  # texts at the front of the order that were asked about
        self._unsure: deque[int] = deque()
        self._skipped: deque[tuple[int, int]] = deque()  # place, and when it comes back
        self._put_back: list[Choice] = []
        self._asked = 0

    def is_random(self, place: int) -> bool:
        """Whether a text that was asked about belongs to the random sample."""
        return bool(self._rank[place] < self._drawn)

    def front(self, texts: int) -> list[int]:
        """So many places at the front of the random order: a random sample of all texts."""
        return list(map(int, self._order[:texts]))

    def rank(self, places: Sequence[int]) -> None:
        """From now on these are those where the linear member is least sure, the least sure one first."""
        self._unsure = deque(places)

    def skip(self, place: int) -> None:
        """A text is asked about later."""
        self._skipped.append((place, self._asked + BACK_AFTER))

    def put_back(self, choice: Choice) -> None:
        """Something else is asked about first, and then this again."""
        self._put_back.append(choice)

    @property
    def skipped(self) -> list[int]:
        """Texts that will come back."""
        return [place for place, _ in self._skipped]

    def next(self, done: Container[int]) -> Choice | None:
        """The next text; None: there is none.

        Args:
            done: places of texts that have a label.
        """
        while self._put_back:
            choice = self._put_back.pop()
            if choice.place not in done:
                return choice
        self._asked += 1
        self._skipped = deque(each for each in self._skipped if each[0] not in done)
        skipped = set(self.skipped)
        if self._skipped and self._skipped[0][1] <= self._asked:
            return self._back()

        def is_free(place: int) -> bool:
            return place not in done and place not in skipped

        unsure = self._least_sure(is_free) if self._random.random() >= RANDOM_SHARE else None
        found = unsure or self._at_random(is_free)
        return self._back() if found is None and self._skipped else found

    def _back(self) -> Choice:
        return Choice(self._skipped.popleft()[0], How.SKIPPED)

    def _least_sure(self, is_free: Callable[[int], bool]) -> Choice | None:
        while self._unsure:
            place = self._unsure.popleft()
            if is_free(place):
                return Choice(place, How.UNSURE)
        return None

    def _at_random(self, is_free: Callable[[int], bool]) -> Choice | None:
        while self._drawn < len(self._order):
            place = int(self._order[self._drawn])
            self._drawn += 1
            if is_free(place):
                return Choice(place, How.RANDOM)
        return None
