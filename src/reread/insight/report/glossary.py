"""What each metric means, for readers who do not know it."""

from __future__ import annotations

MEANINGS = {
    "accuracy": "share of rows with the right answer",
    "macro f1": (
        "F1, the balance of precision and recall, averaged over classes: rare ones count as much as common ones"
    ),
    "micro f1": "F1 of all classes counted together",
    "map": "mean average precision: whether rows of a class are ranked above the others, 1 is perfect",
    "auc": "chance that a row of a class is ranked above one that is not, 0.5 is guessing",
    "log loss": "minus the log of the true answer's probability: lower is better, being sure and wrong costs most",
    "mcc": "correlation of answer and truth, 0 is guessing, fair to classes of any size",
    "calibration error": "how far probabilities are from how often they are right, 0 is perfect",
    "quadratic kappa": "agreement beyond chance, far misses cost more, 0 is guessing",
    "mae": "mean distance from the truth, in its own units",
    "rmse": "root of the mean squared distance: large misses count more",
    "r2": "share of the variation that is explained, 0 is answering the mean",
    "pearson": "linear correlation with the truth",
    "spearman": "correlation of the order with that of the truth",
}


def meaning(metric: str) -> str:
    """What a metric means, also for ``target.metric`` of a joint model; empty for a metric that is not in the list."""
    return MEANINGS.get(metric.rpartition(".")[2], "")
