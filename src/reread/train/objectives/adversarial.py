"""Adversarial training on word vectors: Miyato, Dai and Goodfellow 2017."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from torch import Tensor

from reread.train.objectives import Batch, objectives
from reread.train.objectives.perturbed import Perturbed, of_norm, same_draws
from reread.typing import override


@objectives.register("adversarial")
class Adversarial(Perturbed):
    """The loss, plus the loss with the word vectors moved a little in the direction that increases it most.

    r = ε g / ‖g‖, g the gradient of a text's loss by the vectors at all of its positions (section 3 of the paper). Both
    readings drop the same words, units and weights, so that g is the gradient at the point that r starts from.
    """

    @override
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        if batch.targets is None:
            return
        begin, rest = same_draws(), self.at_rest(batch).requires_grad_()
        begin()
        yield self.loss(self.read(batch, rest), batch.targets)
        begin()
        worst = of_norm(self.perturbation, cast("Tensor", rest.grad))
        yield self.loss(self.read(batch, worst), batch.targets)
