"""What is learned of a model's answers from rows held out: how to calibrate them, from where on to decide, and how far off they are."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from reread.scoring.calibration import NONE
from reread.scoring.calibration.by_part import fit_calibration
from reread.scoring.decisions.learning import learn_thresholds, parse_rule, with_thresholds
from reread.scoring.intervals import held_out_residuals
from reread.scoring.readout import Readout
from reread.tasks import Task


def learn_readout(
    task: Task,
    scores: ArrayLike,
    targets: Any,
    weights: ArrayLike | None = None,
    *,
    calibration: str = NONE,
    decide: str | None = None,
    seed: int = 0,
) -> Readout:
    """Learn how to read a model's scores from rows that it was not trained on.

    Args:
        task: what the scores mean.
        scores: raw scores, (rows, size).
        targets: of the rows, as ``task.encode`` takes them.
        weights: how much each row counts, (rows,).
        calibration: the method, by its registered name.
        decide: the rule that chooses thresholds, such as "f1"; none: a half.
        seed: of the choice among very many residuals.

    Raises:
        ConfigError: there is no such calibration or rule.
        DataError: targets that the task does not know, scores and weights that do not fit them, or no row that counts.
    """
    learned = fit_calibration(calibration, task, scores, targets, weights)
    calibrated = learned.apply(scores)
    if decide is not None:
        task = with_thresholds(task, learn_thresholds(task, parse_rule(decide), calibrated, targets, weights))
    return Readout(task, learned, held_out_residuals(task, targets, calibrated, seed=seed))
