"""Texts → answers, whatever gives the scores: a network, or several models blended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.scoring.joint_readout import AnyReadout, readout_of
from reread.scoring.readout import Floats, Sets
from reread.tasks import Task
from reread.typing import override

if TYPE_CHECKING:
    from reread.scoring.explain import Explanation
    from reread.scoring.scorer import Scorer


class Scores(Protocol):
    """What gives raw scores for texts."""

    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """The raw scores that a `Readout` turns into answers, (texts, scores)."""


class Answers(ABC):
    """What answers texts.

    Args:
        task: scores → answers.
        readout: how, with calibration and what else was learned on rows held out; none: as the task alone reads them.

    Attributes:
        reopen: opens the model folder again that this was opened from, with the same options; None: it is from none.
    """

    def __init__(self, task: Task, readout: AnyReadout | None = None) -> None:
        self.readout = readout or readout_of(task)
        self.task = self.readout.task
        self.reopen: Callable[[], Answers] | None = None

    @override
    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """What was opened from a folder travels to another process, or is copied, as the way to open it there again."""
        return super().__reduce_ex__(protocol) if self.reopen is None else (self.reopen, ())

    @abstractmethod
    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """The raw scores, not calibrated yet, (texts, scores)."""

    def predict(self, texts: Sequence[str], abstain_below: float | None = None) -> list[Any]:
        """The answer for each text, in the names and units of the training data.

        Args:
            texts: what is answered.
            abstain_below: None instead of a class whose probability is smaller.

        Raises:
            ConfigError: ``abstain_below`` is no probability.
            DataError: no list of strings; or ``abstain_below``, and no answer is one class.
        """
        return self.readout.predict(self.scores(texts), abstain_below)

    def predict_proba(self, texts: Sequence[str]) -> Floats | dict[str, Floats]:
        """The probability of each class, (texts, classes); of a joint model by the names of the targets that have classes.

        Raises:
            DataError: the task has no classes.
        """
        return self.readout.probabilities(self.scores(texts))

    def reader(self) -> Scorer:
        """The network that reads, or the first of several.

        Raises:
            ConfigError: there is none.
        """
        raise ConfigError("these answers come of no network that could be explained")

    def reader_weight(self) -> float:
        """How much the network that reads counts in the answers, from 0 to 1."""
        return 1.0

    def explain(self, text: str, *, target: object = None, method: str = "auto", unit: str = "word") -> Explanation:
        """What each word of a text, or each sentence, adds to the answer; see `reread.scoring.explain.explain.explain`.

        Raises:
            ConfigError: a target, a method or a unit that there is not, or that does not go with this model.
            DataError: the text is none, or too long for the method.
            MissingExtraError: a library that the method needs is not installed.
        """
        from reread.scoring.explain.explain import explain  # noqa: PLC0415  # it explains what answers: each knows the other

        return explain(self, text, target=target, method=method, unit=unit)

    def predict_interval(self, texts: Sequence[str], coverage: float = 0.9) -> Floats | dict[str, Floats]:
        """The lowest and the highest number to expect for each text, (texts, 2); see `TextRegressor.predict_interval`.

        Of a joint model by the names of the targets that are numbers; see `JointTextModel.predict_interval`.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: the model holds no residuals, or too few for this coverage.
        """
        return self.readout.intervals(self.scores(texts), coverage)

    def predict_set(self, texts: Sequence[str], coverage: float = 0.9) -> Sets | dict[str, Sets]:
        """The classes to expect for each text; see `TextClassifier.predict_set`.

        Of a joint model by the names of the targets that have one class a text; see `JointTextModel.predict_set`.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: the model holds no residuals of classes, or too few for this coverage.
        """
        return self.readout.sets(self.scores(texts), coverage)


def check_texts(texts: Sequence[str]) -> None:
    """Refuse what is no list of texts.

    Raises:
        DataError: one string or a table instead of a list, or an item that is no string.
    """
    if isinstance(texts, str):
        raise DataError("texts is one string; give a list of strings")
    if isinstance(texts, Mapping) or getattr(texts, "ndim", 1) != 1:
        raise DataError(f'texts is a table ({type(texts).__name__}); give its column of texts, such as table["text"]')
    for k, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {k} is {type(text).__name__} ({str(text)[:40]!r}), expected str")
