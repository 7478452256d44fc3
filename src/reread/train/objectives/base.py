"""What every objective promises, and how it reads a batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from reread.nn.model import TextNet
from reread.recipes.spec import TrainingSettings
from reread.train.draws import draw_from
from reread.train.losses import Loss
from reread.train.truncated import read_long


@dataclass(frozen=True)
class Batch:
    """Texts that are read together: ids (batch, time, features), right-padded, lengths (batch,), targets (batch, width)."""

    ids: Tensor
    lengths: Tensor
    targets: Tensor


class Objective(ABC):
    """What a training step lowers.

    Args:
        net: the network in training.
        loss: of the task.
        settings: of the training; ``perturbation`` and ``window`` are read.
    """

    def __init__(self, net: TextNet, loss: Loss, settings: TrainingSettings) -> None:
        self.net, self.loss = net, loss
        self.window, self.perturbation = settings.window, settings.perturbation

    @abstractmethod
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        """The terms of the objective, each a loss for every text, (batch,).

        The caller goes backward through a term before it asks for the next one, which may read the gradients; so no
        graph is kept longer than it is needed, and none is gone through twice.
        """

    def read(self, batch: Batch, perturbation: Tensor | None = None) -> Tensor:
        """Scores (batch, scores); of a text longer than the window in windows. See `TextNet.forward`."""
        if batch.ids.shape[1] > self.window:
            return read_long(self.net, batch.ids, self.window, perturbation)
        return self.net.read(batch.ids, batch.lengths, perturbation)

    def at_rest(self, batch: Batch) -> Tensor:
        """The perturbation that moves nothing, (batch, time, dim)."""
        return torch.zeros(*batch.ids.shape[:2], self.net.embedding.out_dim, device=batch.ids.device)


def same_draws() -> Callable[[], object]:
    """What lets torch draw the same random numbers after each call, so that every reading drops the same words, units and weights."""
    seed = int(torch.randint(2**62, ()))
    return lambda: draw_from(seed)


def of_norm(norm: float, directions: Tensor) -> Tensor:
    """Directions (batch, time, dim), each text's as long as ``norm``; zeros stay zeros."""
    flat = directions.detach().flatten(1)
    largest = flat.abs().amax(dim=1, keepdim=True).clamp(min=torch.finfo(flat.dtype).tiny)
    flat = flat / largest  # the squares of small gradients would be zeros
    return (norm * torch.nn.functional.normalize(flat, dim=1)).view_as(directions)
