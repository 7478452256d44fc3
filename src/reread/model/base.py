"""The interface of models that answer texts: a network, the linear member, a stack, or a blend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.scoring.joint_postprocessor import AnyPostprocessor, postprocessor_of
from reread.scoring.postprocessor import Floats, Sets
from reread.scoring.predict_options import PredictOptions
from reread.tasks import Task
from reread.tasks.base import as_objects
from reread.text.checks import check_texts
from reread.text.segmenters.base import Span
from reread.typing import override

if TYPE_CHECKING:
    from reread.baseline.linear import LinearModel
    from reread.explain import Explanation
    from reread.scoring.scorer import Scorer


class Model(ABC):
    """A trained model: texts in, answers out. Many threads can use it at once.

    Args:
        task: what its scores mean.
        postprocessor: scores → answers, with what was learned from rows held out; None: by the task alone.

    Attributes:
        adds_scores: whether its scores are those of its linear member times `linear_share`, plus those of its network
            times `network_share`.
        reopen: opens the model folder again that this model was read from, with the same options; None: there is none.
    """

    adds_scores: ClassVar[bool] = True

    def __init__(self, task: Task, postprocessor: AnyPostprocessor | None = None) -> None:
        self.postprocessor = postprocessor or postprocessor_of(task)
        self.task = self.postprocessor.task
        self.reopen: Callable[[], Model] | None = None

    @override
    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """A model that was opened from a folder is pickled and copied as the call that opens the folder again."""
        return super().__reduce_ex__(protocol) if self.reopen is None else (self.reopen, ())

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.task!r})"

    @property
    def classes_(self) -> NDArray[Any] | dict[str, NDArray[Any]]:
        """The classes in the order of `predict_proba`'s columns; in a joint model, by the names of such targets.

        Raises:
            AttributeError: the answers are numbers.
        """
        names = self.task.class_names()
        if names is None:
            raise AttributeError(f"a {self.task.name} model has no classes")
        return names

    @abstractmethod
    def scores(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """The raw scores, before calibration, (texts, scores)."""

    def predict(self, texts: Sequence[str], abstain_below: float | None = None) -> NDArray[Any]:
        """The answer for each text, in the names and units of the training data, (texts,).

        Answers are classes, numbers or lists of labels; for a joint model, mappings by the targets' names.

        Args:
            texts: the texts to answer.
            abstain_below: answer None instead of a class with a smaller probability.

        Raises:
            ConfigError: ``abstain_below`` is not a probability.
            DataError: ``texts`` is not a list of strings; or ``abstain_below`` is given, and no answer is one class.
        """
        answers = self.postprocessor.predict(self.scores(texts), abstain_below)
        return self.task.as_array(answers) if abstain_below is None else as_objects(answers)

    def predict_proba(self, texts: Sequence[str]) -> Floats | dict[str, Floats]:
        """The probability of each class, (texts, classes); in a joint model, by the names of targets with classes.

        Raises:
            DataError: the task has no classes.
        """
        return self.postprocessor.probabilities(self.scores(texts))

    def predict_interval(self, texts: Sequence[str], coverage: float = 0.9) -> Floats | dict[str, Floats]:
        """The lowest and the highest number to expect for each text, (texts, 2); see `TextRegressor.predict_interval`.

        Of a joint model by the names of the targets that are numbers; see `JointTextModel.predict_interval`.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: the model holds no residuals, or too few for this coverage.
        """
        return self.postprocessor.intervals(self.scores(texts), coverage)

    def predict_set(self, texts: Sequence[str], coverage: float = 0.9) -> Sets | dict[str, Sets]:
        """The classes to expect for each text; see `TextClassifier.predict_set`.

        Of a joint model by the names of the targets that have one class a text; see `JointTextModel.predict_set`.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: the model holds no residuals of classes, or too few for this coverage.
        """
        return self.postprocessor.sets(self.scores(texts), coverage)

    def answer_batch(
        self,
        batch: Any,
        text: str | None = None,
        *,
        abstain_below: float | None = None,
        sets: float | None = None,
        interval: float | None = None,
    ) -> Any:
        """Answer an Arrow batch: the same rows in the same order, with the columns that `reread predict` adds.

        These are ``prediction``, ``probability:<class>`` for each class, and ``error``, which says why a row has no
        answer. The types of the columns are the same for every batch. The model keeps no state, and many threads can
        call it at once. Memory grows with the batch.

        Args:
            batch: the rows, a `pyarrow.RecordBatch`, which is also what comes back.
            text: the column with the texts; None: the one with a usual name, such as ``text``.
            abstain_below: leave out answers with a smaller probability, and say so in a column ``abstained``.
            sets: add a column ``set``: classes that contain the true one with this frequency.
            interval: add columns ``lower`` and ``upper``: the true number lies between them with this frequency.

        Raises:
            ConfigError: an option is not a probability.
            DataError: there is no such column; a column has the name of one that is added; or the model cannot give
                what is asked for.
            MissingExtraError: pyarrow is not installed.
        """
        from reread.scoring.batches import answer_batch  # noqa: PLC0415  # few models answer batches

        options = PredictOptions(abstain_below=abstain_below, sets=sets, interval=interval)
        return answer_batch(batch, text, self.scores, self.postprocessor, options)

    def network(self) -> Scorer:
        """The network that reads the texts, or the first of several.

        Raises:
            ConfigError: the model has no network.
        """
        raise ConfigError("this model answers without a network, so there is no network to inspect")

    def linear_share(self) -> float:
        """How much of a linear member's scores is in the model's, from 0 to 1."""
        return 0.0

    def linear_member(self) -> LinearModel:
        """The linear member.

        Raises:
            ConfigError: the model has none.
        """
        raise ConfigError("this model answers without a linear member, so there are no n-grams to inspect")

    def network_share(self) -> float:
        """The network's weight in the answers, from 0 to 1."""
        return 0.0

    def onnx_inputs(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        """What the ONNX file that `reread export` makes of the model reads of some texts, by the names of its inputs.

        These are for a network ``ids`` (texts, time, features) and ``lengths`` (texts,), and for a linear member
        ``ngrams`` and ``ngram_values``, (texts, most) each: int64, the values float32. Texts of similar length together
        need the least memory.

        Raises:
            ConfigError: no such file can be made of a mean of other models' probabilities.
            DataError: ``texts`` is not a list of strings, or has none.
        """
        if not self.adds_scores:
            raise ConfigError("a mean of models' probabilities is not written as ONNX, so it has no such inputs")
        check_texts(texts)
        if not len(texts):
            raise DataError("there are no texts; an ONNX file reads at least one")
        of_network = self.network().inputs(texts) if self.network_share() else {}
        return {**of_network, **(self.linear_member().inputs(texts) if self.linear_share() else {})}

    @abstractmethod
    def spans(self, text: str) -> list[Span]:
        """The places of the words of a text that the model reads: start and end of each, in characters."""

    def members(self, text: str) -> dict[str, NDArray[np.floating[Any]]]:
        """What each member adds to the raw scores of a text, by name, (scores,); empty if there is one alone."""
        del text
        return {}

    def explain(self, text: str, *, target: object = None, method: str = "auto", unit: str = "word") -> Explanation:
        """What each word of a text, or each sentence, adds to the answer; see `reread.explain.explain.explain`.

        Raises:
            ConfigError: an unknown target, method or unit, or one that does not fit this model.
            DataError: the text is not a string, or too long for the method.
            MissingExtraError: a library that the method needs is not installed.
        """
        from reread.explain.explain import explain  # noqa: PLC0415  # most models never explain

        return explain(self, text, target=target, method=method, unit=unit)
