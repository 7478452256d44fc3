"""Weighted averages of models, the weights learned on rows that the models were not trained on: `reread.blend`.

A blend averages the answers of any trained models, however many, with the weights of the least loss. What
`reread train` makes is a stack (`reread.model.stack`): it adds the scores of its own two members, and lets the linear
one answer alone unless the rows held out show that the network is worth its time. Folders of version 1 hold a blend
of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError
from reread.model.base import Model
from reread.model.criteria import gradient_of
from reread.model.simplex import lowest
from reread.scoring.calibration import DEFAULT
from reread.scoring.calibration.learning import check_calibrates
from reread.scoring.joint_postprocessor import AnyPostprocessor
from reread.scoring.learning import learn_postprocessor
from reread.scoring.scorer import Scorer
from reread.tasks import Task
from reread.tasks.metrics.rows import row_weights
from reread.tasks.mixing import check_weights
from reread.text.checks import check_texts
from reread.text.segmenters.base import Span
from reread.typing import override
from reread.wording import number_of

Floats: TypeAlias = NDArray[np.float64]


class Blend(Model):
    """Models that answer together: every probability, or number, is the weighted average of theirs.

    Args:
        task: scores → answers.
        models: each with scores as ``task`` reads them.
        weights: how much each model counts: at least 0, in sum 1.
        postprocessor: scores → answers, with what was learned from rows held out; None: by the task alone.

    Raises:
        ConfigError: the weights do not meet these conditions, or there is not one for each model.
    """

    adds_scores = False

    def __init__(
        self,
        task: Task,
        models: Sequence[Model],
        weights: Sequence[float],
        *,
        postprocessor: AnyPostprocessor | None = None,
    ) -> None:
        super().__init__(task, postprocessor)
        self.models = tuple(models)
        self.weights: tuple[float, ...] = tuple(check_weights(weights, len(self.models)).tolist())

    @override
    def scores(self, texts: Sequence[str]) -> Floats:
        check_texts(texts)
        return self.mixed([model.scores(texts) for model in self.models])

    def mixed(self, scores: Sequence[NDArray[Any]]) -> Floats:
        """The blend's raw scores from those of its models, each (rows, scores)."""
        return self.task.mix(scores, self.weights)

    @override
    def spans(self, text: str) -> list[Span]:
        model, _ = self._first_network()
        return (model or self.models[0]).spans(text)

    @override
    def network(self) -> Scorer:
        model, _ = self._first_network()
        return super().network() if model is None else model.network()

    @override
    def network_share(self) -> float:
        model, weight = self._first_network()
        return 0.0 if model is None else weight * model.network_share()

    def _first_network(self) -> tuple[Model | None, float]:
        """The first model that has a network, with its weight."""
        each = zip(self.models, self.weights, strict=True)
        return next(((model, weight) for model, weight in each if model.network_share()), (None, 0.0))


def blend(
    models: Sequence[Model],
    texts: Sequence[str],
    targets: Any,
    weights: ArrayLike | None = None,
    *,
    calibration: str = DEFAULT,
) -> Blend:
    """Blend trained models, such as `reread.load` gives.

    Args:
        models: two or more, with the same classes or all with numbers; the blend answers in the form of the first.
        texts: rows that none of the models was trained on: otherwise the model that has memorised them wins.
        targets: their targets: one list, or for joint models one list for each target, by name.
        weights: how much each row counts, (rows,).
        calibration: how the blend's probabilities are calibrated on these rows: temperature, isotonic or none.

    Raises:
        ConfigError: an unknown calibration, or there are no probabilities to calibrate.
        DataError: the models answer with different classes, or the rows do not fit them.
    """
    _check_models(models)
    task = models[0].task
    check_calibrates(calibration, task)
    alike = [_Restated(model, task) for model in models]
    scores = [model.scores(texts) for model in alike]
    learned = learn_weights(task, scores, targets, weights)
    mixed = task.mix(scores, learned)
    postprocessor = learn_postprocessor(task, mixed, targets, weights, calibration=calibration)
    return Blend(task, alike, learned, postprocessor=postprocessor)


def learn_weights(
    task: Task, scores: Sequence[ArrayLike], targets: Any, weights: ArrayLike | None = None
) -> tuple[float, ...]:
    """The weights that give the blend the smallest log loss, or root mean squared error for numbers.

    For a joint task that is the sum over its parts, each with the weight of its loss and errors in standard deviations
    of the targets.

    Args:
        task: of the models.
        scores: each model's raw scores, (rows, size).
        targets: of the rows, as ``task.encode`` takes them.
        weights: how much each row counts, (rows,).

    Returns:
        One weight for each model, at least 0, in sum 1.

    Raises:
        DataError: no row has a weight above 0, the task does not know a target, or the scores do not fit.
    """
    checked, encoded = (
        [np.asarray(scores_of_model, dtype=np.float64) for scores_of_model in scores],
        task.encode(targets),
    )
    sample_weights = row_weights(weights, len(encoded))
    if not (checked and sample_weights.any()):
        raise DataError(
            f"{len(checked)} models and {np.count_nonzero(sample_weights)} rows that count; a blend needs some of both"
        )
    expected = (len(encoded), task.size)
    for k, scores_of_model in enumerate(checked):
        if scores_of_model.shape != expected or not np.isfinite(scores_of_model).all():
            some = "" if np.isfinite(scores_of_model).all() else ", some not finite"
            raise DataError(
                f"model {k} has scores of shape {scores_of_model.shape}{some}; expected finite ones of shape {expected}"
            )
    return tuple(
        lowest(gradient_of(task, checked, encoded, sample_weights / sample_weights.sum()), len(checked)).tolist()
    )


class _Restated(Model):
    """A model with scores in the form of ``task``: already calibrated, and numbers standardised as there."""

    adds_scores = False

    def __init__(self, model: Model, task: Task) -> None:
        super().__init__(task)
        self.model = model

    @override
    def scores(self, texts: Sequence[str]) -> Floats:
        calibrated = self.model.postprocessor.calibrated(self.model.scores(texts))
        return self.model.task.restated(np.asarray(calibrated, dtype=np.float64), self.task)

    @override
    def spans(self, text: str) -> list[Span]:
        return self.model.spans(text)

    @override
    def network(self) -> Scorer:
        return self.model.network()

    @override
    def network_share(self) -> float:
        return self.model.network_share()


def _check_models(models: Sequence[Model]) -> None:
    if len(models) < 2:
        raise DataError(f"{number_of(len(models), 'model')} to blend; at least two are needed")
    for k, model in enumerate(models):
        if not isinstance(model, Model):
            raise DataError(f"model {k} is {type(model).__name__}; expected what reread.load gives")
        if model.task.answer_space() != models[0].task.answer_space():
            raise DataError(f"model {k} answers {model.task}, model 0 {models[0].task}; all need the same classes")
