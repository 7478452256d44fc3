"""TextClassifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from reread.estimators.base import TextEstimator, as_list, as_texts
from reread.estimators.plan import TargetPlan
from reread.recipes import DEFAULT
from reread.tasks import infer_task
from reread.typing import override


class TextClassifier(ClassifierMixin, TextEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Texts → classes: one of several, several at once (a list of labels per text), or ordered ones.

    Args:
        order: the classes from lowest to highest, for ordinal targets.
        class_weights: "balanced", a weight for each class, or None.

    The other arguments are those of `TextEstimator`.

    Attributes:
        classes_: the classes in the order of ``predict_proba``'s columns.
        validation_metrics_: figures on the rows held out.
        baseline_metrics_: the linear baseline's figures on the same rows.
    """

    def __init__(self, *, recipe: str = DEFAULT, language: str | None = None, epochs: int | None = None, batch_size: int | None = None,
                 learning_rate: float | None = None, validation: float = 0.1, baseline: bool = True,
                 settings: Mapping[str, Mapping[str, Any]] | None = None, random_state: Any = None, threads: int | None = None,
                 device: str = "auto", order: Sequence[Any] | None = None, class_weights: Any = None) -> None:  # fmt: skip
        super().__init__(
            recipe=recipe, language=language, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, validation=validation,
            baseline=baseline, settings=settings, random_state=random_state, threads=threads, device=device,
        )  # fmt: skip
        self.order = order
        self.class_weights = class_weights

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Self:  # noqa: N803  # scikit-learn's names
        """Train on texts and labels.

        Args:
            X: texts: a list, NumPy array, pandas or polars column.
            y: one label per text, or a list of labels per text.
            sample_weight: how much each text counts.
            groups: texts of one group stay on one side of the validation split.

        Raises:
            DataError: texts or labels that cannot be learned from.
            ConfigError: settings that cannot be built.
        """
        self._fit(X, {"label": as_list(y) or []}, sample_weight, groups)
        self.classes_ = np.asarray(self.task_.classes)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """The probability of each class, (texts, classes)."""
        probabilities: NDArray[np.float64] = self._scorer().predict_proba(as_texts(X))
        return probabilities

    @override
    def _target_plans(self, targets: Mapping[str, list[Any]]) -> dict[str, TargetPlan]:
        (labels,) = targets.values()
        task = infer_task(labels, order=self.order)
        return {"label": TargetPlan(task=task, options={"order": list(self.order)} if self.order is not None else {})}
