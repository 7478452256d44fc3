"""Mixtures of texts: Zhang, Cisse, Dauphin and Lopez-Paz 2018; of sentence vectors, Guo, Mao and Zhang 2019."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.distributions import Beta

from reread.nn.model import TextNet
from reread.recipes.fitting import Positive
from reread.train.losses import Loss
from reread.train.objectives import Batch, Objective, objectives
from reread.typing import override


@objectives.register("mixup")
class Mixup(Objective):
    """The loss of mixtures of two texts: their pooled vectors and their targets are averaged, with the same shares.

    A text is mixed with one of the same batch, drawn by the weights of the rows: λ z_i + (1 − λ) z_j before the head,
    with λ from Beta(α, α), a new one for each text. What another model adds to the scores is averaged too. A text that
    is longer than the window is read alone, and stays as it is.

    Args:
        net: the network in training.
        loss: of the task.
        window: tokens beyond which back-propagation is truncated.
        alpha: near 0 one text of a mixture has nearly all of it; with 1 every share is equally likely.
    """

    def __init__(self, net: TextNet, loss: Loss, *, window: int, alpha: Positive = 1.0) -> None:
        super().__init__(net, loss, window=window)
        self.shares = Beta(torch.tensor(alpha), torch.tensor(alpha))

    @override
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        if batch.targets is None:
            return
        if batch.ids.shape[1] > self.window:
            yield self.loss(self.read(batch), batch.targets)
            return
        pooled = self.net.pool(batch.ids, batch.lengths)
        share, others = self.shares.sample((len(pooled),)).to(pooled), _partners(batch)
        scores = self.net.head(_between(pooled, pooled[others], share))
        if batch.offset is not None:
            scores = scores + _between(batch.offset, batch.offset[others], share)
        yield self.loss.of_mixture(scores, batch.targets, batch.targets[others], share)


def _partners(batch: Batch) -> Tensor:
    """Which text each one is mixed with, (batch,)."""
    texts = len(batch.ids)
    weights = torch.ones(texts) if batch.weights is None else batch.weights.cpu()
    if not weights.any():
        weights = torch.ones(texts)
    return torch.multinomial(weights, texts, replacement=True).to(batch.ids.device)


def _between(one: Tensor, other: Tensor, share: Tensor) -> Tensor:
    """Rows (batch, …) with this share of the first, (batch,), and the rest of the other."""
    return torch.lerp(other, one, share.view(-1, 1))
