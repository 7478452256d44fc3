"""How often the linear member answered as people did, before it had learned their labels."""

from __future__ import annotations

from reread.label.figures import Figure
from reread.label.questions import Pairs, Question

FEWEST = 10  # texts: fewer say nothing
MOST = 200  # and what more would add is no longer about the linear member of now


def running_accuracy(question: Question, pairs: Pairs) -> Figure | None:
    """How right it was on the newer half of the texts; None: they are too few.

    The linear member of the first labels was a worse one. Those that answered the newer half had at least about half of
    the labels of now.

    Args:
        question: what was asked.
        pairs: what it said of texts drawn at random, and their labels, in the order in which these were given.
    """
    if len(pairs) < FEWEST:
        return None
    return question.figure(pairs[-min(MOST, max(FEWEST, (len(pairs) + 1) // 2)) :])
