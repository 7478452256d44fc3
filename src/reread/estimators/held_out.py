"""The rows held out of a training, with what network and baseline said of them: what a report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.estimators.blending import Blended
from reread.estimators.prepare import Prepared


@dataclass(frozen=True)
class HeldOut:
    """Rows held out.

    Attributes:
        rows: their numbers among the examples, (rows,).
        targets: the user's own values of them, one list, or one for each target of a joint model.
        weights: how much each one counts, (rows,).
        scores: raw scores (rows, scores) by the name of what gave them; what answers comes first.
    """

    rows: NDArray[np.int64]
    targets: Any
    weights: NDArray[np.float32]
    scores: Mapping[str, NDArray[Any]]


def held_out(
    prepared: Prepared, scores: NDArray[Any], baseline_scores: NDArray[Any] | None, blend: Blended | None
) -> HeldOut | None:
    """Gather what is known of the rows held out; None where there are none."""
    if not len(prepared.validation):
        return None
    found = {"network": scores}
    if baseline_scores is not None:
        found["linear baseline"] = baseline_scores
        if blend is not None:
            mixed = prepared.task.mix((scores, baseline_scores), list(blend.weights.values()))
            found = {"blend": mixed, **found}
    return HeldOut(prepared.validation, prepared.validation_targets, prepared.validation_weights, found)
