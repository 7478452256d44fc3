"""Rows split into folds; no text and no group is in two of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.data.blocks import Values
from reread.data.split import split_rows
from reread.errors import ConfigError


def fold_rows(
    keys: NDArray[np.uint64],
    *,
    folds: int,
    seed: int = 0,
    strata: Values | None = None,
    groups: Values | None = None,
) -> NDArray[np.int64]:
    """The fold of every row, from 0, shape (n,); each fold has about as many rows.

    Each fold but the last is held out by `split_rows` from the rows that the folds before it left.

    Args:
        keys: ``text_keys`` of the rows, shape (n,); rows with equal keys share a fold.
        folds: how many, 2 or more.
        seed: chooses one of the many such splits.
        strata: labels whose shares should be the same in every fold.
        groups: values that must not be in two folds.

    Raises:
        DataError: there are too few different texts or groups for so many folds.
        ConfigError: ``folds`` is below 2.
    """
    if folds < 2:
        raise ConfigError(f"folds = {folds}; at least 2 are needed")
    fold, left = np.full(len(keys), folds - 1), np.arange(len(keys))
    for number in range(folds - 1):
        held_out = split_rows(
            keys[left],
            fraction=1 / (folds - number),
            seed=seed,
            strata=_some(strata, left),
            groups=_some(groups, left),
            warn=False,  # the rows that a training holds out have said it, and each fold would again
        )
        fold[left[held_out]] = number
        left = left[~held_out]
    return fold


def _some(values: Values | None, rows: NDArray[np.int64]) -> Values | None:
    if values is None:
        return None
    return values[rows] if isinstance(values, np.ndarray) else [values[row] for row in rows]
