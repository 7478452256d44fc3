"""TextClassifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from reread.estimators.base import ClassifierMixin, TextEstimator
from reread.estimators.columns import as_target, plain
from reread.estimators.measures import accuracy
from reread.pipeline.plan import TargetPlan, label_plan
from reread.recipes import DEFAULT
from reread.scoring.calibration import DEFAULT as DEFAULT_CALIBRATION
from reread.typing import override


class TextClassifier(ClassifierMixin, TextEstimator):
    """Texts → classes: one of several, several at once (a list of labels per text), or ordered ones.

    scikit-learn's tools need a splitter to split lists of labels: ``cross_val_score(..., cv=KFold(5))``.

    Args:
        order: the classes from lowest to highest, for ordinal targets.
        decide: how decision thresholds are chosen on the rows held out, for each label or for the second of two
            classes: "f1", a wanted precision "precision=0.9", or the costs of a missed label and of a false alarm
            "cost=10:1"; None: thresholds of 0.5.
        class_weights: "balanced", a weight for each class, or None.
        keep_labels: whether the classes of the model in ``pretrained`` are kept beside those of ``y``, which needs some
            rows of each of them (docs/transfer.md).

    The other arguments are those of `TextEstimator`.

    Attributes:
        classes_: the classes in the order of ``predict_proba``'s columns.
        validation_metrics_: figures of what answers on the rows held out.
        members_: how much "network" and "linear" count in the answers.
    """

    order: Sequence[Any] | None
    class_weights: str | Mapping[Any, float] | None
    keep_labels: bool
    classes_: NDArray[Any]

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
        order: Sequence[Any] | None = None,
        class_weights: str | Mapping[Any, float] | None = None,
        keep_labels: bool = False,
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
        """Train on texts and labels.

        Args:
            X: texts: a list, NumPy array, pandas, polars or pyarrow column.
            y: one label per text, or a list of labels per text; or soft labels, a mapping of classes to probabilities
                per text, as weak supervision or another model gives them.
            sample_weight: how much each text counts; one of weight 0 is left out.
            groups: texts of one group stay on one side of the validation split.
            unlabelled: more texts, without labels: word2vec and the linear member learn from them, or what ``settings``
                say (docs/train.md).

        Raises:
            DataError: texts or labels that cannot be learned from.
            ConfigError: settings that cannot be built.
        """
        self._fit(X, {"label": as_target(y)}, sample_weight, groups, unlabelled)
        self.classes_ = np.asarray(self.task_.class_names())
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """The probability of each class, (texts, classes); with several labels, each is independent of the others."""
        return cast("NDArray[np.float64]", self._model().predict_proba(self._texts(X)))

    @override
    def predict(self, X: Any, abstain_below: float | None = None) -> NDArray[Any]:
        """The class of each text, (texts,); None if its probability is smaller than ``abstain_below``.

        Raises:
            ConfigError: ``abstain_below`` is not a probability.
            DataError: ``X`` is not a list of strings; or ``abstain_below`` is given, and a text has several labels.
        """
        return self._model().predict(self._texts(X), abstain_below)

    def predict_set(self, X: Any, coverage: float = 0.9) -> list[list[Any]]:  # noqa: N803
        """The classes to expect for each text, in the order of ``classes_``; at least one, and no gaps if ordered.

        The sets contain the true class of at least ``coverage`` of new texts of the same kind as the validation rows,
        from whose probabilities they are made (split-conformal prediction, Sadinle et al. 2019). Those rows also chose
        the calibration and when training stopped, so with few of them the sets are a little too small.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: too few validation rows for this coverage, or a text has several labels.
        """
        return cast("list[list[Any]]", self._model().predict_set(self._texts(X), coverage))

    @override
    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The accuracy; of several labels at once, the share of texts with exactly the right ones."""
        answers = list(self.predict(X))
        return accuracy(self.task_.named(as_target(y)), answers, sample_weight)

    @override
    def _target_plans(self, targets: Mapping[str, list[Any]]) -> dict[str, TargetPlan]:
        return {name: label_plan(name, labels, order=self.order) for name, labels in targets.items()}

    @override
    def _training_options(self) -> dict[str, Any]:
        weights = self.class_weights
        if isinstance(weights, Mapping):
            weights = {plain(label): plain(weight) for label, weight in weights.items()}
        return {**super()._training_options(), "class_weights": weights}
