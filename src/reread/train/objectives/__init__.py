"""Objectives, one file each: what a training step minimises, based on a task's loss."""

from __future__ import annotations

from typing import Any

from reread.nn.model import TextNet
from reread.recipes.fitting import fit_options
from reread.recipes.spec import TrainingSettings
from reread.registry import Registry
from reread.train.losses import Loss
from reread.train.objectives.base import Batch, Objective, StepLosses

objectives: Registry[type[Objective]] = Registry("objective", __name__)
SHARED = {"net", "loss", "window"}


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
    where = "training.objective_options"
    return fit_options(objectives.get(name), given, but=SHARED, what=f"objective {name}", where=where)


__all__ = ["Batch", "Objective", "StepLosses", "build_objective", "objective_options", "objectives"]
