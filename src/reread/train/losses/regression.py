"""Losses of standardised numbers."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from reread.errors import ConfigError
from reread.tasks import Task
from reread.tasks.regression import Regression
from reread.train.losses import ClassWeights, Loss, losses
from reread.typing import override


@losses.register("regression")
class NumberLoss(Loss):
    """What the task names: squared or absolute error, Huber's loss (1964, knee at one standard deviation) or the quantiles' loss."""

    def __init__(self, task: Task, class_weights: ClassWeights | None = None) -> None:
        if not isinstance(task, Regression):
            raise ConfigError(f"the loss of numbers with task {task.name}; it needs a regression")
        if class_weights is not None:
            raise ConfigError("class weights for regression; it has no classes to weigh")
        super().__init__(task)
        self.quantiles: Tensor
        self.register_buffer("quantiles", torch.tensor(task.quantiles), persistent=False)
        self._each = FUNCTIONS[task.loss]

    @override
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        return self._each(scores, targets, self.quantiles).mean(dim=1)

    @override
    def divergence(self, scores: Tensor, answer: Tensor) -> Tensor:
        # of normal distributions around the scores, of deviation 1: the targets' own, as they are standardised
        return squared(scores, answer, self.quantiles).mean(dim=1) / 2


def squared(scores: Tensor, targets: Tensor, _: Tensor) -> Tensor:
    """(target − score)²."""
    return functional.mse_loss(scores, targets, reduction="none")


def absolute(scores: Tensor, targets: Tensor, _: Tensor) -> Tensor:
    """|target − score|."""
    return functional.l1_loss(scores, targets, reduction="none")


def huber(scores: Tensor, targets: Tensor, _: Tensor) -> Tensor:
    """Half the squared error up to 1, linear beyond (Huber 1964)."""
    return functional.huber_loss(scores, targets, reduction="none")


def pinball(scores: Tensor, targets: Tensor, quantiles: Tensor) -> Tensor:
    """max(q·error, (q − 1)·error) for each quantile q (Koenker & Bassett 1978)."""
    errors = targets - scores
    return torch.maximum(quantiles * errors, (quantiles - 1) * errors)


FUNCTIONS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "squared": squared,
    "absolute": absolute,
    "huber": huber,
    "quantile": pinball,
}
