"""Axes: numbers → places, ticks at round numbers, names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias
from xml.etree import ElementTree as ET

from reread.insight.report.figures.svg import WIDTH, node, shortened, width

HEIGHT = 236.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, WIDTH - 12, 26.0, HEIGHT - 42
TICKS = 5
APART = 8.0  # between the words of two ticks

Tick: TypeAlias = tuple[float, str]
"""A number of an axis, and how it is written."""
Limits: TypeAlias = tuple[float, float]
NONE: Limits = (-math.inf, math.inf)


@dataclass(frozen=True)
class Scale:
    """Numbers from ``low`` to ``high`` → places from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def __call__(self, value: float) -> float:
        """The place of a number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[Tick]:
        """Round numbers, and how they are written."""
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        values = [k * self.step for k in range(first, last + 1)]
        if not 1e-6 < self.step < 1e9:
            digits = 1 + _power(max([*map(abs, values), self.step])) - _power(self.step)  # in which they differ
            return [(value, f"{value:.{digits}g}") for value in values]
        decimals = max(0, -_power(self.step))
        return [(value, f"{round(value, decimals) + 0.0:,.{decimals}f}") for value in values]


def scale(
    values: Iterable[float],
    start: float,
    end: float,
    *,
    zero: bool = False,
    ticks: int = TICKS,
    limits: Limits = NONE,
) -> Scale:
    """A scale that holds finite values, from one round number to another; ``zero``: it begins there.

    Beyond the ``limits`` it does not go, if no value does: there is no accuracy of 1.1.
    """
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min([*finite, 0.0] if zero else finite), max([*finite, 0.0] if zero else finite)
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-9):
        margin = abs(high) / 10 or 1.0
        low, high = (low if zero else low - margin), high + margin
        low = max(low, limits[0]) if finite[0] >= limits[0] else low
        high = min(high, limits[1]) if finite[0] <= limits[1] else high
    step = _round_step((high - low) / ticks)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end, step)


def _round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, at least as large."""
    power = 10.0 ** _power(rough)
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


def _power(value: float) -> int:
    """Of ten, the largest that a number holds."""
    return math.floor(math.log10(value) + 1e-9)


def horizontal(values: Iterable[float], left: float, limits: Limits = NONE) -> Scale:
    """A horizontal scale from a left margin on, which ends where its last tick has room."""
    x = scale(values, left, RIGHT, limits=limits)
    half = max(width(words) for _, words in x.ticks()) / 2
    return replace(x, start=max(left, half), end=min(RIGHT, WIDTH - half - 4))


def beside(y: Scale) -> float:
    """The left margin that the ticks of a vertical scale need."""
    return max(LEFT, 7 + max(width(words) for _, words in y.ticks()))


def with_room(ticks: Sequence[Tick], x: Scale) -> Sequence[Tick]:
    """All ticks, or each second, third …, so that their words do not touch."""

    def touch(some: Sequence[Tick]) -> bool:
        return any(
            x(b) - x(a) < (width(first) + width(second)) / 2 + APART for (a, first), (b, second) in pairwise(some)
        )

    return next(some for each in range(1, len(ticks) + 2) if not touch(some := ticks[::each]))


def frame(x: Scale, y: Scale, names: tuple[str, str], ticks: Sequence[Tick] = ()) -> list[ET.Element]:
    """Grid, ticks and the axes' names; the name of y is above the axis, where it can be written horizontally.

    Args:
        x: the horizontal axis.
        y: the vertical one.
        names: of both.
        ticks: of the horizontal axis, where they are no round numbers.
    """
    x_name, y_name = names
    parts = [node("text", shortened(y_name, WIDTH), x=2.0, y=TOP - 12, class_="name")]
    for value, words in y.ticks():
        parts.append(node("path", d=f"M{x.start:.0f} {y(value):.1f}H{x.end:.0f}", class_="grid"))
        parts.append(node("text", words, x=x.start - 5, y=y(value) + 4, class_="tick end"))
    for value, words in with_room(ticks or x.ticks(), x):
        parts.append(node("text", words, x=x(value), y=BOTTOM + 16, class_="tick middle"))
    parts.append(node("path", d=f"M{x.start:.0f} {BOTTOM:.1f}H{x.end:.0f}", class_="axis"))
    return [
        *parts,
        node("text", shortened(x_name, x.end - x.start), x=(x.start + x.end) / 2, y=BOTTOM + 34, class_="name middle"),
    ]
