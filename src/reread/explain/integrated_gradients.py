"""Integrated gradients: the gradient by the word vectors, summed along a path from unknown words to the text."""

from __future__ import annotations

from reread.errors import DataError, MissingExtraError
from reread.explain import methods
from reread.explain.method import Floats, Method, Question
from reread.typing import override

STEPS = 64


@methods.register("integrated_gradients")
class IntegratedGradients(Method):
    """Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", from a text of unknown words."""

    account = (
        "What each word's vector adds to the answer, compared with an equally long text of unknown words: "
        "its gradient, summed along the path from that text. A word's effect on the rest of the text counts, "
        "and an unknown word adds nothing. A pair of words counts for both in equal parts, if the network reads pairs."
    )
    adds_up = True

    @override
    def weights(self, question: Question) -> Floats:
        ids = question.reader.encode(question.text)
        if len(ids) > question.reader.window:
            raise DataError(
                f"this text has {len(ids):,} tokens; gradients are followed through one window of "
                f"{question.reader.window:,} at most: use method pooled_words or deletion"
            )
        try:
            from reread.scoring.backends.gradients import integrated_gradients  # noqa: PLC0415  # imports torch

            gradients = integrated_gradients(question.reader.in_torch(), ids, question.aim.weights, STEPS)
        except ModuleNotFoundError as error:
            raise MissingExtraError("integrated gradients", "explain") from error
        return question.by_piece(gradients)
