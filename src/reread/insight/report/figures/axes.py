"""Axes: numbers → places, ticks at round numbers, names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from reread.insight.report.figures.svg import WIDTH, node

HEIGHT = 236.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, WIDTH - 12, 26.0, HEIGHT - 42
TICKS = 5


@dataclass(frozen=True)
class Scale:
    """Numbers from ``low`` to ``high`` → places from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def __call__(self, value: float) -> float:
        """Where a number stands."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Round numbers, and how they are written."""
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        values = [k * self.step for k in range(first, last + 1)]
        if not 1e-6 < self.step < 1e9:
            return [(value, f"{value:.4g}") for value in values]
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        return [(value, f"{round(value, decimals) + 0.0:,.{decimals}f}") for value in values]


def scale(values: Iterable[float], start: float, end: float, *, zero: bool = False, ticks: int = TICKS) -> Scale:
    """A scale that holds finite values, from one round number to another; ``zero``: it begins there."""
    held = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min([*held, 0.0] if zero else held), max([*held, 0.0] if zero else held)
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-9):
        margin = abs(high) / 10 or 1.0
        low, high = (low if zero else low - margin), high + margin
    step = _round_step((high - low) / ticks)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end, step)


def _round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, at least as large."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


def frame(x: Scale, y: Scale, names: tuple[str, str], ticks: Sequence[tuple[float, str]] = ()) -> list[ET.Element]:
    """Grid, ticks and the axes' names; that of y stands above it, where it can be read without turning the head.

    Args:
        x: the horizontal axis.
        y: the vertical one.
        names: of both.
        ticks: of the horizontal axis, where they are no round numbers.
    """
    x_name, y_name = names
    parts = [node("text", y_name, x=2.0, y=TOP - 12, class_="name")]
    for value, words in y.ticks():
        parts.append(node("path", d=f"M{LEFT:.0f} {y(value):.1f}H{RIGHT:.0f}", class_="grid"))
        parts.append(node("text", words, x=LEFT - 5, y=y(value) + 4, class_="tick end"))
    for value, words in ticks or x.ticks():
        parts.append(node("text", words, x=x(value), y=BOTTOM + 16, class_="tick middle"))
    parts.append(node("path", d=f"M{LEFT:.0f} {BOTTOM:.1f}H{RIGHT:.0f}", class_="axis"))
    return [*parts, node("text", x_name, x=(LEFT + RIGHT) / 2, y=BOTTOM + 34, class_="name middle")]
