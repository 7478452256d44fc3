"""An earlier model's answers beside the labels: Hinton et al. 2015; for a task that grows, Li and Hoiem 2016."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from reread.nn.model import TextNet
from reread.recipes.fitting import NotNegative, Positive
from reread.train.losses import Loss
from reread.train.objectives import Batch, Objective, objectives
from reread.typing import override


@objectives.register("distilled")
class Distilled(Objective):
    """The loss of the scores, and how far they are from an earlier model's among the labels that it knows.

    loss + weight · T² · D(softmax(earlier / T) ‖ softmax(scores / T)), the divergence over these labels alone (Li and
    Hoiem 2016, equations 2-4; T² as in Hinton et al. 2015, section 2). A batch without such answers has the loss alone.

    Args:
        net: the network in training.
        loss: of the task.
        window: tokens beyond which back-propagation is truncated.
        weight: how much the divergence counts beside the loss.
        temperature: T, by which scores are divided: above 1 the smaller probabilities count more.
    """

    def __init__(
        self, net: TextNet, loss: Loss, *, window: int, weight: NotNegative = 1.0, temperature: Positive = 2.0
    ) -> None:
        super().__init__(net, loss, window=window)
        self.weight, self.temperature = weight, temperature

    @override
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        if batch.targets is None:
            return
        scores = self.read(batch)
        losses = self.loss(scores, batch.targets)
        if batch.earlier is not None and self.weight:
            known = torch.isfinite(batch.earlier).all(dim=0)
            theirs, ours = (each[:, known] / self.temperature for each in (batch.earlier, scores))
            losses = losses + self.weight * self.temperature**2 * self.loss.divergence(ours, theirs)
        yield losses
