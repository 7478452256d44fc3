"""What every objective promises, and how it reads a batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from torch import Tensor

from reread.nn.model import TextNet
from reread.train.losses import Loss
from reread.train.truncated import read_long


@dataclass(frozen=True)
class Batch:
    """A batch of texts: ids (batch, time, features), right-padded, lengths (batch,), targets (batch, width).

    Without targets they are unlabelled, and an objective yields only the terms that read none. The offset (batch,
    scores), if there is one, is what another model gives them, and is added to the network's scores. The weights
    (batch,) say how much each text counts; the caller multiplies the losses by them. The earlier scores
    (batch, scores) are another model's, with minus infinity for what it does not know.
    """

    ids: Tensor
    lengths: Tensor
    targets: Tensor | None = None
    offset: Tensor | None = None
    weights: Tensor | None = None
    earlier: Tensor | None = None


class StepLosses(Protocol):
    """What a training step lowers, of whatever network."""

    def losses(self, batch: Batch) -> Iterator[Tensor]:
        """The terms, each a loss for every text, (batch,); the caller goes backward through one before the next."""


class Objective(ABC):
    """What a training step lowers.

    Args:
        net: the network in training.
        loss: of the task.
        window: tokens beyond which back-propagation is truncated.

    Attributes:
        reads_unlabelled: whether a text without targets teaches it anything.

    An objective's options are further keywords with type annotations; `build_objective` checks them.
    """

    reads_unlabelled: ClassVar[bool] = False

    def __init__(self, net: TextNet, loss: Loss, *, window: int) -> None:
        self.net, self.loss, self.window = net, loss, window

    @abstractmethod
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        """The terms of the objective, each a loss for every text, (batch,).

        The caller goes backward through a term before it asks for the next one, which may read the gradients; so no
        graph is kept longer than it is needed, and none is gone through twice.
        """

    def read(self, batch: Batch, perturbation: Tensor | None = None) -> Tensor:
        """Scores (batch, scores); of a text longer than the window in windows. See `TextNet.forward`."""
        scores = self._read(batch, perturbation)
        return scores if batch.offset is None else scores + batch.offset

    def _read(self, batch: Batch, perturbation: Tensor | None) -> Tensor:
        if batch.ids.shape[1] > self.window:
            return read_long(self.net, batch.ids, self.window, perturbation)
        return self.net.read(batch.ids, batch.lengths, perturbation)
