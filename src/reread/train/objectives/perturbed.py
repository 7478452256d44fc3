"""What objectives share that move the word vectors a little: Miyato, Dai and Goodfellow 2017."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from reread.nn.model import TextNet
from reread.recipes.fitting import Positive
from reread.train.draws import draw_from
from reread.train.losses import Loss
from reread.train.objectives.base import Batch, Objective


class Perturbed(Objective):
    """Reads texts again with word vectors that stand a little elsewhere.

    Args:
        net: the network in training.
        loss: of the task.
        window: tokens beyond which back-propagation is truncated.
        perturbation: the norm of the change of all vectors of a text together, in units of the root mean square of
            their components.
    """

    def __init__(self, net: TextNet, loss: Loss, *, window: int, perturbation: Positive = 5.0) -> None:
        super().__init__(net, loss, window=window)
        self.perturbation = perturbation

    def at_rest(self, batch: Batch) -> Tensor:
        """The perturbation that moves nothing, (batch, time, dim)."""
        return torch.zeros(*batch.ids.shape[:2], self.net.embedding.out_dim, device=batch.ids.device)


def same_draws() -> Callable[[], object]:
    """Returns a function that resets torch's random numbers, so that every reading drops the same words and units."""
    seed = int(torch.randint(2**62, ()))
    return lambda: draw_from(seed)


def of_norm(norm: float, directions: Tensor) -> Tensor:
    """Directions (batch, time, dim), each text's as long as ``norm``; zeros stay zeros."""
    flat = directions.detach().flatten(1)
    largest = flat.abs().amax(dim=1, keepdim=True).clamp(min=torch.finfo(flat.dtype).tiny)
    flat = flat / largest  # the squares of small gradients would be zeros
    return (norm * torch.nn.functional.normalize(flat, dim=1)).view_as(directions)
