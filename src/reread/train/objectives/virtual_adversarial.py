"""Virtual adversarial training on word vectors: Miyato, Dai and Goodfellow 2017."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from reread.nn.token_vectors import real
from reread.train.objectives import Batch, objectives
from reread.train.objectives.perturbed import Perturbed, of_norm, same_draws
from reread.typing import override

PROBE = 1.0  # length of the first, random step: short beside ε, but well above rounding errors (1 % at 0.1)


@objectives.register("virtual_adversarial")
class VirtualAdversarial(Perturbed):
    """The loss, plus the change of the answer if the words move a little in the direction that changes it most.

    g is the gradient of the divergence D(answer, answer at ξd) by a random d, one step of a power iteration, and
    r = ε g / ‖g‖ (section 3 of the paper). It needs no target; the network's answer counts as given. All readings drop
    the same words, units and weights: what they drop differently would be taken for a move of the answer.
    """

    @override
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        random = torch.randn_like(self.at_rest(batch))
        begin, probe = same_draws(), of_norm(PROBE, random * real(random, batch.lengths)).requires_grad_()
        begin()
        scores = self.read(batch)
        answer = scores.detach()
        if batch.targets is not None:
            yield self.loss(scores, batch.targets)
        begin()
        (gradient,) = torch.autograd.grad(self.loss.divergence(self.read(batch, probe), answer).sum(), probe)
        begin()
        yield self.loss.divergence(self.read(batch, of_norm(self.perturbation, gradient)), answer)
