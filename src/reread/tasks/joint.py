"""Joint targets: several tasks on one network."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import infer_task, task_from_config, tasks
from reread.tasks.aims import Aim, place_of
from reread.tasks.base import ClassWeights, Floats, Targets, Task
from reread.typing import override

Columns: TypeAlias = Mapping[str, Sequence[Any]]


@tasks.register("joint")
class Joint(Task):
    """Several tasks side by side: their scores, and their encoded targets, are in the order of ``parts``.

    Targets are columns by name, ``{"topic": [...], "stars": [...]}``, or one mapping per text. The headline is that of
    the part with the greatest weight, the first among equals.

    Args:
        parts: the tasks by name, or their configurations.
        weights: the weight of each part's loss in the sum; 1 if not given.
    """

    name = "joint"
    loss = "joint"
    linear_fit = "joint"
    blend_criterion = "joint"

    def __init__(
        self, parts: Mapping[str, Task | Mapping[str, Any]], weights: Mapping[str, float] | None = None
    ) -> None:
        self.parts: dict[str, Task] = {
            name: part if isinstance(part, Task) else task_from_config(part) for name, part in parts.items()
        }
        if len(self.parts) < 2 or any(part.parts for part in self.parts.values()):
            raise ConfigError(f"a joint task of {list(self.parts)}; it needs at least two parts, none of them joint")
        self.weights: dict[str, float] = {**dict.fromkeys(self.parts, 1.0), **(weights or {})}
        _check_weights(self.weights, self.parts)
        first = max(self.parts, key=self.weights.__getitem__)
        self.headline = f"{first}.{self.parts[first].headline}"
        self.higher_is_better = self.parts[first].higher_is_better

    @property
    @override
    def size(self) -> int:
        return sum(part.size for part in self.parts.values())

    @property
    @override
    def target_width(self) -> int:
        return sum(part.target_width for part in self.parts.values())

    @classmethod
    @override
    def fit(
        cls,
        targets: Sequence[Any] | Columns,
        parts: Mapping[str, str | Mapping[str, Any]] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Self:
        """Learn every part from its column.

        Args:
            targets: columns by name, or one mapping per text.
            parts: each part's task, ``"regression"`` or with its options ``{"task": "regression", "loss": "huber"}``;
                inferred from its targets if not given.
            weights: the weight of each part's loss in the sum.
        """
        columns = by_name(targets)
        for name in parts or {}:
            _column(columns, name)
        return cls({name: _fit_part(values, (parts or {}).get(name)) for name, values in columns.items()}, weights)

    @override
    def answer_space(self) -> tuple[Any, ...]:
        return tuple((name, part.answer_space()) for name, part in self.parts.items())

    @override
    def restated(self, scores: Floats, task: Task) -> Floats:
        parts = self.split_scores(scores).items()
        return np.concatenate(
            [self.parts[name].restated(part_scores, task.parts[name]) for name, part_scores in parts], axis=1
        )

    @override
    def with_parts(self, parts: Mapping[str, Task]) -> Self:
        return type(self)(parts, self.weights)

    @override
    def split_targets(self, targets: Sequence[Any] | Columns) -> dict[str, Sequence[Any]]:
        columns = by_name(targets)
        return {name: _column(columns, name) for name in self.parts}

    @override
    def encode(self, targets: Sequence[Any] | Columns) -> Targets:
        columns = self.split_targets(targets)
        encoded = [part.encode(columns[name]) for name, part in self.parts.items()]
        if len({len(part) for part in encoded}) > 1:
            raise DataError(
                f"targets of {[len(part) for part in encoded]} rows for {list(self.parts)}; all need the same rows"
            )
        return np.concatenate(encoded, axis=1)

    @override
    def prior_scores(self, encoded: Targets, weights: ArrayLike, class_weights: ClassWeights | None = None) -> Floats:
        """Those of each part."""
        by_part = class_weights if isinstance(class_weights, Mapping) else {}
        read = self.target_slices()
        parts = [
            part.prior_scores(encoded[:, read[name]], weights, by_part.get(name)) for name, part in self.parts.items()
        ]
        return np.concatenate(parts)

    @override
    def losses(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """The sum of the parts' losses, times their weights."""
        read = self.target_slices()
        each = self.split_scores(scores).items()
        parts = [self.weights[name] * self.parts[name].losses(encoded[:, read[name]], own) for name, own in each]
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)

    @override
    def probabilities(self, scores: ArrayLike) -> None:
        return None

    @override
    def predict(self, scores: ArrayLike) -> list[dict[str, Any]]:
        answers = [self.parts[name].predict(part_scores) for name, part_scores in self.split_scores(scores).items()]
        return [dict(zip(self.parts, row, strict=True)) for row in zip(*answers, strict=True)]

    @override
    def class_names(self) -> dict[str, NDArray[Any]] | None:
        each = {name: part.class_names() for name, part in self.parts.items()}
        class_names = {name: names for name, names in each.items() if isinstance(names, np.ndarray)}
        return class_names or None

    @override
    def columns(self, scores: ArrayLike) -> dict[str, list[Any]]:
        parts = {name: self.parts[name].columns(part_scores) for name, part_scores in self.split_scores(scores).items()}
        return {f"{name}.{column}": rows for name, columns in parts.items() for column, rows in columns.items()}

    @override
    def metrics(
        self, targets: Sequence[Any] | Columns, scores: ArrayLike, weights: ArrayLike | None = None
    ) -> dict[str, float]:
        columns = self.split_targets(targets)
        figures = {
            f"{name}.{metric}": figure
            for name, part_scores in self.split_scores(scores).items()
            for metric, figure in self.parts[name].metrics(columns[name], part_scores, weights).items()
        }
        return {self.headline: figures[self.headline], **figures}

    @override
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        """What to explain of one part: the first, a named one, or with ``part=class`` the evidence for that class."""
        return self.aims(scores, target)[0]

    @override
    def aims(self, scores: ArrayLike, target: object = None) -> list[Aim]:
        """Without a target those of all parts."""
        if target is None:
            return [aim for name in self.parts for aim in self.aims(scores, name)]
        name, _, wanted = str(target).partition("=")
        place_of(name, list(self.parts), "target")
        columns, aims = self.slices()[name], []
        for aim in self.parts[name].aims(np.asarray(scores)[columns], wanted or None):
            weights = np.zeros(self.size)
            weights[columns] = aim.weights
            aims.append(replace(aim, name=f"{name}: {aim.name}", weights=weights, target=name))
        return aims

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        each = [self.parts[name].mix(list(scores[:, :, columns]), weights) for name, columns in self.slices().items()]
        return np.concatenate(each, axis=1)

    @override
    def settings(self) -> dict[str, Any]:
        return {"parts": {name: part.to_config() for name, part in self.parts.items()}, "weights": dict(self.weights)}


