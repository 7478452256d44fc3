"""Pooled words: where each component of the text's vector was taken from, and what it adds to the answer."""

from __future__ import annotations

import numpy as np

from reread.errors import ConfigError
from reread.explain import methods
from reread.explain.head import contributions
from reread.explain.method import Floats, Method, Question
from reread.scoring.network.poolings import poolings
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@methods.register("pooled_words")
class PooledWords(Method):
    """Exact for the pooled layer: under max pooling a factor belongs to the word whose state was largest.

    Args of the account: the pooling says how much of each component comes from each position
    (`reread.scoring.network.poolings.Pooling.account`), the head what each component adds (`head.contributions`).
    """

    account = (
        "What each word's state contributes to the text's vector, weighted by what that adds to the answer: exact for "
        "that layer; a word's state depends on its context too."
    )
    adds_up = True

    @override
    def weights(self, question: Question) -> Floats:
        network = question.reader.network
        if network is None:
            raise ConfigError("the network's description is not available; open its folder with reread.load")
        spec, tensors = network.spec, Tensors(network.weights)
        values = question.reader.values(question.reader.encode(question.text))
        backward = slice(spec.hidden, 2 * spec.hidden) if spec.bidirectional and not spec.latent else slice(0, 0)
        account = poolings.get(spec.pooling).account(values, backward, tensors.under("pooling.")).astype(np.float64)
        vector = account.sum(axis=0)
        added = contributions(spec, tensors.under("head."), vector, question.aim.weights)
        share = np.divide(added, vector, out=np.zeros_like(added), where=vector != 0)
        return question.by_piece(account @ share)
