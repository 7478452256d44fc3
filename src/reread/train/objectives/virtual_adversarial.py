"""Virtual adversarial training on word vectors: Miyato, Dai and Goodfellow 2017."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import torch
from torch import Tensor

from reread.train.objectives import Batch, objectives
from reread.train.objectives.perturbed import Perturbed, same_draws
from reread.typing import override


@objectives.register("virtual_adversarial")
class VirtualAdversarial(Perturbed):
    """The loss, plus the change of the answer if the words move a little in the direction that changes it most.

    All readings drop the same words, units and weights: what they drop differently would be taken for a move of the
    answer. Texts without targets have the second term alone.
    """

    reads_unlabelled: ClassVar[bool] = True

    @override
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        random, begin = torch.randn_like(self.at_rest(batch)), same_draws()
        begin()
        scores = self.read(batch)
        answer = scores.detach()
        if batch.targets is not None:
            yield self.loss(scores, batch.targets)
        yield self.change(batch, answer, random, begin)
