"""What every loss promises."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from reread.errors import ConfigError
from reread.tasks import Task
from reread.train.losses.weights import ClassWeights
from reread.typing import override


class Loss(nn.Module):
    """How far scores are from targets, text by text; the caller takes the mean, under weights where rows have them.

    A loss is never negative, and its gradient reaches the scores.

    Args:
        task: the task that made the targets.
        class_weights: what ``class_weights`` computed for this task; None weighs all classes alike.
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

    def weigh(self, per_text: Tensor, classes: Tensor) -> Tensor:
        """Losses (batch,) times the weight of each text's class (batch,)."""
        return per_text if self.class_weights is None else per_text * self.class_weights[classes]
