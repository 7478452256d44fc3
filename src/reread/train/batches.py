"""Length-sorted batches: the same texts in the same order for the same seed and epoch, whatever was drawn before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 50  # batches sorted together: enough to leave almost no padding, few enough to keep the order random


class EndlessBatches:
    """Batches of one epoch after the other; which one a step has depends on the seed and the step alone.

    Args:
        lengths: of the texts, in tokens, (texts,).
        batch_size: texts in a batch; the last of an epoch can have fewer.
        seed: of the order.
    """

    def __init__(self, lengths: NDArray[np.int64], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._count = -(-len(lengths) // batch_size)
        self._epoch, self._batches = -1, list[NDArray[np.int64]]()

    def at(self, step: int) -> NDArray[np.int64]:
        """The texts of a step, counted from 0, (texts,)."""
        epoch, place = divmod(step, self._count)
        if epoch != self._epoch:
            self._epoch = epoch
            self._batches = epoch_batches(self._lengths, self._batch_size, seed=self._seed, epoch=epoch)
        return self._batches[place]


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
