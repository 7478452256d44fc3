"""The base of the estimators: scikit-learn's conventions around one fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from reread import bundle
from reread.data.lists import examples_from_lists
from reread.errors import MissingExtraError
from reread.estimators.columns import as_list, as_texts, as_training_texts, as_weights, plain, seed_of
from reread.explain import Explanation
from reread.machine import wait_without_spinning
from reread.model.base import Model
from reread.pipeline.origin import read_origin
from reread.pipeline.origin import sized_for as sized_for_origin
from reread.pipeline.plan import Plan, TargetPlan
from reread.recipes import Recipe, load_recipe
from reread.typing import override
from reread.vectors.sources import sized_for

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError as missing:
    raise MissingExtraError("training", "train") from missing

if TYPE_CHECKING:
    from reread.pipeline.fitted import Fitted
    from reread.tasks import Task

__all__ = ["ClassifierMixin", "RegressorMixin", "TextEstimator"]


class TextEstimator(BaseEstimator, ABC):
    """An estimator whose rows are texts: ``__init__`` only stores, ``fit`` learns, learned names end in ``_``.

    scikit-learn reads the options from the ``__init__`` of each class, so each one lists them.

    Args:
        recipe: a recipe's name or the path of a TOML file.
        language: "zh", "en" or another with spaces between words; None: detected by the script.
        epochs: passes over the rows; None: the recipe's.
        batch_size: texts in each step; None: the recipe's.
        learning_rate: None: the recipe's.
        validation: share of the rows held out for early stopping; None: the recipe's, by default a tenth, at most
            20,000 rows.
        baseline: whether the linear member is trained beside the network.
        answer: "stack": the linear member and as much of the network as the rows held out show to be better; "network"
            or "linear": one of them alone. Without the linear member, the network.
        calibration: how probabilities are calibrated on those rows: "temperature", which changes no answer, "isotonic"
            or "none".
        settings: tables of other settings, such as ``{"model": {"hidden": 64}}``.
        vectors: word vectors to start from: "word2vec", trained on the texts; the path of a file, or a name such as
            "glove-50d" (docs/vectors.md); None: random numbers.
        pretrained: a model folder (docs/transfer.md), or one of `reread pretrain` (docs/pretrain.md), to start from.
        pretrain_minutes: how long a network to start from is pretrained first, on the texts of the training rows and
            ``unlabelled`` (docs/pretrain.md); None: none is.
        learning_curve: whether it is measured what more labels would bring (docs/learning_curve.md).
        random_state: the seed, a number or a NumPy ``RandomState``; None: the recipe's, 0: equal calls, equal models.
        threads: threads for the network's arithmetic; None: one per core. Set 1 if ``n_jobs`` fits several models.
        device: "auto", "cpu" or "cuda".

    Attributes:
        fitted_: the model with all facts of its training.
        task_: what its answers are.
        validation_metrics_: figures of what answers on the rows held out.
        baseline_metrics_: the linear member's figures on the same rows; empty without one.
        network_metrics_: the network's figures on the same rows.
        members_: how much "network" and "linear" count in the answers, in sum 1.
        learning_curves_: what more labels would bring, for each target; empty unless ``learning_curve`` is on.
        n_iter_: optimiser steps.
    """

    recipe: str
    language: str | None
    epochs: int | None
    batch_size: int | None
    learning_rate: float | None
    validation: float | None
    baseline: bool
    answer: str
    calibration: str
    decide: str | None = None
    keep_labels: bool = False
    settings: Mapping[str, Mapping[str, Any]] | None
    vectors: str | Path | None
    pretrained: str | Path | None
    pretrain_minutes: float | None
    learning_curve: bool
    random_state: Any
    threads: int | None
    device: str
    fitted_: Fitted
    task_: Task

    def _store(self, options: Mapping[str, Any]) -> None:
        """Keep what ``__init__`` was called with, its ``locals()``, as it is."""
        for name, value in options.items():
            if name != "self":
                setattr(self, name, value)

    @abstractmethod
    def _target_plans(self, targets: Mapping[str, list[Any]]) -> dict[str, TargetPlan]:
        """The tasks of the targets."""

    def _fit(  # as `fit` has them
        self, texts: Any, targets: Mapping[str, list[Any]], sample_weight: Any, groups: Any, unlabelled: Any
    ) -> Self:
        wait_without_spinning()
        from reread.pipeline.fit import fit  # noqa: PLC0415  # imports torch

        examples = examples_from_lists(
            as_training_texts(texts),
            targets,
            groups=None if groups is None else as_list(groups, "groups"),
            weights=as_weights(sample_weight),
        )
        recipe = self._recipe()
        plan = Plan(
            recipe=recipe,
            targets=self._target_plans(examples.targets),
            language=self.language,
            baseline=self.baseline,
            answer=self.answer,
            calibration=self.calibration,
            decide=self.decide,
            pretrained=None if self.pretrained is None else str(self.pretrained),
            pretrain_minutes=self.pretrain_minutes,
            keep_labels=self.keep_labels,
            learning_curve=self.learning_curve,
        )
        self.fitted_ = fit(examples, plan, unlabelled=None if unlabelled is None else as_training_texts(unlabelled))
        self.task_ = self.fitted_.task
        self.validation_metrics_ = self.fitted_.validation
        self.baseline_metrics_ = self.fitted_.baseline_validation
        self.network_metrics_ = self.fitted_.network_validation
        self.members_ = dict(self.fitted_.members)
        self.learning_curves_ = list(self.fitted_.learning_curves)
        self.n_iter_ = self.fitted_.state.step
        return self

    def _recipe(self) -> Recipe:
        """The recipe with the user's settings."""
        tables = dict(self.settings or {})
        training_options = {name: plain(value) for name, value in self._training_options().items() if value is not None}
        tables["training"] = {**tables.get("training", {}), **training_options}
        if self.vectors is not None:
            tables["vectors"] = {**tables.get("vectors", {}), "source": str(self.vectors)}
        sized = sized_for(tables, tables.get("vectors", {}).get("source"))
        if self.pretrained is not None:
            sized = sized_for_origin(sized, read_origin(self.pretrained))
        return load_recipe(self.recipe).with_settings(sized)

    def _training_options(self) -> dict[str, Any]:
        """The options about training; None leaves a setting to the recipe."""
        return {
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "learning_rate": self.learning_rate,
            "validation": self.validation,
            "threads": self.threads,
            "device": None if self.device == "auto" else self.device,
            "seed": seed_of(self.random_state),
        }

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803  # scikit-learn's name
        """The answer for each text, (texts,).

        Raises:
            DataError: ``X`` is not a list of strings.
        """
        return self._model().predict(self._texts(X))

    def scores(self, X: Any) -> NDArray[np.floating[Any]]:  # noqa: N803
        """The raw scores, before calibration, (texts, scores).

        Raises:
            DataError: ``X`` is not a list of strings.
        """
        return self._model().scores(self._texts(X))

    def explain(self, text: str, *, target: object = None, method: str = "auto", unit: str = "word") -> Explanation:
        """What each word of a text, or each sentence, adds to the answer; see `reread.explain.explain.explain`.

        Raises:
            ConfigError: an unknown target, method or unit, or one that does not fit this model.
            DataError: the text is not a string, or too long for the method.
            MissingExtraError: a library that the method needs is not installed.
        """
        return self._model().explain(text, target=target, method=method, unit=unit)

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the model folder that `reread.load` and the command line open; no pickle in it.

        Raises:
            ConfigError: something is there already and ``overwrite`` is off.
            ExportError: the exported network does not answer like its original.
        """
        check_is_fitted(self)
        from reread.pipeline.saving import artefacts  # noqa: PLC0415  # imports torch

        bundle.save(artefacts(self.fitted_, {}), path, overwrite=overwrite)

    def _texts(self, texts: Any) -> list[str]:
        """Texts of any kind of column as a list."""
        return as_texts(texts)

    def _model(self) -> Model:
        """The fitted model."""
        check_is_fitted(self)
        return self.fitted_.model()

    @override
    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[no-untyped-call]  # scikit-learn has no types
        tags.target_tags.required = True
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False  # of numbers: there is nothing to read in them
        return tags
