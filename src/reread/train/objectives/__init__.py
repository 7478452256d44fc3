"""Objectives, one file each: what a training step minimises, based on a task's loss."""

from __future__ import annotations

import typing
from typing import Any

from reread.nn.model import TextNet
from reread.recipes.fitting import fit_value
from reread.recipes.spec import TrainingSettings
from reread.registry import Registry, unknown_name
from reread.train.losses import Loss
from reread.train.objectives.base import Batch, Objective, StepLosses

objectives: Registry[type[Objective]] = Registry("objective", __name__)
SHARED = {"net", "loss", "window", "return"}


def build_objective(net: TextNet, loss: Loss, settings: TrainingSettings) -> Objective:
    """The objective that the settings name, with its options.

    Raises:
        ConfigError: there is no such objective, it does not have an option, or an option's value is invalid.
    """
    return objectives.get(settings.objective)(net, loss, window=settings.window, **objective_options(settings))


def objective_options(settings: TrainingSettings) -> dict[str, Any]:
    """The objective's options, converted to the types that its ``__init__`` declares.

    Raises:
        ConfigError: the objective does not have an option, or an option's value is invalid.
    """
    name, given = settings.objective, settings.objective_options
    hints = typing.get_type_hints(objectives.get(name).__init__, include_extras=True)
    known = sorted(hints.keys() - SHARED)
    for option in given:
        if option not in known:
            raise unknown_name(f"option of objective {name}", option, known)
    return {key: fit_value(hints[key], value, f"training.objective_options.{key}") for key, value in given.items()}


__all__ = ["Batch", "Objective", "StepLosses", "build_objective", "objective_options", "objectives"]
