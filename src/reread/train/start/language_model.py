"""The embedding and the recurrence of a language model: Dai and Le 2015; Howard and Ruder 2018."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.nn.model import TextNet
from reread.train.start import Start, starts
from reread.typing import override

ROWS = "embedding."  # begins the names of weights with a row for each word


@starts.register("language_model")
class LanguageModel(Start):
    """Known words and the layers start from those of a language model, all else at random.

    The known words are the first of the vocabulary. The others start from random numbers of the size of the known
    words' vectors.

    Args:
        weights: by their names in the network: the embedding's have a row for each known word, the unknown one first.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self.weights = weights

    @override
    def begin(self, net: TextNet) -> None:
        own = net.state_dict()  # shares its memory with the network
        with torch.no_grad():
            for name, array in self.weights.items():
                weight, known = own.get(name), torch.from_numpy(array)
                rows = len(known) if name.startswith(ROWS) else None
                if weight is None or weight[:rows].shape != known.shape:
                    has = "none" if weight is None else tuple(weight.shape)
                    raise ConfigError(f"the language model's {name} is {tuple(known.shape)}, the network has {has}")
                if name.startswith(f"{ROWS}tables."):
                    weight[rows:].normal_(std=float(known.std()))
                weight[:rows] = known
