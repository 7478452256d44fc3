"""Which rows are held out."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from reread.data.examples import Examples
from reread.data.split import split_rows
from reread.pipeline.plan import Plan
from reread.recipes.spec import TrainingSettings

_LOGGER = logging.getLogger(__name__)
HELD_OUT, MOST_HELD_OUT = 0.1, 20_000
"""Of the rows, by default: an accuracy of so many is known to 0.35 points or better."""
TOGETHER, LATEST = "rows with the same text or group stay together", "the latest rows are held out"
LEAST_HELD_OUT, MOST_OF_FEW = 100, 0.2
"""Rows that tell whether a pretrained network answers better than the linear member; but at most so much of all."""


def hold_out(
    examples: Examples, plan: Plan, strata: NDArray[np.float32] | None, *, pretrained: bool = False
) -> NDArray[np.bool_]:
    """Which rows are held out, (rows,).

    Args:
        examples: the rows.
        plan: with the share that is asked for.
        strata: what is equally frequent on both sides.
        pretrained: whether the network starts from one that has learned from other texts.

    Raises:
        DataError: no row can be held out.
    """
    training = plan.recipe.training
    if training.validation == 0:
        return np.zeros(len(examples), dtype=np.bool_)
    held_out = split_rows(
        examples.keys,
        fraction=share_held_out(training, len(examples), pretrained=pretrained),
        seed=training.seed if training.split_seed is None else training.split_seed,
        strata=strata,
        groups=examples.groups,
        times=examples.times,
    )
    _warn_of_one_class(held_out, strata, TOGETHER if examples.times is None else LATEST)
    return held_out


def _warn_of_one_class(held_out: NDArray[np.bool_], classes: NDArray[np.float32] | None, why: str) -> None:
    """Say so where all rows to train on are of one class, and those held out of others."""
    if classes is None:
        return
    trained = np.unique(classes[~held_out])
    if len(trained) == 1 and (classes != trained[0]).any():
        _LOGGER.warning(
            "the %s rows to train on all have the same label, since %s; the figures say little; more "
            "different texts of each label are needed",
            f"{int((~held_out).sum()):,}",
            why,
        )


def share_held_out(settings: TrainingSettings, rows: int, *, pretrained: bool = False) -> float:
    """The requested share of the rows; for "auto" a tenth of them, at most `MOST_HELD_OUT`.

    Of few rows it is more if the network is pretrained: few labels are enough for it if enough rows can show that.
    """
    if isinstance(settings.validation, float):
        return settings.validation
    least = min(MOST_OF_FEW, LEAST_HELD_OUT / rows) if pretrained else 0.0
    return max(least, min(HELD_OUT, MOST_HELD_OUT / rows))
