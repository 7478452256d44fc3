"""The fastest of some backends of one network, measured on a few generated texts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reread.scoring.backends import Backend

TEXTS, TOKENS = 32, 20
ROUNDS = 5


def seconds(backends: Mapping[str, Backend], sizes: Sequence[int]) -> dict[str, float]:
    """The shortest time of each backend for the same texts; a few milliseconds in total.

    Args:
        backends: of one network, by name.
        sizes: rows of each token feature's table.
    """
    ids = np.random.default_rng(0).integers(0, sizes, (TEXTS, TOKENS, len(sizes)))
    best = dict.fromkeys(backends, np.inf)
    for _ in range(ROUNDS + 1):  # the first call also fills the word tables
        for name, backend in backends.items():
            best[name] = min(best[name], _seconds(backend, ids))
    return best


def _seconds(backend: Backend, ids: NDArray[np.int64]) -> float:
    states = np.repeat(backend.start_states[:, None], TEXTS, axis=1)
    summary = np.repeat(backend.start_summary[None], TEXTS, axis=0)
    started = time.perf_counter()
    backend.run(ids, np.full(TEXTS, TOKENS), states, summary)
    return time.perf_counter() - started
