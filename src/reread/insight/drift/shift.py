"""How far two histograms of the same figure are apart, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.insight.significance import holm
from reread.scoring.reference import Histogram

Floats = NDArray[np.float64]

LIMIT = 0.2  # a population stability index from which a shift matters (Siddiqi 2006: below 0.1 none, above 0.25 a large one)
LEVEL = 0.01  # how often one of the figures may look moved by chance, when none has
DRAWS = 4000  # pairs of samples that say what chance does; more where there are more than four figures
HALF = 0.5  # a text that each bin has beside its own, so that an empty one is not infinitely unlikely


@dataclass(frozen=True)
class Shift:
    """One figure in two sets of texts.

    Attributes:
        name: of the figure.
        before: in the first set.
        now: in the second.
        index: the population stability index: Σ (q − p) · ln(q / p) over the bins' shares p before and q now.
        chance: how often one at least as large comes of two samples of the same texts (p-value), for all figures together (Holm 1979).
        moved: whether it is both more than chance and large enough to matter.
    """

    name: str
    before: Histogram
    now: Histogram
    index: float
    chance: float
    moved: bool


def shifts(
    before: Mapping[str, Histogram], now: Mapping[str, Histogram], *, limit: float = LIMIT, level: float = LEVEL
) -> list[Shift]:
    """Compare all figures of two sets of texts.

    A figure has moved where its index is at least ``limit`` and where chance alone gives as large a one so rarely that, of all figures together,
    none looks moved more often than ``level``. The first keeps a million texts from an alarm for nothing, the second a hundred.

    Args:
        before: histograms by name.
        now: of the same figures, with the same bins.
        limit: what index matters.
        level: the share of false alarms, between 0 and 1.
    """
    pairs = [(own, now[name]) for name, own in before.items()]
    draws = max(DRAWS, round(10 * len(pairs) / level))
    indices = [float(stability_index(np.array(old.counts), np.array(new.counts))) for old, new in pairs]
    chances = holm(_chance(old, new, index, draws) for (old, new), index in zip(pairs, indices, strict=True))
    return [
        Shift(name, old, new, index, chance, index >= limit and chance <= level)
        for name, (old, new), index, chance in zip(before, pairs, indices, chances.tolist(), strict=True)
    ]


def stability_index(before: NDArray[np.int64], now: NDArray[np.int64]) -> Floats:
    """The population stability index of counts (…, bins), (…)."""
    p, q = _shares(before), _shares(now)
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1))


def _shares(counts: NDArray[np.int64]) -> Floats:
    filled = counts + HALF
    return np.asarray(filled / filled.sum(axis=-1, keepdims=True), dtype=np.float64)


def _chance(before: Histogram, now: Histogram, index: float, draws: int) -> float:
    """How often two samples of both sets mixed are as far apart: the p-value of a simulated test (Davison and Hinkley 1997, section 4.2)."""
    random = np.random.default_rng(0)
    both = np.array(before.counts) + np.array(now.counts)
    samples = [random.multinomial(own.texts, both / both.sum(), draws) for own in (before, now)]
    as_far = np.count_nonzero(stability_index(*samples) >= index)
    return (1 + as_far) / (1 + draws)


def told(shift: Shift) -> str:
    """A figure before and now: its mean, or the class whose share has changed most."""
    before, now = shift.before, shift.now
    if not before.names:
        return f"{before.mean:.4g} → {now.mean:.4g}"
    shares = [(own / before.texts, new / now.texts) for own, new in zip(before.counts, now.counts, strict=True)]
    largest = max(range(len(shares)), key=lambda k: abs(shares[k][1] - shares[k][0]))
    return f"{before.names[largest]} {shares[largest][0]:.0%} → {shares[largest][1]:.0%}"
