"""A second model that answers the same messages: where the two disagree, and whether chance explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from reread.apps.stream.messages import ID, Message, Outcome, is_dead
from reread.apps.stream.scoring import score_batch
from reread.apps.stream.source import ModelSource
from reread.errors import ConfigError
from reread.statistics.significance import holm, mcnemar
from reread.wording import number_of, percent

SIGNIFICANT = 0.05
Labels: TypeAlias = frozenset[str]
"""The classes of an answer; in a joint model each with its target's name."""
Pair: TypeAlias = tuple[Labels, Labels]


class Shadow:
    """Compares the answers of a second model with those that are published.

    Args:
        source: the second model.
        first: the model whose answers are published.

    Raises:
        ConfigError: one of them answers numbers alone.
    """

    def __init__(self, source: ModelSource, first: ModelSource) -> None:
        for each in (first, source):
            if each.model.task.class_names() is None:
                raise ConfigError(
                    f"{each.path} answers numbers, in which two models never quite agree; compare classes"
                )
        self.source = source
        self.pairs: Counter[Pair] = Counter()

    def compare(self, messages: Sequence[Message], outcomes: Sequence[Outcome]) -> tuple[list[Outcome], Counter[Pair]]:
        """The disagreements, and how often each pair of answers came.

        A disagreement is the published answer with the other one in ``shadow``.
        """
        answered = [(each, outcome) for each, outcome in zip(messages, outcomes, strict=True) if not is_dead(outcome)]
        others = score_batch(self.source.model, [message for message, _ in answered], name=self.source.name)
        found, pairs = [], Counter[Pair]()
        for (_, answer), other in zip(answered, others, strict=True):
            pair = _labels(answer), _labels(other)
            pairs[pair] += 1
            if pair[0] != pair[1]:
                found.append({**answer, "shadow": {name: value for name, value in other.items() if name != ID}})
        return found, pairs

    def sentence(self) -> str:
        """How often they disagree, and whether that is chance; empty if there were no answers.

        Chance would give each class as often to one model as to the other where only one of them gives it: McNemar's
        exact test for each class (McNemar 1947), corrected for their number (Holm 1979).
        """
        count = self.pairs.total()
        if not count:
            return ""
        differing = {pair: n for pair, n in self.pairs.items() if pair[0] != pair[1]}
        apart = sum(differing.values())
        if not apart:
            return f"The shadow gave the same {number_of(count, 'answer')}."
        start = f"The shadow disagrees with {apart:,} of {number_of(count, 'answer')} ({percent(apart / count)})"
        only = _only(differing)
        chances = dict(zip(only, holm(mcnemar(*each) for each in only.values()), strict=True))
        label = min(chances, key=lambda each: (chances[each], each))
        published, shadow = only[label]
        if chances[label] > SIGNIFICANT:
            return f"{start}; chance explains it: neither gives a class more often (p = {chances[label]:.2g})."
        more, less = ("shadow", "model") if shadow > published else ("model", "shadow")
        many, few = max(shadow, published), min(shadow, published)
        return (
            f"{start}; chance does not explain it: {label} comes {many:,} times from the {more} alone and {few:,} "
            f"times from the {less} alone (p = {chances[label]:.2g})."
        )


def _only(differing: Mapping[Pair, int]) -> dict[str, tuple[int, int]]:
    """How often a class comes from the first model alone, and from the second alone."""
    first, second = Counter[str](), Counter[str]()
    for (published, shadow), n in differing.items():
        first.update(dict.fromkeys(published - shadow, n))
        second.update(dict.fromkeys(shadow - published, n))
    return {label: (first[label], second[label]) for label in sorted(first.keys() | second.keys())}


def _labels(outcome: Outcome) -> Labels:
    return frozenset(_named(outcome["prediction"], outcome["probabilities"]))


def _named(prediction: Any, probabilities: Any) -> Iterator[str]:
    if isinstance(prediction, Mapping):
        for part in probabilities:  # the others are numbers
            yield from (f"{part} {label}" for label in _named(prediction[part], probabilities[part]))
    elif isinstance(prediction, list | tuple):
        yield from map(str, prediction)
    else:
        yield str(prediction)
