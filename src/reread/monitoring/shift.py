"""How far two histograms of a figure differ, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from reread.monitoring.figures import CONFIDENCE
from reread.monitoring.histogram import Floats, Histogram
from reread.monitoring.reference import UNKNOWN_WORDS
from reread.recipes.fitting import Bound, fit_value
from reread.statistics.significance import holm
from reread.wording import quantity

LIMIT = 0.2  # the stability index from which a shift counts (Siddiqi 2006: below 0.1 no shift, above 0.25 a large one)
LEVEL = 0.01  # the share of false alarms, over all figures
LOWEST_LEVEL = 1e-4  # each figure is tested ten times as closely
DRAWS = 4000  # pairs of samples drawn at once, until there are enough of them,
ENOUGH = 100  # or this many are as far apart
HALF = 0.5  # is added to the texts of each bin, so that an empty one is not infinitely unlikely
LESS_SURE = 0.01  # by which the mean confidence must fall: a model that has since learned from all rows is a bit surer
Level = Annotated[float, Bound(f"from {LOWEST_LEVEL:g} to below 1", lambda value: LOWEST_LEVEL <= value < 1)]


@dataclass(frozen=True, kw_only=True)
class Shift:
    """One figure in two sets of texts.

    Attributes:
        name: of the figure.
        before: in the first set.
        now: in the second.
        index: the population stability index: Σ (q − p) · ln(q / p) over the bins' shares p before and q now; 0 if
            a set has no values.
        chance: the p-value: how often two samples of the same texts differ at least as much, corrected for all figures
            (Holm 1979).
        moved: whether the shift is significant and large enough, and a reason to train again.
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

    A figure has moved if its index is at least ``limit`` and its corrected p-value at most ``level``. The first
    prevents alarms over negligible shifts of a million texts, the second alarms by chance over a hundred.

    Args:
        before: histograms by name.
        now: of the same figures, with the same bins.
        limit: the index from which a shift counts.
        level: the share of false alarms, from 0.0001 to below 1.

    Raises:
        ConfigError: ``level`` is outside that range.
    """
    level = fit_value(Level, level, "level")
    draws = 10 * len(before) / level
    apart = [_apart(histogram, now[name], draws) for name, histogram in before.items()]
    p_values = holm(chance for _, chance in apart).tolist()
    changes = []
    for (name, histogram), (index, _), chance in zip(before.items(), apart, p_values, strict=True):
        changes.append(
            Shift(
                name=name,
                before=histogram,
                now=now[name],
                index=index,
                chance=chance,
                moved=index >= limit and chance <= level and _matters(name, histogram, now[name]),
            )
        )
    return changes


def _matters(name: str, before: Histogram, now: Histogram) -> bool:
    """Whether a figure can be a reason to train again: fewer unknown words, and surer answers, are none."""
    if name == UNKNOWN_WORDS:
        return now.mean > before.mean
    if name.rpartition(".")[2] == CONFIDENCE:
        return now.mean <= before.mean - LESS_SURE
    return True


def stability_index(before: NDArray[np.int64], now: NDArray[np.int64]) -> Floats:
    """The population stability index of counts (…, bins), (…)."""
    p, q = _shares(before), _shares(now)
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1))


def _shares(counts: NDArray[np.int64]) -> Floats:
    filled = counts + HALF
    return np.asarray(filled / filled.sum(axis=-1, keepdims=True), dtype=np.float64)


def _apart(before: Histogram, now: Histogram, draws: float) -> tuple[float, float]:
    """The index, and how often it is as large for two samples of both sets mixed.

    The second is the p-value of a simulated test (Davison and Hinkley 1997, section 4.2), which ends early if it will
    not be small (Besag and Clifford 1991).
    """
    if not (before.texts and now.texts):
        return 0.0, 1.0
    counts, random = (np.array(before.counts), np.array(now.counts)), np.random.default_rng(0)
    index, shares = float(stability_index(*counts)), sum(counts) / (before.texts + now.texts)
    drawn = as_far = 0
    while drawn < draws and as_far < ENOUGH:
        samples = [random.multinomial(side.sum(), shares, DRAWS) for side in counts]
        as_far += int(np.count_nonzero(stability_index(*samples) >= index))
        drawn += DRAWS
    return index, (1 + as_far) / (1 + drawn)


def describe_shift(shift: Shift) -> str:
    """A figure before and now: its mean, or the class whose share has changed most."""
    before, now = shift.before, shift.now
    if not (before.texts and now.texts):
        return "nothing to compare"
    if not before.names:
        return f"{quantity(before.mean)} → {quantity(now.mean)}"
    shares = [(old / before.texts, new / now.texts) for old, new in zip(before.counts, now.counts, strict=True)]
    largest = max(range(len(shares)), key=lambda k: abs(shares[k][1] - shares[k][0]))
    return f"{before.names[largest]} {shares[largest][0]:.0%} → {shares[largest][1]:.0%}"
