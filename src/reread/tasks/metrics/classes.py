"""All metrics of a task with classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks.metrics.calibration import expected_calibration_error
from reread.tasks.metrics.counts import accuracy, macro_f1, mcc, micro_f1
from reread.tasks.metrics.ranking import auc, average_precision, log_loss
from reread.tasks.metrics.rows import defined_mean


def class_metrics(
    truth: NDArray[np.int64],
    answer: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    weights: ArrayLike | None = None,
) -> dict[str, float]:
    """Metrics of one class per row, by index.

    MAP is the mean over the classes that occur of each one's average precision against the rest, over both classes when
    there are two. AUC is that of the second of two classes, or the mean of each class against the rest. The
    calibration error is that of the answered class's probability.
    """
    confidence = np.take_along_axis(probabilities, answer[:, None], axis=1)[:, 0]
    against_rest = [(truth == index, probabilities[:, index], weights) for index in range(probabilities.shape[1])]
    judged = against_rest[1:] if len(against_rest) == 2 else against_rest
    return {
        "accuracy": accuracy(truth, answer, weights),
        "macro_f1": macro_f1(truth, answer, weights),
        "micro_f1": micro_f1(truth, answer, weights),
        "map": defined_mean([average_precision(*rows) for rows in against_rest]),
        "auc": defined_mean([auc(*rows) for rows in judged]),
        "log_loss": log_loss(truth, probabilities, weights),
        "calibration_error": expected_calibration_error(confidence, truth == answer, weights),
        "mcc": mcc(truth, answer, weights),
    }


def label_metrics(
    truth: NDArray[np.bool_],
    answer: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
    weights: ArrayLike | None = None,
) -> dict[str, float]:
    """Metrics of any number of labels per row, as 0/1 matrices (rows, labels).

    MAP, AUC, log loss and calibration error are means over labels.
    """
    each = [(truth[:, index], probabilities[:, index], weights) for index in range(truth.shape[1])]
    return {
        "map": defined_mean([average_precision(*rows) for rows in each]),
        "accuracy": accuracy(truth, answer, weights),
        "macro_f1": macro_f1(truth, answer, weights),
        "micro_f1": micro_f1(truth, answer, weights),
        "auc": defined_mean([auc(*rows) for rows in each]),
        "log_loss": defined_mean(
            [
                log_loss(true.astype(np.int64), np.stack([1 - chance, chance], axis=1), weights)
                for true, chance, _ in each
            ]
        ),
        "calibration_error": defined_mean(
            [expected_calibration_error(chance, true, weights) for true, chance, _ in each]
        ),
    }
