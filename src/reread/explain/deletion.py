"""Deletion: leave a piece out, answer again."""

from __future__ import annotations

import numpy as np

from reread.explain import methods
from reread.explain.method import Floats, Method, Pieces, Question
from reread.typing import override

MOST = 1000  # answers for one text: in a longer one, runs of neighbours are deleted together
TEXTS = 256  # answered at once: each is nearly the whole text


@methods.register("deletion")
class Deletion(Method):
    """How much the answer falls without each piece: Li et al. 2016, "… through representation erasure"."""

    account = (
        "How much lower the answer is without each piece (in very long texts, without a run of pieces, "
        "shared equally); a repeated word may get no weight."
    )
    adds_up = False
    of_network = False

    @override
    def weights(self, question: Question) -> Floats:
        runs = np.array_split(np.arange(len(question.pieces)), min(MOST, len(question.pieces)))
        value = self._values(question, [question.text])[0]
        weights = np.empty(len(question.pieces))
        for start in range(0, len(runs), TEXTS):
            some = runs[start : start + TEXTS]
            texts = [without(question.text, [question.pieces[k] for k in run]) for run in some]
            for run, left in zip(some, self._values(question, texts), strict=True):
                weights[run] = (value - left) / len(run)
        return weights

    @staticmethod
    def _values(question: Question, texts: list[str]) -> Floats:
        return question.aim.of(question.model.scores(texts))


def without(text: str, pieces: Pieces) -> str:
    """The text with a space in place of each piece, so that their neighbours do not become one word.

    The pieces are in reading order.
    """
    ends = [0, *(end for _, end in pieces)]
    starts = [*(start for start, _ in pieces), len(text)]
    return " ".join(text[end:start] for end, start in zip(ends, starts, strict=True))
