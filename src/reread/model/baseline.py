"""The linear member as a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.baseline.linear import LinearModel
from reread.model.base import Model
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.tasks import Task
from reread.text.checks import check_texts
from reread.text.segmenters.base import Span
from reread.typing import override


class Baseline(Model):
    """The linear member and how its scores are read.

    Args:
        linear: texts → scores.
        task: what the scores mean.
        postprocessor: scores → answers; None: as the task alone reads them.
    """

    def __init__(self, linear: LinearModel, task: Task, postprocessor: AnyPostprocessor | None = None) -> None:
        super().__init__(task, postprocessor)
        self.linear = linear

    @override
    def linear_share(self) -> float:
        return 1.0

    @override
    def linear_member(self) -> LinearModel:
        return self.linear

    @override
    def spans(self, text: str) -> list[Span]:
        return self.linear.spans(text)

    @override
    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        check_texts(texts)
        return self.linear.scores(texts)
