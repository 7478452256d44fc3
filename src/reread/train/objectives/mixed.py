"""The mixed objective for labelled and unlabelled texts: Sachan, Zaheer and Salakhutdinov 2019."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, cast

import torch
from torch import Tensor

from reread.nn.model import TextNet
from reread.recipes.fitting import NotNegative, Positive
from reread.train.losses import Loss
from reread.train.objectives import Batch, objectives
from reread.train.objectives.perturbed import Perturbed, of_norm, same_draws
from reread.typing import override


@objectives.register("mixed")
class Mixed(Perturbed):
    """The loss and the loss of adversarial words on labelled texts; on all, the change by virtual adversarial words.

    Texts without targets add the entropy of their answers (Grandvalet and Bengio 2005), which labelled ones lower by
    the loss itself. Equation 6 of the paper, with a weight for each term.

    Args:
        net: the network in training.
        loss: of the task.
        window: tokens beyond which back-propagation is truncated.
        perturbation: as of `Perturbed`.
        adversarial: weight of the loss with words moved where it rises most; 0: that is not read.
        virtual: weight of the change of the answer with words moved where it changes most; 0: that is not read.
        entropy: weight of the entropy of the answers to texts without targets.
    """

    reads_unlabelled: ClassVar[bool] = True

    def __init__(
        self,
        net: TextNet,
        loss: Loss,
        *,
        window: int,
        perturbation: Positive = 1.0,
        adversarial: NotNegative = 1.0,
        virtual: NotNegative = 1.0,
        entropy: NotNegative = 1.0,
    ) -> None:
        super().__init__(net, loss, window=window, perturbation=perturbation)
        self.adversarial, self.virtual, self.entropy = adversarial, virtual, entropy

    @override
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        rest, begin = self.at_rest(batch), same_draws()
        random = torch.randn_like(rest)
        begin()
        if batch.targets is None:
            scores = self.read(batch)
            yield self.entropy * self.loss.entropy(scores)
        else:
            scores = self.read(batch, rest.requires_grad_())
            yield self.loss(scores, batch.targets)
            if self.adversarial:
                begin()
                worst = of_norm(self.perturbation, cast("Tensor", rest.grad))
                yield self.adversarial * self.loss(self.read(batch, worst), batch.targets)
        if self.virtual:
            yield self.virtual * self.change(batch, scores.detach(), random, begin)
