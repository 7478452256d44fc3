"""Whether rows are enough for a learning curve."""

from __future__ import annotations

import numpy as np

from reread.baseline.learning_curve.measuring import Rows
from reread.wording import number_of

LEAST = 50  # different texts, or groups of them
LEAST_OF_A_CLASS = 5  # rows that at least two classes need


def too_few(rows: Rows) -> str:
    """Why they are too few, in words; empty: they are enough."""
    different = int(rows.blocks.max()) + 1
    if different < LEAST:
        what = number_of(different, "different text") if rows.groups is None else number_of(different, "group")
        return f"{what} are too few for a learning curve; it needs at least {LEAST}"
    strata = rows.task.stratum(rows.encoded)
    if strata is None:
        return ""
    counts = np.sort(np.unique(strata, return_counts=True)[1])[::-1]
    if len(counts) > 1 and counts[1] < LEAST_OF_A_CLASS:
        return f"only one class has {LEAST_OF_A_CLASS} rows or more; a learning curve needs two such classes"
    return ""
