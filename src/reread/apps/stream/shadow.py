"""A second model that answers the same messages: where the two disagree, and whether chance explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reread.apps.stream.messages import ID, Message, Outcome, is_dead
from reread.apps.stream.opened import Opened
from reread.apps.stream.scoring import score_batch
from reread.monitoring.agreement import Pair, agreement, check_comparable, pair_of
from reread.monitoring.source import ModelSource


class Shadow:
    """Compares the answers of a second model with those that are published.

    Args:
        source: the second model.
        first: the model whose answers are published.

    Raises:
        ConfigError: one of them answers numbers alone.
    """

    def __init__(self, source: ModelSource[Opened], first: ModelSource[Opened]) -> None:
        for each in (first, source):
            check_comparable(each.path, each.opened.model.task)
        self.source = source
        self.pairs: Counter[Pair] = Counter()

    def compare(self, messages: Sequence[Message], outcomes: Sequence[Outcome]) -> tuple[list[Outcome], Counter[Pair]]:
        """The disagreements, and how often each pair of answers came.

        A disagreement is the published answer with the other one in ``shadow``.
        """
        answered = [(each, outcome) for each, outcome in zip(messages, outcomes, strict=True) if not is_dead(outcome)]
        messages = [message for message, _ in answered]
        others = score_batch(self.source.opened.model, messages, name=self.source.name)
        found, pairs = [], Counter[Pair]()
        for (_, answer), other in zip(answered, others, strict=True):
            pair = pair_of(answer, other)
            pairs[pair] += 1
            if pair[0] != pair[1]:
                found.append({**answer, "shadow": {name: value for name, value in other.items() if name != ID}})
        return found, pairs

    def sentence(self) -> str:
        """How often they disagree, and whether that is chance; empty if there were no answers; see `agreement`."""
        return agreement(self.pairs)
