"""JointTextModel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError
from reread.estimators.base import TextEstimator
from reread.estimators.columns import as_targets, plain
from reread.estimators.measures import accuracy, r_squared
from reread.pipeline.plan import TargetPlan, label_plan
from reread.recipes import DEFAULT
from reread.registry import unknown_name
from reread.scoring.calibration import DEFAULT as DEFAULT_CALIBRATION
from reread.tasks.joint import Joint, by_name
from reread.typing import override


class JointTextModel(TextEstimator):
    """Texts → several targets at once, classes and numbers mixed, learned by one network.

    Targets are columns by name: a mapping of lists, or a table of pandas, polars or pyarrow. Lists of labels are
    multi-label; all others are classes, except the targets named in ``numbers``. scikit-learn's tools that split rows
    need a pandas table.

    Args:
        numbers: the names of the targets that are numbers.
        decide: how decision thresholds are chosen on the rows held out, see `TextClassifier`.
        loss_weights: the weight of each target's loss in the sum, by name; 1 for others.

    The other arguments are those of `TextEstimator`.

    Attributes:
        classes_: the classes of each target that has some, by name.
        validation_metrics_: figures of what answers on the rows held out, named ``<target>.<metric>``.
        members_: how much "network" and "linear" count in the answers.
    """

    numbers: Sequence[str]
    loss_weights: Mapping[str, float] | None
    classes_: dict[str, NDArray[Any]]

    def __init__(  # scikit-learn reads the options here
        self,
        *,
        recipe: str = DEFAULT,
        language: str | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        validation: float | None = None,
        baseline: bool = True,
        answer: str = "stack",
        calibration: str = DEFAULT_CALIBRATION,
        decide: str | None = None,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        vectors: str | Path | None = None,
        pretrained: str | Path | None = None,
        pretrain_minutes: float | None = None,
        learning_curve: bool = False,
        random_state: Any = None,
        threads: int | None = None,
        device: str = "auto",
        numbers: Sequence[str] = (),
        loss_weights: Mapping[str, float] | None = None,
    ) -> None:
        self._store(locals())

    def fit(
        self,
        X: Any,  # noqa: N803  # scikit-learn's name
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
        unlabelled: Any = None,
    ) -> Self:
        """Train on texts and several targets.

        Args:
            X: texts: a list, NumPy array, pandas, polars or pyarrow column.
            y: the targets' columns by name, two or more.
            sample_weight: how much each text counts; one of weight 0 is left out.
            groups: texts of one group stay on one side of the validation split.
            unlabelled: more texts, without targets: word2vec learns from them, or what ``settings`` say.

        Raises:
            DataError: texts or targets that cannot be learned from.
            ConfigError: settings that cannot be built, or names of unknown targets.
        """
        targets = as_targets(y)
        if len(targets) < 2:
            raise DataError(
                f"targets {list(targets)}; a joint model needs two or more, TextClassifier and TextRegressor take one"
            )
        self._fit(X, targets, sample_weight, groups, unlabelled)
        self.classes_ = cast("dict[str, NDArray[Any]]", self.task_.class_names() or {})
        return self

    @override
    def predict(self, X: Any, abstain_below: float | None = None) -> NDArray[Any]:
        """The answers for each text by the targets' names, (texts,).

        A class with a smaller probability than ``abstain_below`` is None.

        Raises:
            ConfigError: ``abstain_below`` is not a probability.
            DataError: ``X`` is not a list of strings; or ``abstain_below`` is given, and no target has one class a
                text.
        """
        return self._model().predict(self._texts(X), abstain_below)

    def predict_proba(self, X: Any) -> dict[str, NDArray[np.float64]]:  # noqa: N803
        """The probability of each class, (texts, classes), by the names of the targets that have classes.

        Raises:
            DataError: no target has classes.
        """
        return cast("dict[str, NDArray[np.float64]]", self._model().predict_proba(self._texts(X)))

    def predict_set(self, X: Any, coverage: float = 0.9) -> dict[str, list[list[Any]]]:  # noqa: N803
        """The classes to expect for each text, by the names of the targets with one class a text.

        See `TextClassifier.predict_set`. The coverage is that of each target by itself: all sets of a text contain the
        truth less often.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: too few validation rows for this coverage, or no target has one class a text.
        """
        return cast("dict[str, list[list[Any]]]", self._model().predict_set(self._texts(X), coverage))

    def predict_interval(self, X: Any, coverage: float = 0.9) -> dict[str, NDArray[np.float64]]:  # noqa: N803
        """The lowest and the highest number to expect for each text, (texts, 2), by the names of numeric targets.

        See `TextRegressor.predict_interval`. The coverage is that of each target by itself, as in `predict_set`.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: too few validation rows for this coverage, or no target is a number.
        """
        return cast("dict[str, NDArray[np.float64]]", self._model().predict_interval(self._texts(X), coverage))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:  # noqa: N803
        """The mean over the targets of accuracy, or R² of numbers."""
        answers = by_name(self._model().predict(self._texts(X)).tolist())
        targets = as_targets(y)
        missing = [name for name in answers if name not in targets]
        if missing:
            raise DataError(f'y has no "{missing[0]}"; it has {", ".join(targets)}')
        each = []
        for name, part in self._joint().parts.items():
            measure = r_squared if name in self.numbers else accuracy
            each.append(measure(part.named(targets[name]), answers[name], sample_weight))
        return float(np.mean(each))

    @override
    def _target_plans(self, targets: Mapping[str, list[Any]]) -> dict[str, TargetPlan]:
        weights = {name: plain(weight) for name, weight in (self.loss_weights or {}).items()}
        for name in (*self.numbers, *weights):
            if name not in targets:
                raise unknown_name("target", name, list(targets))
        numbers = {name: TargetPlan(task="regression", weight=weights.get(name, 1.0)) for name in self.numbers}
        return {
            name: numbers.get(name) or label_plan(name, labels, weight=weights.get(name, 1.0))
            for name, labels in targets.items()
        }

    def _joint(self) -> Joint:
        return cast("Joint", self.task_)
