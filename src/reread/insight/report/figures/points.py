"""Dots: one figure at each of several values, which may be named, or evenly placed by their logarithm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from reread.insight.report.figures.axes import BOTTOM, HEIGHT, NONE, TOP, Limits, Tick, beside, frame, horizontal, scale
from reread.insight.report.figures.svg import drawing, node

FEW = 3  # ticks
ROUND = (1, 2, 5)  # times a power of ten: the ticks of a logarithmic axis


def points(
    title: str,
    caption: str,
    places: Sequence[tuple[float, float]],
    names: tuple[str, str],
    *,
    words: Sequence[str] = (),
    log: bool = False,
    span: Sequence[float] = (),
    best: int | None = None,
    limits: Limits = NONE,
) -> Markup:
    """Draw a dot for each place.

    Args:
        title: of the figure.
        caption: what it shows.
        places: (value, figure) of each; at least one.
        names: of the axes.
        words: names of the values 0, 1, 2 …, written in place of numbers.
        log: place values, all above 0, by their logarithm.
        span: values that the axis reaches to.
        best: the index of the place that is marked, by the second colour.
        limits: beyond which the vertical axis has no meaning.
    """
    across = [math.log10(value) if log else value for value, _ in places]
    y = scale((figure for _, figure in places), BOTTOM, TOP, limits=limits)
    ends = [*across, *(math.log10(value) if log else value for value in span)]
    x = horizontal(ends, beside(y))
    ticks: Sequence[Tick] = ()
    if words:
        x, ticks = replace(x, low=-0.5, high=len(words) - 0.5), list(enumerate(words))
    elif log:
        x = replace(x, low=min(ends), high=max(ends)) if max(ends) > min(ends) else x
        ticks = _round_numbers(x.low, x.high) or [(value, f"{10**value:.3g}") for value in sorted({*ends})]
    order = sorted(range(len(places)), key=lambda place: place == best)  # the marked one lies on top
    dots = [
        node("circle", cx=x(across[k]), cy=y(places[k][1]), r=3.5, class_=f"dot series-{2 if k == best else 1}")
        for k in order
    ]
    return drawing(HEIGHT, title, caption, [*frame(x, y, names, ticks), *dots])


def _round_numbers(low: float, high: float) -> list[Tick]:
    """1, 2 and 5 times powers of ten between two logarithms; where these are few, all from 1 to 9 times them."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    found: list[Tick] = []
    for factors in (ROUND, range(1, 10)):
        numbers = [(math.log10(factor) + power, factor * 10.0**power) for power in powers for factor in factors]
        found = [(place, f"{number:g}") for place, number in numbers if low - 1e-9 <= place <= high + 1e-9]
        if len(found) >= FEW:
            break
    return found
