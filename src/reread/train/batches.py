"""Length-sorted batches: the same texts in the same order for the same seed and epoch, whatever was drawn before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 50  # batches sorted together: enough to leave almost no padding, few enough to keep the order random


def epoch_batches(lengths: NDArray[np.int64], batch_size: int, *, seed: int, epoch: int) -> list[NDArray[np.int64]]:
    """Rows of each batch of one epoch: shuffled, sorted by length within chunks of batches, batches shuffled again."""
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), CHUNK * batch_size):
        chunk = order[start : start + CHUNK * batch_size]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        batches.extend(chunk[k : k + batch_size] for k in range(0, len(chunk), batch_size))
    return [batches[k] for k in random.permutation(len(batches))]
