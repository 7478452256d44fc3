"""Losses of standardised numbers."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor
from torch.nn import functional

from reread.errors import ConfigError
from reread.tasks import Task
from reread.train.losses import ClassWeights, Loss, losses
from reread.typing import override


class NumberLoss(Loss):
    """The mean error of a text's scores, each a number; subclasses define the cost of an error."""

    def __init__(self, task: Task, class_weights: ClassWeights | None = None) -> None:
        if task.classes or task.parts:
            raise ConfigError(f"the loss of numbers with task {task.name}; it needs a regression")
        if class_weights is not None:
            raise ConfigError(f"class weights for {task.name}; it has no classes to weigh")
        super().__init__(task)

    @abstractmethod
    def each(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Map scores (batch, task.size) and targets (batch, 1) to the cost of each error (batch, task.size)."""

    @override
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        return self.each(scores, targets).mean(dim=1)

    @override
    def divergence(self, scores: Tensor, answer: Tensor) -> Tensor:
        # of normal distributions around the scores with deviation 1, that of the standardised targets
        return functional.mse_loss(scores, answer, reduction="none").mean(dim=1) / 2

    @override
    def entropy(self, scores: Tensor) -> Tensor:
        return 0 * scores.sum(dim=1)  # that of a normal distribution does not depend on its mean


@losses.register("squared")
class SquaredError(NumberLoss):
    """(target − score)²."""

    @override
    def each(self, scores: Tensor, targets: Tensor) -> Tensor:
        return functional.mse_loss(scores, targets, reduction="none")


@losses.register("absolute")
class AbsoluteError(NumberLoss):
    """|target − score|."""

    @override
    def each(self, scores: Tensor, targets: Tensor) -> Tensor:
        return functional.l1_loss(scores, targets, reduction="none")


@losses.register("huber")
class HuberLoss(NumberLoss):
    """Half the squared error up to one standard deviation, linear beyond (Huber 1964)."""

    @override
    def each(self, scores: Tensor, targets: Tensor) -> Tensor:
        return functional.huber_loss(scores, targets, reduction="none")


@losses.register("quantile")
class QuantileLoss(NumberLoss):
    """max(q·error, (q − 1)·error) for each quantile q of the task (Koenker & Bassett 1978)."""

    def __init__(self, task: Task, class_weights: ClassWeights | None = None) -> None:
        super().__init__(task, class_weights)
        self.quantiles: Tensor
        self.register_buffer("quantiles", torch.tensor(task.quantiles), persistent=False)

    @override
    def each(self, scores: Tensor, targets: Tensor) -> Tensor:
        errors = targets - scores
        return torch.maximum(self.quantiles * errors, (self.quantiles - 1) * errors)
