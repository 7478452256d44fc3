"""The rows held out of a training, with what network and baseline said of them: what a report is made of."""

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

Said: TypeAlias = tuple[ValidationResult, NDArray[Any]]


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


def held_out(prepared: Prepared, network: Said, baseline: Said, blend: Blended | None) -> HeldOut | None:
    """Gather what is known of the rows held out; None where there are none.

    Args:
        prepared: the rows.
        network: what was learned of its scores, and these, (rows, scores).
        baseline: the same of the linear baseline; no rows without one.
        blend: what was learned of both together.
    """
    if not len(prepared.validation):
        return None
    own, linear = network[1], baseline[1]
    found = {"network": (network[0].postprocessor, own)}
    if len(linear):
        found["linear baseline"] = baseline[0].postprocessor, linear
        if blend is not None:
            mixed = prepared.task.mix((own, linear), list(blend.weights.values()))
            found = {"blend": (blend.postprocessor, mixed), **found}
    return HeldOut(
        prepared.validation,
        prepared.validation_targets,
        prepared.validation_weights,
        tasks={name: postprocessor.task for name, (postprocessor, _) in found.items()},
        scores={name: postprocessor.calibrated(each) for name, (postprocessor, each) in found.items()},
    )
