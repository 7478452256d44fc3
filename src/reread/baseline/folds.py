"""The folds of cross-validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.data.blocks import Values, join_blocks
from reread.data.folds import fold_rows

FOLDS = 5
LEAST_TEXTS = 10  # different texts, or groups of them: with fewer, nothing can be chosen by folds


def folds_of(
    keys: NDArray[np.uint64], strata: Values | None, groups: Values | None = None, *, seed: int = 0
) -> NDArray[np.int64] | None:
    """The fold of every text, (texts,); None if there are too few texts.

    Args:
        keys: equal for equal texts, (texts,).
        strata: labels whose shares should be the same in every fold.
        groups: values that must not be in two folds.
        seed: chooses one of many such splits.
    """
    if len(np.unique(join_blocks(keys, groups))) < LEAST_TEXTS:
        return None
    return fold_rows(keys, folds=FOLDS, seed=seed, strata=strata, groups=groups)
