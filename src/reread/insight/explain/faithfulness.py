"""Whether explanations are faithful: the words with the largest weights are deleted from texts, or kept alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.explain import Explanation
from reread.explain.deletion import without
from reread.model.base import Model
from reread.tasks.aims import place_of

Floats: TypeAlias = NDArray[np.float64]
SHARES = tuple(k / 20 for k in range(11))  # 0 to 50 % of the words
TOGETHER = 16  # explanations whose texts are answered in one call


@dataclass(frozen=True)
class Curves:
    """The probability of the explained class as its strongest words are deleted, or inserted alone.

    Attributes:
        shares: of each text's pieces, from 0 on, (points,).
        deletion: without that share of them, (texts, points); a steep fall shows a faithful explanation.
        insertion: with that share of them only, (texts, points); a steep rise shows one.
    """

    shares: Floats
    deletion: Floats
    insertion: Floats

    @property
    def deletion_area(self) -> Floats:
        """The mean height of each text's deletion curve, (texts,): the lower, the better (Petsiuk et al. 2018)."""
        return _area(self.shares, self.deletion)

    @property
    def insertion_area(self) -> Floats:
        """The mean height of each text's insertion curve, (texts,): the higher, the better (Petsiuk et al. 2018)."""
        return _area(self.shares, self.insertion)

    @property
    def comprehensiveness(self) -> Floats:
        """The mean fall of the probability without the words, over all shares above 0, (texts,).

        DeYoung et al. 2020, equation 1.
        """
        lost: Floats = (self.deletion[:, :1] - self.deletion[:, 1:]).mean(axis=1)
        return lost

    @property
    def sufficiency(self) -> Floats:
        """The mean fall of the probability with the words alone, over all shares above 0, (texts,).

        DeYoung et al. 2020, equation 2.
        """
        lacking: Floats = (self.deletion[:, :1] - self.insertion[:, 1:]).mean(axis=1)
        return lacking


def faithfulness(model: Model, explanations: Iterable[Explanation], shares: Sequence[float] = SHARES) -> Curves:
    """Delete and insert each text's pieces in the order of their weights, and ask the model again.

    Args:
        model: what answers.
        explanations: of its answers, one a text; those without a piece are skipped.
        shares: of the pieces, rising from 0, none above 1; of ``n`` pieces a share s is ⌈s n⌉ of them.

    Raises:
        ConfigError: shares that do not rise from 0.
        DataError: the model's answers are no classes, or no text has a piece.
    """
    task, steps = model.task, np.asarray(shares, dtype=np.float64)
    if len(steps) < 2 or steps[0] != 0 or steps[-1] > 1 or not (np.diff(steps) > 0).all():
        raise ConfigError(f"shares = {list(shares)}: expected two or more that rise from 0 to at most 1")
    if not task.explains_class:
        raise DataError(f"a {task.name} model has no classes; faithfulness is measured by the probability of one")
    curves, left = [], (each for each in explanations if each.spans)
    while some := list(islice(left, TOGETHER)):
        texts = [text for each in some for text in _altered(each, steps)]
        places = np.array([place_of(each.answer, task.classes, "class") for each in some])
        probabilities = np.asarray(task.probabilities(model.scores(texts))).reshape(len(some), 2, len(steps), -1)
        curves.append(probabilities[np.arange(len(some)), :, :, places])
    if not curves:
        raise DataError("no text has a piece with a weight; faithfulness needs one at least")
    values = np.concatenate(curves)
    return Curves(steps, values[:, 0], values[:, 1])


def shuffled(explanation: Explanation, seed: int = 0) -> Explanation:
    """The same weights on random pieces of the text: a baseline that every explanation has to beat."""
    order = np.random.default_rng(seed).permutation(len(explanation.spans))
    spans = [
        span._replace(weight=explanation.spans[k].weight) for span, k in zip(explanation.spans, order, strict=True)
    ]
    return replace(explanation, method="random", spans=tuple(spans))


def _altered(explanation: Explanation, shares: Floats) -> list[str]:
    """The text without each share of its pieces, then with that share alone."""
    ranked = sorted(explanation.spans, key=lambda span: -span.weight)
    counts = np.ceil(shares * len(ranked) - 1e-9).astype(int).tolist()
    left_out = [ranked[:count] for count in counts] + [ranked[count:] for count in counts]
    return [without(explanation.text, sorted((span.start, span.end) for span in spans)) for spans in left_out]


def _area(shares: Floats, curves: Floats) -> Floats:
    heights = (curves[:, 1:] + curves[:, :-1]) / 2
    areas: Floats = heights @ np.diff(shares) / shares[-1]
    return areas
