"""What the estimators share: scikit-learn's conventions around the one way to fit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np

from reread import bundle
from reread.data.examples import Examples, ReadReport
from reread.data.fingerprint import FingerprintBuilder
from reread.errors import DataError, MissingExtraError
from reread.estimators.plan import Plan, TargetPlan
from reread.recipes import DEFAULT, load_recipe

try:
    from sklearn.base import BaseEstimator
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError as missing:
    raise MissingExtraError("training", "train") from missing


class TextEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """An estimator whose rows are texts: ``__init__`` only stores, ``fit`` learns, learned names end in ``_``.

    Args:
        recipe: a recipe's name or the path of a TOML file.
        language: "en", "zh", or None to find it out by the script.
        epochs: passes over the rows; None: the recipe's.
        batch_size: texts a step; None: the recipe's.
        learning_rate: None: the recipe's.
        validation: share of the rows held out for early stopping.
        baseline: whether the linear baseline is trained beside the network.
        settings: tables of other settings, such as ``{"model": {"hidden": 64}}``.
        random_state: the seed, a number or a NumPy ``RandomState``; None: 0, so that equal calls give equal models.
        threads: threads of the network's arithmetic; None: one a core.
        device: "auto", "cpu" or "cuda".
    """

    def __init__(self, *, recipe: str = DEFAULT, language: str | None = None, epochs: int | None = None, batch_size: int | None = None,
                 learning_rate: float | None = None, validation: float = 0.1, baseline: bool = True,
                 settings: Mapping[str, Mapping[str, Any]] | None = None, random_state: Any = None, threads: int | None = None,
                 device: str = "auto") -> None:  # fmt: skip
        self.recipe = recipe
        self.language = language
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.validation = validation
        self.baseline = baseline
        self.settings = settings
        self.random_state = random_state
        self.threads = threads
        self.device = device

    @abstractmethod
    def _target_plans(self, targets: Mapping[str, list[Any]]) -> dict[str, TargetPlan]:
        """The tasks of the targets."""

    def _fit(self, texts: Any, targets: Mapping[str, list[Any]], sample_weight: Any, groups: Any) -> Self:
        from reread.estimators.fit import fit  # noqa: PLC0415  # imports torch

        weights = None if sample_weight is None else as_list(sample_weight)
        examples = examples_from_lists(as_texts(texts), targets, groups=as_list(groups), weights=weights)
        self.fitted_ = fit(examples, self._plan(examples))
        self.task_ = self.fitted_.task
        self.validation_metrics_ = self.fitted_.validation
        self.baseline_metrics_ = self.fitted_.baseline_validation
        self.n_iter_ = self.fitted_.state.step
        return self

    def _plan(self, examples: Examples) -> Plan:
        own = {"epochs": self.epochs, "batch_size": self.batch_size, "learning_rate": self.learning_rate, "threads": self.threads}
        training = {name: value for name, value in own.items() if value is not None}
        training |= {"seed": seed_of(self.random_state), "device": self.device}
        tables = dict(self.settings or {})
        recipe = load_recipe(self.recipe).with_settings({**tables, "training": {**tables.get("training", {}), **training}})
        return Plan(
            recipe=recipe, targets=self._target_plans(examples.targets), language=self.language, validation=self.validation, baseline=self.baseline
        )

    def predict(self, X: Any) -> Any:  # noqa: N803  # scikit-learn's name
        """The answer for each text, (texts,)."""
        return np.asarray(self._scorer().predict(as_texts(X)))

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the model folder that `reread.load` and the command line open; no pickle in it."""
        from reread.estimators.saving import artefacts  # noqa: PLC0415

        check_is_fitted(self)
        bundle.save(artefacts(self.fitted_, {}), path, overwrite=overwrite)

    def _scorer(self) -> Any:
        check_is_fitted(self)
        return self.fitted_.scorer()


def as_list(column: Any) -> list[Any] | None:
    """A list, NumPy array, pandas or polars column as a list of plain Python values."""
    if column is None:
        return None
    return column.tolist() if hasattr(column, "tolist") else column.to_list() if hasattr(column, "to_list") else list(column)


def as_texts(column: Any) -> list[str]:
    """A column of texts as a list of strings.

    Raises:
        DataError: one string, a table, or an item that is no string.
    """
    if isinstance(column, str):
        raise DataError("texts is one string; give a list of strings")
    if getattr(column, "ndim", 1) == 2 and column.shape[1] == 1:
        column = np.asarray(column)[:, 0]
    if getattr(column, "ndim", 1) != 1:
        raise DataError(f"texts has shape {column.shape}; give one column of strings")
    texts = as_list(column) or []
    for k, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {k} is {type(text).__name__} ({str(text)[:40]!r}), expected a string")
    return texts


def seed_of(random_state: Any) -> int:
    """The seed that a scikit-learn ``random_state`` stands for."""
    if random_state is None:
        return 0
    if hasattr(random_state, "randint"):
        return int(random_state.randint(2**31 - 1))
    return int(random_state)


def examples_from_lists(texts: list[str], targets: Mapping[str, list[Any]], *, groups: list[Any] | None, weights: list[float] | None) -> Examples:
    """Rows that are in memory already.

    Raises:
        DataError: no rows, columns of different lengths, or a text of white space only.
    """
    columns: dict[str, list[Any]] = {**targets, **({"groups": groups} if groups else {}), **({"sample_weight": weights} if weights else {})}
    for name, column in columns.items():
        if len(column) != len(texts):
            raise DataError(f"{len(texts)} texts and {len(column)} values of {name}; there must be one for each text")
    if not texts:
        raise DataError("0 texts; there is nothing to learn from")
    fingerprint = FingerprintBuilder(("text", *targets))
    for text, *values in zip(texts, *targets.values(), strict=True):
        fingerprint.add(text, tuple(values))
    report = ReadReport(read=len(texts), kept=len(texts))
    return Examples(texts, dict(targets), groups, None, weights, range(1, len(texts) + 1), fingerprint.finish(), report)
