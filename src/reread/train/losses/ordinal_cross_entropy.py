"""Binary cross entropy over the thresholds between ordered classes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from reread.train.losses import Loss, losses
from reread.train.losses.base import between_chances, of_chances
from reread.typing import override


@losses.register("ordinal_cross_entropy")
class OrdinalCrossEntropy(Loss):
    """The sum over thresholds k of −log σ of whether the class is above k (Cheng et al. 2008), class-weighted."""

    @override
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        above = (targets > torch.arange(scores.shape[1], device=scores.device)).to(scores.dtype)
        each = functional.binary_cross_entropy_with_logits(scores, above, reduction="none")
        return self.weigh(each.sum(dim=1), targets[:, 0].long())

    @override
    def divergence(self, scores: Tensor, answer: Tensor) -> Tensor:
        return between_chances(scores, answer).sum(dim=1)

    @override
    def entropy(self, scores: Tensor) -> Tensor:
        return of_chances(scores).sum(dim=1)
