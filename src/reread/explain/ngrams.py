"""N-grams: what each word's n-grams add to the linear member's answer."""

from __future__ import annotations

import numpy as np

from reread.explain import methods
from reread.explain.method import Floats, Method, Question
from reread.typing import override


@methods.register("ngrams")
class NGrams(Method):
    """Exact: the scores of a linear model are sums over n-grams. An n-gram of several pieces is shared equally."""

    account = (
        "What the n-grams of each piece add to the linear member's answer, which is exact; an n-gram of several pieces "
        "counts for each of them in equal parts."
    )
    adds_up = True
    of_network = False
    of_linear = True
    wording = "the linear model's weights"

    @override
    def weights(self, question: Question) -> Floats:
        linear, share = question.model.linear_member(), question.model.linear_share()
        added, starts, ends = linear.contributions(question.text, question.aim.weights)
        bounds = np.array(question.pieces, dtype=np.int64).reshape(-1, 2)
        first = np.searchsorted(bounds[:, 1], starts, side="right")  # the first piece that ends after the n-gram begins
        last = np.searchsorted(bounds[:, 0], ends, side="left")  # and the first that begins at its end or later
        counts = np.maximum(last - first, 0)
        owners = np.repeat(first, counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        each = np.repeat(share * added / np.maximum(counts, 1), counts)
        return np.bincount(owners, each, len(bounds)).astype(np.float64)
