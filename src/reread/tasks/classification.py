"""Classification: one of several classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.tasks import tasks
from reread.tasks.base import Floats
from reread.tasks.labels import learn_classes
from reread.tasks.one_class import OneClassTask
from reread.typing import override


@tasks.register("classification")
class Classification(OneClassTask):
    """One of several classes: the scores are logits, one per class, that softmax makes probabilities."""

    name = "classification"
    headline = "accuracy"
    higher_is_better = True

    @property
    @override
    def size(self) -> int:
        return len(self.classes)

    @classmethod
    @override
    def fit(cls, targets: Sequence[Any]) -> Self:
        return cls(learn_classes(targets))

    @override
    def chances(self, scores: Floats) -> Floats:
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)

    @override
    def choice(self, scores: Floats) -> NDArray[np.int64]:
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)
