"""The interface of losses."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from reread.errors import ConfigError
from reread.tasks import Task
from reread.tasks.base import ClassWeights
from reread.typing import override


class Loss(nn.Module):
    """The loss of each text; the caller takes the mean, weighted if rows have weights.

    A loss is never negative, and its gradient reaches the scores.

    Args:
        task: the task that made the targets.
        class_weights: the result of ``class_weights`` for this task; None: all classes count the same.
    """

    def __init__(self, task: Task, class_weights: ClassWeights | None = None) -> None:
        super().__init__()
        if isinstance(class_weights, Mapping):
            raise ConfigError(
                f"class weights by target, for {list(class_weights)}; only a joint task has several targets"
            )
        weights = None if class_weights is None else torch.as_tensor(class_weights, dtype=torch.float32)
        self.class_weights: Tensor | None
        self.register_buffer("class_weights", weights, persistent=False)
        self.task = task

    @override
    @abstractmethod
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Map scores (batch, task.size) and encoded targets (batch, task.target_width) to losses (batch,)."""

    @abstractmethod
    def divergence(self, scores: Tensor, answer: Tensor) -> Tensor:
        """The divergence of scores (batch, task.size) from a given answer's of the same shape, (batch,): 0 if equal.

        The Kullback-Leibler divergence D(answer ‖ scores) of the distributions of the scores, averaged or summed as
        the loss is, without class weights.
        """

    @abstractmethod
    def entropy(self, scores: Tensor) -> Tensor:
        """The entropy of the distributions of scores (batch, task.size), in nats, (batch,): 0 if the answer is sure.

        Averaged or summed as the loss is, without class weights.
        """

    def weigh(self, per_text: Tensor, classes: Tensor) -> Tensor:
        """Losses (batch,) times the weight of each text's class (batch,)."""
        return per_text if self.class_weights is None else per_text * self.class_weights[classes]


def between_chances(scores: Tensor, answer: Tensor) -> Tensor:
    """D(answer ‖ scores) of each binary distribution, of the scores' shape."""
    yes = torch.sigmoid(answer)
    return _log_loss(scores, yes) - _log_loss(answer, yes)


def of_chances(scores: Tensor) -> Tensor:
    """The entropy of each binary distribution, of the scores' shape."""
    return _log_loss(scores, torch.sigmoid(scores))


def _log_loss(scores: Tensor, yes: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(scores, yes, reduction="none")
