"""The gradients of a training step: batches read in groups of bounded memory, labelled and unlabelled ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reread.recipes.spec import TrainingSettings
from reread.train.batches import EndlessBatches
from reread.train.draws import draws_for_texts
from reread.train.objectives import Batch, StepLosses
from reread.train.state import TrainingSet
from reread.train.workers import Workers
from reread.windows import length_groups, pad

CALL_TOKENS = 65_536  # tokens read in one call, padding included: bounds the memory of a batch


class Gradients:
    """Adds the gradients of a step's texts to the network's parameters.

    Args:
        objective: what the step lowers, of the network.
        rows: the training rows, and the texts without targets that are read beside them.
        settings: how to train.
        workers: this process's place among those that train together; each reads its part of every batch.
        device: where the network is.
    """

    def __init__(
        self,
        objective: StepLosses,
        rows: TrainingSet,
        settings: TrainingSettings,
        workers: Workers,
        device: torch.device,
    ) -> None:
        self.objective, self.rows, self.window, self.workers = objective, rows, settings.window, workers
        self.device, other = device, rows.unlabelled
        self.seed = settings.seed
        self._others = None if other is None else EndlessBatches(other.lengths, other.batch_size, settings.seed)

    def of_step(self, batch: NDArray[np.int64], step: int) -> float:
        """Add the gradients of this process's part of a step, counted from 0; returns the loss of that part.

        Args:
            batch: the rows of the step, (rows,).
            step: which of the unlabelled texts are read with them, and how an augmentation changes the labelled ones.
        """
        return self._labelled(batch, step) + self._unlabelled(step)

    def words(self, batch: NDArray[np.int64], step: int) -> int:
        """The tokens of a step's texts."""
        other = 0
        if self._others is not None and self.rows.unlabelled is not None:
            other = int(self.rows.unlabelled.lengths[self._others.at(step)].sum())
        return int(self.rows.lengths[batch].sum()) + other

    def _labelled(self, batch: NDArray[np.int64], step: int) -> float:
        rows = self.workers.share(batch)
        texts, lengths = [self.rows.texts[row] for row in rows], self.rows.lengths[rows]
        if self.rows.augment is not None:
            texts = self.rows.augment(texts, draws_for_texts(self.seed, step, self.workers.rank))
            lengths = np.fromiter(map(len, texts), np.int64, len(texts))

        def read(group: NDArray[np.int64]) -> Batch:
            own = rows[group]
            offsets, earlier = self._of_rows(self.rows.offsets, own), self._of_rows(self.rows.earlier, own)
            ids, real = map(self._tensor, pad([texts[k] for k in group]))
            targets, weights = self._tensor(self.rows.targets[own]), self._tensor(self.rows.weights[own])
            return Batch(ids, real, targets, offsets, weights, earlier)

        return self._backward(read, lengths, self.rows.weights[rows], len(batch))

    def _unlabelled(self, step: int) -> float:
        other = self.rows.unlabelled
        if self._others is None or other is None:
            return 0.0
        batch = self._others.at(step)
        rows = self.workers.share(batch)

        def read(group: NDArray[np.int64]) -> Batch:
            return Batch(*map(self._tensor, pad([other.texts[row] for row in rows[group]])))

        return self._backward(read, other.lengths[rows], np.full(len(rows), other.weight, np.float32), len(batch))

    def _backward(
        self,
        read: Callable[[NDArray[np.int64]], Batch],
        lengths: NDArray[np.int64],
        weights: NDArray[np.float32],
        batch_size: int,
    ) -> float:
        """Go backward through the weighted mean of the texts' losses; returns that mean."""
        total = 0.0
        for group in length_groups(lengths, texts=len(lengths), tokens=CALL_TOKENS, window=self.window):
            of_group = self._tensor(weights[group])
            for losses in self.objective.losses(read(group)):
                part = (losses * of_group).sum() / batch_size
                part.backward()
                total += float(part.detach())
        return total

    def _of_rows(self, array: NDArray[np.float32] | None, rows: NDArray[np.int64]) -> Tensor | None:
        return None if array is None else self._tensor(array[rows])

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(self.device)
