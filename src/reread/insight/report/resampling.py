"""Headline figures with their intervals, by resampling rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from reread.statistics.bootstrap import rows_error
from reread.wording import figure

FEWEST = 10  # rows of equal weight: resamples of fewer rows say little about other rows
MOST = 5_000  # rows drawn from: a sample of so many gives a standard error as well as a million
BOUNDS = {"quadratic_kappa": (-1, 1), "map": (0, 1), "accuracy": (0, 1), "mae": (0, math.inf), "rmse": (0, math.inf)}
ROUNDING = 1e-9  # share of a figure by which equal ones may differ in floating point
UNBOUNDED = (-math.inf, math.inf)
NORMAL = 1.96  # standard deviations that hold 95 % of a normal distribution

Floats = NDArray[np.float64]


class Rows(Protocol):
    """Answered rows with a headline metric: every `Outcomes` is one."""

    @property
    def metric(self) -> str:
        """The headline's name."""

    @property
    def weights(self) -> Floats:
        """How much each row counts, (rows,)."""

    def __len__(self) -> int: ...

    def measure(self) -> Callable[[Floats], float]:
        """The headline of these rows as a function of how much each one counts, (rows,)."""

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Some of the rows."""


class Interval(NamedTuple):
    """A figure and its 95 % confidence interval; NaN to NaN if the rows cannot give one."""

    value: float
    low: float
    high: float

    def range(self, metric: str) -> str:
        """The range of such a metric as text, empty if there is none."""
        return f"{figure(metric, self.low)} to {figure(metric, self.high)}" if self.low <= self.high else ""

    def words(self, metric: str) -> str:
        """As text: the figure, and its range in brackets."""
        interval = self.range(metric)
        return f"{figure(metric, self.value)} ({interval})" if interval else figure(metric, self.value)


def resampled(sides: Sequence[Rows], copies: NDArray[np.int64] | None = None, seed: int = 0) -> list[Interval]:
    """The headline of each, outcomes of the same rows, and then for two of them the difference first − second.

    There is no interval for fewer than ``FEWEST`` rows, nor if all resamples agree: such rows say nothing about others.

    Args:
        sides: outcomes of the same rows.
        copies: a number from 0 for each row, the same for rows of the same text, which are drawn together, (rows,);
            None: each row on its own.
        seed: of the resamples.
    """
    of_row = np.arange(len(sides[0])) if copies is None else copies
    texts = int(of_row.max(initial=-1)) + 1
    place = np.full(texts, -1)  # of a text among those drawn from
    place[np.random.default_rng(seed).permutation(texts)[:MOST]] = np.arange(min(texts, MOST))
    chosen = np.flatnonzero(place[of_row] >= 0)
    text = place[of_row[chosen]]
    whole = _figures([side.measure()(side.weights) for side in sides])
    drawn = [side.take(chosen) for side in sides]
    measures = [side.measure() for side in drawn]

    def measure(counts: Floats) -> Floats:
        return _figures([function(counts[text] * side.weights) for function, side in zip(measures, drawn, strict=True)])

    half = np.full(len(whole), np.nan)
    if effective_rows(np.bincount(of_row, sides[0].weights).astype(np.float64)) >= FEWEST:
        half = NORMAL * rows_error(measure, min(texts, MOST), rows=texts, seed=seed)
        half[half <= ROUNDING * np.abs(whole)] = np.nan
    bounds = [BOUNDS.get(side.metric, UNBOUNDED) for side in sides] + [UNBOUNDED] * (len(whole) - len(sides))
    low, high = np.clip([whole - half, whole + half], *np.transpose(bounds))
    return [Interval(*map(float, each)) for each in zip(whole, low, high, strict=True)]


def _figures(values: Sequence[float]) -> Floats:
    return np.array([*values, values[0] - values[1]] if len(values) == 2 else values)


def wilson(right: NDArray[np.bool_], weights: Floats) -> Interval:
    """A share and its score interval (Wilson 1927), which holds for few rows too and when all of them are right."""
    total = weights.sum()
    if not total > 0:
        return Interval(math.nan, math.nan, math.nan)
    share, rows = float((right * weights).sum() / total), effective_rows(weights)
    middle = (share + NORMAL**2 / (2 * rows)) / (1 + NORMAL**2 / rows)
    half = NORMAL * math.sqrt(share * (1 - share) / rows + NORMAL**2 / (4 * rows**2)) / (1 + NORMAL**2 / rows)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def effective_rows(weights: Floats) -> float:
    """The effective number of weighted rows: (Σw)² / Σw² (Kish 1965)."""
    total = weights.sum()
    return float(total**2 / (weights**2).sum()) if total > 0 else 0.0


def mean_average_precision(truth: NDArray[np.bool_], probabilities: NDArray[np.float32]) -> Callable[[Floats], float]:
    """Mean average precision over labels as a function of the weights; the ranks are computed only once."""
    ranks = [np.unique(-column, return_inverse=True)[1] for column in probabilities.T]

    def measure(weights: Floats) -> float:
        each = [_average_precision(rank, weights, weights * hit) for rank, hit in zip(ranks, truth.T, strict=True)]
        defined = [value for value in each if not math.isnan(value)]
        return float(np.mean(defined)) if defined else math.nan

    return measure


def _average_precision(ranks: NDArray[np.int64], weights: Floats, hits: Floats) -> float:
    gains = np.bincount(ranks, hits)
    hits_so_far, taken = np.cumsum(gains), np.cumsum(np.bincount(ranks, weights))
    if not (hits_so_far.size and hits_so_far[-1] > 0):
        return math.nan
    return float((gains * hits_so_far)[taken > 0] @ (1 / taken[taken > 0]) / hits_so_far[-1])
