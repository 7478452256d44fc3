"""What the rows held out were like, for `reread drift` to compare new texts with."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from reread.estimators.blending import Blended
from reread.estimators.prepare import Prepared, Subset
from reread.scoring.reference import reference_of


def state_reference(
    prepared: Prepared, scores: NDArray[Any], baseline_scores: NDArray[Any] | None, blend: Blended | None
) -> dict[str, dict[str, Any]]:
    """The histograms of texts and answers; empty where no rows were held out.

    Args:
        prepared: the rows.
        scores: the network's raw scores of the rows held out, (rows, scores).
        baseline_scores: the baseline's.
        blend: what answers, where it is both.
    """
    if blend is not None and baseline_scores is not None:
        scores = prepared.task.mix((scores, baseline_scores), list(blend.weights.values()))
    return reference_of(prepared.task, Subset(prepared.encoded, prepared.validation), scores)
