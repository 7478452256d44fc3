"""Cross entropy."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from reread.errors import ConfigError
from reread.tasks import Task
from reread.train.losses import ClassWeights, Loss, losses
from reread.typing import override


@losses.register("cross_entropy")
class CrossEntropy(Loss):
    """−log softmax of the true class (docs/sources.md, S1, equations 16-19), times that class's weight.

    Args:
        task: the task that made the targets.
        class_weights: one weight per class.
        label_smoothing: the share of the target that is spread over all classes (Szegedy et al. 2016, section 7).
    """

    def __init__(self, task: Task, class_weights: ClassWeights | None = None, label_smoothing: float = 0.0) -> None:
        super().__init__(task, class_weights)
        if not 0 <= label_smoothing < 1:
            raise ConfigError(f"label smoothing {label_smoothing}; it must be at least 0 and below 1")
        self.label_smoothing = label_smoothing

    @override
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        classes = targets[:, 0].long()
        smoothing = self.label_smoothing
        return self.weigh(
            functional.cross_entropy(scores, classes, reduction="none", label_smoothing=smoothing), classes
        )

    @override
    def divergence(self, scores: Tensor, answer: Tensor) -> Tensor:
        predicted, given = (functional.log_softmax(each, dim=1) for each in (scores, answer))
        return functional.kl_div(predicted, given, reduction="none", log_target=True).sum(dim=1)

    @override
    def entropy(self, scores: Tensor) -> Tensor:
        return -(functional.softmax(scores, dim=1) * functional.log_softmax(scores, dim=1)).sum(dim=1)
