"""Class weights in the loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import Task
from reread.tasks.base import ClassWeights
from reread.tasks.class_task import has_classes
from reread.tasks.labels import ClassIndex

Spec: TypeAlias = str | Mapping[Any, Any] | None


def class_weights(task: Task, encoded: NDArray[np.float32], spec: Spec) -> ClassWeights | None:
    """One weight per class, (classes,); for a joint task, one such array for each part with weights.

    Args:
        task: the task that made the targets.
        encoded: the training rows' encoded targets, (rows, task.target_width).
        spec: ``"balanced"``, or weights by class (1 if not given), or None. ``"balanced"`` is rows / (classes · count)
            (King & Zeng 2001), as in scikit-learn; a label of a multi-label task is balanced against its absence:
            rows without it / rows with it, applied to rows with the label. A joint task takes ``"balanced"`` for
            all parts with classes, or a spec by part.

    Raises:
        ConfigError: the task has no classes, or the spec names an unknown class.
    """
    if spec is None:
        return None
    if task.parts:
        return _by_part(task, encoded, spec)
    if not has_classes(task):
        raise ConfigError(f"class weights for {task.name}; it has no classes to weigh")
    if isinstance(spec, Mapping):
        return _named(task.classes, spec)
    if spec != "balanced":
        raise ConfigError(f'class weights "{spec}"; use "balanced" or name a weight for each class')
    return task.balanced_weights(encoded)


def _by_part(task: Task, encoded: NDArray[np.float32], spec: str | Mapping[Any, Any]) -> dict[str, NDArray[np.float32]]:
    if isinstance(spec, str):
        spec = {name: spec for name, part in task.parts.items() if part.classes}
    unknown = [name for name in spec if name not in task.parts]
    if unknown:
        raise ConfigError(
            f'class weights for "{unknown[0]}", which is not a target; the targets are {", ".join(task.parts)}'
        )
    columns = task.target_slices()
    weights = {name: class_weights(task.parts[name], encoded[:, columns[name]], part) for name, part in spec.items()}
    return {name: array for name, array in weights.items() if isinstance(array, np.ndarray)}


def _named(classes: tuple[Any, ...], spec: Mapping[Any, Any]) -> NDArray[np.float32]:
    weights, index = np.ones(len(classes), dtype=np.float32), ClassIndex(classes)
    for label, weight in spec.items():
        if isinstance(weight, bool) or not isinstance(weight, Real) or not 0 <= float(weight) < math.inf:
            raise ConfigError(f"class weight {label}={weight}; it must be a number, finite and not negative")
        try:
            weights[index(label)] = weight
        except DataError as error:
            raise ConfigError(f"class weights: {error}") from error
    if not weights.any():
        raise ConfigError("every class weight is 0; at least one must be above 0")
    return weights
