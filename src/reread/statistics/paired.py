"""Paired differences of rows: their mean, and its standard error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def paired(
    differences: NDArray[Any], weights: NDArray[Any], texts: NDArray[np.int64] | None = None
) -> tuple[float, float]:
    """The weighted mean of differences, and its standard error, in which equal texts are one observation.

    Args:
        differences: of rows, (rows,).
        weights: how much each row counts, (rows,).
        texts: which text each row has, (rows,); None: all are different.
    """
    mean = float(np.average(differences, weights=weights))
    each = weights / weights.sum() * (differences - mean)
    of_texts = each if texts is None else np.bincount(texts, each)
    return mean, float(np.sqrt(of_texts @ of_texts))
