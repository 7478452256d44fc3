"""Binary cross entropy over labels."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from reread.train.losses import Loss, losses
from reread.train.losses.base import between_chances, of_chances
from reread.typing import override


@losses.register("binary_cross_entropy")
class BinaryCrossEntropy(Loss):
    """The mean over labels of −log σ of the truth; a label's weight applies to rows that have it."""

    @override
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        each = functional.binary_cross_entropy_with_logits(
            scores, targets, reduction="none", pos_weight=self.class_weights
        )
        return each.mean(dim=1)

    @override
    def divergence(self, scores: Tensor, answer: Tensor) -> Tensor:
        return between_chances(scores, answer).mean(dim=1)

    @override
    def entropy(self, scores: Tensor) -> Tensor:
        return of_chances(scores).mean(dim=1)
