"""Rows dealt out into folds: never a text, or a group, in two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.split import split_rows
from reread.errors import ConfigError


def fold_rows(
    keys: NDArray[np.uint64],
    *,
    folds: int,
    seed: int = 0,
    strata: Sequence[Any] | None = None,
    groups: Sequence[Any] | None = None,
) -> NDArray[np.int64]:
    """The fold of every row, from 0, shape (n,); each fold has about as many rows.

    Every fold but the last is held out of what the ones before it left, as `split_rows` does it.

    Args:
        keys: ``text_keys`` of the rows, shape (n,); rows with equal keys share a fold.
        folds: how many, 2 or more.
        seed: which of the many such choices.
        strata: labels whose shares should be alike in every fold.
        groups: values that must not stand in two folds.

    Raises:
        DataError: too few rows are free of each other for so many folds.
        ConfigError: fewer than 2 folds.
    """
    if folds < 2:
        raise ConfigError(f"folds = {folds}; at least 2 are needed")
    fold, left = np.full(len(keys), folds - 1), np.arange(len(keys))
    for number in range(folds - 1):
        held = split_rows(
            keys[left], fraction=1 / (folds - number), seed=seed, strata=_some(strata, left), groups=_some(groups, left)
        )
        fold[left[held]] = number
        left = left[~held]
    return fold


def _some(values: Sequence[Any] | None, rows: NDArray[np.int64]) -> list[Any] | None:
    return None if values is None else [values[row] for row in rows]
