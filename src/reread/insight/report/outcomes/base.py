"""The interface of answers beside the truth; arrays have one entry a row, so that rows can be chosen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.insight.report.resampling import Interval, resampled

Floats: TypeAlias = NDArray[np.float64]
Measure: TypeAlias = Callable[[Floats], float]
T = TypeVar("T")
HIGHER = ("makes the answer higher", "makes it lower")


@dataclass(frozen=True, kw_only=True)
class Outcomes(ABC):
    """Answers beside the truth, row by row.

    Attributes:
        metric: the task's headline.
        higher_is_better: whether a larger one is a better one.
        weights: how much each row counts, (rows,).
    """

    metric: str
    higher_is_better: bool
    weights: Floats

    def __len__(self) -> int:
        return len(self.weights)

    @classmethod
    @abstractmethod
    def of(cls, task: Any, targets: Sequence[Any], scores: NDArray[Any], weights: Floats) -> Self:
        """The answers of a task that names this outcome.

        Args:
            task: what an answer is.
            targets: the truth, one for each row.
            scores: raw scores, (rows, scores).
            weights: how much each row counts, (rows,).

        Raises:
            DataError: a target that the task does not know.
        """

    @abstractmethod
    def measure(self) -> Measure:
        """The headline metric of these rows, as a function of how much each one counts, (rows,)."""

    def interval(self) -> Interval:
        """The headline metric with its 95 % interval."""
        return self.exact_interval() or resampled([self])[0]

    def exact_interval(self) -> Interval | None:
        """The same without resampling, where there is such a formula."""
        return None

    @abstractmethod
    def wrongness(self) -> Floats:
        """How wrong each answer is, (rows,); 0 if it is right."""

    @abstractmethod
    def truth_of(self, row: int) -> str:
        """What is true of a row, in words."""

    @abstractmethod
    def answer_of(self, row: int) -> str:
        """What was answered, in words."""

    def most_wrong(self, row: int) -> str | None:  # noqa: ARG002
        """Which part of an answer is most wrong, the one to explain; None if an answer has no parts."""
        return None

    @property
    def sides(self) -> tuple[str, str]:
        """What a piece with a positive weight does in an explanation, and one with a negative weight."""
        return "supports the answer", "contradicts it"

    def take(self, rows: NDArray[Any]) -> Self:
        """Some of the rows, by index or by a mask."""
        values_by_name = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(
            self, **{name: value[rows] for name, value in values_by_name.items() if isinstance(value, np.ndarray)}
        )


def headline_of(metric: str, known: Mapping[str, T]) -> T:
    """The function that measures a headline.

    Raises:
        ConfigError: the report cannot measure it.
    """
    if metric not in known:
        raise ConfigError(f'the report cannot measure "{metric}", only {", ".join(known)}; leave the report out')
    return known[metric]
