"""The next word: a language model."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from reread.train.predictions import Prediction, predictions
from reread.typing import override


@predictions.register("next")
class NextWord(Prediction):
    """Each state predicts the word that its direction reads next (Dai and Le 2015). Every word counts the same."""

    what: ClassVar[str] = "the next word"
    default: ClassVar[int] = 1
    most: ClassVar[int | None] = 1

    @override
    def worth_of(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.ones(len(counts))

    @override
    def scores(self, vectors: Tensor, words: Tensor, places: Tensor) -> Tensor:
        return (vectors * words.gather(1, places.expand_as(words))).sum(dim=2, keepdim=True)
