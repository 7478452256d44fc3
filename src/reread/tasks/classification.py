"""Classification: one of several classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import tasks
from reread.tasks.base import Floats, Targets
from reread.tasks.labels import Label, learn_classes, listing
from reread.tasks.one_class import OneClassTask
from reread.typing import override


@tasks.register("classification")
class Classification(OneClassTask):
    """One of several classes: the scores are logits, one per class, that softmax makes probabilities.

    Args:
        classes: the classes in their order.
        above: targets are numbers: those above this are of the second class, the others of the first (docs/sources.md, S4).

    Raises:
        ConfigError: ``above`` with other than two classes.
    """

    name = "classification"
    headline = "accuracy"
    higher_is_better = True

    def __init__(self, classes: Sequence[Label], above: float | None = None) -> None:
        super().__init__(classes)
        self.above = above
        if above is not None and len(self.classes) != 2:
            raise ConfigError(f"above = {above} parts numbers in two classes, not in {listing(self.classes)}")

    @property
    @override
    def size(self) -> int:
        return len(self.classes)

    @classmethod
    @override
    def fit(
        cls, targets: Sequence[Any], above: float | None = None, classes: Sequence[Label] = ("negative", "positive")
    ) -> Self:
        """Learn the classes.

        Args:
            targets: the labels, or numbers where ``above`` is given.
            above: parts the numbers in two classes.
            classes: their names, the lower one first.
        """
        if above is None:
            return cls(learn_classes(targets))
        task = cls(classes, above)
        if len(set(task.encode(targets)[:, 0])) < 2:
            raise DataError(
                f"no target is {'above' if max(map(float, targets)) <= above else 'at most'} {above:g}; both classes are needed"
            )
        return task

    @override
    def encode(self, targets: Sequence[Any]) -> Targets:
        return super().encode(targets if self.above is None else [self._side(target) for target in targets])

    def _side(self, target: Any) -> Label:
        """The class of a number; a class that is named already stays."""
        if target in self.classes:
            return cast("Label", target)
        try:
            number = float(target)
        except (TypeError, ValueError) as error:
            raise DataError(
                f"label {target!r} is no number, as above = {self.above:g} needs, nor one of {listing(self.classes)}"
            ) from error
        return self.classes[int(number > cast("float", self.above))]

    @override
    def settings(self) -> dict[str, Any]:
        return super().settings() | ({} if self.above is None else {"above": self.above})

    @override
    def chances(self, scores: Floats) -> Floats:
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)

    @override
    def choice(self, scores: Floats) -> NDArray[np.int64]:
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)
