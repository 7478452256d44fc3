"""The task's loss, as it is."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from reread.train.objectives import Batch, Objective, objectives
from reread.typing import override


@objectives.register("plain")
class Plain(Objective):
    """The loss of the scores."""

    @override
    def losses(self, batch: Batch) -> Iterator[Tensor]:
        if batch.targets is not None:
            yield self.loss(self.read(batch), batch.targets)
