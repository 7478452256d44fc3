"""Answers beside the truth, in the form that each kind of task needs for its figures; (rows,) arrays, so that rows can be chosen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import singledispatch
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.insight.report.resampling import Interval, mean_average_precision, resampled, wilson
from reread.tasks import Task
from reread.tasks.metrics import accuracy, mae, quadratic_kappa, rmse
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression, to_numbers
from reread.tasks.single_label import SingleLabelTask
from reread.typing import override
from reread.wording import percent, quantity

Floats = NDArray[np.float64]
HIGHER = ("makes the answer higher", "makes it lower")
Measure = Callable[[Floats], float]


@dataclass(frozen=True)
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
        """How wrong each answer is, (rows,); 0 where it is right."""

    @abstractmethod
    def truth_of(self, row: int) -> str:
        """What is true of a row, in words."""

    @abstractmethod
    def answer_of(self, row: int) -> str:
        """What was answered, in words."""

    def most_wrong(self, row: int) -> str | None:  # noqa: ARG002
        """Which part of an answer is most wrong, the one to explain; None where an answer has no parts."""
        return None

    @property
    def sides(self) -> tuple[str, str]:
        """What a piece of a text with a positive weight does in an explanation, and one with a negative weight."""
        return "speaks for the answer that was given", "speaks against it"

    def take(self, rows: NDArray[Any]) -> Self:
        """Some of the rows, by index or by a mask."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(self, **{name: value[rows] for name, value in own.items() if isinstance(value, np.ndarray)})


@dataclass(frozen=True)
class ClassAnswers(Outcomes):
    """One class a row: indices of the true and of the answered class, and the probability given to each of these."""

    classes: Sequence[str]
    ordered: bool
    truth: NDArray[np.int64]
    answer: NDArray[np.int64]
    chance_of_truth: Floats
    confidence: Floats

    @override
    def measure(self) -> Measure:
        function = quadratic_kappa if self.metric == "quadratic_kappa" else accuracy
        return lambda weights: function(self.truth, self.answer, weights)

    @override
    def exact_interval(self) -> Interval | None:
        return wilson(self.right, self.weights) if self.metric == "accuracy" else None

    @override
    def wrongness(self) -> Floats:
        return np.where(self.right, 0, 1 - self.chance_of_truth)

    @override
    def truth_of(self, row: int) -> str:
        return f"{self.classes[self.truth[row]]} (given {percent(self.chance_of_truth[row], 0)})"

    @override
    def answer_of(self, row: int) -> str:
        return f"{self.classes[self.answer[row]]} ({percent(self.confidence[row], 0)} sure)"

    @property
    @override
    def sides(self) -> tuple[str, str]:
        return HIGHER if self.ordered else super().sides

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is the truth."""
        return np.asarray(self.truth == self.answer)


@dataclass(frozen=True)
class LabelAnswers(Outcomes):
    """Any number of labels a row: 0/1 matrices (rows, labels) and the labels' probabilities; labels are (labels,), a plain list."""

    classes: Sequence[str]
    truth: NDArray[np.bool_]
    answer: NDArray[np.bool_]
    probabilities: NDArray[np.float32]

    @override
    def measure(self) -> Measure:
        return mean_average_precision(self.truth, self.probabilities)

    @override
    def wrongness(self) -> Floats:
        return np.asarray(self._wrongness().max(axis=1))

    def _wrongness(self) -> Floats:
        """Of each label, (rows, labels)."""
        doubt = np.where(self.truth, 1 - self.probabilities, self.probabilities)  # of what is true
        return np.where(self.truth != self.answer, doubt, 0).astype(np.float64)

    @override
    def most_wrong(self, row: int) -> str:
        return self.classes[int(self._wrongness()[row].argmax())]

    @property
    @override
    def sides(self) -> tuple[str, str]:
        return "speaks for the label named beside the text", "speaks against it"

    @override
    def truth_of(self, row: int) -> str:
        return self._labels(row, self.truth)

    @override
    def answer_of(self, row: int) -> str:
        return self._labels(row, self.answer)

    def _labels(self, row: int, given: NDArray[np.bool_]) -> str:
        chances = self.probabilities[row].tolist()
        found = [f"{self.classes[k]} ({percent(chances[k], 0)})" for k in np.flatnonzero(given[row]).tolist()]
        return ", ".join(found) or "no label"


@dataclass(frozen=True)
class NumberAnswers(Outcomes):
    """A number a row: the true and the answered one."""

    truth: Floats
    answer: Floats

    @override
    def measure(self) -> Measure:
        function = mae if self.metric == "mae" else rmse
        return lambda weights: function(self.truth, self.answer, weights)

    @override
    def wrongness(self) -> Floats:
        return np.abs(self.errors)

    @override
    def truth_of(self, row: int) -> str:
        return quantity(self.truth[row])

    @override
    def answer_of(self, row: int) -> str:
        return quantity(self.answer[row])

    @property
    @override
    def sides(self) -> tuple[str, str]:
        return HIGHER

    @property
    def errors(self) -> Floats:
        """Answer − truth."""
        return self.answer - self.truth


@singledispatch
def outcomes_of(task: Task, targets: Sequence[Any], scores: NDArray[Any], weights: NDArray[Any] | None) -> Outcomes:  # noqa: ARG001
    """Put the answers of raw scores (rows, scores) beside the truth.

    Raises:
        ConfigError: a task of a kind that the report does not know.
        DataError: a target that the task does not know.
    """
    raise ConfigError(f"the report knows no {task.name} tasks; leave the report out")


@outcomes_of.register(SingleLabelTask)
def _(
    task: SingleLabelTask, targets: Sequence[Any], scores: NDArray[Any], weights: NDArray[Any] | None
) -> ClassAnswers:
    checked, truth = np.asarray(scores, dtype=np.float64), task.encode(targets)[:, 0].astype(np.int64)
    answer, chances, rows = task.choice(checked), task.chances(checked), np.arange(len(scores))
    return ClassAnswers(
        task.headline, task.higher_is_better, _weights(weights, len(scores)), [str(label) for label in task.classes],
        task.name == "ordinal", truth, answer, chances[rows, truth], chances[rows, answer],
    )  # fmt: skip


@outcomes_of.register(Multilabel)
def _(task: Multilabel, targets: Sequence[Any], scores: NDArray[Any], weights: NDArray[Any] | None) -> LabelAnswers:
    probabilities = task.probabilities(scores)
    return LabelAnswers(
        task.headline, task.higher_is_better, _weights(weights, len(scores)), [str(label) for label in task.classes],
        task.encode(targets) > 0, probabilities > task.thresholds, probabilities.astype(np.float32),
    )  # fmt: skip


@outcomes_of.register(Regression)
def _(task: Regression, targets: Sequence[Any], scores: NDArray[Any], weights: NDArray[Any] | None) -> NumberAnswers:
    return NumberAnswers(
        task.headline, task.higher_is_better, _weights(weights, len(scores)), to_numbers(targets), np.asarray(task.predict(scores)),
    )  # fmt: skip


def _weights(weights: NDArray[Any] | None, rows: int) -> Floats:
    return np.ones(rows) if weights is None else np.asarray(weights, dtype=np.float64)
