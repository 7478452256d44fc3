"""The embedding and the recurrence of a language model: Dai and Le 2015; Howard and Ruder 2018."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from reread.nn.model import TextNet
from reread.train.start import Start, starts
from reread.train.start.known_rows import parts_of, take_over
from reread.typing import override


@starts.register("language_model")
class LanguageModel(Start):
    """Known words and the layers start from those of a language model, all else at random.

    The known words are the first of the vocabulary. The others start from random numbers of the size of the known
    words' vectors.

    Args:
        weights: by their names in the network: the embedding's have a row for each known word, the unknown one first.
        slow: whether they know enough to learn more slowly than others.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], *, slow: bool = False) -> None:
        self.weights, self.parts = weights, parts_of(weights)
        self.pretrained = self.parts if slow else ()

    @override
    def begin(self, net: TextNet) -> None:
        take_over(net, self.weights, "language model")