def by_name(targets: Sequence[Any] | Columns) -> Columns:
    """Targets as columns by name."""
    if isinstance(targets, Mapping):
        return targets
    if any(not isinstance(row, Mapping) or row.keys() != targets[0].keys() for row in targets):
        raise DataError("joint targets must be columns by name, or one mapping per text with the same names in each")
    return {name: [row[name] for row in targets] for name in (targets[0] if len(targets) else ())}


def _column(columns: Columns, name: str) -> Sequence[Any]:
    if name not in columns:
        raise DataError(f'no target "{name}"; the targets are {", ".join(columns)}')
    return columns[name]


def _fit_part(targets: Sequence[Any], wanted: str | Mapping[str, Any] | None) -> Task:
    options: dict[str, Any] = dict(wanted) if isinstance(wanted, Mapping) else {"task": wanted}
    name = options.pop("task", None) or infer_task(targets)
    return tasks.get(name).fit(targets, **options)


def _check_weights(weights: Mapping[str, float], parts: Mapping[str, Task]) -> None:
    for name, weight in weights.items():
        if name not in parts:
            raise ConfigError(f'loss weight for "{name}", which is not a target; the targets are {", ".join(parts)}')
        if not (math.isfinite(weight) and weight >= 0):
            raise ConfigError(f"loss weight {name}={weight}; it must be finite and not negative")
    if not any(weights.values()):
        raise ConfigError("every loss weight is 0; at least one must be above 0")
