"""Points: one number against another, one point a row."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from reread.insight.report.figures.axes import BOTTOM, HEIGHT, TOP, beside, frame, horizontal, scale
from reread.insight.report.figures.svg import drawing, node, path

MOST = 1_500  # points that are drawn: more would hide each other, and fill the page


def scatter(
    title: str,
    caption: str,
    x_values: NDArray[np.float64],
    y_values: NDArray[np.float64],
    names: tuple[str, str],
) -> Markup:
    """Draw points, at most ``MOST`` of them, chosen at random, and the line on which both numbers are equal."""
    chosen = np.random.default_rng(0).permutation(len(x_values))[:MOST]
    across, up = x_values[chosen], y_values[chosen]
    low, high = float(min(across.min(), up.min())), float(max(across.max(), up.max()))
    y = scale([low, high], BOTTOM, TOP)
    x = horizontal([low, high], beside(y))
    dots = "".join(f"M{x(a):.0f} {y(b):.0f}h0" for a, b in zip(across.tolist(), up.tolist(), strict=True))
    parts = [
        *frame(x, y, names),
        path([(x(x.low), y(x.low)), (x(x.high), y(x.high))], class_="line mark"),
        node("path", d=dots, class_="points series-1"),
    ]
    return drawing(HEIGHT, title, caption, parts)
