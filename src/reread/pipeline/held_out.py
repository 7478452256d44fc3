"""The rows held out of a training, with the answers of network and baseline: the content of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.pipeline.blending import Blended
from reread.pipeline.prepare import Prepared
from reread.pipeline.validation import ValidationResult
from reread.tasks import Task

Measured: TypeAlias = tuple[ValidationResult, NDArray[Any]]


@dataclass(frozen=True)
class HeldOut:
    """Rows held out.

    Attributes:
        rows: their numbers among the examples, (rows,).
        targets: the user's own values of them, one list, or one for each target of a joint model.
        weights: how much each one counts, (rows,).
        tasks: what reads the scores of each, with thresholds of its own, by the name of what gave them.
        scores: calibrated scores (rows, scores) by the same names; what answers comes first.
    """

    rows: NDArray[np.int64]
    targets: Any
    weights: NDArray[np.float32]
    tasks: Mapping[str, Task]
    scores: Mapping[str, NDArray[Any]]


def held_out(prepared: Prepared, network: Measured, baseline: Measured, blend: Blended | None) -> HeldOut | None:
    """The rows held out, with the answers to them; None if there are none.

    Args:
        prepared: the rows.
        network: its result, and its raw scores, (rows, scores).
        baseline: the same of the linear baseline; no rows without one.
        blend: the result of both together.
    """
    if not len(prepared.validation):
        return None
    network_scores, baseline_scores = network[1], baseline[1]
    sides = {"network": (network[0].postprocessor, network_scores)}
    if len(baseline_scores):
        sides["linear baseline"] = baseline[0].postprocessor, baseline_scores
        if blend is not None:
            mixed = prepared.task.mix((network_scores, baseline_scores), list(blend.weights.values()))
            sides = {"blend": (blend.postprocessor, mixed), **sides}
    return HeldOut(
        prepared.validation,
        prepared.validation_targets,
        prepared.validation_weights,
        tasks={name: postprocessor.task for name, (postprocessor, _) in sides.items()},
        scores={name: postprocessor.calibrated(each) for name, (postprocessor, each) in sides.items()},
    )
