"""How much a linear member learns from: as many texts and features as memory and time allow."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reread.baseline.features import KINDS
from reread.baseline.folds import LEAST_TEXTS

MAX_FEATURES = 2_000_000
MAX_ROWS = 100_000  # a sample of this size is enough, and bounds the memory
MAX_WEIGHTS = 20_000_000  # features x scores: 80 MB, of each fold that is fitted at once
MAX_CHARACTERS = 160_000_000  # of these rows: words of so many take about 4 GB,
ALL_RUNS = 4  # and n-grams of characters, of languages without spaces, so many times as much
MAX_CHANCES = 100_000_000  # rows x scores, likewise
CHARACTERS_A_SECOND = 200_000  # that a slow machine counts and learns from, cross-validation included
LEAST_SAMPLE = 1000  # texts that are taken whatever the time


def most_features(scores: int) -> int:
    """How many features models with so many scores may have."""
    return min(MAX_FEATURES, MAX_WEIGHTS // scores)


def readable_rows(
    texts: Sequence[str],
    scores: int,
    language: str,
    *,
    seed: int,
    deadline: float | None,
    beside: Sequence[str] = (),
    copies: int = 1,
    memory: float = 1.0,
) -> NDArray[np.int64]:
    """The texts that are learned from: all, or a sample that fits in the memory and can be learned from in time.

    Args:
        texts: training texts.
        scores: of the model.
        language: chooses the n-grams.
        seed: of the sample.
        deadline: `time.monotonic` at which to stop improving.
        beside: other texts that are in the memory too.
        copies: how often as much memory a text takes as where it is read once.
        memory: the share of the usual memory that there is.
    """
    size = sum(map(len, texts))
    others = len(beside), sum(map(len, beside))
    most = most_rows(len(texts), size, scores, language, others=others, copies=copies, memory=memory)
    if deadline is not None:
        in_time = CHARACTERS_A_SECOND * max(0.0, deadline - time.monotonic())
        most = min(most, max(LEAST_SAMPLE, int(len(texts) * min(1.0, in_time / max(1, size)))))
    return sample(len(texts), most, seed)


def most_rows(
    texts: int,
    characters: float,
    scores: int,
    language: str,
    *,
    others: tuple[int, int] = (0, 0),
    copies: int = 1,
    memory: float = 1.0,
) -> int:
    """How many texts may be learned from at most, by the memory.

    Args:
        texts: how many there are.
        characters: of all of them.
        scores: of the model.
        language: chooses the n-grams.
        others: how many other texts are in the memory too, and their characters.
        copies: how often as much memory a text takes as where it is read once.
        memory: the share of the usual memory that there is.
    """
    most = memory * MAX_CHARACTERS / copies / (ALL_RUNS if language in KINDS else 1)
    in_memory = max(0.0, most - others[1])
    by_characters = max(LEAST_TEXTS, int(texts * min(1.0, in_memory / max(1, characters))))
    return min(max(LEAST_TEXTS, min(MAX_ROWS, MAX_CHANCES // scores) - others[0]), by_characters)


def sample(texts: int, most: int, seed: int) -> NDArray[np.int64]:
    """The numbers of at most ``most`` of so many texts, drawn at random, in order."""
    if texts <= most:
        return np.arange(texts)
    return np.sort(np.random.default_rng(seed).choice(texts, most, replace=False))
