"""How often two models give the same answers, and whether chance explains where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from reread.errors import ConfigError
from reread.statistics.significance import holm, mcnemar
from reread.tasks import Task
from reread.wording import number_of, percent

SIGNIFICANT = 0.05
Labels: TypeAlias = frozenset[str]
"""The classes of an answer; in a joint model each with its target's name."""
Pair: TypeAlias = tuple[Labels, Labels]


def check_comparable(path: object, task: Task) -> None:
    """Refuse a model that has no classes to compare.

    Raises:
        ConfigError: it answers numbers alone.
    """
    if task.class_names() is None:
        raise ConfigError(f"{path} answers numbers, in which two models never quite agree; compare classes")


def pair_of(answer: Mapping[str, Any], other: Mapping[str, Any]) -> Pair:
    """The classes of two answers, each with a ``prediction`` and ``probabilities``."""
    return _labels(answer), _labels(other)


def differing(pairs: Mapping[Pair, int]) -> dict[Pair, int]:
    """Those pairs whose answers are not the same."""
    return {pair: n for pair, n in pairs.items() if pair[0] != pair[1]}


def agreement(pairs: Counter[Pair]) -> str:
    """How often a model's shadow disagrees with it, and whether that is chance; empty if there were no answers.

    Chance would give each class as often to one model as to the other where only one of them gives it: McNemar's
    exact test for each class (McNemar 1947), corrected for their number (Holm 1979).

    Args:
        pairs: how often each pair of answers came from the model and its shadow.
    """
    count = pairs.total()
    if not count:
        return ""
    apart = sum(differing(pairs).values())
    if not apart:
        return f"The shadow gave the same {number_of(count, 'answer')}."
    start = f"The shadow disagrees with {apart:,} of {number_of(count, 'answer')} ({percent(apart / count)})"
    only = _only(differing(pairs))
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


def _only(pairs: Mapping[Pair, int]) -> dict[str, tuple[int, int]]:
    """How often a class comes from the first model alone, and from the second alone."""
    first, second = Counter[str](), Counter[str]()
    for (published, shadow), n in pairs.items():
        first.update(dict.fromkeys(published - shadow, n))
        second.update(dict.fromkeys(shadow - published, n))
    return {label: (first[label], second[label]) for label in sorted(first.keys() | second.keys())}


def _labels(answer: Mapping[str, Any]) -> Labels:
    return frozenset(_named(answer["prediction"], answer["probabilities"]))


def _named(prediction: Any, probabilities: Any) -> Iterator[str]:
    if isinstance(prediction, Mapping):
        for part in probabilities:  # the others are numbers
            yield from (f"{part} {label}" for label in _named(prediction[part], probabilities[part]))
    elif isinstance(prediction, list | tuple):
        yield from map(str, prediction)
    else:
        yield str(prediction)
