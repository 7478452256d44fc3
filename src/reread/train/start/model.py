"""A trained network: Pan and Yang 2010, section 3; of its last layer only the scores that go on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from reread.nn.heads import last_layer
from reread.nn.model import TextNet
from reread.train.start import Start, starts
from reread.train.start.known_rows import parts_of, take_over
from reread.typing import override


@starts.register("model")
class TrainedModel(Start):
    """Everything starts from a trained network's weights, but for new words and new scores.

    The known words are the first of the vocabulary. New words start from random numbers of the size of their vectors;
    new scores from those that the network was built with, at the mean of the biases that go on.

    Args:
        weights: by their names in the network: the embedding's have a row for each known word, the unknown one first.
        scores: for each score of the network which of the trained one's it goes on from, -1: it is new; (scores,).
    """

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], scores: NDArray[np.int64]) -> None:
        self.weights, self.scores, self.parts = weights, scores, parts_of(weights)
        self.begins_head = bool((scores >= 0).any())

    @override
    def begin(self, net: TextNet) -> None:
        layer, prefix = last_layer(net.head)
        last = {f"head.{prefix}.{part}" for part in ("weight", "bias")}
        take_over(net, {name: array for name, array in self.weights.items() if name not in last}, "model")
        if not self.begins_head:
            return
        known = torch.from_numpy(np.flatnonzero(self.scores >= 0))
        theirs = torch.from_numpy(self.scores[self.scores >= 0])
        weight, bias = (torch.from_numpy(self.weights[f"head.{prefix}.{part}"]) for part in ("weight", "bias"))
        with torch.no_grad():
            layer.bias.fill_(float(bias[theirs].mean()))
            layer.weight[known], layer.bias[known] = weight[theirs], bias[theirs]
