"""What is learned from validation rows: calibration, thresholds and residuals."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from reread.scoring.calibration import NONE
from reread.scoring.calibration.learning import fit_calibration
from reread.scoring.decisions.learning import decides, learn_thresholds, parse_rule
from reread.scoring.intervals import held_out_residuals
from reread.scoring.joint_postprocessor import AnyPostprocessor, JointPostprocessor
from reread.scoring.postprocessor import Postprocessor
from reread.tasks import Task


def learn_postprocessor(
    task: Task,
    scores: ArrayLike,
    targets: Any,
    weights: ArrayLike | None = None,
    *,
    calibration: str = NONE,
    spread: float = 1.0,
    decide: str | None = None,
) -> AnyPostprocessor:
    """Learn how to turn a model's scores into answers, from rows that it was not trained on.

    Args:
        task: what the scores mean.
        scores: raw scores, (rows, size).
        targets: of the rows, as ``task.encode`` takes them.
        weights: how much each row counts, (rows,).
        calibration: the method, by its registered name.
        spread: about how far the scores are from calibrated; see `Calibration.fit`.
        decide: the rule that chooses thresholds, such as "f1"; None: 0.5.

    Raises:
        ConfigError: there is no such calibration or rule.
        DataError: a target is unknown to the task, scores or weights do not fit the targets, or all weights are 0.
    """

    def learn(part: Task, part_scores: ArrayLike, truth: Any) -> Postprocessor:
        learned = fit_calibration(calibration, part, part_scores, truth, weights, spread=spread)
        calibrated = learned.apply(part_scores)
        if decide is not None and decides(part):
            part = part.deciding(learn_thresholds(part, parse_rule(decide), calibrated, truth, weights))
        return Postprocessor(part, learned, held_out_residuals(part, truth, calibrated, weights))

    if not task.parts:
        return learn(task, scores, targets)
    by_part, truth = task.split_scores(scores), task.split_targets(targets)
    return JointPostprocessor(
        task, {name: learn(part, by_part[name], truth[name]) for name, part in task.parts.items()}
    )
