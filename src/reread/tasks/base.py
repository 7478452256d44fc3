"""What every task promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Sized
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError
from reread.tasks.aims import Aim
from reread.tasks.labels import Label
from reread.tasks.mixing import check_weights
from reread.typing import override

Floats: TypeAlias = NDArray[np.float64]
Targets: TypeAlias = NDArray[np.float32]
ClassWeights: TypeAlias = NDArray[np.float32] | Mapping[str, NDArray[np.float32]]
"""What each class counts in the loss, (classes,); of a joint task by the name of a part."""


class Task(ABC):
    """Turns the user's targets into numbers that a loss reads, and scores (rows, size) into answers.

    Scores are the raw outputs of a network; what they mean (logits, standardised numbers) is up to the task.

    Other packages ask a task for its capabilities and for the names of its components, never for its class.

    Attributes:
        name: the registered name.
        headline: the metric shown first and watched by early stopping.
        higher_is_better: whether a larger headline is better.
        link: how scores become answers in an ONNX file, as registered in `reread.export.links`; None: only the parts
            have one.
        target_kind: whether a column of targets is read as a "label" or as a "number".
        loss: what training minimises, as registered in `reread.train.losses`.
        linear_fit: how the linear baseline is fitted, as registered in `reread.baseline.fitters`.
        blend_criterion: what the weights of a blend minimise, as registered in `reread.model.criteria`.
        outcome: what an answer is beside the truth, as registered in `reread.insight.report.outcomes`, in
            `reread.monitoring.figures` and in `reread.insight.audit.judges`; None: only the parts have one.
        parts: the tasks of a joint task, by the names of its targets; empty for any other task.
        weights: the weight of each part's loss in the sum, by name.
        classes: the classes in the order of the probabilities; empty if the answer is not a class. A task that has
            classes is a `ClassTask`.
        ordered: whether the classes stand in an order, from the lowest to the highest.
        thresholds: the probability above which each of the ``decided`` classes is given, (decided,); empty if none
            were chosen.
        quantiles: the quantiles that the scores predict; empty if they predict none.
        can_abstain: whether an answer is one class, which a model can abstain from. Such a task is a
            `SingleLabelTask`.
        can_grow: whether classes can be added to those of a trained model: one class a text, a score each.
        explains_class: whether the aim of an answer is named after the class that it is evidence for.
        on_offset: whether ``training.offset`` = auto trains the network on top of a linear member's scores.
        each_class_scores: whether each score is of one class, in their order.
        residual_kind: what residuals are used for, by its name in `PredictOptions`: "sets" of classes or an
            "interval" around a number; None: nothing.
    """

    name: ClassVar[str]
    headline: str
    target_kind: ClassVar[str] = "label"
    higher_is_better: bool
    loss: str
    linear_fit: ClassVar[str]
    blend_criterion: ClassVar[str]
    outcome: ClassVar[str | None] = None
    link: ClassVar[str | None] = None
    parts: Mapping[str, Task] = MappingProxyType({})
    weights: Mapping[str, float] = MappingProxyType({})
    classes: tuple[Label, ...] = ()
    ordered: ClassVar[bool] = False
    thresholds: Floats = np.zeros(0)
    quantiles: tuple[float, ...] = ()
    can_abstain: ClassVar[bool] = False
    can_grow: ClassVar[bool] = False
    explains_class: ClassVar[bool] = False
    on_offset: ClassVar[bool] = False
    each_class_scores: ClassVar[bool] = False
    residual_kind: ClassVar[str | None] = None

    @property
    @abstractmethod
    def size(self) -> int:
        """How many scores a text has."""

    @property
    @abstractmethod
    def target_width(self) -> int:
        """How many columns ``encode`` makes."""

    @classmethod
    @abstractmethod
    def fit(cls, targets: Sequence[Any], *args: Any, **options: Any) -> Self:
        """Learn classes, mean and scale … from training targets.

        Raises:
            DataError: the targets cannot be learned from: one class only, mixed types, a missing value.
        """

    @abstractmethod
    def encode(self, targets: Sequence[Any]) -> Targets:
        """What the loss reads, (rows, target_width).

        Raises:
            DataError: a target is unknown to the task.
        """

    @classmethod
    def fits_linearly(cls, options: Mapping[str, Any]) -> bool:
        """Whether the linear baseline can give every answer of a task with these options of ``fit``."""
        del options
        return True

    @property
    def decided(self) -> range:
        """The classes that are given by a separate threshold; none if one of several classes is chosen."""
        return range(0)

    def stratum(self, encoded: Targets) -> Targets | None:
        """The stratum of each row for a stratified split, (rows,): its class, if any; of encoded targets."""
        del encoded
        return None

    def answer_space(self) -> tuple[Any, ...]:
        """Two models' answers can be averaged if this is equal."""
        return self.name, self.classes, self.quantiles

    def restated(self, scores: Floats, task: Task) -> Floats:
        """Its scores (rows, size) as another task of the same answer space reads them."""
        del task
        return scores

    def with_parts(self, parts: Mapping[str, Task]) -> Self:
        """The same joint task with other parts of the same names; itself if there are none."""
        del parts
        return self

    def slices(self) -> dict[str, slice]:
        """The columns of each part's scores."""
        return _side_by_side({name: part.size for name, part in self.parts.items()})

    def target_slices(self) -> dict[str, slice]:
        """The columns of each part's encoded targets."""
        return _side_by_side({name: part.target_width for name, part in self.parts.items()})

    def split_scores(self, scores: ArrayLike) -> dict[str, Floats]:
        """The scores of each part (rows, its size), by name."""
        checked = self._check(scores)
        return {name: checked[:, columns] for name, columns in self.slices().items()}

    def split_targets(self, targets: Any) -> dict[str, Sequence[Any]]:
        """The targets of each part, by name; empty if there are no parts.

        Raises:
            DataError: a part has no targets.
        """
        del targets
        return {}

    def named(self, targets: Sequence[Any]) -> list[Any]:
        """The targets as ``predict`` names its answers, to be compared with them.

        Raises:
            DataError: a target has no name there.
        """
        return list(targets)

    @abstractmethod
    def prior_scores(self, encoded: Targets, weights: ArrayLike, class_weights: ClassWeights | None = None) -> Floats:
        """The constant scores (size,) that have the least loss on these targets.

        For classes these are the log-odds of their shares. A class without rows counts as half a row.

        Args:
            encoded: what the loss reads, (rows, target_width).
            weights: how much each row counts, (rows,); not all of them 0.
            class_weights: the weight of each class in the loss; None: all the same.
        """

    @abstractmethod
    def losses(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """How wrong the scores of each row are, (rows,), judged by their chances, not by the likeliest class alone.

        Args:
            encoded: the targets, as ``encode`` makes them, (rows, target_width).
            scores: (rows, size).
        """

    @abstractmethod
    def probabilities(self, scores: ArrayLike) -> Floats | None:
        """The classes' probabilities, (rows, classes); None if the answer is not a class."""

    def confidence(self, scores: ArrayLike) -> Floats | None:
        """The probability of the answer of ``predict``, (rows,); None if that is not one class."""
        del scores
        return None

    def residuals(self, targets: Sequence[Any], scores: ArrayLike) -> Floats:
        """The error of each answer, (rows,): the absolute error of a number, or 1 − the probability of the true class.

        Empty if the answer is neither.
        """
        del targets, scores
        return np.zeros(0)

    @abstractmethod
    def predict(self, scores: ArrayLike) -> list[Any]:
        """One answer per row, in the user's names and units."""

    def as_array(self, answers: Sequence[Any]) -> NDArray[Any]:
        """The answers of ``predict`` as an array, (rows,)."""
        return as_objects(answers)

    def class_names(self) -> NDArray[Any] | dict[str, NDArray[Any]] | None:
        """The classes in the order of their probabilities, (classes,); in a joint task by part; None for numbers."""
        return None

    @abstractmethod
    def columns(self, scores: ArrayLike) -> dict[str, list[Any]]:
        """The output columns, ``prediction`` first; each has one value per row."""

    @abstractmethod
    def metrics(self, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        """The metrics of the scores, the headline first; a metric that is undefined on these rows is NaN."""

    @abstractmethod
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        """What to explain of one text's scores, (size,): the answer itself, or the evidence for another ``target``.

        Raises:
            ConfigError: there is no such target.
        """

    def aims(self, scores: ArrayLike, target: object = None) -> list[Aim]:
        """Everything to explain of one text's scores, (size,), separately; the first one is `aim`.

        Raises:
            ConfigError: there is no such target.
        """
        return [self.aim(scores, target)]

    def mix(self, scores: Sequence[ArrayLike], weights: ArrayLike) -> Floats:
        """The raw scores whose answer is the weighted average of several models' answers, (rows, size).

        The probabilities, or the numbers, of every row are averaged.

        Args:
            scores: each model's scores of the same rows, (rows, size).
            weights: how much each model counts: at least 0, with sum 1.

        Raises:
            ConfigError: the weights are invalid, or there is not one for each model.
            DataError: the scores differ in width or rows.
        """
        checked, shares = [self._check(each) for each in scores], check_weights(weights, len(scores))
        if len({len(each) for each in checked}) > 1:
            raise DataError(f"models with scores of {[len(each) for each in checked]} rows; all need the same rows")
        counted = shares > 0  # models of weight 0 are left out, whatever their scores
        return self._mix(np.stack(checked)[counted], shares[counted])

    @abstractmethod
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        """Map scores (models, rows, size) and weights (models,), none of them 0, to scores (rows, size)."""

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """What the constructor needs to build this task again; JSON can write it."""

    def to_config(self) -> dict[str, Any]:
        """The task as JSON can write it; ``task_from_config`` reads it."""
        return {"task": self.name, **self.settings()}

    @classmethod
    def from_config(cls, settings: Mapping[str, Any]) -> Self:
        """The task with these settings."""
        return cls(**settings)

    def _check(self, scores: ArrayLike) -> Floats:
        """The scores in double precision; scores of another width are an error, never truncated or padded."""
        checked = np.asarray(scores, dtype=np.float64)
        if checked.ndim != 2 or checked.shape[1] != self.size:
            raise DataError(f"scores of shape {checked.shape}; this {self.name} needs (rows, {self.size})")
        return checked

    def _check_rows(self, encoded: Sized, scores: Sized) -> None:
        """Raise ``DataError`` if targets and scores differ in rows."""
        if len(encoded) != len(scores):
            raise DataError(
                f"{len(encoded)} targets and {len(scores)} rows of scores; there must be one target per row"
            )

    @override
    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.settings().items())
        return f"{type(self).__name__}({shown})"


def _side_by_side(widths: Mapping[str, int]) -> dict[str, slice]:
    """The slices of columns of these widths, side by side."""
    bounds = pairwise(accumulate(widths.values(), initial=0))
    return {name: slice(start, end) for name, (start, end) in zip(widths, bounds, strict=True)}


def as_objects(answers: Sequence[Any]) -> NDArray[Any]:
    """Lists, mappings or None as an array of objects, (rows,)."""
    return np.fromiter(answers, dtype=object, count=len(answers))
