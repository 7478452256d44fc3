"""Raw scores → answers, whatever gives the scores: a network, or several models blended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError
from reread.scoring.intervals import conformal_intervals
from reread.tasks import Task
from reread.tasks.joint import Joint

if TYPE_CHECKING:
    from reread.scoring.explain import Explanation
    from reread.scoring.scorer import Scorer

Floats = NDArray[np.float64]


class Scores(Protocol):
    """What gives raw scores for texts."""

    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """The raw scores that the task turns into answers, (texts, scores)."""


class Answers(ABC):
    """What answers texts.

    Args:
        task: scores → answers.
        residuals: absolute errors on rows that were not trained on, sorted, (rows,); intervals are made of them.
    """

    def __init__(self, task: Task, residuals: ArrayLike = ()) -> None:
        self.task = task
        self.residuals = np.asarray(residuals, dtype=np.float64)

    @abstractmethod
    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """The raw scores, (texts, scores)."""

    def predict(self, texts: Sequence[str]) -> list[Any]:
        """The answer for each text, in the names and units of the training data."""
        return self.task.predict(self.scores(texts))

    def predict_proba(self, texts: Sequence[str]) -> Floats | dict[str, Floats]:
        """The probability of each class, (texts, classes); of a joint model by the names of the targets that have classes.

        Raises:
            DataError: the task has no classes.
        """
        scores = self.scores(texts)
        if isinstance(self.task, Joint):
            return joint_probabilities(self.task, scores)
        probabilities = self.task.probabilities(scores)
        if probabilities is None:
            raise DataError(f"a {self.task.name} model has no probabilities; use predict")
        return probabilities

    @abstractmethod
    def reader(self) -> Scorer:
        """The network that reads, or the first of several.

        Raises:
            ConfigError: there is none.
        """

    def explain(self, text: str, *, target: object = None, method: str = "auto", unit: str = "word") -> Explanation:
        """What each word of a text, or each sentence, adds to the answer; see `reread.scoring.explain.explain.explain`.

        Raises:
            ConfigError: a target, a method or a unit that there is not, or that does not go with this model.
            MissingExtraError: a library that the method needs is not installed.
        """
        from reread.scoring.explain.explain import explain  # noqa: PLC0415  # it explains what answers: each knows the other

        return explain(self, text, target=target, method=method, unit=unit)

    def predict_interval(self, texts: Sequence[str], coverage: float = 0.9) -> Floats:
        """The lowest and the highest number to expect for each text, (texts, 2); see `TextRegressor.predict_interval`.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: the model holds no residuals, or too few for this coverage.
        """
        if not self.residuals.size:
            raise DataError(
                f"this {self.task.name} model has no residuals to make intervals of; train a regression model and hold rows out"
            )
        return conformal_intervals(self.predict(texts), self.residuals, coverage)


def joint_probabilities(task: Joint, scores: NDArray[np.floating[Any]]) -> dict[str, Floats]:
    """The probability of each class, (texts, classes), by the names of the targets that have classes."""
    each = {name: task.parts[name].probabilities(scores[:, own]) for name, own in task.slices().items()}
    return {name: probabilities for name, probabilities in each.items() if probabilities is not None}


def check_texts(texts: Sequence[str]) -> None:
    """Refuse what is no list of texts.

    Raises:
        DataError: one string instead of a list, or an item that is no string.
    """
    if isinstance(texts, str):
        raise DataError("texts is one string; give a list of strings")
    for k, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {k} is {type(text).__name__} ({str(text)[:40]!r}), expected str")
