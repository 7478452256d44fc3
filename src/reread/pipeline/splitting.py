"""Which rows are held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.data.examples import Examples
from reread.data.split import split_rows, text_keys
from reread.pipeline.plan import Plan
from reread.recipes.spec import TrainingSettings

HELD_OUT, MOST_HELD_OUT = 0.1, 20_000
"""Of the rows, by default: an accuracy of so many is known to 0.35 points or better."""


def hold_out(examples: Examples, plan: Plan, strata: list[float] | None) -> NDArray[np.bool_]:
    """Which rows are held out, (rows,)."""
    training = plan.recipe.training
    if training.validation == 0:
        return np.zeros(len(examples), dtype=np.bool_)
    return split_rows(
        text_keys(examples.texts),
        fraction=share_held_out(training, len(examples)),
        seed=training.seed if training.split_seed is None else training.split_seed,
        strata=strata,
        groups=examples.groups,
        times=examples.times,
    )


def share_held_out(settings: TrainingSettings, rows: int) -> float:
    """The requested share of the rows; for "auto" a tenth of them, at most `MOST_HELD_OUT`."""
    if isinstance(settings.validation, float):
        return settings.validation
    return min(HELD_OUT, MOST_HELD_OUT / rows)
