"""The bag of the next words: two-view embeddings of regions."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from reread.train.predictions import Prediction, predictions
from reread.typing import override

FREQUENT = 1e-4  # a word's share of all tokens beyond which it counts less


@predictions.register("bag")
class BagOfWords(Prediction):
    """Each state predicts which words its direction reads next, in any order (Johnson and Zhang 2015, 2016).

    Frequent words say little of a passage, so a word with the share f of all tokens counts min(1, sqrt(1e-4 / f)),
    what is left of it on average by the sub-sampling of Mikolov et al. 2013 (section 2.3): that takes no list of words,
    so it holds for any language and for characters.
    """

    what: ClassVar[str] = "which words are among the next ones"
    default: ClassVar[int] = 20

    @override
    def worth_of(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        shares = np.maximum(counts, 1) / max(1, counts.sum())
        worth: NDArray[np.float64] = np.minimum(1.0, np.sqrt(FREQUENT / shares))
        return worth

    @override
    def scores(self, vectors: Tensor, words: Tensor, places: Tensor) -> Tensor:
        return (vectors @ words.mT).gather(2, places)  # all pairs of a text: one product of matrices
