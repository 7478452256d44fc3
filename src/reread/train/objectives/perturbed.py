"""What objectives share that move the word vectors a little: Miyato, Dai and Goodfellow 2017."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from reread.nn.model import TextNet
from reread.nn.token_vectors import real
from reread.recipes.fitting import Positive
from reread.train.draws import draw_from
from reread.train.losses import Loss
from reread.train.objectives.base import Batch, Objective

PROBE = 1.0  # length of a virtual adversary's first, random step: short beside ε, but well above rounding (1 % at 0.1)


class Perturbed(Objective):
    """Reads texts again with word vectors that stand a little elsewhere.

    Args:
        net: the network in training.
        loss: of the task.
        window: tokens beyond which back-propagation is truncated.
        perturbation: the norm of the change of all vectors of a text together, in units of the root mean square of
            their components. The paper has 5, for the last state; what is pooled by maxima leans on a few words, and
            these take all of it.
    """

    def __init__(self, net: TextNet, loss: Loss, *, window: int, perturbation: Positive = 1.0) -> None:
        super().__init__(net, loss, window=window)
        self.perturbation = perturbation

    def at_rest(self, batch: Batch) -> Tensor:
        """The perturbation that moves nothing, (batch, time, dim)."""
        return torch.zeros(*batch.ids.shape[:2], self.net.embedding.out_dim, device=batch.ids.device)

    def change(self, batch: Batch, answer: Tensor, random: Tensor, begin: Callable[[], object]) -> Tensor:
        """How much an answer (batch, scores) changes if the words move where it changes most, (batch,).

        g is the gradient of the divergence D(answer, answer at ξd) by a random d, one step of a power iteration, and
        r = ε g / ‖g‖ (section 3 of the paper). It needs no target; the network's answer counts as given.

        Args:
            batch: the texts.
            answer: the network's scores of them.
            random: normal numbers, (batch, time, dim).
            begin: makes the next reading drop what the one of the answer dropped; see `same_draws`.
        """
        probe = of_norm(PROBE, random * real(random, batch.lengths)).requires_grad_()
        begin()
        (gradient,) = torch.autograd.grad(self.loss.divergence(self.read(batch, probe), answer).sum(), probe)
        begin()
        return self.loss.divergence(self.read(batch, of_norm(self.perturbation, gradient)), answer)


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
