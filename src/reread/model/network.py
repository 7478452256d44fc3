"""A trained network as a model."""

from __future__ import annotations

from collections.abc import Sequence

from reread.model.base import Model
from reread.scoring.backends import Array
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.scorer import Scorer
from reread.text.segmenters.base import Span
from reread.typing import override


class Network(Model):
    """A network and how its scores are read.

    Args:
        scorer: texts → scores.
        postprocessor: scores → answers; None: as the scorer's task alone reads them.
    """

    def __init__(self, scorer: Scorer, postprocessor: AnyPostprocessor | None = None) -> None:
        super().__init__(scorer.task, postprocessor)
        self.scorer = scorer

    @override
    def scores(self, texts: Sequence[str]) -> Array:
        return self.scorer.scores(texts)

    @override
    def spans(self, text: str) -> list[Span]:
        return self.scorer.spans(text)

    @override
    def network(self) -> Scorer:
        return self.scorer

    @override
    def network_share(self) -> float:
        return 1.0
