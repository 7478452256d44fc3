"""A network on top of a linear member: what `reread train` makes.

Scores are added, which multiplies powers of the members' probabilities, and the answers are calibrated after that; the
network's share is chosen with care (`reread.pipeline.stacking`). For averages of other models see `reread.model.blend`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.baseline.linear import LinearModel
from reread.model.base import Model
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.scorer import Scorer
from reread.tasks import Task
from reread.text.checks import check_texts
from reread.text.segmenters.base import Span
from reread.typing import override


class Stack(Model):
    """The scores of a linear member and of a network, added.

    Args:
        task: what the scores mean.
        linear: texts → the linear member's scores.
        scorer: texts → the network's.
        share: how much the network counts, from 0 to 1.
        offset: whether the network has learned what the linear member leaves: its scores then come on top of the linear
            ones, and ``share`` is how much of them is added. Otherwise both count, in sum 1.
        postprocessor: scores → answers, with what was learned from rows held out; None: by the task alone.
    """

    def __init__(
        self,
        task: Task,
        linear: LinearModel,
        scorer: Scorer,
        *,
        share: float,
        offset: bool,
        postprocessor: AnyPostprocessor | None = None,
    ) -> None:
        super().__init__(task, postprocessor)
        self.linear, self.scorer, self.share, self.offset = linear, scorer, share, offset

    @override
    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        check_texts(texts)
        if self.share == 0:
            return self.linear.scores(texts)
        if self.share == 1 and not self.offset:
            return self.scorer.scores(texts)
        return self.of_members(self.linear.scores(texts), self.scorer.scores(texts))

    def of_members(self, linear: NDArray[Any], own: NDArray[Any]) -> NDArray[np.floating[Any]]:
        """The stack's raw scores from those of the linear member and the network's own, each (texts, scores)."""
        return stacked(linear, linear + own if self.offset else own, self.share)

    @override
    def linear_member(self) -> LinearModel:
        return self.linear

    @override
    def linear_share(self) -> float:
        return 1.0 if self.offset else 1 - self.share

    @override
    def spans(self, text: str) -> list[Span]:
        return self.scorer.spans(text)

    @override
    def members(self, text: str) -> dict[str, NDArray[np.floating[Any]]]:
        linear, own = self.linear.scores([text])[0], self.scorer.scores([text])[0]
        return {"linear": linear * self.linear_share(), "network": own * self.share}

    @override
    def network(self) -> Scorer:
        return self.scorer

    @override
    def network_share(self) -> float:
        return self.share


def stacked(linear: NDArray[Any], network: NDArray[Any], share: float) -> NDArray[np.floating[Any]]:
    """The weighted mean of scores, each (rows, scores): for probabilities, a product of powers of both models'."""
    if share in {0.0, 1.0}:  # so that one member alone answers the same to the bit
        return network if share else linear
    return np.asarray((1 - share) * linear + share * network, dtype=np.float32)


def member_scores(models: Mapping[str, Model], texts: Sequence[str]) -> dict[str, NDArray[np.floating[Any]]]:
    """The raw scores of a folder's models by name, (texts, scores) each; every member reads the texts once."""
    stacks = [model for model in models.values() if isinstance(model, Stack)]
    if not stacks:
        return {name: model.scores(texts) for name, model in models.items()}
    check_texts(texts)
    linear, own = stacks[0].linear.scores(texts), stacks[0].scorer.scores(texts)
    alone = {"network": own, "linear": linear}
    return {
        name: model.of_members(linear, own) if isinstance(model, Stack) else alone[name]
        for name, model in models.items()
    }
