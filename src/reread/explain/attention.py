"""Attention weights: how much of the text's vector is each word's state."""

from __future__ import annotations

import numpy as np

from reread.errors import ConfigError
from reread.explain import methods
from reread.explain.method import Floats, Method, Question
from reread.scoring.network.poolings.attention import AttentionPooling
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@methods.register("attention")
class Attention(Method):
    """The softmax weights of attention pooling, without sign or class; Jain and Wallace 2019 discuss their limits."""

    account = "How much the network attended to each word: shares of 1, which count neither for nor against the answer."
    adds_up = False
    own_unit = "share of attention"

    @override
    def weights(self, question: Question) -> Floats:
        network = question.reader.network
        if network is None or network.spec.pooling != "attention":
            raise ConfigError(
                'this network has no attention to show; method="attention" needs a recipe with attention pooling'
            )
        values = question.reader.values(question.reader.encode(question.text))
        return question.by_piece(
            AttentionPooling.attention(values, Tensors(network.weights, "pooling.")).astype(np.float64)
        )
