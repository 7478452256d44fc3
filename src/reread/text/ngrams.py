"""Runs of neighbouring tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from reread.ids import UNKNOWN


def ngrams_of(tokens: list[str], longest: int, joint: str) -> tuple[list[str], ...]:
    """For each length from 1 to ``longest``, the run that begins at each token; it is shorter at the text's end.

    Args:
        tokens: of one text.
        longest: tokens of the longest runs.
        joint: what stands between the tokens of a run.
    """
    return tokens, *(list(_runs(tokens, length, joint)) for length in range(2, longest + 1))


def _runs(tokens: list[str], length: int, joint: str) -> Iterator[str]:
    yield from map(joint.join, zip(*(tokens[start:] for start in range(length)), strict=False))
    yield from (joint.join(tokens[start:]) for start in range(max(0, len(tokens) - length + 1), len(tokens)))


class NGrams:
    """The n-grams of one length, found by the ids of their tokens.

    Args:
        runs: the known n-grams, with ids from 1.
        length: tokens of each; fewer at a text's end.
        tokens: the known tokens, with ids from 1; fewer than a million, so that the ids of three make one number.
        joint: what stands between the tokens of a run.
    """

    def __init__(self, runs: Sequence[str], length: int, tokens: Sequence[str], joint: str) -> None:
        self._length, self._joint, self._end = length, joint, len(tokens) + 1
        self._tokens = {token: number for number, token in enumerate(tokens, start=1)}
        found = {
            self._number(cut): number for number, run in enumerate(runs, start=1) for cut in self._cuts(run, length)
        }
        numbers = np.array([-1, *found], dtype=np.int64)
        order = np.argsort(numbers)
        self._numbers, self._ids = numbers[order], np.array([UNKNOWN, *found.values()], dtype=np.int32)[order]

    def ids(self, tokens: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """The id of the n-gram that begins at each token, (tokens,); one with an unknown token is unknown."""
        ended = np.concatenate([tokens, np.full(self._length - 1, self._end)]).astype(np.int64)
        wanted = self._number([ended[k : k + len(tokens)] for k in range(self._length)])
        places = np.searchsorted(self._numbers, wanted, side="right") - 1
        return np.where(self._numbers[places] == wanted, self._ids[places], UNKNOWN)

    def _number(self, ids: Sequence[Any]) -> Any:
        """The ids of a run as the digits of one whole number; what is missing at the end of a text is a digit too."""
        number = ids[0]
        for k in range(1, self._length):
            number = number * (self._end + 1) + (ids[k] if k < len(ids) else self._end)
        return number

    def _cuts(self, run: str, most: int) -> Iterator[tuple[int, ...]]:
        """The ids of known tokens, at most so many, that make a run when they are joined."""
        if run in self._tokens:
            yield (self._tokens[run],)
        start = run.find(self._joint, 1) if most > 1 else -1
        while 0 < start < len(run):
            if run[:start] in self._tokens:
                for rest in self._cuts(run[start + len(self._joint) :], most - 1):
                    yield self._tokens[run[:start]], *rest
            start = run.find(self._joint, start + 1)
