"""Metrics of answers: plain NumPy functions, equal to scikit-learn's and SciPy's to 1e-9.

All take weights, one per row, and leave rows of weight 0 out. An undefined figure (an AUC if one class
is absent, a correlation with a constant) is NaN, without a warning; scikit-learn gives 0 or 1 in some such cases.
"""

from __future__ import annotations

from reread.tasks.metrics.calibration import Reliability, expected_calibration_error, reliability
from reread.tasks.metrics.classes import class_metrics, label_metrics
from reread.tasks.metrics.counts import accuracy, f1_scores, macro_f1, mcc, micro_f1, quadratic_kappa
from reread.tasks.metrics.numbers import mae, pearson, r2, rmse, spearman
from reread.tasks.metrics.ranking import auc, average_precision, log_loss

__all__ = [
    "Reliability",
    "accuracy",
    "auc",
    "average_precision",
    "class_metrics",
    "expected_calibration_error",
    "f1_scores",
    "label_metrics",
    "log_loss",
    "macro_f1",
    "mae",
    "mcc",
    "micro_f1",
    "pearson",
    "quadratic_kappa",
    "r2",
    "reliability",
    "rmse",
    "spearman",
]
