"""Bars: how many there are of each, in bins along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from reread.insight.report.figures.axes import BOTTOM, HEIGHT, TOP, beside, frame, horizontal, scale
from reread.insight.report.figures.svg import drawing, node

GAP = 1.0


def bars(
    title: str,
    caption: str,
    edges: Sequence[float],
    series: Sequence[Sequence[float]],
    names: tuple[str, str],
    *,
    words: Sequence[str] = (),
) -> Markup:
    """Draw bars, those of several series one on top of the other.

    Args:
        title: of the figure.
        caption: what it shows.
        edges: of the bins, one more than there are.
        series: heights (series, bins), in the order of their colours.
        names: of the axes.
        words: names of the bins, written below them in place of numbers.
    """
    heights = np.asarray(series, dtype=np.float64)
    tops = heights.cumsum(axis=0)
    y = scale([*tops[-1].tolist(), *heights.min(axis=0).tolist()], BOTTOM, TOP, zero=True)
    x = replace(horizontal([edges[0], edges[-1]], beside(y)), low=edges[0], high=edges[-1])
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    parts = frame(x, y, names, list(zip(middles, words, strict=True)) if words else ())
    for k, (each, top) in enumerate(zip(heights, tops, strict=True)):
        for (left, right), height, end in zip(pairwise(edges), each, top, strict=True):
            if height:
                low, high = sorted((y(end), y(end - height)))
                parts.append(
                    node(
                        "rect",
                        x=x(left) + GAP / 2,
                        width=max(0.5, x(right) - x(left) - GAP),
                        y=low,
                        height=high - low,
                        class_=f"bar series-{k + 1}",
                    )
                )
    return drawing(HEIGHT, title, caption, parts)
