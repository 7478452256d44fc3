"""TextRegressor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.estimators.base import RegressorMixin, TextEstimator
from reread.estimators.columns import as_target
from reread.estimators.measures import r_squared
from reread.pipeline.plan import TargetPlan
from reread.recipes import DEFAULT
from reread.scoring.calibration import DEFAULT as DEFAULT_CALIBRATION
from reread.typing import override


class TextRegressor(RegressorMixin, TextEstimator):
    """Texts → numbers, with intervals.

    Args:
        loss: "squared", "absolute", "huber" or "quantile"; None: the recipe's, else squared.
        quantiles: with loss "quantile", those to learn; one of them must be 0.5, the prediction.

    The other arguments are those of `TextEstimator`.

    Attributes:
        validation_metrics_: figures of what answers on the rows held out.
        members_: how much "network" and "linear" count in the answers.
    """

    loss: str | None
    quantiles: Sequence[float] | None

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
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        vectors: str | Path | None = None,
        pretrained: str | Path | None = None,
        pretrain_minutes: float | None = None,
        learning_curve: bool = False,
        random_state: Any = None,
        threads: int | None = None,
        device: str = "auto",
        loss: str | None = None,
        quantiles: Sequence[float] | None = None,
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
        """Train on texts and numbers.

        Args:
            X: texts: a list, NumPy array, pandas, polars or pyarrow column.
            y: one number per text.
            sample_weight: how much each text counts; one of weight 0 is left out.
            groups: texts of one group stay on one side of the validation split.
            unlabelled: more texts, without targets: word2vec learns from them, or what ``settings`` say.

        Raises:
            DataError: texts or numbers that cannot be learned from.
            ConfigError: settings that cannot be built.
        """
        return self._fit(X, {"target": as_target(y)}, sample_weight, groups, unlabelled)

    def predict_interval(self, X: Any, coverage: float = 0.9) -> NDArray[np.float64]:  # noqa: N803
        """The lowest and the highest number to expect for each text, (texts, 2).

        The intervals contain the true number of at least ``coverage`` of new texts of the same kind as the validation
        rows, from whose errors they are made (split-conformal prediction); all are equally wide. Those rows also chose
        when training stopped, so with few of them the intervals are a little too narrow.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: too few validation rows for this coverage.
        """
        return cast("NDArray[np.float64]", self._model().predict_interval(self._texts(X), coverage))

    def predict_quantiles(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """The learned quantiles for each text, (texts, quantiles), of a model trained with loss "quantile".

        Raises:
            ConfigError: another loss was used.
        """
        model = self._model()
        columns = model.postprocessor.columns(model.scores(self._texts(X)))
        quantiles = [column for name, column in columns.items() if name.startswith("quantile:")]
        if not quantiles:
            raise ConfigError(
                f'loss = {self.loss!r} learns no quantiles; fit with loss="quantile", or use predict_interval'
            )
        return np.array(quantiles, dtype=np.float64).T

    @override
    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The coefficient of determination R²."""
        return r_squared(as_target(y), list(self.predict(X)), sample_weight)

    @override
    def _target_plans(self, targets: Mapping[str, list[Any]]) -> dict[str, TargetPlan]:
        options = {
            name: value for name, value in (("loss", self.loss), ("quantiles", self.quantiles)) if value is not None
        }
        return {name: TargetPlan(task="regression", options=options) for name in targets}
