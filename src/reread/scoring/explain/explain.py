"""A text and a model → an explanation."""

from __future__ import annotations

import re

from reread.errors import DataError
from reread.registry import unknown_name
from reread.scoring.answers import Answers
from reread.scoring.explain import Explanation, Span, methods
from reread.scoring.explain.method import Pieces, Question

AUTO = "auto"
BEST = "deletion"
"""What auto is. Measured on held-out reviews, two networks: its curves were the best on waimai_10k, within 0.03 of integrated gradients', which
need torch, on IMDB, and far ahead of pooled words and attention on both: benchmarks/results/faithfulness.md."""
WORD, SENTENCE = UNITS = ("word", "sentence")
_SENTENCE = re.compile(r"[^.!?。！？\n]*[.!?。！？\n]+|[^.!?。！？\n]+")


def explain(answers: Answers, text: str, *, target: object = None, method: str = AUTO, unit: str = WORD) -> Explanation:
    """What each word or sentence of a text adds to an answer.

    Args:
        answers: what answers.
        text: the text.
        target: the class, label or part of a joint model to speak for; None: the answer itself.
        method: how; auto is the one whose explanations measured most faithful, ``BEST``.
        unit: word or sentence.

    Raises:
        ConfigError: a target, a method or a unit that there is not, or that does not go with this model.
        DataError: the text is none.
        MissingExtraError: a library that the method needs is not installed.
    """
    if not isinstance(text, str):
        raise DataError(f"the text to explain is {type(text).__name__}, expected str")
    if unit not in UNITS:
        raise unknown_name("unit", unit, list(UNITS))
    network = answers.reader()
    name = BEST if method == AUTO else method
    how = methods.get(name)()
    source = network if how.of_network else answers
    scores = source.scores([text])
    aim = answers.task.aim(
        source.readout.calibrated(scores)[0], target
    )  # which answer it is; the number is the raw scores'
    tokens = network.encoder.spans(text)[: network.max_tokens]
    pieces = tokens if unit == WORD else sentences(text, tokens)
    question = Question(text, tokens, pieces, aim, network, answers)
    weights = how.weights(question).tolist() if tokens else []
    spans = tuple(
        Span(text[start:end], weight, start, end) for (start, end), weight in zip(pieces, weights, strict=True)
    )
    value = float(aim.of(scores)[0])
    rest = value - sum(weights) if how.adds_up else None
    return Explanation(text, name, how.account, aim.name, aim.unit, value, rest, spans)


def sentences(text: str, tokens: Pieces) -> list[tuple[int, int]]:
    """Where the sentences that hold a token stand, without the white space around them."""
    found, left = [], [start for start, _ in tokens][::-1]
    for match in _SENTENCE.finditer(text):
        held = False
        while left and left[-1] < match.end():
            left.pop()
            held = True
        if held:
            piece = match[0]
            found.append((match.start() + len(piece) - len(piece.lstrip()), match.start() + len(piece.rstrip())))
    return found
