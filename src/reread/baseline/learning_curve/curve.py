"""A learning curve as it is kept and told: figures at shares of the rows, and what more labels would bring."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from reread.baseline.learning_curve.measuring import Measured
from reread.statistics.power_law import Estimate, PowerLaws, jackknife_covariance
from reread.wording import IN_UNITS, SIGNED, figure, limits_of, name_of, quantity

LEVEL = 0.8
SHOWN = (0.25, 0.5, 0.75, 1.0)  # of the rows
MORE = 100  # labels


@dataclass(frozen=True, kw_only=True)
class Point:
    """A figure after learning from so many rows, with its interval."""

    rows: int
    figure: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Gain:
    """By how much so many more labels would improve the figure, with its interval; above 0 is better."""

    labels: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class LearningCurve:
    """The learning curve of one target, of the linear member.

    Attributes:
        target: its name; empty if it is the only one.
        metric: the figure, the task's headline.
        higher_is_better: whether a larger figure is better.
        rows: how many labels there are.
        level: the share of intervals that should hold the truth.
        measured: the rows trained on and the figure, at each size that was trained on.
        points: by the law, at a quarter, half, three quarters and all of the rows.
        gain: what 100 more labels would bring.
    """

    target: str
    metric: str
    higher_is_better: bool
    rows: int
    level: float
    measured: Sequence[tuple[float, float]]
    points: Sequence[Point]
    gain: Gain

    def to_config(self) -> dict[str, Any]:
        """The curve as JSON can write it."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The curve that ``to_config`` wrote."""
        parts = {
            "measured": [(float(rows), float(value)) for rows, value in config["measured"]],
            "points": [Point(**point) for point in config["points"]],
            "gain": Gain(**config["gain"]),
        }
        return cls(**{**config, **parts})

    def scope(self, *, network: bool = False) -> str:
        """Whose curve it is, and what its intervals promise.

        Args:
            network: whether the network answers too.
        """
        of = " alone, without the network that answers too" if network else ""
        return (
            f"This learning curve is that of the linear member{of}. In {10 * self.level:.0f} cases of 10 the interval "
            "is meant to hold what more labels of the same kind of texts bring."
        )

    def sentence(self) -> str:
        """What 100 more labels would bring."""
        metric, gain = name_of(self.metric), self.gain
        value, low, high = gain.value, gain.low, gain.high
        more = f"{self.target}: {gain.labels} more labels" if self.target else f"{gain.labels} more labels"
        if self.metric in IN_UNITS:
            value_, low_, high_ = (quantity(float(f"{each:.2g}")) for each in (value, low, high))
            return f"{more} would lower the {metric} by about {value_} ({low_} to {high_})."
        if self.metric in SIGNED:
            return f"{more} would bring about {value:+.3f} of {metric} ({low:.3f} to {high:.3f})."
        return f"{more} would bring about {100 * value:+.1f} points of {metric} ({100 * low:.1f} to {100 * high:.1f})."

    def table(self) -> Iterator[list[str]]:
        """The rows, the figure and its interval at each point, in words."""
        for point in self.points:
            low, high = (figure(self.metric, value) for value in (point.low, point.high))
            yield [f"{point.rows:,}", figure(self.metric, point.figure), f"{low} to {high}"]


def curve_of(measured: Measured, rows: int, metric: str, *, higher_is_better: bool, target: str = "") -> LearningCurve:
    """Put the laws through measured figures.

    Args:
        measured: the figures.
        rows: how many there are in all.
        metric: what the figures are.
        higher_is_better: whether a larger one is better; the best is then 1, otherwise 0.
        target: its name, if there are several.

    Raises:
        DataError: a figure is undefined.
    """
    best, sign = (1.0, -1.0) if higher_is_better else (0.0, 1.0)
    errors = sign * (measured.figures - best)
    laws = PowerLaws.fit(measured.sizes, errors.mean(axis=0), measured.covariance())

    def point(share: float) -> Point:
        here = laws.at(share * rows)
        low, high = sorted(best + sign * end for end in here.interval(LEVEL))
        least, most = limits_of(metric)
        return Point(
            rows=round(share * rows), figure=best + sign * here.value, low=max(low, least), high=min(high, most)
        )

    fall = laws.fall(rows, rows + MORE)
    gain = Estimate(max(0.0, fall.value), math.hypot(fall.error, math.sqrt(luck(measured, rows))))
    low, high = gain.interval(LEVEL)
    return LearningCurve(
        target=target,
        metric=metric.removeprefix(f"{target}."),
        higher_is_better=higher_is_better,
        rows=rows,
        level=LEVEL,
        measured=list(zip(measured.sizes.tolist(), measured.figures.mean(axis=0).tolist(), strict=True)),
        points=[point(share) for share in SHOWN],
        gain=Gain(labels=MORE, value=gain.value, low=low, high=high),
    )


def luck(measured: Measured, rows: int) -> float:
    """The variance of a gain that comes from which rows are drawn, beside what the law says of all draws.

    Where a figure of n rows varies as v / n from draw to draw, n rows and then k more differ by v / n - v / (n + k).
    One sample cannot show v: its parts share their rows. It is taken to be that of as many rows asked about.
    """
    return float(jackknife_covariance(measured.jackknife)[-1, -1]) * MORE / (rows + MORE)


def told(curves: Sequence[LearningCurve], *, network: bool) -> Iterator[str]:
    """What the curves say, in sentences, and whose curves they are.

    Args:
        curves: of each target.
        network: whether the network answers too.
    """
    for curve in curves:
        yield curve.sentence()
    if curves:
        yield curves[0].scope(network=network)
