"""What the states of a language model predict, one file each: the next word, or a bag of the next ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.registry import Registry
from reread.train.predictions.base import Predicted, Prediction

predictions: Registry[type[Prediction]] = Registry("prediction", __name__)


def build_prediction(name: str, counts: NDArray[np.int64], words: int | None = None) -> Prediction:
    """A prediction by its registered name.

    Args:
        name: "next" or "bag".
        counts: how often each word of the vocabulary occurs, (vocabulary,).
        words: how many each state predicts; None: as many as the prediction has by default.

    Raises:
        ConfigError: there is no such prediction, or it predicts another number of words.
    """
    return predictions.get(name)(counts, words)


__all__ = ["Predicted", "Prediction", "build_prediction", "predictions"]
